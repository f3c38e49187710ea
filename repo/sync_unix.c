/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Snapshots of upstreams in a folder: linked together beside it, renamed into place, then current. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/str.h"
#include "core/unpack.h"
#include "repo/place.h"
#include "repo/sync.h"

enum { SMALL_MAX = 64 << 20, LINK_MAX_TEXT = 200 };

const char *oak_sync_work(const struct oak_sync *s, const char *name)
{
	return oak_arena_printf(s->arena, "%s/%s", s->work, name);
}

static struct oak_mirror *mirror_of(const struct oak_sync *s)
{
	return s->mirrors->current ? s->mirrors->current : s->mirrors->v;
}

int oak_sync_get(struct oak_sync *s, const char *path, const char *name, struct oak_error *err)
{
	const struct oak_mirror_limits *limits = &s->mirrors->limits;
	const char *to = oak_sync_work(s, name);
	unlink(to);
	struct oak_transfer t = {.url = oak_mirror_url(s->arena, mirror_of(s)->url, "", oak_tuf_quote(s->arena, path, true)),
				 .to = to,
				 .max_bytes = SMALL_MAX,
				 .refuse_html = true,
				 .slow_bytes_s = limits->min_rate,
				 .slow_s = limits->slow_s,
				 .total_s = limits->total_s};
	return oak_fetch_one(s->mirrors->fetcher, &t, err);
}

int oak_sync_first(struct oak_sync *s, const char *path, const char *name, int (*check)(struct oak_sync *sync, struct oak_error *err),
		   struct oak_error *err)
{
	struct oak_error worst = {0};
	for (size_t i = 0; i < s->mirrors->n; i++) {
		s->mirrors->current = &s->mirrors->v[i];
		*err = (struct oak_error){0};
		if (oak_sync_get(s, path, name, err) == 0 && (!check || check(s, err) == 0)) {
			struct oak_mirror good = s->mirrors->v[i]; /* the first one from now on */
			memmove(s->mirrors->v + 1, s->mirrors->v, i * sizeof(good));
			s->mirrors->v[0] = good;
			s->mirrors->current = s->mirrors->v;
			return 0;
		}
		if (!worst.id || (worst.kind != OAK_UNTRUSTED && err->kind == OAK_UNTRUSTED))
			worst = *err;
		if (err->kind == OAK_INTERRUPTED)
			break;
	}
	*err = worst;
	return worst.id ? -1 : oak_fail(err, OAK_INVALID, "repo.unknown", 0, "the repository has no mirrors");
}

const char *oak_sync_current(const struct oak_sync *s, const char *path)
{
	const char *file = oak_arena_printf(s->arena, "%s/current/%s", s->dir, path);
	return oak_fs_exists(file) ? file : NULL;
}

bool oak_sync_same(const char *a, const char *b)
{
	OAK_AUTO(oak_buf_done) struct oak_buf x;
	OAK_AUTO(oak_buf_done) struct oak_buf y;
	struct oak_error ignored = {0};
	oak_buf_init(&x, SMALL_MAX);
	oak_buf_init(&y, SMALL_MAX);
	return a && b && oak_fs_read(a, &x, &ignored) == 0 && oak_fs_read(b, &y, &ignored) == 0 && x.n == y.n && memcmp(x.p, y.p, x.n) == 0;
}

static const char *store_of(const struct oak_sync *s)
{
	return oak_arena_printf(s->arena, "%s/.oakum/store", s->dir);
}

int oak_sync_fetch(struct oak_sync *s, struct oak_want *wants, size_t n, struct oak_error *err)
{
	struct oak_wants w = {.arena = s->arena,
			      .mirrors = s->mirrors,
			      .store = store_of(s),
			      .cas = s->cas,
			      .stop = s->stop,
			      .progress = s->progress,
			      .arg = s->arg};
	int result = oak_wants_fetch(&w, wants, n, err);
	s->fetched += w.fetched;
	s->bytes += w.bytes;
	return result;
}

/* Fill the new snapshot's folder: each file into the store, and from there a link. */
static int fill(struct oak_sync *s, const char *folder, struct oak_want *wants, size_t n, const struct oak_sync_extra *extras,
		size_t extra_count, struct oak_error *err)
{
	for (size_t i = 0; i < n; i++) {
		if (!wants[i].file)
			continue;
		const char *stored = oak_want_path(s->arena, store_of(s), &wants[i]);
		if ((!oak_streq(stored, wants[i].file) && oak_place_file(wants[i].file, stored, err) < 0) ||
		    oak_place_file(stored, oak_arena_printf(s->arena, "%s/%s", folder, wants[i].path), err) < 0)
			return -1;
		s->files++;
	}
	for (size_t i = 0; i < extra_count; i++)
		if (oak_place_file(extras[i].file, oak_arena_printf(s->arena, "%s/%s", folder, extras[i].path), err) < 0)
			return -1;
	return 0;
}

/* What came through the cache is in the store now. */
static void forget_cached(const struct oak_sync *s, const struct oak_want *wants, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (wants[i].file && oak_starts_with(wants[i].file, s->cas))
			unlink(wants[i].file);
}

