/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libsolv's own form of a repository, in our cache. */
#ifndef OAK_SCANNERS_RPM_SOLVFILE_H
#define OAK_SCANNERS_RPM_SOLVFILE_H

#include <solv/repo.h>
#include <stdbool.h>

/* Fill REPO from the file PATH; false, with REPO empty, where that is absent, not ours or broken. */
bool oak_solv_load(const char *path, Repo *repo);

/* Write REPO as DIR/NAME (oak_cache_save): the keys that KEEP lets through, NULL = all. A cache: failure is silent. */
void oak_solv_save(const char *dir, const char *family, const char *name, Repo *repo,
		   int (*keep)(Repo *repo, Repokey *key, void *data));

#endif
