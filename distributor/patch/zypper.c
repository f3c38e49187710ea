/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The zypper installer: exact versions, checked against the summary that zypper prints as XML. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/str.h"
#include "distributor/patch/backends.h"
#include "distributor/patch/rpm.h"

enum { EXIT_LOCKED = 7, EXIT_REBOOT_NEEDED = 102, EXIT_RESTART_NEEDED = 103, EXIT_HOLES = 107 };

static bool detect(const char *root, const char *family)
{
	return oak_streq(family, "suse") && (oak_tool_inside(root, "/usr/bin/zypper") || oak_tool_on_host("zypper"));
}

static int zypper_tool(const struct oak_patch_host *host, struct oak_argv *argv, struct oak_tool *ret, bool xml, struct oak_error *err)
{
	bool own = oak_streq(host->root, "/");
	bool inside = !own && geteuid() == 0 && oak_tool_inside(host->root, "/usr/bin/zypper");
	*ret = (struct oak_tool){.host = host, .argv = argv, .inside = inside};
	oak_argv_add_all(argv, (const char *const[]){"zypper", "--non-interactive", NULL});
	if (xml)
		oak_argv_add(argv, "--xmlout");
	if (!host->lists) /* the host's own metadata is what the plan was made from; else it must become as new as ours */
		oak_argv_add(argv, "--no-refresh");
	if (!own && !inside) {
		oak_argv_add(argv, "--root");
		oak_argv_add(argv, host->root);
		if (oak_rpm_home(host, argv->arena, &ret->home, err) < 0)
			return -1;
	}
	const char **env = oak_arena_alloc(argv->arena, 2 * sizeof(*env));
	env[0] = oak_arena_printf(argv->arena, "ZYPP_LOCK_TIMEOUT=%lld", (long long)host->lock_wait_s);
	ret->env = env;
	return 0;
}

static void add_specs(const struct oak_tool *tool, struct oak_action_list actions)
{
	struct oak_argv *argv = tool->argv;
	for (size_t i = 0; i < actions.n; i++) {
		const struct oak_plan_action *a = actions.v[i];
		const char *kept = a->to ? oak_tool_kept(tool->host, tool->inside, argv->arena, oak_rpm_archive(argv->arena, a)) : NULL;
		if (kept)
			oak_argv_add(argv, kept);
		else if (a->kind == OAK_ACTION_REMOVE)
			oak_argv_addf(argv, "-%s.%s=%s", a->name, a->arch, a->from);
		else
			oak_argv_addf(argv, "%s.%s=%s", a->name, a->arch, a->to);
	}
}

/* A kept archive is what its snapshot's hash says, whether it carries a signature or not. */
static void allow_kept(const struct oak_tool *tool, struct oak_action_list actions)
{
	for (size_t i = 0; i < actions.n; i++)
		if (actions.v[i]->to && oak_fs_exists(oak_arena_printf(tool->argv->arena, "%s/kept/%s", tool->host->run_dir,
								     oak_rpm_archive(tool->argv->arena, actions.v[i])))) {
			oak_argv_add(tool->argv, "--allow-unsigned-rpm");
			return;
		}
}

static bool is_done(int code)
{
	return code == 0 || code == EXIT_REBOOT_NEEDED || code == EXIT_RESTART_NEEDED || code == EXIT_HOLES;
}

static int zypper_error(const struct oak_patch_host *host, const char *log, int code, enum oak_error_kind kind, const char *id,
			const char *what, struct oak_error *err)
{
	if (code == EXIT_LOCKED)
		return oak_fail(err, OAK_TRANSIENT, "lock.held", 0, "the package manager is busy: zypp's lock is held (try again later)");
	return oak_rpm_error(host, log, kind, id, what, err);
}

/* ------------------------------------------------------------------------------------------- check */

