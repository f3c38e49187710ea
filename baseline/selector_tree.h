/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A parsed selector, for the files that read, ask and compare it. */
#ifndef OAK_BASELINE_SELECTOR_TREE_H
#define OAK_BASELINE_SELECTOR_TREE_H

#include "baseline/selector.h"

enum oak_selector_key { OAK_KEY_TAG, OAK_KEY_ID, OAK_KEY_NAME, OAK_KEY_OS, OAK_KEY_FAMILY, OAK_KEY_VERSION, OAK_KEY_ARCH, OAK_KEY_COUNT };

/* One question to a node, without its negation. */
struct oak_selector_test {
	enum oak_selector_key kind;
	const char *key;                /* of a tag; else the key's own word */
	OAK_VEC(const char *) values;   /* canonical (oak_selector_canonical); none = "has it" */
};

enum oak_selector_op { OAK_SELECT_ALL, OAK_SELECT_TEST, OAK_SELECT_NOT, OAK_SELECT_AND, OAK_SELECT_OR };

struct oak_selector {
	enum oak_selector_op op;
	struct oak_selector *left, *right; /* right of AND and OR; left of NOT too */
	struct oak_selector_test test;
	bool unequal; /* TEST was written with != or "not in": the same as NOT of it */
	size_t terms, terms_not; /* of its disjunctive form, and of its negation's; capped */
};

/* VALUE as it is compared: lower case and one spelling for os, family, arch. */
const char *oak_selector_canonical(struct oak_arena *arena, enum oak_selector_key kind, const char *value);

/* True if a node whose value is VALUE passes a test for WANTED: equal, or below it for versions ("8" covers "8.10"). */
bool oak_selector_covers(enum oak_selector_key kind, const char *wanted, const char *value);

#endif
