/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rpm below dnf and zypper: names, database, what is installed, repair after a crash. */
#include "distributor/patch/rpm.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "baseline/evaluate.h"
#include "core/fs.h"
#include "core/lock.h"
#include "core/str.h"

static const char *root_of(const struct oak_patch_host *host)
{
	return oak_streq(host->root, "/") ? "" : host->root;
}

const char *oak_rpm_dbpath(const char *root)
{
	static const char *const paths[] = {"/usr/lib/sysimage/rpm", "/var/lib/rpm"};
	static const char *const files[] = {"rpmdb.sqlite", "Packages.db", "Packages"};
	char full[4200];
	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < 3; j++) {
			snprintf(full, sizeof(full), "%s%s/%s", oak_streq(root, "/") ? "" : root, paths[i], files[j]);
			if (oak_fs_exists(full))
				return paths[i];
		}
	return paths[1];
}

int oak_rpm_home(const struct oak_patch_host *host, struct oak_arena *arena, const char **ret_home, struct oak_error *err)
{
	const char *home = oak_arena_printf(arena, "%s/home", host->run_dir);
	const char *text = oak_arena_printf(arena, "%%_dbpath %s\n%%__gpg /usr/bin/gpg\n", oak_rpm_dbpath(host->root));
	if (oak_fs_mkdirs(home, 0700, err) < 0 ||
	    oak_fs_write_atomic(oak_arena_printf(arena, "%s/.rpmmacros", home), text, strlen(text), 0600, err) < 0)
		return -1;
	*ret_home = home;
	return 0;
}

const char *oak_rpm_nevra(struct oak_arena *arena, const struct oak_plan_action *action, const char *evr)
{
	return oak_arena_printf(arena, "%s-%s.%s", action->name, evr, action->arch ? action->arch : "noarch");
}

const char *oak_rpm_file(struct oak_arena *arena, const struct oak_plan_action *action, const char *evr)
{
	const char *colon = strchr(evr, ':');
	return oak_arena_printf(arena, "%s.rpm", oak_rpm_nevra(arena, action, colon ? colon + 1 : evr));
}

const char *oak_rpm_archive(struct oak_arena *arena, const struct oak_plan_action *action)
{
	return oak_rpm_file(arena, action, action->to);
}

const char *oak_rpm_old_path(const struct oak_patch_host *host, struct oak_arena *arena, const struct oak_plan_action *action)
{
	return oak_arena_printf(arena, "%s/old/%s", host->run_dir, oak_rpm_file(arena, action, action->from));
}

static const char *find_below(struct oak_arena *arena, const char *folder, const char *name, int depth)
{
	const char *here = oak_arena_printf(arena, "%s/%s", folder, name), *found = NULL;
	if (oak_fs_exists(here))
		return here;
	DIR *dir = depth > 0 ? opendir(folder) : NULL;
	for (struct dirent *e; dir && !found && (e = readdir(dir));)
		if (e->d_name[0] != '.' && (e->d_type == DT_DIR || e->d_type == DT_UNKNOWN))
			found = find_below(arena, oak_arena_printf(arena, "%s/%s", folder, e->d_name), name, depth - 1);
	if (dir)
		closedir(dir);
	return found;
}

const char *oak_rpm_find_file(struct oak_arena *arena, const char *root, const char *folder, const char *name)
{
	return find_below(arena, oak_arena_printf(arena, "%s%s", oak_streq(root, "/") ? "" : root, folder), name, 4);
}

static void rpm_tool(const struct oak_patch_host *host, struct oak_argv *argv, struct oak_tool *ret)
{
	bool own = oak_streq(host->root, "/");
	*ret = (struct oak_tool){.host = host, .argv = argv, .inside = !own && !oak_tool_on_host("rpm")};
	oak_argv_add(argv, "rpm");
	if (!own && !ret->inside) {
		oak_argv_add(argv, "--root");
		oak_argv_add(argv, host->root);
	}
	oak_argv_add(argv, "--dbpath");
	oak_argv_add(argv, oak_rpm_dbpath(host->root));
}

static bool parse_line(struct oak_arena *arena, struct oak_str line, struct oak_installed *ret)
{
	struct oak_str part[3] = {{0}};
	for (size_t i = 0; i < 3; i++)
		if (!oak_str_next(&line, '\t', &part[i]))
			return false;
	if (oak_str_eq(part[0], OAK_STR("gpg-pubkey")))
		return false;
	ret->name = oak_arena_strndup(arena, part[0].p, part[0].n);
	ret->arch = oak_arena_strndup(arena, part[1].p, part[1].n);
	ret->evr = oak_arena_strndup(arena, part[2].p, part[2].n);
	ret->id = oak_arena_printf(arena, "%s.%s", ret->name, ret->arch);
	ret->broken = false;
	return true;
}

/* May be installed more than once: kernels and what says so of itself, as drivers do. */
static bool install_only(const struct oak_buf *several, const struct oak_installed *p)
{
	char line[1024];
	snprintf(line, sizeof(line), "\n%s\n", p->id);
	return oak_starts_with(p->name, "kernel") || oak_starts_with(p->name, "kmod-") || strstr(oak_buf_text(several), line);
}

