/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Removing what no snapshot that is kept names any more. */
#ifndef OAK_REPO_GC_H
#define OAK_REPO_GC_H

#include "repo/store.h"

struct oak_repo_garbage {
	size_t metadata, targets;
	int64_t bytes;
};

/* Remove metadata and target files that none of the last KEEP snapshots reaches; roots and what is staged stay. DRY_RUN only
 * counts. The repository is open exclusively. Errors: repo.damaged, file.*. */
int oak_repo_collect(struct oak_repo *repo, int keep, bool dry_run, struct oak_repo_garbage *ret, struct oak_error *err)
	OAK_MUST_USE;

#endif
