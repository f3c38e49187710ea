/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding one in the table of installers. */
#include "distributor/patch/installer.h"

#include "core/str.h"

const struct oak_installer *oak_installer_detect(const char *root, const char *family, struct oak_error *err)
{
	for (size_t i = 0; oak_installers[i]; i++)
		if (oak_installers[i]->detect(root, family ? family : ""))
			return oak_installers[i];
	oak_fail(err, OAK_UNSUPPORTED, "patch.no-installer", 0,
		 "no package manager for '%s': neither it nor this host has apt-get, dnf, yum or zypper for its packages", root);
	return NULL;
}

const struct oak_installer *oak_installer_find(const char *name)
{
	for (size_t i = 0; oak_installers[i]; i++)
		if (oak_streq(oak_installers[i]->name, name))
			return oak_installers[i];
	return NULL;
}

static bool is_installed(const struct oak_installed_list *list, const char *id, const char *evr)
{
	for (size_t i = 0; i < list->v.n; i++)
		if (oak_streq(list->v.v[i].id, id) && (!evr || (oak_streq(list->v.v[i].evr, evr) && !list->v.v[i].broken)))
			return true;
	return false;
}

struct oak_action_list oak_installer_left(const struct oak_installer *installer, const struct oak_patch_host *host,
					  struct oak_action_list actions, struct oak_arena *arena)
{
	struct oak_installed_list list = {0};
	struct oak_error unseen = {0};
	const struct oak_plan_action **v = oak_arena_alloc(arena, (actions.n + 1) * sizeof(*v));
	size_t n = 0;
	if (installer->installed(host, arena, &list, &unseen) < 0)
		return actions;
	for (size_t i = 0; i < actions.n; i++) {
		const struct oak_plan_action *a = actions.v[i];
		bool back = a->kind == OAK_ACTION_INSTALL ? !is_installed(&list, a->patch, a->to) : is_installed(&list, a->patch, a->from);
		if (!back)
			v[n++] = a;
	}
	return (struct oak_action_list){v, n};
}

struct oak_action_list oak_installer_reversed(struct oak_action_list actions, struct oak_arena *arena)
{
	const struct oak_plan_action **v = oak_arena_alloc(arena, actions.n * sizeof(*v));
	for (size_t i = 0; i < actions.n; i++) {
		struct oak_plan_action *back = OAK_NEW(arena, struct oak_plan_action);
		*back = *actions.v[i];
		back->kind = back->kind == OAK_ACTION_INSTALL ? OAK_ACTION_REMOVE : OAK_ACTION_DOWNGRADE;
		back->to = actions.v[i]->from;
		v[i] = back;
	}
	return (struct oak_action_list){v, actions.n};
}
