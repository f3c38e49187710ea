/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Build dates of .deb files: kept ones, those of local files, and range requests for the rest. */
#include "scanners/evidence.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ar.h"
#include "core/fs.h"
#include "core/hash.h"
#include "core/map.h"
#include "core/str.h"

#ifdef _WIN32
#define O_CLOEXEC O_NOINHERIT
#define O_NONBLOCK 0
#else
#define O_BINARY 0
#endif

enum { KEPT_MAX = 64 * 1024 * 1024, HASH = OAK_SHA256_TEXT - 1, FIRST_DEB = 757382400 /* 1994 */ };

struct evidence {
	const struct oak_evidence_request *request;
	struct oak_inventory *inventory;
	struct oak_arena *arena;
	struct oak_map kept;   /* sha256 -> oak_time * */
	struct oak_buf fresh;  /* lines to be kept */
	size_t unknown;
	const char *why;       /* of the first that could not be learned */
};

static const char *kept_path(const struct evidence *e)
{
	return oak_arena_printf(e->arena, "%s/build-dates", e->request->cache_dir);
}

/* Lines "sha256 seconds"; others are left out: it is a cache. */
static void load_kept(struct evidence *e)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_str rest, line, hash;
	const char *path = kept_path(e);
	oak_buf_init(&text, KEPT_MAX);
	oak_map_init(&e->kept, e->arena, 0);
	if (!oak_fs_exists(path) || oak_fs_read(path, &text, NULL) < 0)
		return;
	rest = (struct oak_str){oak_buf_text(&text), text.n};
	while (oak_str_next(&rest, '\n', &line)) {
		int64_t at;
		if (!oak_str_next(&line, ' ', &hash) || hash.n != HASH || !oak_parse_int(line, 0, 253402300799, &at))
			continue;
		oak_time *slot = OAK_NEW(e->arena, oak_time);
		*slot = at;
		oak_map_put(&e->kept, oak_arena_strndup(e->arena, hash.p, hash.n), slot);
	}
}

static void save_fresh(struct evidence *e)
{
	if (!e->fresh.n)
		return;
	int fd = open(kept_path(e), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_BINARY, 0600);
	if (fd < 0)
		return; /* a cache that cannot be written is asked for again next time */
	if (write(fd, e->fresh.p, (unsigned)e->fresh.n) < 0)
		e->why = e->why ? e->why : "the cache of build dates cannot be written";
	close(fd);
}

/* The date in the head of UPDATE's file, kept under its hash. */
static bool use_head(struct evidence *e, struct oak_update *u, const void *bytes, size_t n)
{
	struct oak_ar_member member;
	if (!oak_ar_first(bytes, n, &member) || !oak_streq(member.name, "debian-binary") || member.mtime < FIRST_DEB ||
	    member.mtime > e->request->now + OAK_DAY)
		return false;
	u->built = member.mtime;
	if (u->sha256 && strlen(u->sha256) == HASH)
		oak_buf_addf(&e->fresh, "%s %lld\n", u->sha256, (long long)member.mtime);
	return true;
}

static bool use_kept(struct evidence *e, struct oak_update *u)
{
	const oak_time *at = u->sha256 ? oak_map_find(&e->kept, u->sha256) : NULL;
	if (!at)
		return false;
	u->built = *at;
	return true;
}

/* Path of a file: URI without escapes, NULL for others. */
static const char *local_path(const char *uri)
{
	static const char *const heads[] = {"file://", "file:", "copy:"};
	for (size_t i = 0; i < 3; i++) {
		const char *path = uri + strlen(heads[i]);
		if (oak_starts_with(uri, heads[i]))
			return *path == '/' && !strchr(path, '%') ? path : NULL;
	}
	return NULL;
}

static bool use_local(struct evidence *e, struct oak_update *u)
{
	char head[OAK_AR_HEAD];
	const char *path = local_path(u->uri);
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_BINARY) : -1;
	if (fd < 0)
		return false;
	ssize_t got = read(fd, head, sizeof(head));
	close(fd);
	return got > 0 && use_head(e, u, head, (size_t)got);
}

static void note_unknown(struct evidence *e, const char *why)
{
	if (!e->unknown++)
		e->why = oak_arena_strdup(e->arena, why);
}

static bool is_remote(const char *uri)
{
	return oak_starts_with(uri, "http://") || oak_starts_with(uri, "https://");
}

/* As the package manager would go there; NULL = as the environment says. */
static const struct oak_http_access *access_to(const struct evidence *e, const struct oak_update *u)
{
	return u->access && u->access <= e->inventory->accesses.n ? &e->inventory->accesses.v[u->access - 1] : NULL;
}

/* One range request per file that is still without a date, all in one call: the fetcher is polite per host. */
static void fetch_rest(struct evidence *e, struct oak_update **wanted, size_t n)
{
	OAK_AUTO(oak_free_p) struct oak_transfer *transfers = oak_alloc_zero(n ? n : 1, sizeof(*transfers));
	OAK_AUTO(oak_free_p) struct oak_buf *heads = oak_alloc_zero(n ? n : 1, sizeof(*heads));
	for (size_t i = 0; i < n; i++) {
		oak_buf_init(&heads[i], OAK_AR_HEAD);
		transfers[i] = (struct oak_transfer){
			.url = wanted[i]->uri, .body = &heads[i], .length = OAK_AR_HEAD, .max_bytes = OAK_AR_HEAD, .refuse_html = true,
			.access = access_to(e, wanted[i])};
	}
	struct oak_error err = {0};
	int rc = e->request->fetcher->fetch(e->request->fetcher, transfers, n, NULL, NULL, &err);
	for (size_t i = 0; i < n; i++) {
		if (rc < 0 || transfers[i].err.kind != OAK_OK)
			note_unknown(e, rc < 0 ? err.cause : transfers[i].err.cause);
		else if (!use_head(e, wanted[i], oak_buf_text(&heads[i]), heads[i].n))
			note_unknown(e, oak_arena_printf(e->arena, "'%s' does not begin like a .deb with a date", wanted[i]->uri));
		oak_buf_done(&heads[i]);
	}
}

static void report_unknown(struct evidence *e)
{
	struct oak_arena *arena = e->inventory->arena;
	if (!e->unknown)
		return;
	*oak_push(arena, &e->inventory->problems) = (struct oak_problem){
		.kind = "build-date-unknown",
		.subject = oak_arena_printf(arena, "%zu package file%s", e->unknown, e->unknown == 1 ? "" : "s"),
		.detail = oak_arena_strdup(arena, e->why),
		.remedy = "approval rests on other evidence until 'oakum scan --refresh' can read them",
	};
}

void oak_evidence_build_dates(const struct oak_evidence_request *request, struct oak_inventory *inventory)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct evidence e = {.request = request, .inventory = inventory, .arena = arena};
	OAK_VEC(struct oak_update *) wanted = {0};
	bool loaded = false;
	oak_buf_init(&e.fresh, KEPT_MAX);
	for (size_t i = 0; i < inventory->updates.n; i++) {
		struct oak_update *u = &inventory->updates.v[i];
		if (!u->uri || u->built != OAK_TIME_NONE)
			continue;
		if (!loaded)
			load_kept(&e);
		loaded = true;
		if (!use_kept(&e, u) && !use_local(&e, u) && request->fetcher && is_remote(u->uri))
			*oak_push(arena, &wanted) = u;
	}
	if (wanted.n)
		fetch_rest(&e, wanted.v, wanted.n);
	save_fresh(&e);
	report_unknown(&e);
	oak_buf_done(&e.fresh);
}
