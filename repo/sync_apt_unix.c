/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Debian archives: the signed Release names indices, these name packages; each is checked before the next is read. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/map.h"
#include "repo/deb822.h"
#include "repo/pgp.h"
#include "repo/sync.h"

struct apt {
	struct oak_sync *sync;
	struct oak_arena *arena;
	const char *base; /* "dists/SUITE/", or "" for a flat one */
	bool flat, split; /* split: Release and Release.gpg instead of InRelease */
	struct oak_str release;
	OAK_VEC(struct oak_want) wants;
	struct oak_error *err;
};

static const char *text_of(struct apt *a, struct oak_str s)
{
	return oak_arena_strndup(a->arena, s.p ? s.p : "", s.n);
}

/* "Sat, 09 Nov 2024 09:44:57 UTC" */
static bool parse_date(const char *text, oak_time *ret)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char month[4] = "", zone[8] = "", iso[40];
	int day, year, hour, minute, second;
	const char *comma = strchr(text, ',');
	if (sscanf(comma ? comma + 1 : text, " %2d %3s %4d %2d:%2d:%2d %7s", &day, month, &year, &hour, &minute, &second, zone) != 7)
		return false;
	const char *at = strstr(months, month);
	bool utc = oak_streq(zone, "UTC") || oak_streq(zone, "GMT") || oak_streq(zone, "Z") || oak_streq(zone, "+0000");
	if (!at || (at - months) % 3 || !utc)
		return false;
	snprintf(iso, sizeof(iso), "%04d-%02d-%02dT%02d:%02d:%02dZ", year, (int)(at - months) / 3 + 1, day, hour, minute, second);
	return oak_time_parse(iso, ret);
}

static int read_text(struct apt *a, const char *file, struct oak_str *ret)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_buf_init(&buf, 256 << 20);
	if (oak_fs_read(file, &buf, a->err) < 0)
		return -1;
	*ret = (struct oak_str){oak_arena_strndup(a->arena, oak_buf_text(&buf), buf.n), buf.n};
	return 0;
}

static int check_inline(struct oak_sync *s, struct oak_error *err)
{
	return oak_pgp_check(s->upstream->keyring, oak_sync_work(s, "InRelease"), NULL, oak_sync_work(s, "Release.text"), s->work, err);
}

static const char *suite_base(struct oak_sync *s)
{
	const char *suite = s->upstream->suite;
	if (!oak_ends_with(suite, "/"))
		return oak_arena_printf(s->arena, "dists/%s/", suite);
	return oak_starts_with(suite, "./") ? oak_arena_strdup(s->arena, suite + 2) : oak_arena_strdup(s->arena, suite);
}

static int check_detached(struct oak_sync *s, struct oak_error *err)
{
	if (oak_sync_get(s, oak_arena_printf(s->arena, "%sRelease.gpg", suite_base(s)), "Release.gpg", err) < 0)
		return -1;
	return oak_pgp_check(s->upstream->keyring, oak_sync_work(s, "Release"), oak_sync_work(s, "Release.gpg"), NULL, s->work, err);
}

static int fetch_release(struct apt *a)
{
	struct oak_sync *s = a->sync;
	if (oak_sync_first(s, oak_arena_printf(a->arena, "%sInRelease", a->base), "InRelease", check_inline, a->err) == 0)
		return read_text(a, oak_sync_work(s, "Release.text"), &a->release);
	if (a->err->kind != OAK_NOT_FOUND)
		return -1;
	a->split = true;
	if (oak_sync_first(s, oak_arena_printf(a->arena, "%sRelease", a->base), "Release", check_detached, a->err) < 0) {
		if (a->err->kind == OAK_NOT_FOUND)
			return oak_fail(a->err, OAK_UNTRUSTED, "repo.signature", 0, "'%s' has neither InRelease nor Release with Release.gpg",
					s->upstream->suite);
		return -1;
	}
	return read_text(a, oak_sync_work(s, "Release"), &a->release);
}

