/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Installed packages and offered versions brought together by name and architecture. */
#include "baseline/evaluation.h"

/* Debian changes packages between "all" and the machine's own architecture; to dpkg they stay one package. */
static const char *arch_class(const struct oak_run *run, const char *arch)
{
	const char *native = run->input->inventory->node.platform.arch;

	if (run->judge.filters.flavour == OAK_FLAVOUR_DEB && (oak_streq(arch, "all") || oak_streq(arch, native)))
		return "";
	return arch ? arch : "";
}

static const char *group_key(const struct oak_run *run, const char *name, const char *arch)
{
	return oak_arena_printf(run->arena, "%s\n%s", name, arch_class(run, arch));
}

static struct oak_group *add_group(struct oak_run *run, const char *key, const char *name, const char *arch)
{
	struct oak_group *group = OAK_NEW(run->arena, struct oak_group);
	void **by_name = oak_map_slot(&run->groups.by_name, name);

	group->name = name;
	group->arch = arch;
	*oak_push(run->arena, &run->groups.list) = group;
	oak_map_put(&run->groups.by_key, key, group);
	if (!*by_name)
		*by_name = group;
	return group;
}

static void add_package(struct oak_run *run, const struct oak_package *package)
{
	const char *key = group_key(run, package->name, package->arch);
	struct oak_group *group = oak_map_find(&run->groups.by_key, key);

	if (!group)
		group = add_group(run, key, package->name, package->arch);
	*oak_push(run->arena, &group->versions) = package;
	if (!group->installed || run->judge.compare(package->evr, group->installed->evr) > 0) {
		group->installed = package;
		group->arch = package->arch;
	}
}

/* rpm packages move between noarch and an architecture too; only a sole installed one can be meant. */
static struct oak_group *noarch_change(struct oak_run *run, const struct oak_update *update)
{
	struct oak_group *group = oak_map_find(&run->groups.by_name, update->name);

	if (run->judge.filters.flavour == OAK_FLAVOUR_DEB || !group || !group->installed || group->versions.n != 1)
		return NULL;
	return oak_streq(update->arch, "noarch") || oak_streq(group->arch, "noarch") ? group : NULL;
}

static void add_update(struct oak_run *run, const struct oak_update *update)
{
	const char *key = group_key(run, update->name, update->arch);
	struct oak_group *group = oak_map_find(&run->groups.by_key, key);
	struct oak_group *meta = update->successor_of ? oak_map_find(&run->groups.by_name, update->successor_of) : NULL;

	if (!group)
		group = noarch_change(run, update);
	if (meta && meta->installed && (!group || !group->installed)) {
		*oak_push(run->arena, &meta->successors) = update;
		return;
	}
	if (!group)
		group = add_group(run, key, update->name, update->arch);
	*oak_push(run->arena, &group->updates) = update;
}

static void add_vanished(struct oak_run *run, const struct oak_vanished *vanished)
{
	struct oak_group *group = oak_map_find(&run->groups.by_key, group_key(run, vanished->name, vanished->arch));

	if (!group || !group->installed || run->judge.compare(vanished->evr, group->installed->evr) <= 0)
		return;
	if (!group->vanished || run->judge.compare(vanished->evr, group->vanished->evr) > 0)
		group->vanished = vanished;
}

void oak_groups_build(struct oak_run *run)
{
	const struct oak_inventory *inventory = run->input->inventory;
	const struct oak_memory *memory = run->input->memory;
	size_t expected = inventory->packages.n + inventory->updates.n;

	oak_map_init(&run->groups.by_key, run->arena, expected);
	oak_map_init(&run->groups.by_name, run->arena, expected);
	for (size_t i = 0; i < inventory->packages.n; i++)
		add_package(run, &inventory->packages.v[i]);
	for (size_t i = 0; i < inventory->updates.n; i++)
		add_update(run, &inventory->updates.v[i]);
	for (size_t i = 0; memory && i < memory->vanished.n; i++)
		add_vanished(run, &memory->vanished.v[i]);
}

const struct oak_group *oak_groups_find(const struct oak_groups *groups, const char *name)
{
	return oak_map_find(&groups->by_name, name);
}
