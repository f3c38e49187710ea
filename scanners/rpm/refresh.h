/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Filling our private cache from the host's own sources. */
#ifndef OAK_SCANNERS_RPM_REFRESH_H
#define OAK_SCANNERS_RPM_REFRESH_H

#include "scanners/rpm/metadata.h"

/* Fetch REPO's metadata into the private cache: into a new folder first, put in place whole once it is verified. A
 * file:// repository needs none. An old state stays on any failure.
 * Errors: rpm.fetch (TRANSIENT), rpm.metadata-* and those of oak_metadata_verify. */
int oak_rpm_refresh(struct oak_arena *arena, const struct oak_metadata_request *request, const struct oak_rpm_repo *repo,
		    struct oak_error *err) OAK_MUST_USE;

#endif