static int set_current(const struct oak_sync *s, const char *stamp, struct oak_error *err)
{
	const char *new = oak_arena_printf(s->arena, "%s/.oakum/current", s->dir), *link = oak_arena_printf(s->arena, "%s/current", s->dir);
	unlink(new);
	if (symlink(oak_arena_printf(s->arena, "snapshots/%s", stamp), new) != 0)
		return oak_fail_errno(err, "file.write", "cannot create '%s'", new);
	oak_fault_point("sync.current");
	if (rename(new, link) != 0)
		return oak_fail_errno(err, "file.rename", "cannot rename '%s' to '%s'", new, link);
	return oak_fs_sync_parent(link, err);
}

/* "20261123T181500Z", and a number behind it if there is one of this second already. */
static const char *new_stamp(const struct oak_sync *s)
{
	char text[OAK_TIME_TEXT], plain[OAK_TIME_TEXT];
	size_t n = 0;
	oak_time_format(s->now, text);
	for (const char *p = text; *p; p++)
		if (*p != '-' && *p != ':')
			plain[n++] = *p;
	plain[n] = '\0';
	const char *stamp = oak_arena_strdup(s->arena, plain);
	for (int i = 2; oak_fs_exists(oak_arena_printf(s->arena, "%s/snapshots/%s", s->dir, stamp)); i++)
		stamp = oak_arena_printf(s->arena, "%s-%d", plain, i);
	return stamp;
}

int oak_sync_commit(struct oak_sync *s, struct oak_want *wants, size_t n, const struct oak_sync_extra *extras, size_t extra_count,
		    struct oak_error *err)
{
	const char *stamp = new_stamp(s), *folder = oak_arena_printf(s->arena, "%s/.oakum/new", s->dir);
	const char *snapshots = oak_arena_printf(s->arena, "%s/snapshots", s->dir);
	const char *final = oak_arena_printf(s->arena, "%s/%s", snapshots, stamp);
	if (oak_fs_mkdirs(snapshots, 0755, err) < 0 || oak_fs_mkdirs(oak_arena_printf(s->arena, "%s/.oakum", s->dir), 0755, err) < 0 ||
	    oak_fs_remove_tree(folder, err) < 0) /* what a crash left */
		return -1;
	oak_fault_point("sync.begin");
	if (fill(s, folder, wants, n, extras, extra_count, err) < 0)
		return -1;
	oak_fault_point("sync.filled");
	if (rename(folder, final) != 0)
		return oak_fail_errno(err, "file.rename", "cannot rename '%s' to '%s'", folder, final);
	if (oak_fs_sync_parent(final, err) < 0 || set_current(s, stamp, err) < 0)
		return -1;
	oak_fault_point("sync.done");
	forget_cached(s, wants, n);
	s->stamp = stamp;
	return 0;
}

/* Files of the store that only the store has. */
static int sweep_store(struct oak_arena *arena, const char *store, struct oak_error *err)
{
	const char *const *folders, *const *names;
	size_t n, count;
	struct stat st;
	if (oak_fs_list(arena, store, "", &folders, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const char *folder = oak_arena_printf(arena, "%s/%s", store, folders[i]);
		if (oak_fs_list(arena, folder, "", &names, &count, err) < 0)
			return -1;
		for (size_t k = 0; k < count; k++) {
			const char *file = oak_arena_printf(arena, "%s/%s", folder, names[k]);
			if (stat(file, &st) == 0 && st.st_nlink == 1 && unlink(file) != 0)
				return oak_fail_errno(err, "file.remove", "cannot remove '%s'", file);
		}
	}
	return 0;
}

int oak_sync_prune(struct oak_arena *arena, const char *dir, int keep, size_t *ret_n, struct oak_error *err)
{
	const char *const *names, *snapshots = oak_arena_printf(arena, "%s/snapshots", dir);
	char newest[LINK_MAX_TEXT] = "";
	size_t n;
	*ret_n = 0;
	ssize_t got = readlink(oak_arena_printf(arena, "%s/current", dir), newest, sizeof(newest) - 1);
	newest[got > 0 ? got : 0] = '\0';
	if (oak_fs_list(arena, snapshots, "", &names, &n, err) < 0)
		return -1;
	for (size_t i = 0; i + (size_t)keep < n; i++) {
		const char *folder = oak_arena_printf(arena, "%s/%s", snapshots, names[i]);
		if (oak_ends_with(newest, names[i]))
			continue;
		if (oak_fs_remove_tree(folder, err) < 0)
			return -1;
		++*ret_n;
	}
	return *ret_n ? sweep_store(arena, oak_arena_printf(arena, "%s/.oakum/store", dir), err) : 0;
}

struct unpacked {
	struct oak_arena *arena;
	struct oak_str text;
};

static int take(void *arg, const char *name, const char *bytes, size_t n, struct oak_error *err)
{
	struct unpacked *u = arg;
	(void)name;
	(void)err;
	u->text = (struct oak_str){oak_arena_strndup(u->arena, bytes, n), n};
	return 0;
}

int oak_sync_unpack(struct oak_sync *s, const char *file, struct oak_str *ret, struct oak_error *err)
{
	const struct oak_unpack_limits limits = {.entry = (size_t)2 << 30, .total = (int64_t)2 << 30, .entries = 1};
	struct unpacked u = {s->arena, {NULL, 0}};
	struct stat st;
	*ret = u.text;
	if (stat(file, &st) == 0 && st.st_size == 0)
		return 0;
	if (oak_unpack(file, &limits, take, &u, err) < 0)
		return -1;
	*ret = u.text;
	return 0;
}
