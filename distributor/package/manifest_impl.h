/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What reading and writing a manifest share; nobody else includes it. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_MANIFEST_IMPL_H
#define OAK_DISTRIBUTOR_PACKAGE_MANIFEST_IMPL_H

#include "distributor/package/manifest.h"

extern const struct oak_shape oak_manifest_ours; /* of struct oak_manifest: the members of x-oakum */

/* A member as Go's decoder finds it: exactly so named, else in any case; NULL = absent. */
const struct oak_value *oak_manifest_member(const struct oak_value *object, const char *key);

#endif
