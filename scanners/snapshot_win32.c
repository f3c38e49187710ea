/* SPDX-License-Identifier: GPL-3.0-or-later */
/* On Windows no answer is kept: the update agent has a cache of its own, and what it rests on cannot be stat'ed. */
#include "scanners/snapshot.h"

int64_t oak_snapshot_clock_ms(void)
{
	return 0;
}

void oak_snapshot_take(struct oak_arena *arena, const struct oak_paths *paths, int64_t begun_ms, struct oak_snapshot_inputs *ret)
{
	(void)begun_ms;
	(void)arena;
	(void)paths;
	(void)ret;
}

bool oak_snapshot_load(const struct oak_scan_request *request, struct oak_arena **ret_arena, struct oak_inventory **ret)
{
	(void)request;
	(void)ret_arena;
	(void)ret;
	return false;
}

void oak_snapshot_save(const struct oak_scan_request *request, const struct oak_arena *arena,
		       const struct oak_inventory *inventory, const struct oak_snapshot_inputs *inputs)
{
	(void)request;
	(void)arena;
	(void)inventory;
	(void)inputs;
}