static const char *attribute(struct oak_arena *arena, struct oak_str tag, const char *name)
{
	const char *key = oak_arena_printf(arena, " %s=\"", name);
	const char *at = memmem(tag.p, tag.n, key, strlen(key));
	const char *start = at ? at + strlen(key) : NULL;
	const char *end = start ? memchr(start, '"', tag.n - (size_t)(start - tag.p)) : NULL;
	return end ? oak_arena_strndup(arena, start, (size_t)(end - start)) : NULL;
}

/* <to-upgrade>, <to-install>, <to-remove> … with <solvable type="package" name= edition= arch=/> in them. */
static void parse_summary(struct oak_arena *arena, struct oak_str text, struct oak_rpm_steps *ret)
{
	bool removal = false;
	struct oak_str tag;
	while (oak_str_next(&text, '>', &tag)) {
		const char *open = memrchr(tag.p, '<', tag.n);
		if (!open)
			continue;
		tag = (struct oak_str){open, tag.n - (size_t)(open - tag.p)};
		if (tag.n > 4 && memcmp(tag.p, "<to-", 4) == 0)
			removal = memcmp(tag.p, "<to-remove", tag.n < 10 ? tag.n : 10) == 0;
		if (tag.n < 10 || memcmp(tag.p, "<solvable ", 10) != 0)
			continue;
		const char *type = attribute(arena, tag, "type");
		if (!type || oak_streq(type, "package"))
			*oak_push(arena, &ret->v) = (struct oak_rpm_step){attribute(arena, tag, "name"), attribute(arena, tag, "arch"),
									  attribute(arena, tag, "edition"), removal};
	}
}

static int check(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	oak_buf_init(&out, 16 * 1024 * 1024);
	int code = 0, rc = zypper_tool(host, &argv, &tool, true, err);
	oak_argv_add_all(&argv, (const char *const[]){"install", "--dry-run", "--no-recommends", "--oldpackage", "--auto-agree-with-licenses", NULL});
	allow_kept(&tool, actions);
	add_specs(&tool, actions);
	tool.output = &out;
	tool.log = "check";
	if (rc == 0)
		rc = oak_tool_run(&tool, &code, err);
	oak_tool_kept_drop(host, tool.inside);
	struct oak_rpm_steps steps = {0};
	if (rc == 0)
		parse_summary(arena, (struct oak_str){oak_buf_text(&out), out.n}, &steps);
	if (rc == 0 && !is_done(code))
		rc = zypper_error(host, "check", code, OAK_CONFLICT, "patch.moved", "the package manager refuses the plan", err);
	if (rc == 0)
		rc = oak_rpm_compare(&steps, actions, err);
	oak_arena_free(arena);
	return rc;
}

/* ------------------------------------------------------------------------------------------- stage, commit */

static int install(const struct oak_patch_host *host, struct oak_action_list actions, bool download, struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	int code = 0, rc = zypper_tool(host, &argv, &tool, false, err);
	oak_argv_add_all(&argv, (const char *const[]){"install", "--no-recommends", "--oldpackage", "--auto-agree-with-licenses",
							    download ? "--download-only" : "--download-in-advance", NULL});
	allow_kept(&tool, actions);
	add_specs(&tool, actions);
	tool.log = download ? "download" : "install";
	tool.works = true;
	tool.what = download ? "downloading" : "installing";
	tool.stoppable = download;
	tool.progress = oak_rpm_progress;
	if (rc == 0)
		rc = oak_tool_run(&tool, &code, err);
	oak_tool_kept_drop(host, tool.inside);
	if (rc == 0 && !is_done(code))
		rc = download ? zypper_error(host, tool.log, code, OAK_TRANSIENT, "patch.download", "cannot download", err)
			      : zypper_error(host, tool.log, code, OAK_IO, "patch.install", "the package manager failed", err);
	oak_arena_free(arena);
	return rc;
}

static int stage(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	return install(host, actions, true, err);
}

