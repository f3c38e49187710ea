/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Facts about an examined system that no package manager is needed for. */
#ifndef OAK_SCANNERS_HOST_H
#define OAK_SCANNERS_HOST_H

#include "baseline/inventory.h"

enum { OAK_NODE_ID_TEXT = 37 };

/* The node id of ROOT: a UUID from an application-specific hash of its machine-id, so that the machine-id itself is
 * never shown. A ROOT without a usable machine-id (absent, empty, "uninitialized") gets one from the host's and
 * ROOT's real path. Never fails. */
const char *oak_host_node_id(const char *root, char out[OAK_NODE_ID_TEXT]);

/* The UUID that stands for a machine's own id and, where it has none, for a path. */
const char *oak_host_uuid(const char *machine_id, const char *path, char out[OAK_NODE_ID_TEXT]);

/* ROOT's machine-id (32 hex digits) in ARENA; NULL if it has no usable one. */
const char *oak_host_machine_id(struct oak_arena *arena, const char *root);

/* The running machine's architecture as the kernel spells it: "x86_64", "aarch64". */
const char *oak_host_arch(struct oak_arena *arena);
/* What tells the boot that is running from every other; NULL where the system has nothing. */
const char *oak_host_boot_id(struct oak_arena *arena, const char *root);

/* Fill node.name and node.platform (all but arch) of INVENTORY, and a problem for what ROOT does not tell:
 * "no-os-release", "unknown-system", "no-proc" (running kernel not known), "end-of-life" (judged at NOW). */
void oak_host_facts(const char *root, oak_time now, struct oak_inventory *inventory);

#endif
