/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded inventory is a document like any other, with a larger cap. */
#include "scanners/replay.h"

#include "core/str.h"
#include "core/value.h"

int oak_replay_load(const char *file, struct oak_arena **ret_arena, struct oak_inventory **ret, struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = OAK_INVENTORY_MAX};
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const char *name = oak_streq(file, "-") ? "standard input" : file;
	const struct oak_value *doc;
	struct oak_inventory *inventory;
	if (oak_value_load(arena, file, &limits, &doc, err) < 0 ||
	    oak_inventory_parse(arena, doc, name, &inventory, err) < 0)
		return oak_context(err, "inventory '%s'", name);
	*ret = inventory;
	*ret_arena = oak_steal(&arena);
	return 0;
}
