/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which boot the packages that wait for one were installed under: boots are told apart by boot id, by time only where there is none. */
#ifndef OAK_CLI_PENDING_BOOT_H
#define OAK_CLI_PENDING_BOOT_H

#include "baseline/inventory.h"
#include "baseline/memory.h"
#include "cli/cmd.h"

/* Keep the boot id under which packages began to wait, in STATE/boot-NODE; NULL forgets it. Errors: file.*. */
int oak_pending_boot_save(struct oak_context *ctx, const char *node_id, const char *boot_id) OAK_MUST_USE;

/* Empty memory's pending list when the system has another boot id than the one that was kept. */
void oak_pending_boot_apply(struct oak_context *ctx, const struct oak_inventory *inventory, struct oak_memory *memory);

#endif
