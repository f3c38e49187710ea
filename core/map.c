/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Open addressing with linear probing, at most two thirds full. */
#include "core/map.h"

#include <string.h>

uint64_t oak_hash(const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	uint64_t h = 0xcbf29ce484222325u;
	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 0x100000001b3u;
	return h ^ (h >> 29);
}

void oak_map_init(struct oak_map *map, struct oak_arena *arena, size_t expected)
{
	size_t cap = 16;
	while (cap * 2 / 3 < expected)
		cap *= 2;
	*map = (struct oak_map){.arena = arena, .cap = cap};
	map->slots = oak_arena_alloc(arena, cap * sizeof(*map->slots));
}

static struct oak_map_slot *probe(const struct oak_map *map, const char *key, uint64_t hash)
{
	size_t i = (size_t)hash & (map->cap - 1);
	for (;; i = (i + 1) & (map->cap - 1)) {
		struct oak_map_slot *slot = &map->slots[i];
		if (!slot->key || (slot->hash == hash && strcmp(slot->key, key) == 0))
			return slot;
	}
}

void *oak_map_find(const struct oak_map *map, const char *key)
{
	return map->n ? probe(map, key, oak_hash(key, strlen(key)))->value : NULL;
}

bool oak_map_has(const struct oak_map *map, const char *key)
{
	return map->n && probe(map, key, oak_hash(key, strlen(key)))->key;
}

static void grow(struct oak_map *map)
{
	struct oak_map bigger;
	oak_map_init(&bigger, map->arena, map->cap * 2 * 2 / 3);
	for (size_t i = 0; i < map->cap; i++)
		if (map->slots[i].key)
			*probe(&bigger, map->slots[i].key, map->slots[i].hash) = map->slots[i];
	bigger.n = map->n;
	*map = bigger;
}

void **oak_map_slot(struct oak_map *map, const char *key)
{
	uint64_t hash = oak_hash(key, strlen(key));
	struct oak_map_slot *slot = probe(map, key, hash);
	if (!slot->key) {
		if ((map->n + 1) * 3 > map->cap * 2) {
			grow(map);
			slot = probe(map, key, hash);
		}
		*slot = (struct oak_map_slot){.key = key, .hash = hash};
		map->n++;
	}
	return &slot->value;
}

void oak_map_put(struct oak_map *map, const char *key, void *value)
{
	*oak_map_slot(map, key) = value;
}
