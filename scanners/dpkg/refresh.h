/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum's own lists: started from the system's, refreshed from its sources, remembered per release. */
#ifndef OAK_SCANNERS_DPKG_REFRESH_H
#define OAK_SCANNERS_DPKG_REFRESH_H

#include "scanners/apt_lists.h"
#include "scanners/dpkg/apt_shim.h"

/* Copy into CACHE_DIR/apt/lists every list of the system that is newer there, or that we lack: what cannot be
 * refreshed is then as good as before, and what has not changed is not fetched again. Errors: file.*. */
int oak_dpkg_seed_lists(struct oak_arena *arena, const struct oak_scan_request *request, struct oak_error *err) OAK_MUST_USE;

/* Record what was REFRESHED at NOW beside what was known before; *RET is the new record. Errors: file.*. */
int oak_dpkg_record_refresh(struct oak_arena *arena, const struct oak_scan_request *request,
			    const struct oak_apt_refreshed *refreshed, struct oak_apt_lists *ret, struct oak_error *err)
	OAK_MUST_USE;

#endif
