/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Something we found that a person should know: data, not an error. */
#ifndef OAK_BASELINE_PROBLEM_H
#define OAK_BASELINE_PROBLEM_H

#include "core/mem.h"

struct oak_problem {
	const char *kind;    /* "repository-failed", "metadata-old", "end-of-life" … docs/formats/inventory.md */
	const char *subject; /* what it is about: a repository id, a path in a file system or document */
	const char *detail;  /* what is wrong, one sentence */
	const char *remedy;  /* what to do; NULL */
};

struct oak_problems {
	OAK_VEC(struct oak_problem) list;
	size_t total; /* of those found; more than list.n where a reader keeps the first ones only */
};

#endif