static int by_id(const void *a, const void *b)
{
	const struct oak_installed *x = a, *y = b;
	return strcmp(x->id, y->id);
}

/* Their ids, a line each after an empty one; what nothing provides gives a line of words. */
static int ask_several(const struct oak_patch_host *host, struct oak_arena *arena, struct oak_buf *ret, struct oak_error *err)
{
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	int code;
	rpm_tool(host, &argv, &tool);
	oak_argv_add_all(&argv, (const char *const[]){"-q", "--qf", "\\n%{NAME}.%{ARCH}\\n", "--whatprovides", "multiversion(kernel)",
						      "installonlypkg(kernel)", "installonlypkg(kernel-module)", "installonlypkg(vm)", NULL});
	tool.output = ret;
	return oak_tool_run(&tool, &code, err);
}

/* Two versions where one may be: a cut transaction left the older one behind. Sorts the list, so that versions of one id are together. */
static int mark_duplicates(const struct oak_patch_host *host, struct oak_arena *arena, struct oak_installed_list *list, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf several;
	bool asked = false;
	oak_buf_init(&several, 16 * 1024 * 1024);
	if (list->v.n)
		qsort(list->v.v, list->v.n, sizeof(*list->v.v), by_id);
	for (size_t i = 1; i < list->v.n; i++) {
		struct oak_installed *a = &list->v.v[i - 1], *b = &list->v.v[i];
		if (!oak_streq(a->id, b->id))
			continue;
		if (!asked && ask_several(host, arena, &several, err) < 0)
			return -1;
		asked = true;
		if (!install_only(&several, a))
			(oak_evr_compare_rpm(a->evr, b->evr) < 0 ? a : b)->broken = true;
	}
	return 0;
}

int oak_rpm_installed(const struct oak_patch_host *host, struct oak_arena *arena, struct oak_installed_list *ret,
		      struct oak_error *err)
{
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	oak_buf_init(&out, 64 * 1024 * 1024);
	rpm_tool(host, &argv, &tool);
	oak_argv_add_all(&argv, (const char *const[]){"-qa", "--qf", "%{NAME}\\t%{ARCH}\\t%{EVR}\\n", NULL});
	tool.output = &out;
	int code;
	if (oak_tool_run(&tool, &code, err) < 0)
		return -1;
	if (code != 0)
		return oak_fail(err, OAK_IO, "patch.tool", 0, "rpm -qa failed with %d: the database of '%s' cannot be read", code, host->root);
	struct oak_str rest = {oak_buf_text(&out), out.n}, line;
	while (oak_str_next(&rest, '\n', &line)) {
		struct oak_installed one;
		if (parse_line(arena, line, &one))
			*oak_push(arena, &ret->v) = one;
	}
	return mark_duplicates(host, arena, ret, err);
}

void oak_rpm_files(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_arena *arena, oak_text_list *ret)
{
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	oak_buf_init(&out, 64 * 1024 * 1024);
	rpm_tool(host, &argv, &tool);
	oak_argv_add(&argv, "-ql");
	for (size_t i = 0; i < actions.n; i++)
		if (actions.v[i]->from && actions.v[i]->kind != OAK_ACTION_INSTALL)
			oak_argv_add(&argv, oak_rpm_nevra(arena, actions.v[i], actions.v[i]->from));
	tool.output = &out;
	int code;
	if (oak_tool_run(&tool, &code, NULL) < 0)
		return;
	struct oak_str rest = {oak_buf_text(&out), out.n}, line;
	while (oak_str_next(&rest, '\n', &line))
		if (line.n && (memmem(line.p, line.n, ".so", 3) || memmem(line.p, line.n, "bin/", 4)))
			*oak_push(arena, ret) = oak_arena_strndup(arena, line.p, line.n);
}

/* ------------------------------------------------------------------------------------------- repair */

static int erase_older(const struct oak_patch_host *host, struct oak_arena *arena, const struct oak_installed *a,
		       const struct oak_installed *b, oak_text_list *did, struct oak_error *err)
{
	const struct oak_installed *older = oak_evr_compare_rpm(a->evr, b->evr) < 0 ? a : b;
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	int code = 0;
	rpm_tool(host, &argv, &tool);
	oak_argv_add_all(&argv, (const char *const[]){"-e", "--nodeps", NULL});
	oak_argv_addf(&argv, "%s-%s.%s", older->name, older->evr, older->arch);
	tool.log = "repair";
	if (oak_tool_run(&tool, &code, err) < 0)
		return -1;
	if (code != 0)
		return oak_fail(err, OAK_IO, "patch.repair", 0,
				"'%s' is installed twice and the older %s cannot be erased: %s (a person must: rpm -e --nodeps %s-%s)",
				older->id, older->evr, oak_tool_complaint(host, arena, "repair"), older->name, older->evr);
	*oak_push(arena, did) = oak_arena_printf(arena, "%s was installed twice: %s erased", older->id, older->evr);
	return 0;
}

