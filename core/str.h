/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Strings: borrowed slices, comparison, bounded numbers. ASCII rules only, never the locale's. */
#ifndef OAK_CORE_STR_H
#define OAK_CORE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/error.h"

/* A borrowed slice; not terminated. p may be NULL when n is 0. */
struct oak_str {
	const char *p;
	size_t n;
};

#define OAK_STR(literal) ((struct oak_str){"" literal, sizeof(literal) - 1})
static inline struct oak_str oak_str_of(const char *text)
{
	return (struct oak_str){text, text ? strlen(text) : 0};
}

/* Equality of terminated strings; NULL equals only NULL. */
bool oak_streq(const char *a, const char *b);
bool oak_strcaseeq(const char *a, const char *b); /* ASCII case folded */
int oak_strcasecmp(const char *a, const char *b); /* ASCII case folded, order of bytes */
bool oak_starts_with(const char *text, const char *prefix);
bool oak_ends_with(const char *text, const char *suffix);
const char *oak_strcasestr(const char *hay, const char *needle); /* NULL = absent */

bool oak_str_eq(struct oak_str a, struct oak_str b);
struct oak_str oak_str_trim(struct oak_str s); /* space, tab, CR, LF off both ends */

/* Cut the part before SEP (or all) off the front of *REST into *RET_PART. False when *REST was used up. */
bool oak_str_next(struct oak_str *rest, char sep, struct oak_str *ret_part);

/* Decimal integer, whole text, in [min, max]; false otherwise (empty, sign alone, blanks, overflow). */
bool oak_parse_int(struct oak_str s, int64_t min, int64_t max, int64_t *ret);

/* True if TEXT is well-formed UTF-8 without surrogates or overlong forms. */
bool oak_utf8_check(const char *text, size_t n);

#endif
