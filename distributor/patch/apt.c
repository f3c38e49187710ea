/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The apt installer: exact versions through apt-get, checked against what apt-get says it would do. */
#include "distributor/patch/apt.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/lock.h"
#include "core/str.h"
#include "distributor/patch/backends.h"

static bool detect(const char *root, const char *family)
{
	return oak_streq(family, "debian") &&
	       (oak_tool_inside(root, "/usr/bin/apt-get") || oak_tool_on_host("apt-get"));
}

bool oak_apt_inside(const struct oak_patch_host *host)
{
	return !oak_streq(host->root, "/") && geteuid() == 0 && oak_tool_inside(host->root, "/usr/bin/apt-get");
}

const char *oak_apt_name(struct oak_arena *arena, const struct oak_plan_action *action)
{
	if (!action->arch || oak_streq(action->arch, "all"))
		return action->name;
	return oak_arena_printf(arena, "%s:%s", action->name, action->arch);
}

void oak_apt_tool(const struct oak_patch_host *host, struct oak_argv *argv, const char *program, struct oak_tool *ret)
{
	bool inside = oak_apt_inside(host), own = oak_streq(host->root, "/");
	*ret = (struct oak_tool){.host = host, .argv = argv, .inside = inside};
	oak_argv_add(argv, program);
	if (!inside && !own) {
		oak_argv_add(argv, "-o");
		oak_argv_addf(argv, "Dir=%s/", host->root);
		oak_argv_add(argv, "-o");
		oak_argv_addf(argv, "Dir::State::status=%s/var/lib/dpkg/status", host->root);
		oak_argv_add(argv, "-o");
		oak_argv_addf(argv, "DPkg::Chroot-Directory=%s", host->root);
	}
	if (host->lists && inside) {
		ret->mount_from = host->lists;
		ret->mount_to = "/var/lib/apt/lists";
	} else if (host->lists) {
		oak_argv_add(argv, "-o");
		oak_argv_addf(argv, "Dir::State::Lists=%s", host->lists);
	}
	if (host->lists) { /* the host's own cache is made from its own lists */
		oak_argv_add_all(argv, (const char *const[]){"-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache=", NULL});
	}
}

/* Whose configuration file stays. With confdef dpkg's own default answers first, which is to keep an edited one: confnew stands alone. */
static const char *const *conffile_answers(const struct oak_patch_host *host)
{
	static const char *const keep[] = {"--force-confdef", "--force-confold", NULL}, *const take[] = {"--force-confnew", NULL};
	return host->conffiles == OAK_CONFFILES_KEEP ? keep : take;
}

void oak_apt_dpkg(const struct oak_patch_host *host, struct oak_argv *argv, struct oak_tool *ret)
{
	bool inside = oak_apt_inside(host);
	*ret = (struct oak_tool){.host = host, .argv = argv, .inside = inside};
	oak_argv_add(argv, "dpkg");
	if (!inside && !oak_streq(host->root, "/"))
		oak_argv_addf(argv, "--root=%s", host->root);
	for (const char *const *answer = conffile_answers(host); *answer; answer++)
		oak_argv_add(argv, *answer);
}

void oak_apt_options(const struct oak_patch_host *host, struct oak_argv *argv)
{
	oak_argv_add_all(argv, (const char *const[]){
		"-q", "-y", "--no-install-recommends",
		"-o", "APT::Status-Fd=63", "-o", "Dpkg::Use-Pty=0", "-o", "Dpkg::Progress-Fancy=0", "-o", "Acquire::Retries=2", NULL});
	for (const char *const *answer = conffile_answers(host); *answer; answer++) {
		oak_argv_add(argv, "-o");
		oak_argv_addf(argv, "Dpkg::Options::=%s", *answer);
	}
	oak_argv_add(argv, "-o");
	oak_argv_addf(argv, "DPkg::Lock::Timeout=%lld", (long long)host->lock_wait_s);
}

_Static_assert(OAK_TOOL_STATUS_FD == 63, "APT::Status-Fd");

/* "dlstatus:N:PERCENT:text" or "pmstatus:package:PERCENT:text"; package names may hold a colon (libc6:amd64). */
int oak_apt_progress(const char *line)
{
	if (!oak_starts_with(line, "dlstatus:") && !oak_starts_with(line, "pmstatus:"))
		return -1;
	for (const char *at = strchr(line + 9, ':'); at; at = strchr(at + 1, ':')) {
		char *end;
		double percent = strtod(at + 1, &end);
		if (*end == ':' && end > at + 1 && percent >= 0 && percent <= 100)
			return (int)(percent * 10);
	}
	return -1;
}

