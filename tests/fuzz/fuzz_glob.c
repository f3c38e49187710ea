/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text and patterns, one a line: the set of them agrees with each alone; list entries of every platform are parsed. */
#include <stdint.h>
#include <stdlib.h>

#include "baseline/glob.h"
#include "baseline/match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PATTERNS = 32 };
static bool hit[PATTERNS];

static void mark(void *arg, size_t index)
{
	(void)arg;
	hit[index] = true;
}

static void match_lists(struct oak_arena *arena, const char *text, const char *const *patterns, size_t n)
{
	struct oak_entry entries[PATTERNS];
	struct oak_hits hits = {0};

	for (size_t i = 0; i < n; i++)
		entries[i] = (struct oak_entry){.pattern = patterns[i], .expires = OAK_TIME_NONE};
	for (int flavour = 0; flavour < OAK_FLAVOUR_COUNT; flavour++) {
		struct oak_matcher *matcher = oak_matcher_new(arena, entries, n, (enum oak_flavour)flavour);
		struct oak_update update = {.name = text, .arch = "noarch", .evr = text, .kb = text, .title = text};

		oak_matcher_candidate(matcher, &update, NULL, &hits);
		oak_matcher_unmatched_names(matcher);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_str rest = {(const char *)data, size}, line = OAK_STR("");
	const char *patterns[PATTERNS];
	size_t n = 0;

	if (!size || size > 65536 || !oak_str_next(&rest, '\n', &line))
		return 0;
	const char *text = oak_arena_strndup(arena, line.p, line.n);
	while (n < PATTERNS && oak_str_next(&rest, '\n', &line))
		patterns[n++] = oak_arena_strndup(arena, line.p ? line.p : "", line.n);
	for (size_t i = 0; i < n; i++)
		hit[i] = false;
	oak_glob_set_match(oak_glob_set_new(arena, patterns, n), text, mark, NULL);
	for (size_t i = 0; i < n; i++)
		if (hit[i] != oak_glob_match(patterns[i], text))
			abort();
	match_lists(arena, text, patterns, n);
	return 0;
}
