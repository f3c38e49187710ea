/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Live kernel patches (kpatch, klp) that are loaded, and the CVEs they fix. */
#ifndef OAK_SCANNERS_RPM_LIVEPATCH_H
#define OAK_SCANNERS_RPM_LIVEPATCH_H

#include "baseline/inventory.h"

void oak_livepatch_scan(struct oak_arena *scratch, const char *root, struct oak_inventory *inventory);

#endif
