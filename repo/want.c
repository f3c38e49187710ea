/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fetching what is wanted: what is there already is not asked for, what came wrong is asked for at the next mirror. */
#include "repo/want.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/hash.h"
#include "core/map.h"
#include "core/str.h"

enum { BATCH = 64, BLOCK = 1 << 18 };

bool oak_want_path_ok(const char *path)
{
	struct oak_str rest = oak_str_of(path), part;
	if (!rest.n || rest.n > 4000 || path[rest.n - 1] == '/')
		return false;
	while (oak_str_next(&rest, '/', &part)) {
		if (!part.n || part.n > 250 || part.p[0] == '.')
			return false;
		for (size_t i = 0; i < part.n; i++)
			if ((unsigned char)part.p[i] < 0x20 || part.p[i] == 0x7f || part.p[i] == '\\')
				return false;
	}
	return true;
}

const char *oak_want_path(struct oak_arena *arena, const char *store, const struct oak_want *want)
{
	bool plain = oak_streq(want->algorithm, "sha256");
	return oak_arena_printf(arena, "%s/%.2s/%s%s%s", store, want->hex, plain ? "" : want->algorithm, plain ? "" : "-", want->hex);
}

static bool right(const struct oak_want *want, const char *file)
{
	unsigned char digest[OAK_DIGEST_MAX];
	char hex[2 * OAK_DIGEST_MAX + 1];
	size_t size, got;
	struct stat st;
	if (stat(file, &st) != 0 || (want->size >= 0 && st.st_size != want->size))
		return false;
	FILE *in = fopen(file, "rb");
	struct oak_hasher *hasher = in ? oak_hasher_by_name(want->algorithm, &size) : NULL;
	OAK_AUTO(oak_free_p) char *block = oak_alloc(BLOCK);
	while (hasher && (got = fread(block, 1, BLOCK, in)) > 0)
		oak_hasher_add(hasher, block, got);
	bool whole = in && !ferror(in);
	if (in)
		fclose(in);
	if (!hasher)
		return false;
	oak_hasher_end(hasher, digest);
	oak_hex(digest, size, hex);
	return whole && oak_streq(hex, want->hex);
}

static int check(const struct oak_want *want, struct oak_error *err)
{
	size_t size = 0, n = strlen(want->hex);
	struct oak_hasher *hasher = oak_hasher_by_name(want->algorithm, &size);
	oak_hasher_free(hasher);
	if (!oak_want_path_ok(want->path))
		return oak_fail(err, OAK_UNTRUSTED, "repo.path", 0, "'%s' is no plain path below a repository", want->path);
	if (!hasher || n != 2 * size || strspn(want->hex, "0123456789abcdef") != n)
		return oak_fail(err, OAK_UNTRUSTED, "repo.checksum", 0, "'%s' has no checksum of a kind that is known ('%s')", want->path,
				want->algorithm);
	return 0;
}

/* In the store, or in the cache from an earlier call. */
static void find_here(struct oak_wants *w, struct oak_want *want)
{
	struct stat st;
	const char *stored = w->store ? oak_want_path(w->arena, w->store, want) : NULL;
	const char *cached = oak_want_path(w->arena, w->cas, want);
	if (stored && stat(stored, &st) == 0 && (want->size < 0 || st.st_size == want->size))
		want->file = stored;
	else if (oak_fs_exists(cached) && right(want, cached))
		want->file = cached;
}

static int make_folder(struct oak_wants *w, const char *file, struct oak_error *err)
{
	const char *slash = strrchr(file, '/');
	return oak_fs_mkdirs(oak_arena_strndup(w->arena, file, (size_t)(slash - file)), 0700, err);
}

/* Names of packages may have a "+" or a "~", which some servers take for a blank. */
static const char *url_of(struct oak_wants *w, const struct oak_mirror *mirror, const char *path)
{
	return oak_mirror_url(w->arena, mirror->url, "", oak_tuf_quote(w->arena, path, true));
}

struct batch {
	struct oak_wants *wants;
	struct oak_mirror *mirror;
	struct oak_want *of[BATCH];
	struct oak_transfer transfers[BATCH];
	size_t n;
	struct oak_error worst;
};

static void keep_worst(struct oak_error *worst, const struct oak_error *err)
{
	if (!worst->id || (worst->kind != OAK_UNTRUSTED && err->kind == OAK_UNTRUSTED))
		*worst = *err;
}

