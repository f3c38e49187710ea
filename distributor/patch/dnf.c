/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dnf (and yum) installer: exact versions, checked against the transaction that dnf prints. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/str.h"
#include "distributor/patch/backends.h"
#include "distributor/patch/rpm.h"

static const char *const programs[] = {"dnf", "yum", "dnf5", "microdnf"};
enum { PROGRAMS = 3, EXIT_LOCKED = 200, ONE_ARGUMENT = 100000 /* the kernel takes 128 KiB as one */ };

static const char *program_inside(const char *root)
{
	char path[32];
	for (size_t i = 0; i < PROGRAMS; i++) {
		snprintf(path, sizeof(path), "/usr/bin/%s", programs[i]);
		if (oak_tool_inside(root, path))
			return programs[i];
	}
	return NULL;
}

static const char *program_on_host(void)
{
	for (size_t i = 0; i < PROGRAMS; i++)
		if (oak_tool_on_host(programs[i]))
			return programs[i];
	return NULL;
}

static bool detect(const char *root, const char *family)
{
	bool ours = oak_streq(family, "rhel") || oak_streq(family, "amazon") || oak_streq(family, "fedora");
	return ours && (program_inside(root) || program_on_host());
}

/* One call of dnf with everything that never changes; NETWORK false = from the cache alone. */
static int dnf_tool(const struct oak_patch_host *host, struct oak_argv *argv, struct oak_tool *ret, bool network, struct oak_error *err)
{
	bool own = oak_streq(host->root, "/");
	const char *inside = own || geteuid() != 0 ? NULL : program_inside(host->root);
	*ret = (struct oak_tool){.host = host, .argv = argv, .inside = inside != NULL};
	oak_argv_add(argv, inside ? inside : own ? program_inside("/") : program_on_host());
	oak_argv_add_all(argv, (const char *const[]){"-y", "--setopt=install_weak_deps=False", "--setopt=exit_on_lock=True",
						     "--setopt=keepcache=True", "--setopt=clean_requirements_on_remove=False",
						     "--setopt=installonly_limit=0" /* nobody asked to remove a kernel */, NULL});
	if (!own && !inside) {
		const char *conf = oak_arena_printf(argv->arena, "%s/etc/dnf/dnf.conf", host->root);
		oak_argv_addf(argv, "--installroot=%s", host->root);
		if (oak_fs_exists(conf)) {
			oak_argv_add(argv, "-c");
			oak_argv_add(argv, conf);
		}
		if (oak_rpm_home(host, argv->arena, &ret->home, err) < 0)
			return -1;
	}
	if (!network || host->no_network)
		oak_argv_add(argv, "-C");
	else if (!host->lists)
		oak_argv_add(argv, "--setopt=metadata_expire=-1");
	else /* the host's own metadata must become as new as that of the plan; yum has no --refresh */
		oak_argv_add(argv, oak_streq(argv->v.v[0], "yum") ? "--setopt=metadata_expire=1" : "--refresh");
	return 0;
}

/* dnf would wait without an end: it is told to give up at once, and asked again until our time is over. */
static int run_dnf(const struct oak_tool *tool, int *ret_code, struct oak_error *err)
{
	const struct oak_patch_host *host = tool->host;
	struct timespec pause = {1, 0};
	for (int64_t waited = 0;; waited++) {
		if (oak_tool_run(tool, ret_code, err) < 0)
			return -1;
		if (*ret_code != EXIT_LOCKED || waited >= host->lock_wait_s || (host->stop && *host->stop))
			return 0;
		nanosleep(&pause, NULL);
		if (tool->output)
			oak_buf_clear(tool->output);
	}
}

/* A kernel comes beside the old one, and is asked for as an update of it all the same. */
static bool is_of_verb(const struct oak_plan_action *a, enum oak_action_kind kind)
{
	return a->kind == kind || (kind == OAK_ACTION_UPGRADE && a->kind == OAK_ACTION_INSTALL && a->asked);
}

static void add_specs(const struct oak_tool *tool, struct oak_action_list actions, enum oak_action_kind kind)
{
	struct oak_argv *argv = tool->argv;
	for (size_t i = 0; i < actions.n; i++) {
		const struct oak_plan_action *a = actions.v[i];
		const char *kept = a->to ? oak_tool_kept(tool->host, tool->inside, argv->arena, oak_rpm_archive(argv->arena, a)) : NULL;
		if (is_of_verb(a, kind))
			oak_argv_add(argv, kept ? kept : oak_rpm_nevra(argv->arena, a, a->to));
		else if (kept) /* a new dependency that no repository has any more */
			oak_argv_add(argv, kept);
	}
}

