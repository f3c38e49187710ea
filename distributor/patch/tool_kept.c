/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Archives that a snapshot kept: gathered for it, and given to the package manager in place of what repositories offer. */
#include "core/fs.h"
#include "core/str.h"
#include "distributor/patch/tool.h"

const char *oak_tool_kept(const struct oak_patch_host *host, bool inside, struct oak_arena *arena, const char *file)
{
	const char *here = oak_arena_printf(arena, "%s/kept/%s", host->run_dir, file), *path, *seen;
	struct oak_error ignored = {0};
	if (!oak_fs_exists(here))
		return NULL;
	if (!inside || oak_streq(host->root, "/"))
		return here;
	if (oak_tool_scratch(host, "kept", true, arena, &path, &seen, &ignored) < 0 ||
	    oak_tool_copy(here, oak_arena_printf(arena, "%s/%s", path, file), &ignored) < 0)
		return NULL; /* no room, say: then it is not on offer, and the package manager refuses */
	return oak_arena_printf(arena, "%s/%s", seen, file);
}

void oak_tool_kept_drop(const struct oak_patch_host *host, bool inside)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const char *path = oak_arena_printf(arena, "%s/var/cache/oakum/kept", host->root);
	if (inside && !oak_streq(host->root, "/") && oak_fs_is_dir(path))
		oak_tool_scratch_drop(host, path);
}

int oak_tool_keep(const struct oak_patch_host *host, const struct oak_installer *installer, struct oak_action_list actions, const char *from,
		  const char *(*cached)(const struct oak_patch_host *host, struct oak_arena *arena, const char *file), struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	if (oak_fs_mkdirs(oak_arena_printf(arena, "%s/kept", host->run_dir), 0700, err) < 0)
		return -1;
	for (size_t i = 0; i < actions.n; i++) {
		const struct oak_plan_action *a = actions.v[i];
		const char *file = a->to ? installer->archive(arena, a) : NULL;
		if (!file)
			continue;
		const char *got = oak_arena_printf(arena, "%s/%s", from ? from : "", file);
		if (!from || !oak_fs_exists(got))
			got = cached ? cached(host, arena, file) : NULL;
		if (!got)
			return oak_fail(err, OAK_IO, "snapshot.archive", 0, "cannot keep the archive of '%s' %s: %s (log: %s/logs/keep.log)", a->name, a->to,
					oak_tool_complaint(host, arena, "keep"), host->run_dir);
		if (oak_tool_copy(got, oak_arena_printf(arena, "%s/kept/%s", host->run_dir, file), err) < 0)
			return -1;
	}
	return 0;
}
