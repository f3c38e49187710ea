/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SBOM (CycloneDX) and provenance (in-toto, SLSA) of a package: made at build, checked before installation. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_SBOM_H
#define OAK_DISTRIBUTOR_PACKAGE_SBOM_H

#include "distributor/package/manifest.h"

enum { OAK_SBOM_MAX = 64 * 1024 * 1024 };

/* Is TEXT a CycloneDX document in JSON? Errors: package.sbom (UNTRUSTED). */
int oak_sbom_check(struct oak_arena *arena, const char *text, size_t n, const char *name, struct oak_error *err) OAK_MUST_USE;

/* Is TEXT an in-toto statement whose subjects are all archives of MANIFEST, with their hashes? *ret_builder gets the builder's id, or NULL.
 * Errors: package.provenance (UNTRUSTED). */
int oak_provenance_check(struct oak_arena *arena, const char *text, size_t n, const struct oak_manifest *manifest, const char **ret_builder,
			 struct oak_error *err) OAK_MUST_USE;

#endif