/* Neither expired nor older than what is here. */
static int check_age(struct apt *a)
{
	struct oak_sync *s = a->sync;
	oak_time date, until, before;
	struct oak_str old;
	struct oak_error ignored = {0}, *keep = a->err;
	if (!parse_date(text_of(a, oak_deb822_field(a->release, "Date")), &date))
		return oak_fail(a->err, OAK_INVALID, "repo.upstream", 0, "the Release of '%s' has no date", s->upstream->suite);
	struct oak_str valid = oak_deb822_field(a->release, "Valid-Until");
	if (valid.p && (!parse_date(text_of(a, valid), &until) || until < s->now))
		return oak_fail(a->err, OAK_UNTRUSTED, "repo.expired", 0, "the Release of '%s' expired: Valid-Until %s", s->upstream->suite,
				text_of(a, valid));
	const char *known = oak_sync_current(s, oak_arena_printf(a->arena, "%s%s", a->base, a->split ? "Release" : "InRelease"));
	a->err = &ignored;
	bool has = known && read_text(a, known, &old) == 0 && parse_date(text_of(a, oak_deb822_field(old, "Date")), &before);
	a->err = keep;
	if (has && date < before)
		return oak_fail(a->err, OAK_UNTRUSTED, "repo.rollback", 0, "the Release of '%s' is older than the one that was mirrored last",
				s->upstream->suite);
	return 0;
}

static bool among(const char *const *list, size_t n, struct oak_str word)
{
	for (size_t i = 0; i < n; i++)
		if (oak_str_eq(oak_str_of(list[i]), word))
			return true;
	return n == 0;
}

/* "main/binary-amd64/Packages.xz" → is it of a component and an architecture that are wanted, and one that a client asks for? */
static bool wanted_index(const struct apt *a, struct oak_str path)
{
	static const char *const packages[] = {"Packages.xz", "Packages.gz", "Packages", "Release"};
	static const char *const words[] = {"i18n/Translation-en.xz", "i18n/Translation-en.bz2", "i18n/Translation-en.gz"};
	const struct oak_upstream *u = a->sync->upstream;
	struct oak_str rest = path, component, part;
	for (size_t i = 0; a->flat && i < 3; i++)
		if (oak_str_eq(path, oak_str_of(packages[i])))
			return true;
	if (a->flat || !oak_str_next(&rest, '/', &component) || !among(u->components, u->component_count, component))
		return false;
	for (size_t i = 0; i < 3; i++)
		if (oak_str_eq(rest, oak_str_of(words[i])))
			return true;
	if (!oak_str_next(&rest, '/', &part) || part.n < 8 || memcmp(part.p, "binary-", 7) != 0)
		return false;
	struct oak_str arch = {part.p + 7, part.n - 7};
	if (!among(u->arches, u->arch_count, arch) && !oak_str_eq(arch, OAK_STR("all")))
		return false;
	for (size_t i = 0; i < 4; i++)
		if (oak_str_eq(rest, oak_str_of(packages[i])))
			return true;
	return false;
}

static int list_indices(struct apt *a)
{
	struct oak_str rest = oak_deb822_field(a->release, "SHA256"), hash, size, path;
	int64_t bytes;
	if (!rest.p)
		return oak_fail(a->err, OAK_UNTRUSTED, "repo.checksum", 0, "the Release of '%s' has no SHA256 sums", a->sync->upstream->suite);
	while (oak_deb822_word(&rest, &hash)) {
		if (!oak_deb822_word(&rest, &size) || !oak_deb822_word(&rest, &path) || !oak_parse_int(size, 0, INT64_MAX, &bytes))
			return oak_fail(a->err, OAK_INVALID, "repo.upstream", 0, "the sums in the Release of '%s' are damaged",
					a->sync->upstream->suite);
		if (wanted_index(a, path))
			*oak_push(a->arena, &a->wants) = (struct oak_want){.path = oak_arena_printf(a->arena, "%s%s", a->base, text_of(a, path)),
									   .size = bytes,
									   .algorithm = "sha256",
									   .hex = text_of(a, hash),
									   .optional = true};
	}
	return 0;
}

/* Apt asks for by-hash/SHA256/… where Release says so. */
static void add_by_hash(struct apt *a, size_t indices)
{
	if (!oak_str_eq(oak_deb822_field(a->release, "Acquire-By-Hash"), OAK_STR("yes")))
		return;
	for (size_t i = 0; i < indices; i++) {
		struct oak_want want = a->wants.v[i];
		const char *slash = strrchr(want.path, '/');
		if (!want.file)
			continue;
		want.path = oak_arena_printf(a->arena, "%.*sby-hash/SHA256/%s", slash ? (int)(slash + 1 - want.path) : 0, want.path, want.hex);
		*oak_push(a->arena, &a->wants) = want;
	}
}

