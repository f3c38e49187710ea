/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pending reboots of a Windows host, from all places in the registry that are known to hold one. */
#include "scanners/registry_win32.h"
#include "core/str.h"
#include "scanners/reboot.h"

#define CONTROL "SYSTEM\\CurrentControlSet\\Control\\"

static const struct {
	const char *key, *value; /* value NULL = the key's presence counts */
	const char *reason;
} marks[] = {
	{"SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending", NULL,
	 "component servicing waits for a reboot"},
	{"SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootInProgress", NULL,
	 "component servicing is in the middle of a reboot"},
	{"SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\PackagesPending", NULL,
	 "component servicing has packages pending"},
	{"SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\RebootRequired", NULL,
	 "Windows Update waits for a reboot"},
	{"SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\PostRebootReporting", NULL,
	 "Windows Update reports after a reboot"},
	{CONTROL "Session Manager", "PendingFileRenameOperations", "files in use are replaced at the next boot"},
	{CONTROL "Session Manager", "PendingFileRenameOperations2", "files in use are replaced at the next boot"},
	{"SYSTEM\\CurrentControlSet\\Services\\Netlogon", "JoinDomain", "joining a domain waits for a reboot"},
};

static void add(struct oak_inventory *inventory, const char *reason)
{
	for (size_t i = 0; i < inventory->reboot_reasons.n; i++)
		if (oak_streq(inventory->reboot_reasons.v[i], reason))
			return;
	inventory->reboot_required = true;
	*oak_push(inventory->arena, &inventory->reboot_reasons) = reason;
}

void oak_reboot_state(const char *root, struct oak_inventory *inventory)
{
	(void)root;
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (marks[i].value ? oak_registry_has_value(marks[i].key, marks[i].value) : oak_registry_has_key(marks[i].key))
			add(inventory, marks[i].reason);
	const char *active = oak_registry_text(inventory->arena, CONTROL "ComputerName\\ActiveComputerName", "ComputerName");
	const char *next = oak_registry_text(inventory->arena, CONTROL "ComputerName\\ComputerName", "ComputerName");
	if (active && next && !oak_strcaseeq(active, next))
		add(inventory, "the computer was renamed");
}

void oak_reboot_kernel(const char *root, struct oak_inventory *inventory)
{
	(void)root;
	(void)inventory;
}

void oak_reboot_live_patches(const char *root, struct oak_inventory *inventory)
{
	(void)root, (void)inventory;
}
