/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathering the facts of a plan. */
#include "distributor/patch/facts.h"


#include "core/fs.h"
#include "core/str.h"
#include "core/system.h"
#include "distributor/patch/services.h"

enum { KERNEL_BOOT_BYTES = 120 * 1024 * 1024 };

struct place {
	const char *path;
	int64_t needs;
};

static const char *below(struct oak_arena *arena, const struct oak_patch_host *host, const char *path)
{
	return oak_arena_printf(arena, "%s%s", oak_streq(host->root, "/") ? "" : host->root, path);
}

/* Needs of places on one file system are added up under the first of them. */
static void add_place(struct oak_arena *arena, const struct oak_patch_host *host, uint64_t *devices, const struct place *place,
		      struct oak_plan_facts *ret)
{
	int64_t free_bytes;
	uint64_t device;
	const char *path = place->path;
	while (!oak_fs_exists(below(arena, host, path)) && !oak_streq(path, "/")) {
		const char *slash = strrchr(path, '/');
		path = slash == path ? "/" : oak_arena_strndup(arena, path, (size_t)(slash - path));
	}
	if (oak_disk_space(below(arena, host, path), &free_bytes, &device) < 0)
		return;
	for (size_t i = 0; i < ret->disk.n; i++)
		if (devices[i] == device) {
			ret->disk.v[i].needs += place->needs;
			return;
		}
	devices[ret->disk.n] = device;
	*oak_push(arena, &ret->disk) =
		(struct oak_plan_disk){path, place->needs, free_bytes};
}

static void gather_disk(struct oak_arena *arena, const struct oak_patch_host *host, const char *archives, const struct oak_plan *draft,
			struct oak_plan_facts *ret)
{
	struct place places[] = {{"/", 0}, {"/usr", 0}, {"/boot", 0}, {archives, draft->download_bytes}};
	uint64_t devices[sizeof(places) / sizeof(*places)];
	for (size_t i = 0; i < draft->actions.n; i++) {
		const struct oak_plan_action *a = &draft->actions.v[i];
		places[1].needs += a->disk > 0 ? a->disk : 0;
		if (a->kind == OAK_ACTION_INSTALL && (oak_starts_with(a->name, "linux-image-") || oak_starts_with(a->name, "kernel")))
			places[2].needs += KERNEL_BOOT_BYTES;
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		add_place(arena, host, devices, &places[i], ret);
}

int oak_plan_facts_gather(const struct oak_installer *installer, const struct oak_patch_host *host, const struct oak_plan *draft,
			  struct oak_arena *arena, struct oak_plan_facts *ret, struct oak_error *err)
{
	const struct oak_plan_action **v = oak_arena_alloc(arena, draft->actions.n * sizeof(*v));
	struct oak_action_list actions = {v, draft->actions.n};
	oak_text_list files = {0};
	for (size_t i = 0; i < draft->actions.n; i++)
		v[i] = &draft->actions.v[i];
	if (!actions.n)
		return 0;
	if (installer->undoable(host, actions, arena, ret, err) < 0)
		return -1;
	gather_disk(arena, host, oak_streq(installer->name, "apt") ? "/var/cache/apt/archives" : "/var/cache", draft, ret);
	if (oak_fs_is_dir(below(arena, host, "/proc/self"))) {
		installer->files(host, actions, arena, &files);
		oak_services_forecast(arena, host->root, files.v, files.n, ret);
	}
	return 0;
}