static void add_actions(const struct oak_patch_host *host, struct oak_argv *argv, struct oak_action_list actions)
{
	for (size_t i = 0; i < actions.n; i++) {
		const struct oak_plan_action *a = actions.v[i];
		const char *name = oak_apt_name(argv->arena, a);
		const char *kept = a->to ? oak_tool_kept(host, oak_apt_inside(host), argv->arena, oak_apt_archive(argv->arena, a)) : NULL;
		if (a->kind == OAK_ACTION_REMOVE)
			oak_argv_addf(argv, "%s-", name);
		else if (kept)
			oak_argv_add(argv, kept);
		else
			oak_argv_addf(argv, "%s=%s", name, a->to);
	}
}

static bool removes(struct oak_action_list actions)
{
	for (size_t i = 0; i < actions.n; i++)
		if (actions.v[i]->kind == OAK_ACTION_REMOVE)
			return true;
	return false;
}

static void install_argv(const struct oak_patch_host *host, struct oak_argv *argv, struct oak_tool *tool,
			 struct oak_action_list actions)
{
	oak_apt_tool(host, argv, "apt-get", tool);
	oak_apt_options(host, argv);
	if (!removes(actions))
		oak_argv_add(argv, "--no-remove");
	oak_argv_add(argv, "--allow-downgrades");
}

/* apt takes its cache for good while dpkg's status has the size and the second that it had: a second change in one second, as after a
 * crash or between two tries, is not seen. Such a cache goes. */
static void drop_stale_cache(const struct oak_patch_host *host)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const char *root = oak_streq(host->root, "/") ? "" : host->root;
	const char *path = oak_arena_printf(arena, "%s/var/cache/apt/pkgcache.bin", root);
	struct stat cache, status;
	if (stat(path, &cache) < 0 || stat(oak_arena_printf(arena, "%s/var/lib/dpkg/status", root), &status) < 0)
		return;
	if (cache.st_mtim.tv_sec == status.st_mtim.tv_sec && status.st_mtim.tv_nsec >= cache.st_mtim.tv_nsec)
		unlink(path);
}

static int wait_locks(const struct oak_patch_host *host, struct oak_error *err)
{
	static const char *const locks[] = {"/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock", "/var/cache/apt/archives/lock"};
	struct oak_arena *arena = oak_arena_new();
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < sizeof(locks) / sizeof(*locks); i++)
		rc = oak_lock_wait_fcntl(oak_arena_printf(arena, "%s%s", oak_streq(host->root, "/") ? "" : host->root, locks[i]),
					 host->lock_wait_s, host->stop, err);
	if (rc == 0)
		drop_stale_cache(host);
	oak_arena_free(arena);
	return rc;
}

static int tool_error(const struct oak_patch_host *host, const char *log, enum oak_error_kind kind, const char *id,
		      const char *what, struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	const char *words = oak_tool_complaint(host, arena, log);
	if (strstr(words, "lock") && (strstr(words, "Could not get lock") || strstr(words, "Unable to acquire")))
		oak_fail(err, OAK_TRANSIENT, "lock.held", 0, "the package manager is busy: %s", words);
	else if (oak_tool_untrusted(words))
		oak_fail(err, OAK_UNTRUSTED, "patch.untrusted", 0, "the package manager refuses a package's signature or hash: %s (log: %s/logs/%s.log)", words,
			 host->run_dir, log);
	else
		oak_fail(err, strstr(words, "No space left") || strstr(words, "enough free space") ? OAK_IO : kind, id, 0,
			 "%s: %s (log: %s/logs/%s.log)", what, words, host->run_dir, log);
	oak_arena_free(arena);
	return -1;
}

/* ------------------------------------------------------------------------------------------- check */

/* "Inst name[:arch] [old] (new origin [arch]) …" or "Remv name [old]", with --purge "Purg name [old]". */
struct line {
	bool removal;
	const char *name, *to, *arch;
};

static bool parse_simulated(struct oak_arena *arena, struct oak_str text, struct line *ret)
{
	const char *line = oak_arena_strndup(arena, text.p, text.n);
	bool inst = oak_starts_with(line, "Inst "), remv = oak_starts_with(line, "Remv ") || oak_starts_with(line, "Purg ");
	if (!inst && !remv)
		return false;
	const char *name = line + 5, *end = strchr(name, ' ');
	const char *full = end ? oak_arena_strndup(arena, name, (size_t)(end - name)) : name, *colon = strchr(full, ':');
	ret->removal = remv;
	ret->name = colon ? oak_arena_strndup(arena, full, (size_t)(colon - full)) : full;
	ret->arch = colon ? colon + 1 : NULL;
	const char *open = strchr(line, '('), *blank = open ? strchr(open, ' ') : NULL;
	ret->to = inst && blank ? oak_arena_strndup(arena, open + 1, (size_t)(blank - open - 1)) : NULL;
	return true;
}

