/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Node id, name and release of a Windows host, from the registry. */
#include <stdio.h>
#include <windows.h>

#include "scanners/host.h"
#include "scanners/registry_win32.h"
#include "scanners/scanner.h"

#define CURRENT_VERSION "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"

const char *oak_host_machine_id(struct oak_arena *arena, const char *root)
{
	(void)root;
	return oak_registry_text(arena, "SOFTWARE\\Microsoft\\Cryptography", "MachineGuid");
}

const char *oak_host_node_id(const char *root, char out[OAK_NODE_ID_TEXT])
{
	struct oak_arena *arena = oak_arena_new();
	const char *id = oak_host_machine_id(arena, root);
	oak_host_uuid(id ? id : "", id ? "" : root, out);
	oak_arena_free(arena);
	return out;
}

static const char *computer_name(struct oak_arena *arena)
{
	wchar_t wide[256];
	char name[1024];
	DWORD n = sizeof(wide) / sizeof(*wide);
	if (!GetComputerNameExW(ComputerNameDnsHostname, wide, &n) ||
	    WideCharToMultiByte(CP_UTF8, 0, wide, -1, name, sizeof(name), NULL, NULL) <= 0)
		return NULL;
	return oak_arena_strdup(arena, name);
}

/* "10.0.20348.2113": major, minor, build, update build revision. */
static const char *version(struct oak_arena *arena)
{
	const char *build = oak_registry_text(arena, CURRENT_VERSION, "CurrentBuildNumber");
	return oak_arena_printf(arena, "%lld.%lld.%s.%lld",
				(long long)oak_registry_number(CURRENT_VERSION, "CurrentMajorVersionNumber", 10),
				(long long)oak_registry_number(CURRENT_VERSION, "CurrentMinorVersionNumber", 0), build ? build : "0",
				(long long)oak_registry_number(CURRENT_VERSION, "UBR", 0));
}

const char *oak_host_arch(struct oak_arena *arena)
{
	(void)arena;
	return "x86_64";
}

void oak_host_facts(const char *root, oak_time now, struct oak_inventory *inventory)
{
	(void)root;
	struct oak_platform *platform = &inventory->node.platform;
	inventory->node.name = computer_name(inventory->arena);
	platform->family = platform->id = "windows";
	platform->version = version(inventory->arena);
	platform->arch = "x86_64";
	platform->kernel = oak_registry_text(inventory->arena, CURRENT_VERSION, "ProductName");
	platform->booted_at = now - (oak_time)(GetTickCount64() / 1000);
}
