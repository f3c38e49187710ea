/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes selectors: one that is taken overlaps itself exactly if it is not impossible, and says why it does not match. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "baseline/selector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 600 || (size && memchr(data, 0, size)))
		return 0;
	struct oak_arena *arena = oak_arena_new();
	struct oak_error err = {0};
	struct oak_selector *s, *all;
	struct oak_tag tags[] = {{"role", "web"}, {"env", "prod"}};
	struct oak_node node = {.id = "i", .name = "n", .platform = {.family = "debian", .id = "debian", .version = "12", .arch = "amd64"}};
	node.tags.v = tags, node.tags.n = 2;
	if (oak_selector_parse(arena, "all", "all", &all, &err) < 0)
		abort();
	if (oak_selector_parse(arena, oak_arena_strndup(arena, (const char *)data, size), "fuzz", &s, &err) == 0) {
		bool matches = oak_selector_matches(s, &node), possible = oak_selectors_overlap(arena, s, s);
		if (matches != (oak_selector_why_not(arena, s, &node) == NULL))
			abort();
		if (matches && !possible)
			abort();
		if (possible != oak_selectors_overlap(arena, all, s))
			abort();
	} else if (!err.id) {
		abort();
	}
	oak_arena_free(arena);
	return 0;
}
