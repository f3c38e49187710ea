/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packages beside each other: what is installed, what is planned on top of it, and what they say of one another. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_WORLD_H
#define OAK_DISTRIBUTOR_PACKAGE_WORLD_H

#include "distributor/package/record.h"

/* One package as it is, or as it will be. Borrowed. */
struct oak_package_member {
	const char *name, *version;
	const struct oak_package_traits *traits; /* NULL = its manifest cannot be read */
	bool planned;
};
struct oak_package_world {
	OAK_VEC(struct oak_package_member) v;
};

/* All that is installed in the store. Errors: file.*, package.damaged. */
int oak_package_world_load(const struct oak_pkgs *pkgs, struct oak_package_world *ret, struct oak_error *err) OAK_MUST_USE;
const struct oak_package_member *oak_package_world_find(const struct oak_package_world *world, const char *name); /* NULL = absent */
/* MEMBER takes the place of the one of its name. */
void oak_package_world_put(struct oak_arena *arena, struct oak_package_world *world, struct oak_package_member member);
void oak_package_world_drop(struct oak_package_world *world, const char *name);

/* A requirement that does not hold: of a planned package, or of an installed one on a planned one. NULL = all hold; *ret_who has it. */
const struct oak_package_relation *oak_package_world_lacks(const struct oak_package_world *world, const struct oak_package_member **ret_who);
/* Do all that require NAME bear VERSION of it? Pure. */
bool oak_package_world_accepts(const struct oak_package_world *world, const char *name, const char *version);

/* No planned package and no other one may exclude each other. Errors: package.conflict (CONFLICT). */
int oak_package_world_conflicts(struct oak_arena *arena, const struct oak_package_world *world, struct oak_error *err) OAK_MUST_USE;

/* The planned packages that NAME needs, directly or not, each behind those that it needs itself; NAME is the last.
 * Errors: package.circular (CONFLICT). */
typedef OAK_VEC(const char *) oak_package_order;
int oak_package_world_order(struct oak_arena *arena, const struct oak_package_world *world, const char *name, oak_package_order *ret,
			    struct oak_error *err) OAK_MUST_USE;

#endif
