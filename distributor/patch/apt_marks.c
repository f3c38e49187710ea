/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Auto-installed marks: kept over a run, because naming a version on apt's command line clears them. Written by us, under dpkg's
 * lock: apt-mark needs as long for one mark as apt-get for finding a transaction. */
#include <stdio.h>

#include <string.h>

#include "core/fs.h"
#include "core/lock.h"
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

/* Whoever holds it may write the marks. */
static const char *lock_path(const struct oak_patch_host *host, struct oak_arena *arena)
{
	return oak_arena_printf(arena, "%s/var/lib/dpkg/lock-frontend", oak_streq(host->root, "/") ? "" : host->root);
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

/* ------------------------------------------------------------------------------------------- writing them */

/* A stanza of the file, without the empty line behind it. */
static struct oak_str next_stanza(struct oak_str *rest)
{
	const char *end = memmem(rest->p, rest->n, "\n\n", 2);
	struct oak_str stanza = {rest->p, end ? (size_t)(end - rest->p) : rest->n};
	size_t used = end ? stanza.n + 2 : rest->n;
	*rest = (struct oak_str){rest->p + used, rest->n - used};
	return oak_str_trim(stanza);
}

static struct oak_str field_of(struct oak_str stanza, struct oak_str key)
{
	struct oak_str line, value;
	while (oak_str_next(&stanza, '\n', &line))
		if ((value = value_of(line, key)).n)
			return value;
	return (struct oak_str){0};
}

/* What an action's package is to be: -1 = it is not among ACTIONS. */
static int wanted_mark(struct oak_arena *arena, const struct marks *before, struct oak_action_list actions, struct oak_str name,
		       struct oak_str arch)
{
	const char *id = oak_arena_printf(arena, "%.*s:%.*s", (int)name.n, name.p, (int)arch.n, arch.p);
	for (size_t i = 0; i < actions.n; i++) {
		const struct oak_plan_action *a = actions.v[i];
		if (names_action(id, a))
			return oak_map_has(&before->automatic, id) || (a->kind == OAK_ACTION_INSTALL && !a->asked);
	}
	return -1;
}

static void put_stanza(struct oak_buf *out, struct oak_str stanza, int mark)
{
	struct oak_str line;
	while (oak_str_next(&stanza, '\n', &line))
		if (mark < 0 || !value_of(line, OAK_STR("Auto-Installed:")).n)
			oak_buf_addf(out, "%.*s\n", (int)line.n, line.p);
	if (mark >= 0)
		oak_buf_addf(out, "Auto-Installed: %d\n", mark);
	oak_buf_adds(out, "\n");
}

/* Stanzas as they are, the marks of ACTIONS as they should be; *ret_changed tells whether that differs. */
static void rewrite(struct oak_arena *arena, const struct marks *before, struct oak_action_list actions, struct oak_str text, struct oak_buf *out,
		    bool *ret_changed)
{
	struct oak_map seen;
	oak_map_init(&seen, arena, actions.n);
	while (text.n) {
		struct oak_str stanza = next_stanza(&text), name = field_of(stanza, OAK_STR("Package:")), arch = field_of(stanza, OAK_STR("Architecture:"));
		struct oak_str is = field_of(stanza, OAK_STR("Auto-Installed:"));
		if (!stanza.n)
			continue;
		int mark = wanted_mark(arena, before, actions, name, arch);
		if (mark >= 0)
			oak_map_put(&seen, oak_arena_strndup(arena, name.p, name.n), &seen);
		*ret_changed |= mark >= 0 && mark != (is.n && is.p[0] == '1');
		put_stanza(out, stanza, mark);
	}
	for (size_t i = 0; i < actions.n; i++) { /* apt leaves out what is not marked, and writes "all" as the native one */
		const struct oak_plan_action *a = actions.v[i];
		bool automatic = a->kind == OAK_ACTION_INSTALL && !a->asked;
		const char *arch = a->arch;
		for (size_t j = 0; j < before->names.n; j++)
			if (names_action(before->names.v[j], a)) {
				automatic = true;
				arch = strchr(before->names.v[j], ':') + 1;
			}
		if (!automatic || oak_map_has(&seen, a->name) || oak_streq(arch, "all"))
			continue;
		oak_buf_addf(out, "Package: %s\nArchitecture: %s\nAuto-Installed: 1\n\n", a->name, arch);
		*ret_changed = true;
	}
}

/* What an action leaves: automatic as before, or, for a new package that nobody asked for, now. And of what went back by a rebuilt
 * archive what dpkg knew of its configuration files. */
int oak_apt_marks_restore(const struct oak_patch_host *host, struct oak_action_list actions, struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	struct marks before = {0};
	OAK_AUTO(oak_buf_done) struct oak_buf text, out;
	OAK_AUTO(oak_lock_release) int lock = -1;
	bool changed = false;
	const char *states = states_path(host, arena);
	oak_buf_init(&text, STATES_MAX);
	oak_buf_init(&out, STATES_MAX);
	int rc = read_marks(arena, saved_path(host, arena), &before, err);
	if (rc == 0)
		rc = oak_lock_take_fcntl(lock_path(host, arena), host->lock_wait_s, NULL, &lock, err);
	if (rc == 0 && oak_fs_exists(states))
		rc = oak_fs_read(states, &text, err);
	if (rc == 0)
		rewrite(arena, &before, actions, (struct oak_str){oak_buf_text(&text), text.n}, &out, &changed);
	if (rc == 0 && changed)
		rc = oak_fs_write_atomic(states, oak_buf_text(&out), out.n, 0644, err);
	if (rc == 0)
		rc = oak_apt_conffiles_restore(host, arena, actions, err);
	oak_arena_free(arena);
	return rc;
}
