/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking at a Windows system: version and edition from the registry and the kernel. */
#include <windows.h>

#include "distributor/package/platform.h"
#include "scanners/registry_win32.h"

#define CURRENT_VERSION "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
enum { NANO_DATACENTER = 143, NANO_STANDARD = 144 };

/* As Win32_OperatingSystem.Version has it, "10.0.20348", and Nano Server's mark behind it. */
static const char *version(struct oak_arena *arena)
{
	const char *build = oak_registry_text(arena, CURRENT_VERSION, "CurrentBuildNumber");
	DWORD edition = 0;
	GetProductInfo(10, 0, 0, 0, &edition);
	return oak_arena_printf(arena, "%lld.%lld.%s%s", (long long)oak_registry_number(CURRENT_VERSION, "CurrentMajorVersionNumber", 10),
				(long long)oak_registry_number(CURRENT_VERSION, "CurrentMinorVersionNumber", 0), build ? build : "0",
				edition == NANO_DATACENTER || edition == NANO_STANDARD ? "nano" : "");
}

int oak_package_host_detect(struct oak_arena *arena, const char *root, struct oak_package_host *ret, struct oak_error *err)
{
	SYSTEM_INFO system;
	(void)root, (void)err;
	GetNativeSystemInfo(&system);
	struct oak_package_host host = {.platform = "windows", .version = version(arena), .init_system = "windows"};
	host.arch = system.wProcessorArchitecture == PROCESSOR_ARCHITECTURE_INTEL ? "386"
		    : system.wProcessorArchitecture == PROCESSOR_ARCHITECTURE_ARM64 ? "arm64"
										     : "x86_64";
	oak_package_family(host.platform, &host.family, &host.package_manager);
	*ret = host;
	return 0;
}
