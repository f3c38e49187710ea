/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Live kernel patches (kpatch, klp) and the CVEs they fix. */
#ifndef OAK_SCANNERS_RPM_LIVEPATCH_H
#define OAK_SCANNERS_RPM_LIVEPATCH_H

#include "baseline/inventory.h"

/* True if NAME is a package of live patches: kpatch-patch-…, kernel-livepatch-…, kgraft-patch-…. */
bool oak_livepatch_is_package(const char *name);

/* Fill live_patches from the installed packages and the advisories they remedy. Whether one is switched on is looked at on
 * every scan (scanners/reboot.h); which kernel each mends is the evaluation's matter. */
void oak_livepatch_scan(struct oak_inventory *inventory);

#endif
