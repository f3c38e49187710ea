/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "Did you mean": the known word nearest to a mistyped one. */
#include "core/suggest.h"

#include <string.h>

enum { WORD_MAX = 40 };

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;
	return ab < c ? ab : c;
}

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* Edits (insert, delete, replace; case does not count) that turn A into B; words over WORD_MAX are far from everything. */
static size_t distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), row[WORD_MAX + 1];
	if (n > WORD_MAX || m > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= m; j++)
		row[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t corner = row[0];
		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			size_t above = row[j];
			row[j] = least(above + 1, row[j - 1] + 1, corner + (lower(a[i - 1]) != lower(b[j - 1])));
			corner = above;
		}
	}
	return row[m];
}

void oak_suggest(struct oak_suggestion *s, const char *candidate)
{
	size_t d = distance(s->word, candidate), limit = strlen(s->word) / 3 + 1;
	if (d <= limit && (!s->best || d < s->distance)) {
		s->best = candidate;
		s->distance = d;
	}
}
