/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "Did you mean": the known word nearest to a mistyped one. */
#ifndef OAK_CORE_SUGGEST_H
#define OAK_CORE_SUGGEST_H

#include <stddef.h>

/* The known name nearest to WORD, for "did you mean"; NULL if none is near. Fed one by one. */
struct oak_suggestion {
	const char *word, *best;
	size_t distance;
};
void oak_suggest(struct oak_suggestion *s, const char *candidate);

#endif