static int add_package(struct apt *a, struct oak_str paragraph)
{
	int64_t size;
	const char *path = text_of(a, oak_deb822_field(paragraph, "Filename"));
	struct oak_str hash = oak_deb822_field(paragraph, "SHA256");
	if (oak_starts_with(path, "./"))
		path += 2;
	if (!*path || !hash.p || !oak_parse_int(oak_deb822_field(paragraph, "Size"), 0, INT64_MAX, &size))
		return oak_fail(a->err, OAK_INVALID, "repo.upstream", 0, "package '%s' of '%s' has no Filename, Size or SHA256",
				text_of(a, oak_deb822_field(paragraph, "Package")), a->sync->upstream->suite);
	*oak_push(a->arena, &a->wants) =
		(struct oak_want){.path = path, .size = size, .algorithm = "sha256", .hex = text_of(a, hash)};
	return 0;
}

/* "…/Packages" of "…/Packages.xz"; NULL = it is none. */
static const char *packages_stem(struct apt *a, const char *path)
{
	const char *name = strrchr(path, '/');
	name = name ? name + 1 : path;
	if (!oak_starts_with(name, "Packages"))
		return NULL;
	return oak_arena_strndup(a->arena, path, (size_t)(name - path) + 8);
}

/* One compression of each Packages index is read; which of them the mirror has does not matter, but one it must have. */
static int read_packages(struct apt *a, size_t indices)
{
	struct oak_map seen;
	size_t found = 0;
	oak_map_init(&seen, a->arena, 64);
	for (size_t i = 0; i < indices; i++) {
		const char *stem = packages_stem(a, a->wants.v[i].path);
		struct oak_str text, paragraph;
		if (!stem || !a->wants.v[i].file || oak_map_has(&seen, stem))
			continue;
		oak_map_put(&seen, stem, a);
		if (oak_sync_unpack(a->sync, a->wants.v[i].file, &text, a->err) < 0)
			return -1;
		while (oak_deb822_next(&text, &paragraph))
			if (add_package(a, paragraph) < 0)
				return -1;
		found++;
	}
	for (size_t i = 0; i < indices; i++) {
		const char *stem = packages_stem(a, a->wants.v[i].path);
		if (stem && !oak_map_has(&seen, stem))
			return oak_fail(a->err, OAK_TRANSIENT, "repo.upstream-gap", 0, "no mirror has '%s', which its Release names", stem);
	}
	return found ? 0
		     : oak_fail(a->err, OAK_INVALID, "repo.upstream", 0, "'%s' has no packages of these components and architectures",
				a->sync->upstream->suite);
}

static int commit(struct apt *a)
{
	struct oak_sync_extra extras[2];
	size_t n = 0;
	static const char *const whole[] = {"InRelease"}, *const parts[] = {"Release", "Release.gpg"};
	const char *const *names = a->split ? parts : whole;
	for (; n < (a->split ? 2u : 1u); n++)
		extras[n] = (struct oak_sync_extra){oak_arena_printf(a->arena, "%s%s", a->base, names[n]), oak_sync_work(a->sync, names[n])};
	return oak_sync_commit(a->sync, a->wants.v, a->wants.n, extras, n, a->err);
}

int oak_sync_apt(struct oak_sync *s, struct oak_error *err)
{
	struct apt a = {.sync = s, .arena = s->arena, .err = err, .flat = oak_ends_with(s->upstream->suite, "/")};
	a.base = suite_base(s);
	if (fetch_release(&a) < 0 || check_age(&a) < 0)
		return -1;
	const char *signed_file = a.split ? "Release" : "InRelease";
	if (oak_sync_same(oak_sync_current(s, oak_arena_printf(a.arena, "%s%s", a.base, signed_file)), oak_sync_work(s, signed_file)))
		return 0;
	if (list_indices(&a) < 0 || oak_sync_fetch(s, a.wants.v, a.wants.n, err) < 0)
		return -1;
	size_t indices = a.wants.n;
	add_by_hash(&a, indices);
	size_t before = a.wants.n;
	if (read_packages(&a, indices) < 0 || oak_sync_fetch(s, a.wants.v + before, a.wants.n - before, err) < 0)
		return -1;
	return commit(&a);
}
