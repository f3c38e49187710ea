/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What dpkg has installed, and bringing its database back to a clean state after a crash. */
#include <stdio.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/lock.h"
#include "core/str.h"
#include "distributor/patch/apt.h"

/* "ii \tname\tarch\tversion" */
static bool parse_line(struct oak_arena *arena, struct oak_str line, struct oak_installed *ret)
{
	struct oak_str part[4] = {{0}};
	for (size_t i = 0; i < 4; i++)
		if (!oak_str_next(&line, '\t', &part[i]))
			return false;
	if (part[0].n < 2 || !memchr("iUFHWt", part[0].p[1], 6))
		return false; /* not there, or only its configuration */
	bool reinstall = part[0].n > 2 && part[0].p[2] == 'R';
	ret->name = oak_arena_strndup(arena, part[1].p, part[1].n);
	ret->arch = oak_arena_strndup(arena, part[2].p, part[2].n);
	ret->evr = oak_arena_strndup(arena, part[3].p, part[3].n);
	ret->id = oak_arena_printf(arena, "%s.%s", ret->name, ret->arch);
	ret->broken = part[0].p[1] != 'i' || reinstall;
	return true;
}

int oak_apt_installed(const struct oak_patch_host *host, struct oak_arena *arena, struct oak_installed_list *ret,
		      struct oak_error *err)
{
	struct oak_argv argv = {.arena = arena};
	bool own = oak_streq(host->root, "/"), inside = !own && !oak_tool_on_host("dpkg-query");
	struct oak_tool tool = {.host = host, .argv = &argv, .inside = inside};
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	oak_buf_init(&out, 64 * 1024 * 1024);
	oak_argv_add(&argv, "dpkg-query");
	if (!own && !inside)
		oak_argv_addf(&argv, "--admindir=%s/var/lib/dpkg", host->root);
	oak_argv_add_all(&argv, (const char *const[]){"-W", "-f", "${db:Status-Abbrev}\t${Package}\t${Architecture}\t${Version}\n", NULL});
	tool.output = &out;
	int code;
	if (oak_tool_run(&tool, &code, err) < 0)
		return -1;
	if (code != 0)
		return oak_fail(err, OAK_IO, "patch.tool", 0, "dpkg-query failed with %d: dpkg's status of '%s' cannot be read", code,
				host->root);
	struct oak_str rest = {oak_buf_text(&out), out.n}, line;
	while (oak_str_next(&rest, '\n', &line)) {
		struct oak_installed one;
		if (parse_line(arena, line, &one))
			*oak_push(arena, &ret->v) = one;
	}
	return 0;
}

static size_t count_broken(const struct oak_installed_list *list)
{
	size_t n = 0;
	for (size_t i = 0; i < list->v.n; i++)
		n += list->v.v[i].broken;
	return n;
}

static int run_dpkg(const struct oak_patch_host *host, struct oak_arena *arena, const char *const *args, int *ret_code,
		    struct oak_error *err)
{
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	oak_apt_dpkg(host, &argv, &tool);
	oak_argv_add_all(&argv, args);
	tool.log = "repair";
	return oak_tool_run(&tool, ret_code, err);
}

/* An archive of a half-installed package: the version that dpkg names, from apt's cache, or what the run put aside. */
static const char *archive_of(const struct oak_patch_host *host, struct oak_arena *arena, const struct oak_installed *p)
{
	struct oak_plan_action as_action = {.name = p->name, .arch = p->arch, .from = p->evr};
	const char *cached = oak_apt_cached(host, arena, p->name, p->evr, p->arch);
	if (oak_fs_exists(cached))
		return cached;
	const char *old = oak_apt_old_path(host, arena, &as_action);
	return oak_fs_exists(old) ? old : NULL;
}

