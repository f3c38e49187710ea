/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hashed bins: a role with many targets delegates to roles that each list those whose path's sha256 begins with the same digits
 * (path_hash_prefixes, which every TUF client reads). A bin of packages-main is called bin-packages-main-3f. */
#ifndef OAK_REPO_BINS_H
#define OAK_REPO_BINS_H

#include "core/value.h"

/* Targets of a role from which on it gets 256 bins by itself. */
enum { OAK_BINS_FROM = 2000, OAK_BINS_DIGITS = 2, OAK_BINS_DIGITS_MAX = 3 };

/* Hexadecimal digits that tell the bins of a signed part apart (1, 2, 3: 16, 256, 4096 bins); 0 = it has none. */
int oak_bin_digits(const struct oak_value *signed_part);
/* The digits for a number of bins; 0 for 0, -1 = no such number. */
int oak_bin_digits_of(int64_t bins);
size_t oak_bin_count(int digits);

/* Whose bin a role is, in ARENA; NULL = it is none. */
const char *oak_bin_parent(struct oak_arena *arena, const char *role);
/* The bin of ROLE that PATH belongs to; the bin of a number, and the digits that its hashes begin with. */
const char *oak_bin_name(struct oak_arena *arena, const char *role, const char *path, int digits);
size_t oak_bin_number(const char *path, int digits);
const char *oak_bin_numbered(struct oak_arena *arena, const char *role, size_t number, int digits);
const char *oak_bin_prefix(struct oak_arena *arena, size_t number, int digits);

/* With bins nobody sees at a glance which versions a package has: a role that has bins lists them in one more target a package,
 * pkg/NAME/@index/files.json: oakum.packageFiles/1 {schema, name, files[{path, length, sha256}]}, of manifests and of archives that are
 * large enough for deltas. */
const char *oak_name_index_path(struct oak_arena *arena, const char *name);
bool oak_is_name_index(const char *path);

/* One file of it, as its client and its publisher read them. */
struct oak_name_file {
	const char *path, *sha256;
	int64_t length;
};
struct oak_name_files {
	OAK_VEC(struct oak_name_file) list;
};
/* Parse an index into ARENA. Errors: json.invalid, value.*, repo.damaged (INVALID). */
int oak_name_index_parse(struct oak_arena *arena, const void *bytes, size_t n, struct oak_name_files *ret, struct oak_error *err) OAK_MUST_USE;
/* Is a file of that path and length listed in it? */
bool oak_name_index_lists(const char *path, int64_t length);

#endif
