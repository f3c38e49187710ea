/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chunks from seeds by their hash; what is missing in runs of neighbours, each one range; the signed hash decides at the end. */
#include "repo/delta.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/port.h"
#include "core/str.h"

enum { RUN_MAX = 8 << 20 };

struct found {
	const char *file;
	int64_t offset;
};

struct work {
	struct oak_delta *d;
	struct oak_arena *arena;
	struct oak_map here; /* sha256 -> struct found */
	FILE *out;
	const char *part;
	struct oak_error *err;
};

static void index_seeds(struct work *w)
{
	oak_map_init(&w->here, w->arena, 1024);
	for (size_t i = 0; i < w->d->seed_count; i++) {
		struct oak_chunks chunks;
		struct oak_error ignored = {0};
		if (oak_chunks_of_file(w->arena, w->d->seeds[i], &chunks, &ignored) < 0)
			continue; /* a seed that cannot be read saves nothing */
		for (size_t k = 0; k < chunks.list.n; k++) {
			struct found *f = OAK_NEW(w->arena, struct found);
			*f = (struct found){w->d->seeds[i], chunks.list.v[k].offset};
			oak_map_put(&w->here, chunks.list.v[k].sha256, f);
		}
	}
}

static bool right(const void *bytes, const struct oak_chunk *c)
{
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	oak_sha256(bytes, (size_t)c->length, digest);
	oak_hex(digest, sizeof(digest), hex);
	return oak_streq(hex, c->sha256);
}

static int put(struct work *w, const void *bytes, const struct oak_chunk *c)
{
	if (fseeko(w->out, c->offset, SEEK_SET) == 0 && fwrite(bytes, 1, (size_t)c->length, w->out) == (size_t)c->length)
		return 0;
	return oak_fail_errno(w->err, "file.write", "cannot write '%s'", w->part);
}

/* 1 = written, 0 = the seed is not what it was. */
static int copy(struct work *w, const struct found *f, const struct oak_chunk *c)
{
	OAK_AUTO(oak_free_p) char *bytes = oak_alloc((size_t)c->length);
	FILE *in = fopen(f->file, "rb");
	bool fine = in && fseeko(in, f->offset, SEEK_SET) == 0 && fread(bytes, 1, (size_t)c->length, in) == (size_t)c->length && right(bytes, c);
	if (in)
		fclose(in);
	if (!fine)
		return 0;
	w->d->reused += c->length;
	return put(w, bytes, c) < 0 ? -1 : 1;
}

/* Chunks FROM … TO-1 in one range, from one mirror. */
static int fetch_run(struct work *w, const struct oak_mirror *mirror, size_t from, size_t to)
{
	const struct oak_chunk *c = w->d->index->list.v;
	int64_t begin = c[from].offset, length = c[to - 1].offset + c[to - 1].length - begin;
	const struct oak_mirror_limits *limits = &w->d->mirrors->limits;
	OAK_AUTO(oak_buf_done) struct oak_buf body;
	oak_buf_init(&body, (size_t)length);
	struct oak_transfer t = {
		.url = oak_mirror_url(w->arena, mirror->url, "targets", oak_tuf_target_url(w->d->tuf, w->arena, w->d->target)),
		.body = &body,
		.offset = begin,
		.length = length,
		.max_bytes = length,
		.slow_bytes_s = limits->min_rate,
		.slow_s = limits->slow_s,
		.total_s = limits->total_s};
	if (oak_fetch_one(w->d->mirrors->fetcher, &t, w->err) < 0)
		return -1;
	w->d->fetched += t.received;
	for (size_t i = from; i < to; i++) {
		const char *bytes = body.p + (c[i].offset - begin);
		if (c[i].offset - begin + c[i].length > (int64_t)body.n || !right(bytes, &c[i]))
			return oak_fail(w->err, OAK_UNTRUSTED, "tuf.mismatch", 0, "'%s' has other chunks at '%s'", w->d->target->path, mirror->url);
		if (put(w, bytes, &c[i]) < 0)
			return -1;
	}
	return 0;
}

/* Every mirror may have a try, and the first a second one. */
static int fetch_missing(struct work *w, size_t from, size_t to)
{
	const struct oak_mirrors *m = w->d->mirrors;
	int result = -1;
	for (size_t i = 0; result < 0 && i < m->n + 1; i++) {
		if (m->v[i % m->n].state == OAK_MIRROR_DEAD && m->n > 1 && i < m->n)
			continue;
		*w->err = (struct oak_error){0};
		result = fetch_run(w, &m->v[i % m->n], from, to);
		if (result < 0 && (w->err->kind == OAK_INTERRUPTED || oak_streq(w->err->id, "file.write")))
			break;
	}
	return result;
}

static int assemble(struct work *w, bool *missing)
{
	const struct oak_chunks *index = w->d->index;
	size_t n = index->list.n;
	for (size_t i = 0; i < n; i++) {
		const struct found *f = oak_map_find(&w->here, index->list.v[i].sha256);
		int got = f ? copy(w, f, &index->list.v[i]) : 0;
		if (got < 0)
			return -1;
		missing[i] = !got;
	}
	oak_fault_point("delta.seeded");
	for (size_t i = 0; i < n;) {
		size_t to = i;
		while (to < n && missing[to] && index->list.v[to].offset + index->list.v[to].length - index->list.v[i].offset <= RUN_MAX)
			to++;
		if (to > i && fetch_missing(w, i, to) < 0)
			return -1;
		i = to > i ? to : i + 1;
	}
	return 0;
}

static int64_t known_bytes(const struct work *w)
{
	int64_t sum = 0;
	for (size_t i = 0; i < w->d->index->list.n; i++)
		sum += oak_map_has(&w->here, w->d->index->list.v[i].sha256) ? w->d->index->list.v[i].length : 0;
	return sum;
}

static int finish(struct work *w)
{
	if (fflush(w->out) != 0 || fsync(fileno(w->out)) != 0)
		return oak_fail_errno(w->err, "file.write", "cannot write '%s'", w->part);
	if (oak_tuf_check_file(w->d->target, w->part, w->err) < 0)
		return -1;
	oak_fault_point("delta.assembled");
	if (rename(w->part, w->d->file) != 0)
		return oak_fail_errno(w->err, "file.rename", "cannot rename '%s' to '%s'", w->part, w->d->file);
	return oak_fs_sync_parent(w->d->file, w->err);
}

int oak_delta_fetch(struct oak_delta *d, bool *ret_done, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct work w = {.d = d, .arena = arena, .part = oak_arena_printf(arena, "%s.delta", d->file), .err = err};
	*ret_done = false;
	d->reused = d->fetched = 0;
	if (d->index->size != d->target->length)
		return 0;
	index_seeds(&w);
	if (!d->mirrors->n || known_bytes(&w) * 100 < d->target->length * (d->metered ? 0 : OAK_DELTA_LEAST_SAVING))
		return 0;
	w.out = fopen(w.part, "wb");
	if (!w.out)
		return oak_fail_errno(err, "file.write", "cannot create '%s'", w.part);
	int result = assemble(&w, oak_arena_alloc(arena, d->index->list.n + 1)) < 0 ? -1 : finish(&w);
	fclose(w.out);
	if (result == 0) {
		*ret_done = true;
		return 0;
	}
	unlink(w.part);
	if (d->metered || err->kind == OAK_INTERRUPTED || oak_streq(err->id, "file.write"))
		return -1;
	*err = (struct oak_error){0}; /* the whole file is still to be had */
	return 0;
}
