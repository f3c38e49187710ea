/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A hash map from text to pointer, in an arena. */
#ifndef OAK_CORE_MAP_H
#define OAK_CORE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/mem.h"

struct oak_map_slot {
	const char *key; /* NULL = free */
	void *value;
	uint64_t hash;
};

/* Keys are borrowed and must outlive the map. Iterate slots[0..cap) and skip free ones; order is arbitrary. */
struct oak_map {
	struct oak_arena *arena;
	struct oak_map_slot *slots;
	size_t n, cap;
};

void oak_map_init(struct oak_map *map, struct oak_arena *arena, size_t expected);
void *oak_map_find(const struct oak_map *map, const char *key); /* NULL = absent */
bool oak_map_has(const struct oak_map *map, const char *key);
void oak_map_put(struct oak_map *map, const char *key, void *value); /* replaces */

/* Where KEY's value lives, made with value NULL if absent: *(T **)oak_map_slot(...) = x. Valid until the next put. */
void **oak_map_slot(struct oak_map *map, const char *key);

uint64_t oak_hash(const void *bytes, size_t n); /* FNV-1a with a final mix; not for untrusted flooding */

#endif
