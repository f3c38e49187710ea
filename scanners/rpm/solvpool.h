/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A libsolv pool of the whole host: installed packages with their dependencies, everything on offer, what is excluded. */
#ifndef OAK_SCANNERS_RPM_SOLVPOOL_H
#define OAK_SCANNERS_RPM_SOLVPOOL_H

#include <solv/pool.h>
#include <solv/repo.h>

#include "scanners/rpm/world.h"

struct oak_solvpool {
	Pool *pool;
	Repo *installed; /* the others have their struct oak_rpm_repo as appdata */
};

/* Errors: rpm.db-*; a repository that cannot be read is left out and named in RET_LEFT_OUT. */
int oak_solvpool_load(struct oak_arena *arena, const struct oak_rpm_world *world, struct oak_solvpool *ret,
		      struct oak_words *ret_left_out, struct oak_error *err) OAK_MUST_USE;
/* Add what filelists.xml says of the packages on offer (primary.xml has only the files that are usually needed). What of it
 * cannot be read stays out. */
void oak_solvpool_add_filelists(struct oak_arena *arena, const struct oak_rpm_world *world, struct oak_solvpool *pool);
void oak_solvpool_done(struct oak_solvpool *pool);

/* Add the headers of the (copied) database in DIR to REPO, with dependencies and files. In rpmdb_list.c: librpm. */
int oak_rpmdb_add_to_repo(const char *dir, const struct oak_rpmdb *db, Repo *repo, struct oak_error *err) OAK_MUST_USE;

#endif
