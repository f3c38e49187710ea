/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The archive of an installed generation again, from its tree: what was not changed there has the same bytes, which downloads can use. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_REBUILD_H
#define OAK_DISTRIBUTOR_PACKAGE_REBUILD_H

#include "distributor/package/record.h"

/* Write it as FILE (new, 0600). It need not be the archive: another builder, other libraries or SOURCE_DATE_EPOCH give other bytes, and
 * files that were changed or removed since are packed as they are now, or not at all. FILE may be left behind after an error.
 * Errors: package.damaged, package.tampered, pack.*, file.*, module.missing. */
int oak_generation_rebuild(const struct oak_pkgs *pkgs, const char *name, int generation, unsigned threads, const char *file,
			   struct oak_error *err) OAK_MUST_USE;

#endif