static const struct oak_plan_action *planned(struct oak_action_list actions, const struct line *line)
{
	for (size_t i = 0; i < actions.n; i++)
		if (oak_streq(actions.v[i]->name, line->name) && (!line->arch || oak_streq(actions.v[i]->arch, line->arch)))
			return actions.v[i];
	return NULL;
}

static int compare_simulation(struct oak_arena *arena, struct oak_str text, struct oak_action_list actions, struct oak_error *err)
{
	struct oak_str line;
	size_t done = 0;
	while (oak_str_next(&text, '\n', &line)) {
		struct line l = {0};
		if (!parse_simulated(arena, line, &l))
			continue;
		const struct oak_plan_action *a = planned(actions, &l);
		bool same = a && (a->kind == OAK_ACTION_REMOVE) == l.removal && (l.removal || oak_streq(a->to, l.to));
		if (!same)
			return oak_fail(err, OAK_CONFLICT, "patch.moved", 0,
					"the plan no longer fits the host: the package manager would %s '%s'%s%s, which the plan "
					"does not say (run 'oakum plan' again)",
					l.removal ? "remove" : "install", l.name, l.to ? " " : "", l.to ? l.to : "");
		done++;
	}
	if (done < actions.n)
		return oak_fail(err, OAK_CONFLICT, "patch.moved", 0,
				"the plan no longer fits the host: of %zu actions the package manager would do %zu (run 'oakum plan' again)",
				actions.n, done);
	return 0;
}

static int check(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	if (wait_locks(host, err) < 0)
		return -1;
	struct oak_arena *arena = oak_arena_new();
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	oak_buf_init(&out, 16 * 1024 * 1024);
	install_argv(host, &argv, &tool, actions);
	oak_argv_add_all(&argv, (const char *const[]){"-s", "install", NULL});
	add_actions(host, &argv, actions);
	tool.output = &out;
	tool.log = "check";
	int code = 0, rc = oak_tool_run(&tool, &code, err);
	if (rc == 0 && code != 0)
		rc = tool_error(host, "check", OAK_CONFLICT, "patch.moved", "the package manager refuses the plan", err);
	oak_tool_kept_drop(host, tool.inside);
	if (rc == 0)
		rc = compare_simulation(arena, (struct oak_str){oak_buf_text(&out), out.n}, actions, err);
	oak_arena_free(arena);
	return rc;
}

/* ------------------------------------------------------------------------------------------- stage, commit */

/* What is on the disk still serves; --no-download breaks on file: sources. */
static void offline(const struct oak_patch_host *host, struct oak_argv *argv)
{
	if (host->no_network)
		oak_argv_add_all(argv, (const char *const[]){"-o", "Acquire::http::Proxy=http://127.0.0.1:1/", "-o",
							     "Acquire::https::Proxy=http://127.0.0.1:1/", "-o", "Acquire::Retries=0", NULL});
}

static int stage(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	install_argv(host, &argv, &tool, actions);
	offline(host, &argv);
	oak_argv_add_all(&argv, (const char *const[]){"-d", "install", NULL});
	add_actions(host, &argv, actions);
	tool.log = "download";
	tool.works = true;
	tool.stoppable = true;
	tool.progress = oak_apt_progress;
	tool.what = "downloading";
	int code = 0, rc = oak_tool_run(&tool, &code, err);
	if (rc == 0 && code != 0)
		rc = tool_error(host, "download", OAK_TRANSIENT, "patch.download", "cannot download", err);
	oak_tool_kept_drop(host, tool.inside);
	oak_arena_free(arena);
	return rc;
}

/* Nothing was changed: why not. */
static int not_begun(const struct oak_patch_host *host, struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	const char *words = oak_tool_complaint(host, arena, "install");
	bool download = strstr(words, "Failed to fetch") || strstr(words, "Unable to fetch") || strstr(words, "Could not resolve");
	if (strstr(words, oak_apt_guard_words))
		oak_fail(err, OAK_CONFLICT, "patch.moved", 0, "the plan no longer fits the host: %s (run 'oakum plan' again)", words);
	else
		tool_error(host, "install", download ? OAK_TRANSIENT : OAK_CONFLICT, download ? "patch.download" : "patch.moved",
			   download ? "cannot download" : "the package manager refuses the plan", err);
	oak_arena_free(arena);
	return -1;
}

