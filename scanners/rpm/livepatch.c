/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Live patches: the installed packages that bring them, and the CVEs of the advisories that these remedy. */
#include "scanners/rpm/livepatch.h"

#include "core/str.h"

bool oak_livepatch_is_package(const char *name)
{
	static const char *const prefixes[] = {"kpatch-patch-", "kernel-livepatch-", "kgraft-patch-"};
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (oak_starts_with(name, prefixes[i]))
			return true;
	return false;
}

static void add(struct oak_inventory *inventory, const struct oak_package *package)
{
	struct oak_arena *arena = inventory->arena;
	struct oak_live_patch *patch = oak_push(arena, &inventory->live_patches);
	*patch = (struct oak_live_patch){.name = oak_arena_strdup(arena, package->name), .evr = oak_arena_strdup(arena, package->evr)};
	for (size_t i = 0; i < package->advisories.n; i++)
		for (size_t k = 0; k < package->advisories.v[i].cves.n; k++)
			*oak_push(arena, &patch->cves) = oak_arena_strdup(arena, package->advisories.v[i].cves.v[k]);
}

void oak_livepatch_scan(struct oak_inventory *inventory)
{
	for (size_t i = 0; i < inventory->packages.n; i++)
		if (oak_livepatch_is_package(inventory->packages.v[i].name))
			add(inventory, &inventory->packages.v[i]);
}
