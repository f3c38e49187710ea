/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arenas and aborting allocation. */
#include "core/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifndef _WIN32
#include <sys/mman.h>
#endif

enum { ALIGN = 16, BLOCK = 64 * 1024, BLOCK_MAX = 4 * 1024 * 1024 };

struct block {
	struct block *next;
	size_t size, used; /* of data, in bytes */
	_Alignas(16) char data[];
};

struct oak_arena {
	struct block *blocks; /* newest first; unused in a shared arena */
	size_t used, next_size;
	char *map; /* the one mapping of a shared arena; this struct is outside, where a child's writes do not reach */
	size_t map_size;
};

static void *or_abort(void *p, size_t size)
{
	if (!p) {
		fprintf(stderr, "oakum: out of memory (%zu bytes asked)\n", size);
		abort();
	}
	return p;
}

void *oak_alloc(size_t size)
{
	return or_abort(malloc(size ? size : 1), size);
}

void *oak_alloc_zero(size_t count, size_t size)
{
	return or_abort(calloc(count ? count : 1, size ? size : 1), size);
}

void *oak_realloc(void *old, size_t size)
{
	return or_abort(realloc(old, size ? size : 1), size);
}

char *oak_strdup(const char *text)
{
	return or_abort(strdup(text), 0);
}

void oak_free_p(void *pointer_to_pointer)
{
	free(*(void **)pointer_to_pointer);
}

struct oak_arena *oak_arena_new(void)
{
	struct oak_arena *arena = oak_alloc_zero(1, sizeof(*arena));
	arena->next_size = BLOCK;
	return arena;
}

struct oak_arena *oak_arena_new_shared(size_t max)
{
#ifdef _WIN32
	(void)max;
	return NULL;
#else
	void *map = mmap(NULL, max, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (map == MAP_FAILED)
		or_abort(NULL, max);
	struct oak_arena *arena = oak_alloc_zero(1, sizeof(*arena));
	arena->map = map;
	arena->map_size = max;
	return arena;
#endif
}

int oak_arena_adopt(struct oak_arena *arena, size_t used)
{
	used = (used + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (!arena->map || used < arena->used || used > arena->map_size)
		return -1;
	arena->used = used;
	return 0;
}

void oak_arena_free(struct oak_arena *arena)
{
	if (!arena)
		return;
#ifndef _WIN32
	if (arena->map)
		munmap(arena->map, arena->map_size);
#endif
	for (struct block *b = arena->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(arena);
}

static void *shared_alloc(struct oak_arena *arena, size_t size)
{
	if (size > arena->map_size - arena->used)
		or_abort(NULL, size);
	void *p = arena->map + arena->used;
	arena->used += size;
	return p;
}

static struct block *new_block(size_t size)
{
	struct block *b = oak_alloc_zero(1, sizeof(*b) + size);
	b->size = size;
	return b;
}

void *oak_arena_alloc(struct oak_arena *arena, size_t size)
{
	if (size > SIZE_MAX / 2)
		or_abort(NULL, size);
	size = size ? (size + ALIGN - 1) & ~(size_t)(ALIGN - 1) : ALIGN;
	if (arena->map)
		return shared_alloc(arena, size);
	struct block *b = arena->blocks;
	if (!b || b->size - b->used < size) {
		size_t block = size > arena->next_size / 4 ? size : arena->next_size;
		b = new_block(block);
		if (block == size && arena->blocks) { /* a large object must not hide a half-empty block */
			b->next = arena->blocks->next;
			arena->blocks->next = b;
		} else {
			b->next = arena->blocks;
			arena->blocks = b;
			if (arena->next_size < BLOCK_MAX)
				arena->next_size *= 2;
		}
	}
	void *p = b->data + b->used;
	b->used += size;
	arena->used += size;
	return p;
}

char *oak_arena_strndup(struct oak_arena *arena, const char *text, size_t n)
{
	char *copy = oak_arena_alloc(arena, n + 1);
	memcpy(copy, text, n);
	copy[n] = '\0';
	return copy;
}

char *oak_arena_strdup(struct oak_arena *arena, const char *text)
{
	return text ? oak_arena_strndup(arena, text, strlen(text)) : NULL;
}

char *oak_arena_printf(struct oak_arena *arena, const char *fmt, ...)
{
	va_list args, again;
	va_start(args, fmt);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	char *text = oak_arena_alloc(arena, (size_t)(n < 0 ? 0 : n) + 1);
	vsnprintf(text, (size_t)(n < 0 ? 0 : n) + 1, fmt, again);
	va_end(again);
	return text;
}

size_t oak_arena_used(const struct oak_arena *arena)
{
	return arena->used;
}

const void *oak_arena_base(const struct oak_arena *arena)
{
	return arena->map;
}

int oak_arena_contains(const struct oak_arena *arena, const void *p, size_t n)
{
	uintptr_t at = (uintptr_t)p, low = (uintptr_t)arena->map;
	return arena->map && at >= low && n <= arena->map_size && at - low <= arena->map_size - n;
}

void oak_vec_reserve(struct oak_arena *arena, void **v, size_t *n, size_t *cap, size_t item)
{
	if (*n < *cap)
		return;
	size_t more = *cap ? *cap * 2 : 8;
	if (more > SIZE_MAX / 2 / item)
		or_abort(NULL, more);
	void *grown = oak_arena_alloc(arena, more * item);
	if (*n)
		memcpy(grown, *v, *n * item);
	*v = grown;
	*cap = more;
}