static size_t count(struct oak_action_list actions, enum oak_action_kind kind)
{
	size_t n = 0;
	for (size_t i = 0; i < actions.n; i++)
		n += is_of_verb(actions.v[i], kind);
	return n;
}

/* dnf sees nothing but the plan's packages, so it does exactly that or nothing. What is said more than once adds up. */
static void add_only(struct oak_argv *argv, struct oak_action_list actions)
{
	OAK_AUTO(oak_buf_done) struct oak_buf some;
	oak_buf_init(&some, 2 * ONE_ARGUMENT);
	oak_argv_add(argv, "--setopt=*.includepkgs="); /* the configured ones go */
	for (size_t i = 0; i < actions.n; i++) {
		if (actions.v[i]->to)
			oak_buf_addf(&some, "%s%s", some.n ? "," : "", oak_rpm_nevra(argv->arena, actions.v[i], actions.v[i]->to));
		if (some.n && (some.n > ONE_ARGUMENT || i + 1 == actions.n)) {
			oak_argv_addf(argv, "--setopt=*.includepkgs=%s", oak_buf_text(&some));
			oak_buf_clear(&some);
		}
	}
}

/* upgrade keeps the reasons of installed packages, and brings new dependencies in by itself. */
static void add_verb(const struct oak_tool *tool, struct oak_action_list actions)
{
	struct oak_argv *argv = tool->argv;
	if (count(actions, OAK_ACTION_UPGRADE)) {
		oak_argv_add(argv, "upgrade");
		add_specs(tool, actions, OAK_ACTION_UPGRADE);
	} else if (count(actions, OAK_ACTION_DOWNGRADE)) {
		oak_argv_add(argv, "downgrade");
		add_specs(tool, actions, OAK_ACTION_DOWNGRADE);
	} else {
		oak_argv_add(argv, "install");
		add_specs(tool, actions, OAK_ACTION_INSTALL);
	}
}

/* ------------------------------------------------------------------------------------------- check */

enum section { SECTION_NONE, SECTION_INSTALL, SECTION_REMOVE, SECTION_SKIPPED };