static int commit(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	oak_fault_point("zypper.before-install");
	int rc = install(host, actions, false, err);
	oak_fault_point("zypper.after-install");
	return rc;
}

/* ------------------------------------------------------------------------------------------- old archives */

/* Into zypp's own cache, where they are looked for afterwards. */
static int fetch(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_arena *arena, const char **ret_path,
		 struct oak_error *err)
{
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	int code;
	*ret_path = NULL;
	if (zypper_tool(host, &argv, &tool, false, err) < 0)
		return -1;
	oak_argv_add(&argv, "download");
	for (size_t i = 0; i < actions.n; i++)
		oak_argv_addf(&argv, "%s.%s=%s", actions.v[i]->name, actions.v[i]->arch, actions.v[i]->from);
	tool.log = "secure";
	tool.stoppable = true;
	return oak_tool_run(&tool, &code, err);
}

static const char *cached(const struct oak_patch_host *host, struct oak_arena *arena, const char *file)
{
	return oak_rpm_find_file(arena, host->root, "/var/cache/zypp/packages", file);
}

static int keep(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	int code = 0, rc = zypper_tool(host, &argv, &tool, false, err);
	oak_argv_add(&argv, "download");
	for (size_t i = 0; i < actions.n; i++)
		if (actions.v[i]->to)
			oak_argv_addf(&argv, "%s.%s=%s", actions.v[i]->name, actions.v[i]->arch, actions.v[i]->to);
	tool.log = "keep";
	tool.stoppable = true;
	if (rc == 0)
		rc = oak_tool_run(&tool, &code, err);
	if (rc == 0 && !is_done(code))
		rc = zypper_error(host, "keep", code, OAK_IO, "snapshot.archive", "cannot keep the archives", err);
	if (rc < 0)
		return rc;
	rc = oak_tool_keep(host, &oak_installer_zypper, actions, NULL, cached, err);
	if (rc < 0 && oak_tool_untrusted(oak_tool_complaint(host, arena, "keep"))) /* it ends well all the same */
		oak_rpm_error(host, "keep", OAK_IO, "snapshot.archive", "cannot keep the archives", err);
	return rc;
}

static const struct oak_rpm_archives archives = {.cache = "/var/cache/zypp/packages", .fetch = fetch};

static int undoable(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_arena *arena,
		    struct oak_plan_facts *ret, struct oak_error *err)
{
	return oak_rpm_undoable(&archives, host, actions, arena, ret, err);
}

static int secure(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	return oak_rpm_secure(&archives, host, actions, err);
}

/* ------------------------------------------------------------------------------------------- undo, marks */

/* Copies of the old archives where zypper can see them, and new packages to be removed, as arguments. */
static int add_old(const struct oak_patch_host *host, struct oak_argv *argv, struct oak_action_list actions, const char *path, const char *seen,
		   struct oak_error *err)
{
	for (size_t i = 0; i < actions.n; i++) {
		const struct oak_plan_action *a = actions.v[i];
		if (a->kind == OAK_ACTION_INSTALL) {
			oak_argv_addf(argv, "-%s.%s=%s", a->name, a->arch, a->to);
			continue;
		}
		const char *old = oak_rpm_old_path(host, argv->arena, a), *file = strrchr(old, '/') + 1;
		const char *copy = oak_arena_printf(argv->arena, "%s/%s", path, file);
		if (!oak_fs_exists(old))
			return oak_fail(err, OAK_IO, "patch.undo", 0, "cannot bring '%s' %s back: its archive was not kept", a->name, a->from);
		if (!oak_fs_exists(copy) && oak_tool_copy(old, copy, err) < 0)
			return -1;
		oak_argv_addf(argv, "%s/%s", seen, file);
	}
	return 0;
}

