/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Old archives on a dpkg host: from apt's cache, from the repositories, or rebuilt from the installed files. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "core/fs.h"
#include "core/map.h"
#include "core/str.h"
#include "distributor/patch/apt.h"
#include "distributor/patch/backends.h"
#include "distributor/patch/old.h"

/* A version as it stands in a file name: ':' is %3a. */
static const char *version_in_file(struct oak_arena *arena, const char *evr)
{
	const char *colon = strchr(evr, ':');
	return colon ? oak_arena_printf(arena, "%.*s%%3a%s", (int)(colon - evr), evr, colon + 1) : evr;
}

static const char *file_name(struct oak_arena *arena, const char *name, const char *evr, const char *arch)
{
	return oak_arena_printf(arena, "%s_%s_%s.deb", name, version_in_file(arena, evr), arch ? arch : "all");
}

const char *oak_apt_cached(const struct oak_patch_host *host, struct oak_arena *arena, const char *name, const char *evr,
			   const char *arch)
{
	return oak_arena_printf(arena, "%s/var/cache/apt/archives/%s", oak_streq(host->root, "/") ? "" : host->root,
				file_name(arena, name, evr, arch));
}

const char *oak_apt_old_path(const struct oak_patch_host *host, struct oak_arena *arena, const struct oak_plan_action *action)
{
	return oak_arena_printf(arena, "%s/old/%s", host->run_dir, file_name(arena, action->name, action->from, action->arch));
}

/* ------------------------------------------------------------------------------------------- what could be had */

static struct oak_str field(struct oak_str line, const char *name)
{
	size_t n = strlen(name);
	if (line.n > n && memcmp(line.p, name, n) == 0 && line.p[n] == ':')
		return oak_str_trim((struct oak_str){line.p + n + 1, line.n - n - 1});
	return (struct oak_str){0};
}

/* Records of apt-cache show that have a file in some repository: "name version" into SET. */
static void read_records(struct oak_arena *arena, struct oak_str text, struct oak_map *set)
{
	struct oak_str line, name = {0}, version = {0};
	while (oak_str_next(&text, '\n', &line)) {
		struct oak_str value;
		if ((value = field(line, "Package")).n)
			name = value;
		else if ((value = field(line, "Version")).n)
			version = value;
		else if (field(line, "Filename").n && name.n && version.n)
			oak_map_put(set, oak_arena_printf(arena, "%.*s %.*s", (int)name.n, name.p, (int)version.n, version.p), set);
	}
}

static int ask_repositories(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_arena *arena,
			    struct oak_map *ret, struct oak_error *err)
{
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	oak_buf_init(&out, 64 * 1024 * 1024);
	oak_map_init(ret, arena, actions.n);
	oak_apt_tool(host, &argv, "apt-cache", &tool);
	oak_argv_add(&argv, "show");
	for (size_t i = 0; i < actions.n; i++)
		if (oak_plan_action_replaces(actions.v[i]))
			oak_argv_addf(&argv, "%s=%s", oak_apt_name(arena, actions.v[i]), actions.v[i]->from);
	tool.output = &out;
	int code;
	if (oak_tool_run(&tool, &code, err) < 0)
		return -1;
	read_records(arena, oak_str_of(oak_arena_strdup(arena, oak_buf_text(&out))), ret);
	return 0;
}

static bool has_files(const struct oak_patch_host *host, struct oak_arena *arena, const struct oak_plan_action *a)
{
	const char *base = oak_arena_printf(arena, "%s/var/lib/dpkg/info/%s", oak_streq(host->root, "/") ? "" : host->root, a->name);
	return oak_fs_exists(oak_arena_printf(arena, "%s.list", base)) ||
	       oak_fs_exists(oak_arena_printf(arena, "%s:%s.list", base, a->arch ? a->arch : "all"));
}

int oak_apt_undoable(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_arena *arena,
		     struct oak_plan_facts *ret, struct oak_error *err)
{
	struct oak_map offered;
	if (actions.n == 0)
		return 0;
	if (ask_repositories(host, actions, arena, &offered, err) < 0)
		return -1;
	for (size_t i = 0; i < actions.n; i++) {
		const struct oak_plan_action *a = actions.v[i];
		if (!oak_plan_action_replaces(a))
			continue;
		struct oak_plan_undo undo = {.patch = a->patch};
		if (oak_fs_exists(oak_apt_cached(host, arena, a->name, a->from, a->arch)))
			undo.how = "cache";
		else if (oak_map_has(&offered, oak_arena_printf(arena, "%s %s", a->name, a->from)))
			undo.how = "repository";
		else if (has_files(host, arena, a))
			undo.how = "rebuild";
		else
			undo.why = oak_arena_printf(arena, "no archive of version %s in the cache or the repositories, and no list "
							   "of its files to rebuild it from", a->from);
		*oak_push(arena, &ret->undo) = undo;
	}
	return 0;
}

/* ------------------------------------------------------------------------------------------- putting them aside */

static int fetch(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_arena *arena, const char *path,
		 const char *seen, struct oak_error *err)
{
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	int code;
	size_t wanted = 0;
	oak_apt_tool(host, &argv, "apt-get", &tool);
	oak_argv_add_all(&argv, (const char *const[]){"-q", "-o", "Acquire::Retries=2", "-o", "APT::Sandbox::User=root", "download", NULL});
	for (size_t i = 0; i < actions.n; i++) {
		const struct oak_plan_action *a = actions.v[i];
		if (!oak_plan_action_replaces(a) || !oak_streq(a->undo, "repository") || oak_fs_exists(oak_apt_old_path(host, arena, a)))
			continue;
		oak_argv_addf(&argv, "%s=%s", oak_apt_name(arena, a), a->from);
		wanted++;
	}
	tool.dir = oak_apt_inside(host) ? seen : path;
	tool.log = "secure";
	tool.stoppable = true;
	/* What cannot be fetched is rebuilt below, so the exit code does not matter. */
	return wanted && !host->no_network ? oak_tool_run(&tool, &code, err) : 0;
}

