/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the scripts of a package make of its own folder: AWS's packages unpack, log and build there. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_LEFT_H
#define OAK_DISTRIBUTOR_PACKAGE_LEFT_H

#include "distributor/package/record.h"

/* A script of G, which is of the script model, has run: sealed files that it changed count as they are now, those that it removed no more;
 * what it added was never sealed. Kept in gen-N/left, which takes the seal's place. Nothing is written where nothing was changed.
 * SINCE: a file that was written just before the script began, so that older ones need not be hashed; NULL = all are. Errors: file.*. */
int oak_generation_left_take(const struct oak_pkgs *pkgs, struct oak_generation *g, const char *since, struct oak_error *err) OAK_MUST_USE;

/* Put what is in "left", if that is there, in the place of G's seal. Errors: package.tampered (UNTRUSTED), file.*. */
int oak_generation_left_load(const struct oak_pkgs *pkgs, const char *name, struct oak_generation *g, struct oak_error *err) OAK_MUST_USE;

#endif
