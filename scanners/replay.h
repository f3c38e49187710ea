/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scanner that reads a recorded inventory instead of a host. */
#ifndef OAK_SCANNERS_REPLAY_H
#define OAK_SCANNERS_REPLAY_H

#include "baseline/inventory.h"

/* Load oakum.inventory/1 (JSON or YAML) from FILE ("-" = standard input). Same ownership as oak_scan.
 * Errors: those of oak_value_load and inventory.invalid. */
int oak_replay_load(const char *file, struct oak_arena **ret_arena, struct oak_inventory **ret, struct oak_error *err)
	OAK_MUST_USE;

#endif