static enum section section_of(const char *line)
{
	static const struct {
		const char *prefix;
		enum section section;
	} rows[] = {{"Upgrading", SECTION_INSTALL},   {"Updating", SECTION_INSTALL}, {"Installing", SECTION_INSTALL}, {"Downgrading", SECTION_INSTALL},
		    {"Reinstalling", SECTION_INSTALL}, {"Removing", SECTION_REMOVE},    {"Skipping", SECTION_SKIPPED}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (oak_starts_with(line, rows[i].prefix))
			return rows[i].section;
	return SECTION_NONE;
}

/* Rows " name arch evr repository size unit", broken over lines where they are long: six words each. */
static void parse_table(struct oak_arena *arena, struct oak_str text, struct oak_rpm_steps *ret)
{
	enum section section = SECTION_NONE;
	struct oak_str raw;
	const char *words[6];
	size_t n = 0;
	while (oak_str_next(&text, '\n', &raw)) {
		const char *line = oak_arena_strndup(arena, raw.p, raw.n);
		if (raw.n && raw.p[0] != ' ') {
			section = section_of(line);
			n = 0;
			continue;
		}
		struct oak_str rest = raw, word;
		if (section == SECTION_NONE || section == SECTION_SKIPPED || oak_starts_with(line, "     replacing"))
			continue;
		while (oak_str_next(&rest, ' ', &word)) {
			if (word.n)
				words[n++] = oak_arena_strndup(arena, word.p, word.n);
			if (n < 6)
				continue;
			*oak_push(arena, &ret->v) = (struct oak_rpm_step){words[0], words[1], words[2], section == SECTION_REMOVE};
			n = 0;
		}
	}
}

static int check(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	oak_buf_init(&out, 16 * 1024 * 1024);
	int code = 0, rc = dnf_tool(host, &argv, &tool, true, err);
	if (rc == 0) {
		oak_argv_add(&argv, "--assumeno");
		add_verb(&tool, actions);
		tool.output = &out;
		tool.log = "check";
		rc = run_dnf(&tool, &code, err);
	}
	oak_tool_kept_drop(host, tool.inside);
	if (rc == 0 && (code == EXIT_LOCKED || strstr(oak_buf_text(&out), "Existing lock")))
		rc = oak_fail(err, OAK_TRANSIENT, "lock.held", 0, "the package manager is busy: dnf's lock is held (try again later)");
	struct oak_rpm_steps steps = {0};
	if (rc == 0)
		parse_table(arena, (struct oak_str){oak_buf_text(&out), out.n}, &steps);
	if (rc == 0 && code != 0 && steps.v.n == 0) /* --assumeno ends with 1 */
		rc = oak_rpm_error(host, "check", OAK_CONFLICT, "patch.moved", "the package manager refuses the plan", err);
	if (rc == 0)
		rc = oak_rpm_compare(&steps, actions, err);
	oak_arena_free(arena);
	return rc;
}

/* ------------------------------------------------------------------------------------------- stage, commit */

static int run_verb(const struct oak_patch_host *host, struct oak_action_list actions, bool download, struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	int code = 0, rc = dnf_tool(host, &argv, &tool, true, err);
	if (download)
		oak_argv_add(&argv, "--downloadonly");
	add_only(&argv, actions);
	add_verb(&tool, actions);
	tool.log = download ? "download" : "install";
	tool.works = true;
	tool.what = download ? "downloading" : "installing";
	tool.stoppable = download;
	tool.progress = oak_rpm_progress;
	if (rc == 0)
		rc = run_dnf(&tool, &code, err);
	oak_tool_kept_drop(host, tool.inside);
	if (rc == 0 && code == EXIT_LOCKED)
		rc = oak_fail(err, OAK_TRANSIENT, "lock.held", 0, "the package manager is busy: dnf's lock is held (try again later)");
	if (rc == 0 && code != 0)
		rc = download ? oak_rpm_error(host, tool.log, OAK_TRANSIENT, "patch.download", "cannot download", err)
			      : oak_rpm_error(host, tool.log, OAK_IO, "patch.install", "the package manager failed", err);
	oak_arena_free(arena);
	return rc;
}

static int stage(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	return run_verb(host, actions, true, err);
}

static int commit(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	oak_fault_point("dnf.before-install");
	int rc = run_verb(host, actions, false, err);
	oak_fault_point("dnf.after-install");
	return rc;
}

/* ------------------------------------------------------------------------------------------- old archives */

/* All of ACTIONS by one call, into PATH where it is given or the cache; what cannot be had is left out. */
static int fetch(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_arena *arena, const char **ret_path,
		 struct oak_error *err)
{
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	const char *seen;
	int code = 0;
	if (dnf_tool(host, &argv, &tool, true, err) < 0 || oak_tool_scratch(host, "fetch", tool.inside, arena, ret_path, &seen, err) < 0)
		return -1;
	oak_argv_addf(&argv, "--downloaddir=%s", seen);
	oak_argv_add_all(&argv, (const char *const[]){"--downloadonly", "--skip-broken", "reinstall", NULL});
	for (size_t i = 0; i < actions.n; i++)
		oak_argv_add(&argv, oak_rpm_nevra(arena, actions.v[i], actions.v[i]->from));
	tool.log = "secure";
	tool.stoppable = true;
	int rc = oak_tool_run(&tool, &code, err);
	if (rc == 0 && code != 0) { /* a signature was refused, say: what was downloaded before that lies there all the same */
		oak_tool_scratch_drop(host, *ret_path);
		*ret_path = NULL;
	}
	return rc;
}

static const char *cached(const struct oak_patch_host *host, struct oak_arena *arena, const char *file)
{
	return oak_rpm_find_file(arena, host->root, "/var/cache/dnf", file);
}

static int keep(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	const char *path = NULL, *seen = NULL;
	int code = 0, rc = dnf_tool(host, &argv, &tool, true, err);
	if (rc == 0)
		rc = oak_tool_scratch(host, "fetch", tool.inside, arena, &path, &seen, err);
	oak_argv_addf(&argv, "--downloaddir=%s", seen);
	oak_argv_add(&argv, "--downloadonly");
	add_only(&argv, actions);
	add_verb(&tool, actions);
	tool.log = "keep";
	tool.stoppable = true;
	if (rc == 0)
		rc = oak_tool_run(&tool, &code, err);
	if (rc == 0 && code != 0) /* a signature was refused, say: what was downloaded before that lies there all the same */
		rc = oak_rpm_error(host, "keep", OAK_IO, "snapshot.archive", "cannot keep the archives", err);
	if (rc == 0)
		rc = oak_tool_keep(host, &oak_installer_dnf, actions, path, cached, err);
	if (path)
		oak_tool_scratch_drop(host, path);
	return rc;
}

static const struct oak_rpm_archives archives = {.cache = "/var/cache/dnf", .fetch = fetch};

static int undoable(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_arena *arena,
		    struct oak_plan_facts *ret, struct oak_error *err)
{
	return oak_rpm_undoable(&archives, host, actions, arena, ret, err);
}

static int secure(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	return oak_rpm_secure(&archives, host, actions, err);
}

/* ------------------------------------------------------------------------------------------- undo */

/* Removing what the run brought in takes nothing along that somebody installed since and that needs it. PATH is SEEN by dnf. */
static int protect_others(const struct oak_patch_host *host, struct oak_argv *argv, struct oak_action_list actions, const char *path,
			  const char *seen, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf names;
	struct oak_installed_list list = {0};
	oak_buf_init(&names, 64 * 1024 * 1024);
	if (oak_rpm_installed(host, argv->arena, &list, err) < 0)
		return -1;
	for (size_t i = 0; i < list.v.n; i++) {
		bool goes = false;
		for (size_t j = 0; j < actions.n; j++)
			goes |= actions.v[j]->kind == OAK_ACTION_INSTALL && oak_streq(actions.v[j]->name, list.v.v[i].name);
		if (!goes)
			oak_buf_addf(&names, "%s\n", list.v.v[i].name);
	}
	oak_argv_addf(argv, "--setopt=protected_packages=glob:%s/protected.conf", seen);
	return oak_fs_write_atomic(oak_arena_printf(argv->arena, "%s/protected.conf", path), oak_buf_text(&names), names.n, 0644, err);
}

static int undo_part(const struct oak_patch_host *host, struct oak_action_list actions, bool removals, struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	const char *path = NULL, *seen = NULL;
	size_t n = 0;
	int code = 0, rc = dnf_tool(host, &argv, &tool, false, err);
	if (rc == 0)
		rc = oak_tool_scratch(host, "undo", tool.inside, arena, &path, &seen, err);
	if (rc == 0 && removals)
		rc = protect_others(host, &argv, actions, path, seen, err);
	oak_argv_add(&argv, removals ? "remove" : "downgrade");
	for (size_t i = 0; rc == 0 && i < actions.n; i++) {
		const struct oak_plan_action *a = actions.v[i];
		if ((a->kind == OAK_ACTION_INSTALL) != removals)
			continue;
		n++;
		if (removals) {
			oak_argv_add(&argv, oak_rpm_nevra(arena, a, a->to));
			continue;
		}
		const char *old = oak_rpm_old_path(host, arena, a), *file = strrchr(old, '/') + 1;
		if (!oak_fs_exists(old))
			rc = oak_fail(err, OAK_IO, "patch.undo", 0, "cannot bring '%s' %s back: its archive was not kept", a->name, a->from);
		else
			rc = oak_tool_copy(old, oak_arena_printf(arena, "%s/%s", path, file), err);
		oak_argv_addf(&argv, "%s/%s", seen, file);
	}
	tool.log = "rollback";
	tool.works = true;
	tool.what = "rolling back";
	tool.progress = oak_rpm_progress;
	if (rc == 0 && n)
		rc = run_dnf(&tool, &code, err);
	if (rc == 0 && code != 0)
		rc = oak_rpm_error(host, "rollback", OAK_IO, "patch.undo", "the package manager could not go back", err);
	if (path)
		oak_tool_scratch_drop(host, path);
	oak_arena_free(arena);
	return rc;
}

static int undo_left(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	oak_fault_point("dnf.before-undo");
	int rc = undo_part(host, actions, false, err);
	oak_fault_point("dnf.between-undo");
	if (rc == 0)
		rc = undo_part(host, actions, true, err);
	oak_fault_point("dnf.after-undo");
	return rc;
}

static int undo(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_action_list left = oak_installer_left(&oak_installer_dnf, host, actions, arena);
	return left.n ? undo_left(host, left, err) : 0;
}

/* dnf keeps the reason of what it upgrades and gives new dependencies theirs. */
static int marks_save(const struct oak_patch_host *host, struct oak_error *err)
{
	(void)host;
	(void)err;
	return 0;
}

static int marks_restore(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	(void)host;
	(void)actions;
	(void)err;
	return 0;
}

const struct oak_installer oak_installer_dnf = {
	.name = "dnf",
	.sure = true,
	.detect = detect,
	.check = check,
	.stage = stage,
	.undoable = undoable,
	.secure = secure,
	.archive = oak_rpm_archive,
	.keep = keep,
	.commit = commit,
	.undo = undo,
	.marks_save = marks_save,
	.marks_restore = marks_restore,
	.repair = oak_rpm_repair,
	.files = oak_rpm_files,
	.installed = oak_rpm_installed,
};
