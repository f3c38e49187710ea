/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Selectors: which nodes a statement is about, by tags and platform; and whether two could mean the same node. Pure. */
#ifndef OAK_BASELINE_SELECTOR_H
#define OAK_BASELINE_SELECTOR_H

#include "baseline/inventory.h"

/*
 *	expr   := all | expr or expr | expr and expr | not expr | ( expr ) | test
 *	test   := KEY == VALUE | KEY != VALUE | KEY in (VALUE, …) | KEY not in (VALUE, …) | KEY
 *
 * "not" binds before "and", "and" before "or". A KEY alone asks whether the node has that tag. Keys id, name, os, family,
 * version and arch are the node's own; every other is a tag; "tag:os" is the tag "os". Texts with blanks, or equal to a word of
 * the grammar, are quoted ("…" or '…', a quote is doubled). != and "not in" hold where the tag is absent.
 * os, family and arch ignore case, and x86_64 is amd64, aarch64 is arm64; version 8 covers 8.10. Tags compare exactly.
 */
struct oak_selector;

enum { OAK_SELECTOR_MAX = 4096, OAK_SELECTOR_DEPTH = 64, OAK_SELECTOR_TESTS = 256, OAK_SELECTOR_TERMS = 256 };

/* Errors: selector.invalid (INVALID: says at which character, and what would do; also over the limits above). SUBJECT is for the message. */
int oak_selector_parse(struct oak_arena *arena, const char *text, const char *subject, struct oak_selector **ret,
		       struct oak_error *err) OAK_MUST_USE;

bool oak_selector_matches(const struct oak_selector *selector, const struct oak_node *node);

/* The test that decides that NODE is not meant, as text in ARENA ("env != dev, but env is dev"); NULL if it is. */
const char *oak_selector_why_not(struct oak_arena *arena, const struct oak_selector *selector, const struct oak_node *node);

/* True if some node could match both. Exact: every tag may have any value, or be absent. */
bool oak_selectors_overlap(struct oak_arena *arena, const struct oak_selector *a, const struct oak_selector *b);

#endif
