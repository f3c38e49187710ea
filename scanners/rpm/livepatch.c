/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Live patches from ROOT/sys/kernel/livepatch. */
#include "scanners/rpm/livepatch.h"

void oak_livepatch_scan(struct oak_arena *scratch, const char *root, struct oak_inventory *inventory)
{
	(void)scratch, (void)root, (void)inventory;
}
