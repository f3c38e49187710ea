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
	{"hooks.preInstall", OAK_SETTING_ANY, "PATH…", "programs run before a patch run changes anything; a failing one stops it"},
	{"hooks.postInstall", OAK_SETTING_ANY, "PATH…", "programs run after the last batch"},
	{"hooks.preReboot", OAK_SETTING_ANY, "PATH…", "programs run before a reboot; a failing one prevents it"},
	{"hooks.onExit", OAK_SETTING_ANY, "PATH…", "programs run at the end of every patch run"},
	{"hooks.timeout", OAK_SETTING_TIME_SPAN, "DURATION", "time that each hook has (10m)"},
	{"runs.planMaxAge", OAK_SETTING_TIME_SPAN, "DURATION", "how old a plan may be when it is applied (24h)"},
	{"runs.rebootDelay", OAK_SETTING_TIME_SPAN, "DURATION", "how long users are warned before a reboot (0)"},
	{"runs.rebootMessage", OAK_SETTING_TEXT, "TEXT", "what they are told"},
	{"runs.rebootLimit", OAK_SETTING_TEXT, "COUNT", "how often one run may reboot the host (3)"},
	{"runs.rebootCommand", OAK_SETTING_TEXT, "PATH", "program that reboots, instead of shutdown"},
	{"runs.acceptEulas", OAK_SETTING_BOOL, "true|false", "on Windows, accept the licence terms of approved updates (true)"},
	{"runs.snapshotCommand", OAK_SETTING_TEXT, "PATH", "program called with 'create RUN' before a change: btrfs, LVM, ZFS"},
	{"network.proxy", OAK_SETTING_TEXT, "URL", "proxy for repositories, instead of the environment's; \"\" = none"},
	{"network.caFile", OAK_SETTING_TEXT, "FILE", "CA certificates in PEM that servers of repositories are checked with"},
	{"network.clientCert", OAK_SETTING_TEXT, "FILE", "our certificate in PEM, for servers that ask for one"},
	{"network.clientKey", OAK_SETTING_TEXT, "FILE", "its key in PEM, unless it is in the same file"},
	{"network.maxRate", OAK_SETTING_TEXT, "BYTES", "most bytes a second of a download, such as 500k or 2M (no limit)"},
	{"network.minRate", OAK_SETTING_TEXT, "BYTES", "a mirror that gives less bytes a second is left for the next one (16k)"},
	{"network.slowTime", OAK_SETTING_TIME_SPAN, "DURATION", "for how long it may (10s)"},
	{"network.jitter", OAK_SETTING_TIME_SPAN, "DURATION", "wait a random time up to this before a repository is asked (0)"},
	{"reports.sla", OAK_SETTING_MAP, "LEVEL: DURATION", "time within which patches of a level must be installed (CRITICAL: 7d)"},
	{NULL, 0, NULL, NULL},
};
