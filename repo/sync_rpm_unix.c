/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rpm repositories: the signed repomd.xml names metadata, primary names packages; each is checked before the next is read. */
#include <string.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/str.h"
#include "repo/pgp.h"
#include "repo/rpm_index.h"
#include "repo/sync.h"

struct rpm {
	struct oak_sync *sync;
	struct oak_arena *arena;
	OAK_VEC(struct oak_want) wants;
	size_t primary; /* index of its want, plus one; 0 = none */
};

static int check_signature(struct oak_sync *s, struct oak_error *err)
{
	if (oak_sync_get(s, "repodata/repomd.xml.asc", "repomd.xml.asc", err) < 0) {
		if (err->kind == OAK_NOT_FOUND)
			return oak_fail(err, OAK_UNTRUSTED, "repo.signature", 0, "'repodata/repomd.xml' has no signature 'repomd.xml.asc'");
		return -1;
	}
	return oak_pgp_check(s->upstream->keyring, oak_sync_work(s, "repomd.xml"), oak_sync_work(s, "repomd.xml.asc"), NULL, s->work, err);
}

/* "sha" is what old metadata call SHA-1. */
static int take(void *arg, const struct oak_rpm_entry *e, struct oak_error *err)
{
	struct rpm *r = arg;
	if (!e->href || !e->hex || !e->algorithm)
		return oak_fail(err, OAK_INVALID, "repo.upstream", 0, "an entry '%s' has no place or no checksum", e->href ? e->href : e->type);
	if (e->base)
		return oak_fail(err, OAK_UNSUPPORTED, "repo.unsupported", 0, "'%s' lies at another address (xml:base), which is not mirrored",
				e->href);
	if (oak_streq(e->type, "primary"))
		r->primary = r->wants.n + 1;
	*oak_push(r->arena, &r->wants) = (struct oak_want){.path = oak_arena_strdup(r->arena, e->href),
							   .size = e->size,
							   .algorithm = oak_arena_strdup(r->arena, e->algorithm),
							   .hex = oak_arena_strdup(r->arena, e->hex)};
	return 0;
}

static int read_file(struct rpm *r, const char *file, struct oak_str *ret, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_buf_init(&buf, 64 << 20);
	if (oak_fs_read(file, &buf, err) < 0)
		return -1;
	*ret = (struct oak_str){oak_arena_strndup(r->arena, oak_buf_text(&buf), buf.n), buf.n};
	return 0;
}

static int ignore(void *arg, const struct oak_rpm_entry *e, struct oak_error *err)
{
	(void)arg, (void)e, (void)err;
	return 0;
}

/* A revision that is a number, as createrepo_c writes the time, does not go back. */
static int check_revision(struct rpm *r, int64_t revision, struct oak_error *err)
{
	const char *known = oak_sync_current(r->sync, "repodata/repomd.xml");
	struct oak_str text;
	struct oak_error ignored = {0};
	int64_t before = -1;
	if (!known || read_file(r, known, &text, &ignored) < 0 ||
	    oak_rpm_index(text.p, text.n, known, ignore, NULL, &before, &ignored) < 0 || revision < 0 || before < 0 || revision >= before)
		return 0;
	return oak_fail(err, OAK_UNTRUSTED, "repo.rollback", 0, "'repodata/repomd.xml' is older than the one that was mirrored last");
}

static int read_repomd(struct rpm *r, struct oak_error *err)
{
	struct oak_str text;
	int64_t revision;
	if (read_file(r, oak_sync_work(r->sync, "repomd.xml"), &text, err) < 0 ||
	    oak_rpm_index(text.p, text.n, "repomd.xml", take, r, &revision, err) < 0 || check_revision(r, revision, err) < 0)
		return -1;
	return r->primary ? 0 : oak_fail(err, OAK_INVALID, "repo.upstream", 0, "'repodata/repomd.xml' names no primary metadata");
}

static int read_primary(struct rpm *r, struct oak_error *err)
{
	struct oak_str text;
	const char *file = r->wants.v[r->primary - 1].file;
	if (oak_sync_unpack(r->sync, file, &text, err) < 0)
		return -1;
	return oak_rpm_index(text.p ? text.p : "", text.n, "primary.xml", take, r, NULL, err);
}

/* The packages behind the metadata. */
static int check_packages(struct rpm *r, size_t from, struct oak_error *err)
{
	size_t n = r->wants.n - from, bad;
	const char **files = oak_arena_alloc(r->arena, (n + 1) * sizeof(*files));
	for (size_t i = 0; i < n; i++)
		files[i] = r->wants.v[from + i].file;
	if (!r->sync->upstream->gpgcheck || !n ||
	    oak_pgp_check_rpms(r->sync->upstream->keyring, files, n, r->sync->work, r->sync->stop, &bad, err) == 0)
		return 0;
	return bad < n ? oak_context(err, "'%s'", r->wants.v[from + bad].path) : -1;
}

static int commit(struct rpm *r, struct oak_error *err)
{
	struct oak_sync *s = r->sync;
	struct oak_error ignored = {0};
	struct oak_sync_extra extras[3] = {{"repodata/repomd.xml", oak_sync_work(s, "repomd.xml")},
					   {"repodata/repomd.xml.asc", oak_sync_work(s, "repomd.xml.asc")}};
	size_t n = 2;
	/* what zypper asks for; whoever believes it has been told to by its user */
	if (oak_sync_get(s, "repodata/repomd.xml.key", "repomd.xml.key", &ignored) == 0)
		extras[n++] = (struct oak_sync_extra){"repodata/repomd.xml.key", oak_sync_work(s, "repomd.xml.key")};
	return oak_sync_commit(s, r->wants.v, r->wants.n, extras, n, err);
}

int oak_sync_rpm(struct oak_sync *s, struct oak_error *err)
{
	struct rpm r = {.sync = s, .arena = s->arena};
	if (oak_sync_first(s, "repodata/repomd.xml", "repomd.xml", check_signature, err) < 0)
		return -1;
	if (oak_sync_same(oak_sync_current(s, "repodata/repomd.xml"), oak_sync_work(s, "repomd.xml")))
		return 0;
	if (read_repomd(&r, err) < 0 || oak_sync_fetch(s, r.wants.v, r.wants.n, err) < 0)
		return -1;
	size_t before = r.wants.n;
	if (read_primary(&r, err) < 0 || oak_sync_fetch(s, r.wants.v + before, r.wants.n - before, err) < 0 || check_packages(&r, before, err) < 0)
		return -1;
	return commit(&r, err);
}
