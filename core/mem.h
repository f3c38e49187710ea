/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory: arenas for a unit of work, and the one place where running out of memory aborts. */
#ifndef OAK_CORE_MEM_H
#define OAK_CORE_MEM_H

#include <stddef.h>

#include "core/error.h"

/* Run FN on the variable's address when it leaves its scope. */
#define OAK_AUTO(fn) __attribute__((cleanup(fn)))

/* Take the pointer out of VAR and leave NULL there. */
#define oak_steal(var)                                                                                       \
	({                                                                                                   \
		__typeof__(*(var)) oak_stolen = *(var);                                                      \
		*(var) = NULL;                                                                               \
		oak_stolen;                                                                                  \
	})

/* Declare a cleanup function for "T *" variables: OAK_DEFINE_AUTO(oak_arena_free, struct oak_arena *) */
#define OAK_DEFINE_AUTO(fn, type)                                                                            \
	static inline void fn##_p(type *p)                                                                   \
	{                                                                                                    \
		if (*p)                                                                                      \
			fn(*p);                                                                              \
	}                                                                                                    \
	struct oak_swallow_semicolon_##fn

/* malloc, realloc, strdup that abort when memory runs out. Free with free(). SIZE 0 is allowed. */
void *oak_alloc(size_t size) __attribute__((returns_nonnull));
void *oak_alloc_zero(size_t count, size_t size) __attribute__((returns_nonnull));
void *oak_realloc(void *old, size_t size) __attribute__((returns_nonnull));
char *oak_strdup(const char *text) __attribute__((returns_nonnull));
void oak_free_p(void *pointer_to_pointer); /* for OAK_AUTO(oak_free_p) char *x */

/* An arena: everything allocated from it lives until oak_arena_free. Zeroed, aligned for any object.
 * Objects inside have no free functions. Not thread-safe: one owner. */
struct oak_arena;
struct oak_arena *oak_arena_new(void) __attribute__((returns_nonnull));

/* An arena in one shared mapping of at most MAX bytes, at the same address in a forked child, so that what
 * the child builds the parent reads without a copy. Going over MAX ends the process with abort().
 * NULL where the system has no such mapping (Windows). */
struct oak_arena *oak_arena_new_shared(size_t max);

void oak_arena_free(struct oak_arena *arena); /* NULL accepted */
OAK_DEFINE_AUTO(oak_arena_free, struct oak_arena *);

void *oak_arena_alloc(struct oak_arena *arena, size_t size) __attribute__((returns_nonnull));
char *oak_arena_strdup(struct oak_arena *arena, const char *text);             /* NULL gives NULL */
char *oak_arena_strndup(struct oak_arena *arena, const char *text, size_t n) __attribute__((returns_nonnull));
char *oak_arena_printf(struct oak_arena *arena, const char *fmt, ...) OAK_PRINTF(2, 3)
	__attribute__((returns_nonnull));
size_t oak_arena_used(const struct oak_arena *arena); /* bytes handed out */

/* After a child has ended: what it says it used of a shared arena (oak_arena_used there) counts as used here too.
 * -1 if that cannot be: less than before the fork, or more than there is. */
int oak_arena_adopt(struct oak_arena *arena, size_t used) OAK_MUST_USE;

/* True if [P, P+N) lies in the arena's one mapping (shared arenas only): for checking a child's answer. */
int oak_arena_contains(const struct oak_arena *arena, const void *p, size_t n);
const void *oak_arena_base(const struct oak_arena *arena); /* where that mapping begins; NULL = no shared arena */

/* OAK_NEW(arena, struct x): one zeroed object. */
#define OAK_NEW(arena, type) ((type *)oak_arena_alloc((arena), sizeof(type)))

/* A growing array in an arena: OAK_VEC(const char *) names; *oak_push(arena, &names) = "x"; names.v[i], names.n */
#define OAK_VEC(type)                                                                                        \
	struct {                                                                                             \
		type *v;                                                                                     \
		size_t n, cap;                                                                               \
	}
void oak_vec_reserve(struct oak_arena *arena, void **v, size_t *n, size_t *cap, size_t item);
#define oak_push(arena, vec)                                                                                 \
	(oak_vec_reserve((arena), (void **)&(vec)->v, &(vec)->n, &(vec)->cap, sizeof(*(vec)->v)),           \
	 &(vec)->v[(vec)->n++])

#endif
