/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of contents: every command and every group of commands. */
#include "cli/cmd.h"

#define OAK_COMMAND(name) extern const struct oak_cmd oak_cmd_##name;
#include "cli/commands.list"
#undef OAK_COMMAND

const struct oak_cmd *const oak_commands[] = {
#define OAK_COMMAND(name) &oak_cmd_##name,
#include "cli/commands.list"
#undef OAK_COMMAND
	NULL,
};

const struct oak_group oak_groups[] = {
	{"baseline", "rules that say which updates are approved, and when"},
	{"snapshot", "frozen sets of approved updates"},
	{"window", "maintenance windows"},
	{"schedule", "schedule expressions"},
	{"calendar", "calendars that open or close windows"},
	{"run", "single runs"},
	{"package", "your own packages: build, sign, install"},
	{"repo", "repositories of signed packages"},
	{"repo key", "keys of a repository"},
	{"repo trust", "repositories that this host trusts"},
	{"node", "what is assigned to this node"},
	{"feed", "advisories from outside: CVEs, severities, known exploited"},
	{"report", "reports for auditors and monitoring"},
	{"notify", "notifications at the end of runs and on changes of status"},
	{"db", "the state database"},
	{NULL, NULL},
};
