/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recipe from an AWS Distributor package; and what both ways of beginning share. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_INIT_AWS_H
#define OAK_DISTRIBUTOR_PACKAGE_INIT_AWS_H

#include "distributor/package/init.h"

int oak_init_from_aws(struct oak_arena *arena, const struct oak_recipe_init *init, struct oak_recipe_inited *ret, struct oak_error *err) OAK_MUST_USE;

/* A new file DIR/PATH; folders are made. Errors: init.exists, file.*. */
int oak_init_write(struct oak_arena *arena, const char *dir, const char *path, const char *text, size_t n, struct oak_error *err) OAK_MUST_USE;

/* TEXT in double quotes, for YAML. */
const char *oak_init_quote(struct oak_arena *arena, const char *text);

#endif
