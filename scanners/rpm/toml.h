/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The little of TOML that dnf5 writes its state in: tables, and keys with strings. Pure. */
#ifndef OAK_SCANNERS_RPM_TOML_H
#define OAK_SCANNERS_RPM_TOML_H

#include "core/mem.h"
#include "core/str.h"

/* Called for "[table]" and "[[table]]" (KEY and VALUE NULL), and for each "key = "text"" in it; of an inline table
 * ("a" = {b = "c"}) once for each pair, KEY being the outer one and INNER the inner. */
struct oak_toml_handler {
	void (*table)(void *arg, const char *name);
	void (*pair)(void *arg, const char *key, const char *inner, const char *value);
	void *arg;
};

/* 0, or the number of the first line that is something else (what stood before it has been handed over). */
int oak_toml_read(struct oak_arena *arena, const char *text, size_t n, const struct oak_toml_handler *handler);

#endif
