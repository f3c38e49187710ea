/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Live kernel patches (kpatch, klp) that are loaded, and the CVEs they fix. */
#ifndef OAK_SCANNERS_RPM_LIVEPATCH_H
#define OAK_SCANNERS_RPM_LIVEPATCH_H

#include "baseline/inventory.h"

/* True if NAME is a package of live patches: kpatch-patch-…, kernel-livepatch-…, kgraft-patch-…. */
bool oak_livepatch_is_package(const char *name);

/* Fill live_patches from the installed packages and the advisories they remedy, if the kernel of ROOT has a live patch
 * switched on (ROOT/sys/kernel/livepatch/NAME/enabled is 1). Which kernel each mends is the evaluation's matter. */
void oak_livepatch_scan(struct oak_arena *scratch, const char *root, struct oak_inventory *inventory);

#endif
