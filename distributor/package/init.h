/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Beginning a package: a recipe with examples, or one made from an AWS Distributor package. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_INIT_H
#define OAK_DISTRIBUTOR_PACKAGE_INIT_H

#include <stdbool.h>

#include "core/error.h"
#include "core/mem.h"

struct oak_recipe_init {
	const char *dir;  /* made if missing */
	const char *name; /* NULL = the folder's */
	const char *aws;  /* folder with manifest.json and archives; NULL = begin with examples */
	bool dry_run;
};
struct oak_recipe_inited {
	const char *name;
	OAK_VEC(const char *) notes; /* what a person should know: sentences */
};

/* Errors: init.exists (CONFLICT: a file is there), package.name, manifest.*, package.hash, package.missing, file.*. */
int oak_recipe_init(struct oak_arena *arena, const struct oak_recipe_init *init, struct oak_recipe_inited *ret, struct oak_error *err)
	OAK_MUST_USE;

#endif