static int secure_one(const struct oak_patch_host *host, struct oak_arena *arena, const struct oak_plan_action *a,
		      const char *fetched_dir, struct oak_error *err)
{
	const char *to = oak_apt_old_path(host, arena, a), *part = oak_arena_printf(arena, "%s.part", to);
	const char *cached = oak_apt_cached(host, arena, a->name, a->from, a->arch);
	const char *fetched = oak_arena_printf(arena, "%s/%s", fetched_dir, strrchr(to, '/') + 1);
	if (oak_fs_exists(to))
		return 0;
	int rc;
	if (oak_fs_exists(cached))
		rc = oak_tool_copy(cached, part, err);
	else if (oak_fs_exists(fetched))
		rc = oak_tool_copy(fetched, part, err);
	else
		rc = oak_apt_repack(host, a->name, a->arch, part, oak_arena_printf(arena, "%s.conffiles", to), err);
	if (rc == 0 && rename(part, to) < 0)
		rc = oak_fail_errno(err, "patch.secure", "cannot rename '%s'", part);
	return rc;
}

int oak_apt_secure(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	const char *path = NULL, *seen = NULL;
	struct oak_old_list secured = {0};
	int rc = oak_fs_mkdirs(oak_arena_printf(arena, "%s/old", host->run_dir), 0700, err);
	if (rc == 0)
		rc = oak_tool_scratch(host, "fetch", oak_apt_inside(host), arena, &path, &seen, err);
	if (rc == 0)
		rc = fetch(host, actions, arena, path, seen, err);
	for (size_t i = 0; rc == 0 && i < actions.n; i++)
		if (oak_plan_action_replaces(actions.v[i]) && actions.v[i]->reversible) {
			rc = secure_one(host, arena, actions.v[i], path, err);
			if (rc < 0)
				oak_context(err, "cannot secure '%s' %s for a later rollback", actions.v[i]->name, actions.v[i]->from);
		}
	for (size_t i = 0; rc == 0 && i < actions.n; i++)
		if (oak_plan_action_replaces(actions.v[i]))
			*oak_push(arena, &secured.v) = (struct oak_old){strrchr(oak_apt_old_path(host, arena, actions.v[i]), '/') + 1, NULL};
	if (rc == 0)
		rc = oak_old_record(host, arena, &secured, err);
	if (path)
		oak_tool_scratch_drop(host, path);
	oak_arena_free(arena);
	return rc;
}

/* ------------------------------------------------------------------------------------------- kept ones */

const char *oak_apt_archive(struct oak_arena *arena, const struct oak_plan_action *action)
{
	return file_name(arena, action->name, action->to, action->arch);
}

int oak_apt_keep(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	const char *path = NULL, *seen = NULL;
	int code = 0, rc = oak_tool_scratch(host, "fetch", oak_apt_inside(host), arena, &path, &seen, err);
	oak_apt_tool(host, &argv, "apt-get", &tool);
	oak_argv_add_all(&argv, (const char *const[]){"-q", "-o", "Acquire::Retries=2", "-o", "APT::Sandbox::User=root", "download", NULL});
	for (size_t i = 0; i < actions.n; i++)
		if (actions.v[i]->to)
			oak_argv_addf(&argv, "%s=%s", oak_apt_name(arena, actions.v[i]), actions.v[i]->to);
	tool.dir = oak_apt_inside(host) ? seen : path;
	tool.log = "keep";
	tool.stoppable = true;
	if (rc == 0)
		rc = oak_tool_run(&tool, &code, err);
	if (rc == 0)
		rc = oak_tool_keep(host, &oak_installer_apt, actions, path, NULL, err);
	if (path)
		oak_tool_scratch_drop(host, path);
	return rc;
}

/* ------------------------------------------------------------------------------------------- files */

static bool is_code(struct oak_str path)
{
	const char *p = path.p;
	return memmem(p, path.n, ".so", 3) || memmem(p, path.n, "/bin/", 5) || memmem(p, path.n, "/sbin/", 6);
}

void oak_apt_files(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_arena *arena, oak_text_list *ret)
{
	const char *root = oak_streq(host->root, "/") ? "" : host->root;
	for (size_t i = 0; i < actions.n; i++) {
		const struct oak_plan_action *a = actions.v[i];
		OAK_AUTO(oak_buf_done) struct oak_buf text;
		oak_buf_init(&text, 16 * 1024 * 1024);
		const char *plain = oak_arena_printf(arena, "%s/var/lib/dpkg/info/%s.list", root, a->name);
		const char *full = oak_arena_printf(arena, "%s/var/lib/dpkg/info/%s:%s.list", root, a->name, a->arch ? a->arch : "all");
		struct oak_str line;
		if (!oak_plan_action_replaces(a) || oak_fs_read(oak_fs_exists(full) ? full : plain, &text, NULL) < 0)
			continue;
		struct oak_str rest = {oak_buf_text(&text), text.n};
		while (oak_str_next(&rest, '\n', &line))
			if (line.n && is_code(line))
				*oak_push(arena, ret) = oak_arena_strndup(arena, line.p, line.n);
	}
}
