/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Node id, name, product, build and boot of a Windows host. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "core/str.h"
#include "core/windows_text.h"
#include "scanners/host.h"
#include "scanners/programs_win32.h"
#include "scanners/registry_win32.h"
#include "scanners/scanner.h"

#define CURRENT_VERSION "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
#define PREFETCH "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Memory Management\\PrefetchParameters"

enum { FIRST_WINDOWS_11 = 22000 };

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
	wchar_t name[256];
	DWORD n = sizeof(name) / sizeof(*name);
	return GetComputerNameExW(ComputerNameDnsHostname, name, &n) ? oak_narrow(arena, name) : NULL;
}

/* "10.0.20348.2113": major, minor, build, update build revision. */
static const char *version(struct oak_arena *arena, int64_t build)
{
	return oak_arena_printf(arena, "%lld.%lld.%lld.%lld",
				(long long)oak_registry_number(CURRENT_VERSION, "CurrentMajorVersionNumber", 10),
				(long long)oak_registry_number(CURRENT_VERSION, "CurrentMinorVersionNumber", 0), (long long)build,
				(long long)oak_registry_number(CURRENT_VERSION, "UBR", 0));
}

static int64_t build_number(struct oak_arena *arena)
{
	const char *text = oak_registry_text(arena, CURRENT_VERSION, "CurrentBuildNumber");
	int64_t build = 0;
	return text && oak_parse_int(oak_str_of(text), 0, INT32_MAX, &build) ? build : 0;
}

/* Microsoft left "Windows 10" in the product name of Windows 11. */
static const char *product(struct oak_arena *arena, int64_t build)
{
	static const char ten[] = "Windows 10";
	const char *name = oak_registry_text(arena, CURRENT_VERSION, "ProductName");
	const char *type = oak_registry_text(arena, CURRENT_VERSION, "InstallationType");
	const char *release = oak_registry_text(arena, CURRENT_VERSION, "DisplayVersion");
	if (!release)
		release = oak_registry_text(arena, CURRENT_VERSION, "ReleaseId");
	if (name && build >= FIRST_WINDOWS_11 && !oak_streq(type, "Server") && oak_starts_with(name, ten))
		name = oak_arena_printf(arena, "Windows 11%s", name + sizeof(ten) - 1);
	return name && release ? oak_arena_printf(arena, "%s %s", name, release) : name;
}

static const char *architecture(void)
{
	typedef BOOL WINAPI is_wow64_process2(HANDLE, USHORT *, USHORT *);
	union {
		FARPROC any;
		is_wow64_process2 *ask;
	} f = {.any = GetProcAddress(GetModuleHandleW(L"kernel32.dll"), "IsWow64Process2")};
	USHORT process, machine = IMAGE_FILE_MACHINE_AMD64;
	if (f.any)
		f.ask(GetCurrentProcess(), &process, &machine);
	return machine == 0xaa64 ? "arm64" : "x86_64"; /* this program runs emulated there */
}

const char *oak_host_arch(struct oak_arena *arena)
{
	return oak_arena_strdup(arena, architecture());
}

/* The loader counts boots; where it does not, the time of the boot tells them apart. */
const char *oak_host_boot_id(struct oak_arena *arena, const char *root)
{
	(void)root;
	int64_t count = oak_registry_number(PREFETCH, "BootId", -1);
	return count < 0 ? NULL : oak_arena_printf(arena, "boot-%lld", (long long)count);
}

void oak_host_facts(const char *root, oak_time now, struct oak_inventory *inventory)
{
	struct oak_platform *platform = &inventory->node.platform;
	struct oak_arena *arena = inventory->arena;
	int64_t build = build_number(arena);
	inventory->node.name = computer_name(arena);
	platform->family = platform->id = "windows";
	platform->version = version(arena, build);
	platform->arch = architecture();
	platform->product = product(arena, build);
	platform->edition = oak_registry_text(arena, CURRENT_VERSION, "EditionID");
	platform->boot_id = oak_host_boot_id(arena, root);
	platform->booted_at = now - (oak_time)(GetTickCount64() / 1000);
	oak_programs_add(inventory);
}
