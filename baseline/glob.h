/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shell globs over package names: "*" "?" "[..]", both ends anchored, ASCII case folded. */
#ifndef OAK_BASELINE_GLOB_H
#define OAK_BASELINE_GLOB_H

#include <stdbool.h>
#include <stddef.h>

#include "core/mem.h"
#include "core/str.h"

/* True if the whole of TEXT matches PATTERN. "[a-z]" "[!a]" "[^a]" as in the shell; a "[" without its "]" is itself;
 * there is no escape ("[*]" is a star). "?" and a set match one UTF-8 character, ranges are of ASCII.
 * Time: at most |PATTERN| x |TEXT|, never more whatever the stars; no recursion. */
bool oak_glob_match(const char *pattern, const char *text);

/* True if PATTERN has a character with a meaning: it is then no literal. */
bool oak_glob_is_pattern(const char *pattern);

/* The next run of plain characters at or behind *PATTERN, which every match must contain; steps over it. False at the
 * end ("*" has none). Borrowed. */
bool oak_glob_next_run(const char **pattern, struct oak_str *ret_run);

/* Many patterns, asked at once. Literals are found by hash, globs by that of their literal runs which the fewest other
 * patterns have (one automaton over all of them): asking costs the length of the text plus the globs whose run occurs. */
struct oak_glob_set;
struct oak_glob_set *oak_glob_set_new(struct oak_arena *arena, const char *const *patterns, size_t n)
	__attribute__((returns_nonnull));

/* Call HIT(arg, index of the pattern) for each pattern that matches TEXT, in no particular order, perhaps repeatedly. */
void oak_glob_set_match(const struct oak_glob_set *set, const char *text, void (*hit)(void *arg, size_t index), void *arg);
/* The same for the patterns that are literals alone. */
void oak_glob_set_literal(const struct oak_glob_set *set, const char *text, void (*hit)(void *arg, size_t index),
			  void *arg);

#endif
