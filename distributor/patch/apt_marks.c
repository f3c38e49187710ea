/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Auto-installed marks: kept over a run, because naming a version on apt's command line clears them. */
#include <stdio.h>

#include "core/fs.h"
#include "core/map.h"
#include "core/str.h"
#include "distributor/patch/apt.h"

enum { STATES_MAX = 64 * 1024 * 1024 };

static const char *states_path(const struct oak_patch_host *host, struct oak_arena *arena)
{
	return oak_arena_printf(arena, "%s/var/lib/apt/extended_states", oak_streq(host->root, "/") ? "" : host->root);
}

static const char *saved_path(const struct oak_patch_host *host, struct oak_arena *arena)
{
	return oak_arena_printf(arena, "%s/marks", host->run_dir);
}

int oak_apt_marks_save(const struct oak_patch_host *host, struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, STATES_MAX);
	const char *saved = saved_path(host, arena), *states = states_path(host, arena);
	int rc = 0;
	if (!oak_fs_exists(saved)) { /* the first save counts: a resumed run must not take its own traces for the state before */
		if (oak_fs_exists(states))
			rc = oak_fs_read(states, &text, err);
		if (rc == 0)
			rc = oak_fs_write_atomic(saved, oak_buf_text(&text), text.n, 0600, err);
	}
	oak_arena_free(arena);
	return rc;
}

struct marks {
	struct oak_map automatic; /* "name:arch" */
	OAK_VEC(const char *) names;
};

static struct oak_str value_of(struct oak_str line, struct oak_str key)
{
	if (line.n > key.n && memcmp(line.p, key.p, key.n) == 0)
		return oak_str_trim((struct oak_str){line.p + key.n, line.n - key.n});
	return (struct oak_str){0};
}

static void add_mark(struct oak_arena *arena, struct marks *marks, struct oak_str name, struct oak_str arch, bool automatic)
{
	const char *id = oak_arena_printf(arena, "%.*s:%.*s", (int)name.n, name.p, (int)arch.n, arch.p);
	if (!name.n || !automatic || oak_map_has(&marks->automatic, id))
		return;
	oak_map_put(&marks->automatic, id, marks);
	*oak_push(arena, &marks->names) = id;
}

static int read_marks(struct oak_arena *arena, const char *path, struct marks *ret, struct oak_error *err)
{
	struct oak_buf *text = OAK_NEW(arena, struct oak_buf);
	oak_buf_init(text, STATES_MAX);
	oak_map_init(&ret->automatic, arena, 256);
	if (oak_fs_exists(path) && oak_fs_read(path, text, err) < 0) {
		oak_buf_done(text);
		return -1;
	}
	struct oak_str rest = oak_str_of(oak_arena_strdup(arena, oak_buf_text(text))), line, name = {0}, arch = {0};
	bool automatic = false;
	while (oak_str_next(&rest, '\n', &line)) {
		struct oak_str value;
		if (line.n == 0) {
			add_mark(arena, ret, name, arch, automatic);
			name = arch = (struct oak_str){0};
			automatic = false;
		} else if ((value = value_of(line, OAK_STR("Package:"))).n) {
			name = value;
		} else if ((value = value_of(line, OAK_STR("Architecture:"))).n) {
			arch = value;
		} else if ((value = value_of(line, OAK_STR("Auto-Installed:"))).n) {
			automatic = value.p[0] == '1';
		}
	}
	add_mark(arena, ret, name, arch, automatic);
	oak_buf_done(text);
	return 0;
}

/* apt writes the marks of packages of arch "all" under the native one. */
static bool names_action(const char *mark, const struct oak_plan_action *a)
{
	const char *colon = strchr(mark, ':');
	size_t n = colon ? (size_t)(colon - mark) : strlen(mark);
	return strlen(a->name) == n && memcmp(mark, a->name, n) == 0 &&
	       (oak_streq(a->arch, "all") || !colon || oak_streq(colon + 1, a->arch));
}

static int apply(const struct oak_patch_host *host, struct oak_arena *arena, const char *verb, const char *const *names, size_t n,
		 struct oak_error *err)
{
	struct oak_argv argv = {.arena = arena};
	struct oak_tool tool;
	int code = 0;
	if (!n)
		return 0;
	oak_apt_tool(host, &argv, "apt-mark", &tool);
	oak_argv_add_all(&argv, (const char *const[]){"-q", verb, NULL});
	for (size_t i = 0; i < n; i++)
		oak_argv_add(&argv, names[i]);
	tool.log = "marks";
	if (oak_tool_run(&tool, &code, err) < 0)
		return -1;
	if (code != 0)
		return oak_fail(err, OAK_IO, "patch.tool", 0, "apt-mark %s failed with %d: %s", verb, code,
				oak_tool_complaint(host, arena, "marks"));
	return 0;
}

/* What an action leaves: automatic as before, or, for a new package that nobody asked for, now. */
int oak_apt_marks_restore(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	struct marks before = {0}, now = {0};
	OAK_VEC(const char *) to_auto = {0}, to_manual = {0};
	int rc = read_marks(arena, saved_path(host, arena), &before, err);
	if (rc == 0)
		rc = read_marks(arena, states_path(host, arena), &now, err);
	for (size_t i = 0; rc == 0 && i < actions.n; i++) {
		const struct oak_plan_action *a = actions.v[i];
		bool was = a->kind == OAK_ACTION_INSTALL && !a->asked, is = false;
		for (size_t j = 0; j < before.names.n; j++)
			was |= names_action(before.names.v[j], a);
		for (size_t j = 0; j < now.names.n; j++)
			is |= names_action(now.names.v[j], a);
		if (was && !is)
			*oak_push(arena, &to_auto) = oak_apt_name(arena, a);
		else if (!was && is)
			*oak_push(arena, &to_manual) = oak_apt_name(arena, a);
	}
	if (rc == 0)
		rc = apply(host, arena, "auto", to_auto.v, to_auto.n, err);
	if (rc == 0)
		rc = apply(host, arena, "manual", to_manual.v, to_manual.n, err);
	oak_arena_free(arena);
	return rc;
}
