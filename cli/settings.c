/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Configuration keys that are no option of a command: one row each, in the order of the manual. */
#include "cli/cmd.h"

const struct oak_setting oak_settings[] = {
	{"node.id", OAK_SETTING_TEXT, "TEXT", "identity of this node instead of the one made from its machine-id"},
	{"node.name", OAK_SETTING_TEXT, "TEXT", "name of this node instead of its host name"},
	{"node.tags", OAK_SETTING_MAP, "KEY: VALUE", "tags of this node; \"Patch Group\" chooses its baseline"},
	{"baselines.defaults", OAK_SETTING_MAP, "OS: NAME|FILE", "which baseline judges nodes of an OS (DEBIAN: strict)"},
	{"baselines.groups", OAK_SETTING_MAP, "GROUP: NAME|FILE", "which baseline judges nodes of a patch group"},
	{"windows", OAK_SETTING_ANY, "NAME: FILE", "maintenance windows of this host, each a file or the window itself"},
	{NULL, 0, NULL, NULL},
};
