/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Live patches from ROOT/sys/kernel/livepatch and the installed packages that bring them. */
#include "scanners/rpm/livepatch.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/str.h"
#include "scanners/root.h"

bool oak_livepatch_is_package(const char *name)
{
	static const char *const prefixes[] = {"kpatch-patch-", "kernel-livepatch-", "kgraft-patch-"};
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (oak_starts_with(name, prefixes[i]))
			return true;
	return false;
}

static bool is_on(struct oak_arena *scratch, const char *root, const char *module)
{
	const char *line = oak_root_line(scratch, root, oak_arena_printf(scratch, "/sys/kernel/livepatch/%s/enabled", module));
	return oak_streq(line, "1");
}

static bool any_on(struct oak_arena *scratch, const char *root)
{
	int fd = oak_root_open(root, "/sys/kernel/livepatch", O_RDONLY | O_DIRECTORY);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	bool found = false;
	if (!folder) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	for (const struct dirent *e = readdir(folder); e && !found; e = readdir(folder))
		found = e->d_name[0] != '.' && is_on(scratch, root, e->d_name);
	closedir(folder);
	return found;
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

void oak_livepatch_scan(struct oak_arena *scratch, const char *root, struct oak_inventory *inventory)
{
	if (!any_on(scratch, root))
		return;
	for (size_t i = 0; i < inventory->packages.n; i++)
		if (oak_livepatch_is_package(inventory->packages.v[i].name))
			add(inventory, &inventory->packages.v[i]);
}
