/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seal as text. */
#include "distributor/package/seal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/str.h"
#include "distributor/package/entry_name.h"

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct oak_sealed *)a)->path, ((const struct oak_sealed *)b)->path);
}

void oak_seal_sort(struct oak_seal *seal)
{
	if (seal->v.n)
		qsort(seal->v.v, seal->v.n, sizeof(*seal->v.v), by_path);
}

void oak_seal_format(const struct oak_seal *seal, struct oak_buf *out)
{
	for (size_t i = 0; i < seal->v.n; i++) {
		const struct oak_sealed *e = &seal->v.v[i];
		if (e->kind == OAK_UNPACK_FILE)
			oak_buf_addf(out, "file %03o %lld %s %s\n", e->mode, (long long)e->size, e->sha256, e->path);
		else if (e->kind == OAK_UNPACK_LINK)
			oak_buf_addf(out, "link %zu %s %s\n", strlen(e->target), e->target, e->path);
		else
			oak_buf_addf(out, "folder %s\n", e->path);
	}
}

static bool parse_octal(struct oak_str s, unsigned *ret)
{
	*ret = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '7')
			return false;
		*ret = *ret << 3 | (unsigned)(s.p[i] - '0');
	}
	return s.n == 3;
}

static bool parse_file(struct oak_arena *arena, struct oak_str rest, struct oak_sealed *e)
{
	struct oak_str mode, size, sha;
	e->kind = OAK_UNPACK_FILE;
	if (!oak_str_next(&rest, ' ', &mode) || !oak_str_next(&rest, ' ', &size) || !oak_str_next(&rest, ' ', &sha) || sha.n != 64)
		return false;
	e->sha256 = oak_arena_strndup(arena, sha.p, sha.n);
	e->path = oak_arena_strndup(arena, rest.p ? rest.p : "", rest.n);
	return parse_octal(mode, &e->mode) && oak_parse_int(size, 0, INT64_MAX, &e->size);
}

static bool parse_link(struct oak_arena *arena, struct oak_str rest, struct oak_sealed *e)
{
	struct oak_str length;
	int64_t n;
	e->kind = OAK_UNPACK_LINK;
	if (!oak_str_next(&rest, ' ', &length) || !oak_parse_int(length, 0, OAK_ENTRY_PATH_MAX, &n) || rest.n < (size_t)n + 2 || rest.p[n] != ' ')
		return false;
	e->target = oak_arena_strndup(arena, rest.p, (size_t)n);
	e->path = oak_arena_strndup(arena, rest.p + n + 1, rest.n - (size_t)n - 1);
	return true;
}

static bool parse_line(struct oak_arena *arena, struct oak_str line, struct oak_sealed *e)
{
	struct oak_str word;
	const char *why;
	if (!oak_str_next(&line, ' ', &word))
		return false;
	bool fine = false;
	if (oak_str_eq(word, OAK_STR("file")))
		fine = parse_file(arena, line, e);
	else if (oak_str_eq(word, OAK_STR("link")))
		fine = parse_link(arena, line, e);
	else if (oak_str_eq(word, OAK_STR("folder"))) {
		e->kind = OAK_UNPACK_FOLDER;
		e->path = oak_arena_strndup(arena, line.p ? line.p : "", line.n);
		fine = true;
	}
	return fine && oak_entry_name_check(e->path, &why) == OAK_ENTRY_FINE;
}

int oak_seal_parse(struct oak_arena *arena, const char *text, size_t n, struct oak_seal *ret, struct oak_error *err)
{
	struct oak_str rest = {text, n}, line;
	while (oak_str_next(&rest, '\n', &line)) {
		struct oak_sealed e = {.kind = OAK_UNPACK_FOLDER};
		if (line.n == 0)
			continue;
		if (!parse_line(arena, line, &e))
			return oak_fail(err, OAK_UNTRUSTED, "package.tampered", 0, "the list of files of the package was changed (E_TAMPER)");
		*oak_push(arena, &ret->v) = e;
	}
	oak_seal_sort(ret);
	return 0;
}

void oak_seal_digest(const struct oak_seal *seal, char ret_hex[OAK_SHA256_TEXT])
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	unsigned char digest[OAK_SHA256_SIZE];
	oak_buf_init(&text, OAK_SEAL_MAX);
	oak_seal_format(seal, &text);
	oak_sha256(oak_buf_text(&text), text.n, digest);
	oak_hex(digest, sizeof(digest), ret_hex);
}

const struct oak_sealed *oak_seal_find(const struct oak_seal *sorted, const char *path)
{
	struct oak_sealed key = {.path = path};
	return sorted->v.n ? bsearch(&key, sorted->v.v, sorted->v.n, sizeof(key), by_path) : NULL;
}

int oak_seal_differs(const char *folder, const char *path, const char *how, struct oak_error *err)
{
	return oak_fail(err, OAK_UNTRUSTED, "package.tampered", 0, "'%s/%s' %s since it was installed (E_TAMPER)", folder, path, how);
}

int oak_seal_missing(const struct oak_seal *seal, const char *folder, struct oak_error *err)
{
	struct stat st;
	char path[OAK_ENTRY_PATH_MAX * 2 + 600];
	for (size_t i = 0; i < seal->v.n; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, seal->v.v[i].path);
		if (lstat(path, &st) < 0)
			return oak_seal_differs(folder, seal->v.v[i].path, "was removed", err);
	}
	return 0;
}