/* One call; SIMULATE: only what it would do, which must be ACTIONS backwards and nothing else. */
static int run_undo(const struct oak_patch_host *host, struct oak_action_list actions, bool simulate, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	struct oak_rpm_steps steps = {0};
	const char *path = NULL, *seen = NULL;
	int code = 0, rc = zypper_tool(host, &argv, &tool, simulate, err);
	oak_buf_init(&out, 16 * 1024 * 1024);
	if (rc == 0)
		rc = oak_tool_scratch(host, "undo", tool.inside, arena, &path, &seen, err);
	oak_argv_add_all(&argv, (const char *const[]){"install", "--no-recommends", "--oldpackage", "--allow-unsigned-rpm", simulate ? "--dry-run" : NULL, NULL});
	if (rc == 0)
		rc = add_old(host, &argv, actions, path, seen, err);
	tool.log = "rollback";
	tool.works = true;
	tool.what = "rolling back";
	if (simulate)
		tool.output = &out;
	else
		tool.progress = oak_rpm_progress;
	if (rc == 0)
		rc = oak_tool_run(&tool, &code, err);
	if (rc == 0 && !is_done(code))
		rc = zypper_error(host, "rollback", code, OAK_IO, "patch.undo", "the package manager could not go back", err);
	if (rc == 0 && simulate) {
		parse_summary(arena, (struct oak_str){oak_buf_text(&out), out.n}, &steps);
		rc = oak_rpm_compare(&steps, oak_installer_reversed(actions, arena), err);
	}
	if (path && (!simulate || rc < 0))
		oak_tool_scratch_drop(host, path);
	return rc;
}

static int undo_left(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	int rc = run_undo(host, actions, true, err);
	oak_fault_point("zypper.before-undo");
	if (rc == 0)
		rc = run_undo(host, actions, false, err);
	oak_fault_point("zypper.after-undo");
	return rc;
}

static int undo(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_action_list left = oak_installer_left(&oak_installer_zypper, host, actions, arena);
	return left.n ? undo_left(host, left, err) : 0;
}

static const char *marks_path(const struct oak_patch_host *host, struct oak_arena *arena)
{
	return oak_arena_printf(arena, "%s/var/lib/zypp/AutoInstalled", oak_streq(host->root, "/") ? "" : host->root);
}

/* The first save counts: a resumed run must not take its own traces for the state before. */
static int marks_save(const struct oak_patch_host *host, struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	const char *from = marks_path(host, arena), *to = oak_arena_printf(arena, "%s/marks", host->run_dir);
	int rc = 0;
	if (!oak_fs_exists(to))
		rc = oak_fs_exists(from) ? oak_tool_copy(from, to, err) : oak_fs_write_atomic(to, "", 0, 0600, err);
	oak_arena_free(arena);
	return rc;
}

/* One name a line: those of before, and new ones that nobody asked for. */
static int marks_restore(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	const char *path = marks_path(host, arena);
	OAK_AUTO(oak_buf_done) struct oak_buf text, now;
	oak_buf_init(&text, 16 * 1024 * 1024);
	oak_buf_init(&now, 16 * 1024 * 1024);
	int rc = oak_fs_read(oak_arena_printf(arena, "%s/marks", host->run_dir), &text, err);
	for (size_t i = 0; rc == 0 && i < actions.n; i++)
		if (actions.v[i]->kind == OAK_ACTION_INSTALL && !actions.v[i]->asked)
			oak_buf_addf(&text, "%s\n", actions.v[i]->name);
	if (rc == 0 && oak_fs_exists(path))
		rc = oak_fs_read(path, &now, err);
	bool same = text.n == now.n && memcmp(oak_buf_text(&text), oak_buf_text(&now), text.n) == 0;
	if (rc == 0 && !same && oak_fs_is_dir(oak_arena_printf(arena, "%s/var/lib/zypp", oak_streq(host->root, "/") ? "" : host->root)))
		rc = oak_fs_write_atomic(path, oak_buf_text(&text), text.n, 0644, err);
	oak_arena_free(arena);
	return rc;
}

const struct oak_installer oak_installer_zypper = {
	.name = "zypper",
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