int oak_rpm_repair(const struct oak_patch_host *host, struct oak_arena *arena, oak_text_list *ret_did, struct oak_error *err)
{
	const char *lock = oak_arena_printf(arena, "%s%s/.rpm.lock", root_of(host), oak_rpm_dbpath(host->root));
	struct oak_installed_list list = {0};
	if (oak_lock_wait_fcntl(lock, host->lock_wait_s, host->stop, err) < 0)
		return -1;
	if (oak_rpm_installed(host, arena, &list, err) < 0) {
		struct oak_argv argv = {.arena = arena};
		struct oak_tool tool;
		int code = 0;
		rpm_tool(host, &argv, &tool);
		oak_argv_add(&argv, "--rebuilddb");
		tool.log = "repair";
		if (oak_tool_run(&tool, &code, err) < 0 || oak_rpm_installed(host, arena, &list, err) < 0)
			return -1;
		*oak_push(arena, ret_did) = "the rpm database was rebuilt";
	}
	for (size_t i = 1; i < list.v.n; i++)
		if (oak_streq(list.v.v[i - 1].id, list.v.v[i].id) && (list.v.v[i - 1].broken || list.v.v[i].broken) &&
		    erase_older(host, arena, &list.v.v[i - 1], &list.v.v[i], ret_did, err) < 0)
			return -1;
	return 0;
}

/* ------------------------------------------------------------------------------------------- words */

static const struct oak_plan_action *planned(struct oak_action_list actions, const struct oak_rpm_step *step)
{
	for (size_t i = 0; i < actions.n; i++)
		if (oak_streq(actions.v[i]->name, step->name) && oak_streq(actions.v[i]->arch, step->arch) &&
		    (actions.v[i]->kind == OAK_ACTION_REMOVE) == step->removal)
			return actions.v[i];
	return NULL;
}

int oak_rpm_compare(const struct oak_rpm_steps *steps, struct oak_action_list actions, struct oak_error *err)
{
	for (size_t i = 0; i < steps->v.n; i++) {
		const struct oak_rpm_step *s = &steps->v.v[i];
		const struct oak_plan_action *a = planned(actions, s);
		if (!a || (!s->removal && oak_evr_compare_rpm(a->to, s->evr) != 0))
			return oak_fail(err, OAK_CONFLICT, "patch.moved", 0,
					"the plan no longer fits the host: the package manager would %s '%s.%s' %s, which the plan does "
					"not say (run 'oakum plan' again)",
					s->removal ? "remove" : "install", s->name, s->arch, s->evr ? s->evr : "");
	}
	if (steps->v.n < actions.n)
		return oak_fail(err, OAK_CONFLICT, "patch.moved", 0,
				"the plan no longer fits the host: of %zu actions the package manager would do %zu (run 'oakum plan' again)",
				actions.n, steps->v.n);
	return 0;
}

int oak_rpm_progress(const char *line)
{
	for (const char *slash = strchr(line, '/'); slash; slash = strchr(slash + 1, '/')) {
		const char *start = slash;
		while (start > line && start[-1] >= '0' && start[-1] <= '9')
			start--;
		long done = strtol(start, NULL, 10);
		char *end;
		long all = strtol(slash + 1, &end, 10);
		bool edges = (start == line || start[-1] == ' ' || start[-1] == '(') && (!*end || *end == ')' || *end == ' ');
		if (start < slash && end > slash + 1 && edges && all > 0 && done <= all)
			return (int)(done * 1000 / all);
	}
	return -1;
}

/* Words of dnf, yum, libcurl and zypp. */
static bool tells_of_network(const char *words)
{
	static const char *const marks[] = {"Error downloading packages", "Cannot download", "Failed to download", "Curl error", "No more mirrors to try",
					    "Download (curl) error", "Can't provide", "Timeout exceeded", "Connection failed", "Could not resolve host",
					    "Error code: Connection", "All mirrors were tried", "Failed to provide", "Failed to retrieve"};
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (strstr(words, marks[i]))
			return true;
	return false;
}

int oak_rpm_error(const struct oak_patch_host *host, const char *log, enum oak_error_kind kind, const char *id, const char *what,
		  struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	const char *words = oak_tool_complaint(host, arena, log);
	if (strstr(words, "is locked by") || strstr(words, "Waiting for process") || strstr(words, "lock on") || strstr(words, "Failed to obtain") || strstr(words, "Existing lock"))
		oak_fail(err, OAK_TRANSIENT, "lock.held", 0, "the package manager is busy: %s", words);
	else if (oak_tool_untrusted(words))
		oak_fail(err, OAK_UNTRUSTED, "patch.untrusted", 0, "the package manager refuses a package's signature: %s (log: %s/logs/%s.log)", words,
			 host->run_dir, log);
	else if (tells_of_network(words) && !strstr(words, "No space left"))
		oak_fail(err, OAK_TRANSIENT, "patch.download", 0, "cannot download: %s (log: %s/logs/%s.log)", words, host->run_dir, log);
	else
		oak_fail(err, strstr(words, "No space left") || strstr(words, "Disk Requirements") ? OAK_IO : kind, id, 0,
			 "%s: %s (log: %s/logs/%s.log)", what, words, host->run_dir, log);
	oak_arena_free(arena);
	return -1;
}
