/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manifest.json inside an AWS archive (older packages have one for the inventory): it must speak of this package. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_INNER_MANIFEST_H
#define OAK_DISTRIBUTOR_PACKAGE_INNER_MANIFEST_H

#include "core/error.h"
#include "core/mem.h"

/* PATH is that file. Its "name" must be NAME (NULL: nobody said how the package is called, then any) or an ARN that ends in it, its
 * "version" VERSION. SUBJECT: the archive. Errors: package.inner-manifest (INVALID), file.*.
 * Source: localpackages.go validatePackageManifest (distribution.md 1.1). */
int oak_inner_manifest_check(struct oak_arena *arena, const char *path, const char *name, const char *version, const char *subject,
			     struct oak_error *err) OAK_MUST_USE;

#endif
