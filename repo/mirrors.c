/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mirrors are equal in trust: each is asked in turn, what one left another goes on with, and the hash decides. */
#include "repo/mirrors.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/str.h"

void oak_mirrors_init(struct oak_mirrors *m, struct oak_arena *arena, const char *const *urls, size_t count,
		      struct oak_fetcher *fetcher, const struct oak_mirror_limits *limits)
{
	*m = (struct oak_mirrors){.fetcher = fetcher, .limits = *limits, .arena = arena};
	m->v = oak_arena_alloc(arena, (count + 1) * sizeof(*m->v));
	for (size_t i = 0; i < count; i++)
		if (urls[i])
			m->v[m->n++].url = urls[i];
	m->limits.min_rate = limits->min_rate ? limits->min_rate : 16384;
	m->limits.slow_s = limits->slow_s ? limits->slow_s : 10;
	m->limits.total_s = limits->total_s ? limits->total_s : 60;
	m->limits.least_rate = limits->least_rate ? limits->least_rate : 1024;
}

const char *oak_mirror_url(struct oak_arena *arena, const char *mirror, const char *what, const char *name)
{
	size_t n = strlen(mirror);
	while (n && mirror[n - 1] == '/')
		n--;
	return oak_arena_printf(arena, "%s%.*s/%s%s%s", strstr(mirror, "://") ? "" : "file://", (int)n, mirror, what, *what ? "/" : "", name);
}

/* Which error is told when all fail: the first, but a lie before a silence. */
static void keep_worst(struct oak_error *worst, const struct oak_error *err)
{
	if (!worst->id || (worst->kind != OAK_UNTRUSTED && err->kind == OAK_UNTRUSTED))
		*worst = *err;
}

/* The best mirror that was not TRIED yet; -1 = all were. Order is that of the configuration within one state. */
static int best(const struct oak_mirrors *m, const bool *tried)
{
	int found = -1;
	for (size_t i = 0; i < m->n; i++)
		if (!tried[i] && (found < 0 || m->v[i].state < m->v[found].state))
			found = (int)i;
	return found;
}

static void note_state(struct oak_mirror *mirror, const struct oak_error *err)
{
	mirror->state = err->kind == OAK_UNTRUSTED		 ? OAK_MIRROR_LIES
			: oak_streq(err->id, "http.timeout") ? OAK_MIRROR_SLOW
							     : OAK_MIRROR_DEAD;
}

/* ---- metadata ---- */

static void set_limits(const struct oak_mirrors *m, struct oak_transfer *t, int64_t bytes, bool patient)
{
	int64_t whole = bytes / m->limits.least_rate;
	t->slow_bytes_s = patient ? 1 : m->limits.min_rate;
	t->slow_s = m->limits.slow_s;
	t->total_s = whole > m->limits.total_s ? whole : m->limits.total_s;
}

int oak_mirrors_metadata(struct oak_mirrors *m, const char *name, int64_t max, struct oak_buf *out, struct oak_error *err)
{
	struct oak_transfer transfer = {
		.url = oak_mirror_url(m->arena, m->current->url, "metadata", name), .body = out, .max_bytes = max, .refuse_html = true};
	set_limits(m, &transfer, 0, m->current->state == OAK_MIRROR_SLOW);
	return oak_fetch_one(m->fetcher, &transfer, err);
}

static int get_metadata(void *arg, const char *name, int64_t max, struct oak_buf *out, struct oak_error *err)
{
	return oak_mirrors_metadata(arg, name, max, out, err);
}

struct refreshing {
	struct oak_mirrors *mirrors;
	const struct oak_tuf_options *given;
	struct oak_tuf **ret;
};

static int refresh_from(void *arg, struct oak_mirror *mirror, struct oak_error *err)
{
	const struct refreshing *r = arg;
	struct oak_mirrors *m = r->mirrors;
	struct oak_tuf_options options = *r->given;
	options.metadata = (struct oak_tuf_source){get_metadata, m};
	m->current = mirror;
	struct oak_tuf *tuf = oak_tuf_open(&options, err);
	if (tuf && oak_tuf_refresh(tuf, err) == 0) {
		*r->ret = tuf;
		return 0;
	}
	oak_tuf_close(tuf);
	if (err->kind == OAK_NOT_FOUND) /* no timestamp there: it may come */
		err->kind = OAK_TRANSIENT;
	note_state(mirror, err);
	return oak_context(err, "mirror '%s'", mirror->url);
}

