/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a target of a recipe to the sorted entries of its archive. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_COLLECT_H
#define OAK_DISTRIBUTOR_PACKAGE_COLLECT_H

#include "distributor/package/pack.h"
#include "distributor/package/recipe.h"

enum { OAK_ENTRIES_MAX = 100000 };

struct oak_entries {
	OAK_VEC(struct oak_pack_entry) list; /* by path; folders before what is in them */
	int64_t bytes;                       /* of all files */
};

/* Look at the sources of TARGET below folder DIR (the recipe's); nothing is read but names, sizes and whether the owner may run them.
 * Links inside folders are kept in the tree model when they stay inside, and refused otherwise.
 * Errors: recipe.source (INVALID: absent, no file or folder, a link or name that an archive cannot have, two of one name), recipe.limit. */
int oak_recipe_collect(struct oak_arena *arena, const struct oak_recipe *recipe, const struct oak_recipe_target *target, const char *dir,
		       struct oak_entries *ret, struct oak_error *err) OAK_MUST_USE;

/* PATH as the recipe names it, seen from here: below DIR unless it is absolute. */
const char *oak_source_join(struct oak_arena *arena, const char *dir, const char *path);

/* ".ps1" or ".sh": what a script of this target ends in; NULL if its name does not fit the platform. */
const char *oak_script_suffix(const char *platform, const char *script);

#endif