static int reinstall(const struct oak_patch_host *host, struct oak_arena *arena, const struct oak_installed_list *list,
		     oak_text_list *did, struct oak_error *err)
{
	const char *path, *seen;
	OAK_VEC(const char *) args = {0};
	int code;
	if (oak_tool_scratch(host, "repair", oak_apt_inside(host), arena, &path, &seen, err) < 0)
		return -1;
	*oak_push(arena, &args) = "--install";
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < list->v.n; i++) {
		const struct oak_installed *p = &list->v.v[i];
		const char *archive = p->broken ? archive_of(host, arena, p) : NULL;
		if (!archive)
			continue;
		const char *file = strrchr(archive, '/') + 1;
		rc = oak_tool_copy(archive, oak_arena_printf(arena, "%s/%s", path, file), err);
		*oak_push(arena, &args) = oak_arena_printf(arena, "%s/%s", seen, file);
		*oak_push(arena, did) = oak_arena_printf(arena, "%s %s was half-installed: installed again", p->id, p->evr);
	}
	*oak_push(arena, &args) = NULL;
	if (rc == 0 && args.n > 2)
		rc = run_dpkg(host, arena, args.v, &code, err);
	oak_tool_scratch_drop(host, path);
	return rc;
}

/* No archive at hand: apt finds the same versions again in their repositories. */
static int fetch_again(const struct oak_patch_host *host, struct oak_arena *arena, const struct oak_installed_list *list, struct oak_error *err)
{
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	int code;
	oak_apt_tool(host, &argv, "apt-get", &tool);
	oak_apt_options(host, &argv);
	oak_argv_add_all(&argv, (const char *const[]){"--no-remove", "--reinstall", "install", NULL});
	for (size_t i = 0; i < list->v.n; i++) {
		const struct oak_installed *p = &list->v.v[i];
		if (p->broken)
			oak_argv_addf(&argv, "%s%s%s=%s", p->name, oak_streq(p->arch, "all") ? "" : ":", oak_streq(p->arch, "all") ? "" : p->arch, p->evr);
	}
	tool.log = "repair";
	return oak_tool_run(&tool, &code, err);
}

/* apt can choose another version for what dpkg left without an archive. */
static int fix_broken(const struct oak_patch_host *host, struct oak_arena *arena, struct oak_error *err)
{
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	int code;
	oak_apt_tool(host, &argv, "apt-get", &tool);
	oak_apt_options(host, &argv);
	oak_argv_add_all(&argv, (const char *const[]){"--no-remove", "-f", "install", NULL});
	tool.log = "repair";
	return oak_tool_run(&tool, &code, err);
}

static int give_up(struct oak_arena *arena, const struct oak_patch_host *host, const struct oak_installed_list *list,
		   struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf names;
	oak_buf_init(&names, 200);
	for (size_t i = 0; i < list->v.n; i++)
		if (list->v.v[i].broken)
			oak_buf_addf(&names, "%s%s", names.n ? ", " : "", list->v.v[i].id);
	return oak_fail(err, OAK_IO, "patch.repair", 0,
			"dpkg cannot finish %s: %s (a person must: look at %s/logs/repair.log, then 'dpkg --configure -a' and 'apt-get -f install')",
			oak_buf_text(&names), oak_tool_complaint(host, arena, "repair"), host->run_dir);
}

int oak_apt_repair(const struct oak_patch_host *host, struct oak_arena *arena, oak_text_list *ret_did, struct oak_error *err)
{
	static const char *const configure[] = {"--configure", "-a", NULL};
	struct oak_installed_list before = {0}, middle = {0}, after = {0};
	const char *lock = oak_arena_printf(arena, "%s/var/lib/dpkg/lock-frontend", oak_streq(host->root, "/") ? "" : host->root);
	int code = 0;
	if (oak_lock_wait_fcntl(lock, host->lock_wait_s, host->stop, err) < 0 ||
	    run_dpkg(host, arena, configure, &code, err) < 0 || oak_apt_installed(host, arena, &before, err) < 0)
		return -1;
	if (code == 0 && count_broken(&before) == 0)
		return 0;
	*oak_push(arena, ret_did) = oak_arena_printf(arena, "dpkg --configure -a left %zu packages unfinished", count_broken(&before));
	if (reinstall(host, arena, &before, ret_did, err) < 0 || run_dpkg(host, arena, configure, &code, err) < 0 ||
	    oak_apt_installed(host, arena, &middle, err) < 0)
		return -1;
	if (count_broken(&middle) == 0)
		return 0;
	if (fetch_again(host, arena, &middle, err) < 0 || fix_broken(host, arena, err) < 0 || run_dpkg(host, arena, configure, &code, err) < 0 ||
	    oak_apt_installed(host, arena, &after, err) < 0)
		return -1;
	if (count_broken(&after) == 0) {
		*oak_push(arena, ret_did) = "apt-get fetched and installed the rest again";
		return 0;
	}
	return give_up(arena, host, &after, err);
}