/* ASK every mirror once; then, if there were slow ones, these once more and with patience. */
static int ask_all(struct oak_mirrors *m, int (*ask)(void *arg, struct oak_mirror *mirror, struct oak_error *err), void *arg,
		   struct oak_error *err)
{
	OAK_AUTO(oak_free_p) bool *tried = oak_alloc_zero(m->n + 1, sizeof(*tried));
	struct oak_error worst = {0};
	for (int round = 0; round < 2; round++) {
		int i;
		for (size_t k = 0; k < m->n; k++)
			tried[k] = round && m->v[k].state != OAK_MIRROR_SLOW;
		while ((i = best(m, tried)) >= 0) {
			tried[i] = true;
			if (ask(arg, &m->v[i], err) == 0)
				return 0;
			keep_worst(&worst, err);
			if (err->kind == OAK_INTERRUPTED || oak_streq(err->id, "file.write"))
				return -1;
		}
	}
	if (!worst.id)
		return oak_fail(err, OAK_INVALID, "repo.unknown", 0, "the repository has no mirrors");
	*err = worst;
	return -1;
}

void oak_mirrors_blame(struct oak_mirrors *m, const struct oak_error *err)
{
	if (m->current)
		note_state(m->current, err);
}

int oak_mirrors_refresh(struct oak_mirrors *m, const struct oak_tuf_options *options, struct oak_tuf **ret, struct oak_error *err)
{
	struct refreshing r = {m, options, ret};
	return ask_all(m, refresh_from, &r, err);
}

/* ---- targets ---- */

struct download {
	struct oak_mirrors *mirrors;
	struct oak_arena *arena;
	const struct oak_tuf *tuf;
	const struct oak_tuf_target *target;
	const char *file, *part;
	bool mixed; /* the part holds bytes of more than the mirror that is asked now */
};

static int64_t size_of(const char *file)
{
	struct stat st;
	return stat(file, &st) == 0 ? (int64_t)st.st_size : 0;
}

/* An interrupted call may have left the whole of it. */
static bool part_is_whole(struct download *d)
{
	struct oak_error ignored = {0};
	return size_of(d->part) == d->target->length && oak_fs_exists(d->part) && oak_tuf_check_file(d->target, d->part, &ignored) == 0 &&
	       rename(d->part, d->file) == 0;
}

static int fetch_from(struct download *d, struct oak_mirror *mirror, struct oak_error *err)
{
	struct oak_transfer t = {
		.url = oak_mirror_url(d->arena, mirror->url, "targets", oak_tuf_target_url(d->tuf, d->arena, d->target)),
		.to = d->file,
		.resume = true,
		.max_bytes = d->target->length ? d->target->length : 1};
	if (size_of(d->part) >= d->target->length) /* nothing is missing, and yet it is wrong */
		unlink(d->part);
	d->mixed = size_of(d->part) > 0;
	set_limits(d->mirrors, &t, d->target->length, mirror->state == OAK_MIRROR_SLOW);
	if (oak_fetch_one(d->mirrors->fetcher, &t, err) < 0)
		return -1;
	if (oak_tuf_check_file(d->target, d->file, err) == 0)
		return 0;
	unlink(d->file);
	return -1;
}

static int try_mirror(void *arg, struct oak_mirror *mirror, struct oak_error *err)
{
	struct download *d = arg;
	int result = fetch_from(d, mirror, err);
	bool suspicious = result < 0 && (err->kind == OAK_UNTRUSTED || oak_streq(err->id, "http.too-large"));
	if (suspicious && d->mixed) { /* perhaps it was another's bytes: this one's alone */
		unlink(d->part);
		*err = (struct oak_error){0};
		result = fetch_from(d, mirror, err);
		suspicious = result < 0 && (err->kind == OAK_UNTRUSTED || oak_streq(err->id, "http.too-large"));
	}
	if (result == 0) {
		mirror->state = OAK_MIRROR_FINE;
		return 0;
	}
	if (suspicious) {
		unlink(d->part);
		err->kind = OAK_UNTRUSTED;
	}
	note_state(mirror, err);
	return oak_context(err, "'%s' from '%s'", d->target->path, mirror->url);
}

int oak_mirrors_fetch(struct oak_mirrors *m, const struct oak_tuf *tuf, const struct oak_tuf_target *target, const char *file,
		      struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct download d = {m, arena, tuf, target, file, oak_arena_printf(arena, "%s.part", file), false};
	return part_is_whole(&d) ? 0 : ask_all(m, try_mirror, &d, err);
}