static int run_install(const struct oak_patch_host *host, struct oak_argv *argv, struct oak_action_list actions, const char **ret_guard,
		       struct oak_error *err)
{
	struct oak_tool tool;
	bool asked = false;
	int code = 0;
	install_argv(host, argv, &tool, actions);
	offline(host, argv);
	if (oak_apt_guard(host, argv, actions, ret_guard, err) < 0)
		return -1;
	oak_argv_add(argv, "install");
	add_actions(host, argv, actions);
	tool.log = "install";
	tool.works = true;
	tool.progress = oak_apt_progress;
	tool.what = "installing";
	tool.stoppable = true;
	tool.asked = &asked;
	oak_fault_point("apt.before-install");
	int rc = oak_tool_run(&tool, &code, err);
	oak_fault_point("apt.after-install");
	if (rc == 0 && code != 0)
		rc = asked ? tool_error(host, "install", OAK_IO, "patch.install", "the package manager failed", err) : not_begun(host, err);
	return rc;
}

static int commit(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	struct oak_argv argv = {.arena = arena};
	const char *guard = NULL;
	int rc = wait_locks(host, err);
	if (rc == 0)
		rc = run_install(host, &argv, actions, &guard, err);
	if (guard)
		oak_tool_scratch_drop(host, guard);
	oak_tool_kept_drop(host, oak_apt_inside(host));
	oak_arena_free(arena);
	return rc;
}

/* ------------------------------------------------------------------------------------------- undo */

/* Copies of the old archives where apt can see them, as arguments. */
static int add_old(const struct oak_patch_host *host, struct oak_argv *argv, struct oak_action_list actions, const char *path,
		   const char *seen, struct oak_error *err)
{
	for (size_t i = 0; i < actions.n; i++) {
		const struct oak_plan_action *a = actions.v[i];
		if (a->kind == OAK_ACTION_INSTALL) {
			oak_argv_addf(argv, "%s-", oak_apt_name(argv->arena, a));
			continue;
		}
		const char *old = oak_apt_old_path(host, argv->arena, a), *file = strrchr(old, '/') + 1;
		if (!oak_fs_exists(old))
			return oak_fail(err, OAK_IO, "patch.undo", 0, "cannot bring '%s' %s back: its archive was not kept", a->name,
					a->from);
		if (oak_tool_copy(old, oak_arena_printf(argv->arena, "%s/%s", path, file), err) < 0)
			return -1;
		oak_argv_addf(argv, "%s/%s", seen, file);
	}
	return 0;
}

static int run_undo(const struct oak_patch_host *host, struct oak_action_list actions, const char *path, const char *seen, bool simulate,
		    struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	int code = 0;
	oak_buf_init(&out, 16 * 1024 * 1024);
	oak_apt_tool(host, &argv, "apt-get", &tool);
	oak_apt_options(host, &argv);
	oak_argv_add_all(&argv, (const char *const[]){"--purge", "--allow-downgrades", "--allow-remove-essential", simulate ? "-s" : "install",
						      simulate ? "install" : NULL, NULL});
	int rc = add_old(host, &argv, actions, path, seen, err);
	tool.log = "rollback";
	tool.works = !simulate;
	tool.what = "rolling back";
	if (simulate)
		tool.output = &out;
	else
		tool.progress = oak_apt_progress;
	if (rc == 0)
		rc = oak_tool_run(&tool, &code, err);
	if (rc == 0 && code != 0)
		rc = tool_error(host, "rollback", OAK_IO, "patch.undo", "the package manager could not go back", err);
	if (rc == 0 && simulate)
		rc = compare_simulation(arena, (struct oak_str){oak_buf_text(&out), out.n}, oak_installer_reversed(actions, arena), err);
	oak_arena_free(arena);
	return rc;
}

static int undo_left(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	const char *path = NULL, *seen = NULL;
	int rc = wait_locks(host, err);
	if (rc == 0)
		rc = oak_tool_scratch(host, "undo", oak_apt_inside(host), arena, &path, &seen, err);
	if (rc == 0)
		rc = run_undo(host, actions, path, seen, true, err);
	oak_fault_point("apt.before-undo");
	if (rc == 0)
		rc = run_undo(host, actions, path, seen, false, err);
	oak_fault_point("apt.after-undo");
	if (path)
		oak_tool_scratch_drop(host, path);
	oak_arena_free(arena);
	return rc;
}

static int undo(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_action_list left = oak_installer_left(&oak_installer_apt, host, actions, arena);
	return left.n ? undo_left(host, left, err) : 0;
}

const struct oak_installer oak_installer_apt = {
	.name = "apt",
	.sure = true,
	.asks = true,
	.detect = detect,
	.check = check,
	.stage = stage,
	.undoable = oak_apt_undoable,
	.secure = oak_apt_secure,
	.archive = oak_apt_archive,
	.keep = oak_apt_keep,
	.commit = commit,
	.undo = undo,
	.marks_save = oak_apt_marks_save,
	.marks_restore = oak_apt_marks_restore,
	.repair = oak_apt_repair,
	.files = oak_apt_files,
	.installed = oak_apt_installed,
};