static void judge(struct batch *b, size_t i)
{
	struct oak_transfer *t = &b->transfers[i];
	struct oak_want *want = b->of[i];
	struct oak_error err = t->err;
	b->wants->bytes += t->received;
	if (err.kind == OAK_OK && right(want, t->to)) {
		want->file = t->to;
		b->wants->fetched++;
		return;
	}
	if (err.kind == OAK_OK || oak_streq(err.id, "http.too-large")) {
		unlink(t->to);
		unlink(oak_arena_printf(b->wants->arena, "%s.part", t->to));
		oak_fail(&err, OAK_UNTRUSTED, "repo.checksum", 0, "'%s' from '%s' is not the file that the signed metadata list", want->path,
			 b->mirror->url);
		b->mirror->state = OAK_MIRROR_LIES;
	}
	if (!want->optional || (err.kind != OAK_NOT_FOUND && err.kind != OAK_DENIED))
		keep_worst(&b->worst, &err);
}

static int run(struct batch *b, struct oak_error *err)
{
	struct oak_fetcher *fetcher = b->wants->mirrors->fetcher;
	if (b->n && fetcher->fetch(fetcher, b->transfers, b->n, NULL, NULL, err) < 0)
		return -1;
	for (size_t i = 0; i < b->n; i++)
		judge(b, i);
	b->n = 0;
	if (b->wants->stop && *b->wants->stop)
		return oak_fail(err, OAK_INTERRUPTED, "http.interrupted", 0, "interrupted");
	return 0;
}

static int ask(struct batch *b, struct oak_want *want, struct oak_error *err)
{
	struct oak_wants *w = b->wants;
	const struct oak_mirror_limits *limits = &w->mirrors->limits;
	int64_t most = want->size >= 0 ? (want->size ? want->size : 1) : (int64_t)4 << 30, whole = most / limits->least_rate;
	const char *to = oak_want_path(w->arena, w->cas, want);
	if (make_folder(w, to, err) < 0)
		return -1;
	b->of[b->n] = want;
	b->transfers[b->n++] = (struct oak_transfer){.url = url_of(w, b->mirror, want->path),
						     .to = to,
						     .resume = true,
						     .max_bytes = most,
						     .slow_bytes_s = limits->min_rate,
						     .slow_s = limits->slow_s,
						     .total_s = whole > limits->total_s ? whole : limits->total_s};
	return b->n == BATCH ? run(b, err) : 0;
}

static int ask_all(struct oak_wants *w, struct oak_mirror *mirror, struct oak_want *v, size_t n, struct oak_error *worst,
		   struct oak_error *err)
{
	struct batch b = {.wants = w, .mirror = mirror};
	struct oak_map asked; /* one checksum under two paths is one file */
	oak_map_init(&asked, w->arena, n);
	for (size_t i = 0; i < n; i++) {
		if (v[i].file)
			continue;
		const char *key = oak_want_path(w->arena, "", &v[i]);
		if (!oak_map_has(&asked, key)) {
			oak_map_put(&asked, key, w);
			if (ask(&b, &v[i], err) < 0)
				return -1;
		}
		if (w->progress)
			w->progress(w->arg, (int64_t)i, (int64_t)n);
	}
	if (run(&b, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (!v[i].file && oak_fs_exists(oak_want_path(w->arena, w->cas, &v[i])))
			find_here(w, &v[i]);
	*worst = b.worst;
	return 0;
}

int oak_wants_fetch(struct oak_wants *w, struct oak_want *v, size_t n, struct oak_error *err)
{
	struct oak_map paths;
	struct oak_error worst = {0};
	oak_map_init(&paths, w->arena, n);
	for (size_t i = 0; i < n; i++) {
		const struct oak_want *same = oak_map_find(&paths, v[i].path);
		if (check(&v[i], err) < 0)
			return -1;
		if (same && !oak_streq(same->hex, v[i].hex))
			return oak_fail(err, OAK_UNTRUSTED, "repo.checksum", 0, "'%s' is listed twice with different checksums", v[i].path);
		oak_map_put(&paths, v[i].path, &v[i]);
		find_here(w, &v[i]);
	}
	for (size_t m = 0; m < w->mirrors->n; m++) {
		struct oak_error now = {0};
		if (ask_all(w, &w->mirrors->v[m], v, n, &now, err) < 0)
			return -1;
		if (now.id)
			keep_worst(&worst, &now);
	}
	for (size_t i = 0; i < n; i++) {
		if (v[i].file || (v[i].optional && worst.kind != OAK_UNTRUSTED))
			continue;
		*err = worst;
		return worst.id ? -1 : oak_fail(err, OAK_TRANSIENT, "http.failed", 0, "'%s' did not come", v[i].path);
	}
	return 0;
}
