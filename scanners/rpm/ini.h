/* SPDX-License-Identifier: GPL-3.0-or-later */
/* .repo, dnf.conf, yum.conf and zypp's files: sections of key = value. Pure. */
#ifndef OAK_SCANNERS_RPM_INI_H
#define OAK_SCANNERS_RPM_INI_H

#include <stdbool.h>

#include "core/map.h"
#include "core/mem.h"

struct oak_ini_entry {
	const char *section, *key, *value; /* continuation lines joined with a blank; section "" before the first */
	int line;
};

struct oak_ini {
	OAK_VEC(struct oak_ini_entry) entries;
	OAK_VEC(const char *) sections; /* in order, each once */
};

enum { OAK_INI_MAX = 4 * 1024 * 1024 };

/* Read the N bytes at TEXT. Keys are lower-cased, "key: value" is accepted, "#" and ";" at a line's start are comments.
 * A line that is neither (a NUL byte, a key outside of all sections in a .repo …) is refused.
 * Errors: rpm.config-invalid (INVALID: file NAME and line). */
int oak_ini_parse(struct oak_arena *arena, const char *text, size_t n, const char *name, struct oak_ini *ret,
		  struct oak_error *err) OAK_MUST_USE;

/* Last value of KEY in SECTION; NULL = absent. */
const char *oak_ini_get(const struct oak_ini *ini, const char *section, const char *key);

/* dnf's words: 1 yes true on enabled; 0 no false off disabled; anything else gives FALLBACK. */
int oak_ini_bool(const char *value, int fallback);

/* Replace $name and ${name} (with ${name:-default} and ${name:+other}) by the map's texts; unknown names stay. */
const char *oak_ini_expand(struct oak_arena *arena, const struct oak_map *vars, const char *text);

/* The words of a list: parted by blanks, commas, line ends. */
struct oak_words {
	OAK_VEC(const char *) list;
};
void oak_ini_words(struct oak_arena *arena, const char *value, struct oak_words *ret);

#endif
