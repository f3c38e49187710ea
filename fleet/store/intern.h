/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts stored once: numbers for packages, versions, details; and the rows that consist of such numbers. */
#ifndef OAK_FLEET_STORE_INTERN_H
#define OAK_FLEET_STORE_INTERN_H

#include "baseline/memory.h"
#include "baseline/verdict.h"
#include "core/db.h"

/* For one write transaction: statements prepared once, numbers met in it remembered. Errors: core/db.h. */
struct oak_intern;
struct oak_intern *oak_intern_new(struct oak_db *db, struct oak_arena *arena) __attribute__((returns_nonnull));
void oak_intern_free(struct oak_intern *intern);

int oak_intern_package(struct oak_intern *intern, const char *name, const char *arch, const char *kb, int64_t *ret,
		       struct oak_error *err) OAK_MUST_USE;
int oak_intern_evr(struct oak_intern *intern, const char *evr, int64_t *ret, struct oak_error *err)
	OAK_MUST_USE; /* NULL gives 0, which is stored as NULL */
int oak_intern_detail(struct oak_intern *intern, const struct oak_patch *patch, const char *doc, const void *digest,
		      size_t digest_size, int64_t *ret, struct oak_error *err) OAK_MUST_USE;
int oak_intern_span(struct oak_intern *intern, int64_t series, int64_t package, const struct oak_patch *patch,
		    int64_t installed, int64_t available, int64_t detail, oak_time since, struct oak_error *err)
	OAK_MUST_USE;

/* First-seen times of MEMORY for NODE: new ones are added, the earlier of two stays; what is no longer offered is marked
 * gone at AT and keeps its time for the day it comes back. */
int oak_intern_first_seen(struct oak_intern *intern, int64_t node, const struct oak_inventory *inventory,
			  const struct oak_memory *memory, oak_time at, struct oak_error *err) OAK_MUST_USE;

/* "" when the id of PATCH is name.arch, else the id. */
const char *oak_kb_of(struct oak_arena *arena, const struct oak_patch *patch);

#endif
