/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of bins, and the index of a package's files that goes with them. */
#include "repo/bins.h"

#include <stdio.h>
#include <string.h>

#include "core/hash.h"
#include "core/str.h"
#include "repo/chunk.h"

#define BIN "bin-"
#define INDEX "/@index/"

static const struct oak_value *first(const struct oak_value *list)
{
	return list && list->kind == OAK_VALUE_ARRAY && list->array.n ? &list->array.v[0] : NULL;
}

int oak_bin_digits(const struct oak_value *signed_part)
{
	const struct oak_value *role = first(oak_value_get(oak_value_get(signed_part, "delegations"), "roles"));
	const char *name = oak_value_string(oak_value_get(role, "name"));
	const char *prefix = oak_value_string(first(oak_value_get(role, "path_hash_prefixes")));
	size_t n = prefix ? strlen(prefix) : 0;
	return name && oak_starts_with(name, BIN) && n <= OAK_BINS_DIGITS_MAX ? (int)n : 0;
}

size_t oak_bin_count(int digits)
{
	return (size_t)1 << (4 * digits);
}

int oak_bin_digits_of(int64_t bins)
{
	for (int digits = 1; digits <= OAK_BINS_DIGITS_MAX; digits++)
		if (bins == (int64_t)oak_bin_count(digits))
			return digits;
	return bins ? -1 : 0;
}

const char *oak_bin_parent(struct oak_arena *arena, const char *role)
{
	const char *end = strrchr(role, '-');
	if (!oak_starts_with(role, BIN) || !end || end < role + sizeof(BIN))
		return NULL;
	return oak_arena_strndup(arena, role + strlen(BIN), (size_t)(end - role) - strlen(BIN));
}

size_t oak_bin_number(const char *path, int digits)
{
	unsigned char digest[OAK_SHA256_SIZE];
	oak_sha256(path, strlen(path), digest);
	return ((size_t)digest[0] << 8 | digest[1]) >> (16 - 4 * digits);
}

const char *oak_bin_prefix(struct oak_arena *arena, size_t number, int digits)
{
	return oak_arena_printf(arena, "%0*zx", digits, number);
}

const char *oak_bin_numbered(struct oak_arena *arena, const char *role, size_t number, int digits)
{
	return oak_arena_printf(arena, BIN "%s-%0*zx", role, digits, number);
}

const char *oak_bin_name(struct oak_arena *arena, const char *role, const char *path, int digits)
{
	return oak_bin_numbered(arena, role, oak_bin_number(path, digits), digits);
}

/* ---- the index of a name ---- */

const char *oak_name_index_path(struct oak_arena *arena, const char *name)
{
	return oak_arena_printf(arena, "pkg/%s" INDEX "files.json", name);
}

bool oak_is_name_index(const char *path)
{
	return strstr(path, INDEX) != NULL;
}

bool oak_name_index_lists(const char *path, int64_t length)
{
	return !oak_is_name_index(path) && (length >= OAK_CHUNKS_LEAST_FILE || oak_ends_with(path, "/manifest.json"));
}

int oak_name_index_parse(struct oak_arena *arena, const void *bytes, size_t n, struct oak_name_files *ret, struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = n};
	const struct oak_value *doc;
	if (oak_json_parse(arena, bytes, n, "files.json", &limits, &doc, err) < 0)
		return -1;
	const struct oak_value *files = oak_value_get(doc, "files");
	for (size_t i = 0; files && files->kind == OAK_VALUE_ARRAY && i < files->array.n; i++) {
		const struct oak_value *v = &files->array.v[i], *length = oak_value_get(v, "length");
		const char *path = oak_value_string(oak_value_get(v, "path")), *hash = oak_value_string(oak_value_get(v, "sha256"));
		if (!path || !hash || strlen(hash) != 64 || !length || length->kind != OAK_VALUE_INT)
			return oak_fail(err, OAK_INVALID, "repo.damaged", 0, "the index of a package lists a file without path, length or sha256");
		*oak_push(arena, &ret->list) = (struct oak_name_file){path, hash, length->integer};
	}
	return 0;
}
