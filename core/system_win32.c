/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The system's answers on Windows. */
#include "core/system.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <windows.h>
#include <bcrypt.h>

#include "core/windows_text.h"

bool oak_is_privileged(void)
{
	HANDLE token;
	TOKEN_ELEVATION elevation = {0};
	DWORD size = 0;
	if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
		return false;
	bool known = GetTokenInformation(token, TokenElevation, &elevation, sizeof(elevation), &size);
	CloseHandle(token);
	return known && elevation.TokenIsElevated;
}

const char *oak_user_name(struct oak_arena *arena)
{
	wchar_t name[257];
	DWORD n = sizeof(name) / sizeof(*name);
	return GetUserNameW(name, &n) ? oak_narrow(arena, name) : oak_arena_strdup(arena, "unknown");
}

void oak_random_bytes(void *out, size_t n)
{
	if (BCryptGenRandom(NULL, out, (ULONG)n, BCRYPT_USE_SYSTEM_PREFERRED_RNG) != 0)
		abort();
}

int oak_disk_space(const char *path, int64_t *ret_free, uint64_t *ret_device)
{
	wchar_t *wide = oak_wide_path(path), volume[MAX_PATH + 1] = L"";
	ULARGE_INTEGER available;
	DWORD serial = 0;
	bool ok = GetDiskFreeSpaceExW(wide, &available, NULL, NULL) && GetVolumePathNameW(wide, volume, MAX_PATH);
	if (!ok)
		errno = oak_errno_of_windows(GetLastError());
	free(wide);
	if (!ok)
		return -1;
	GetVolumeInformationW(volume, NULL, 0, &serial, NULL, NULL, NULL, 0);
	*ret_free = available.QuadPart > INT64_MAX ? INT64_MAX : (int64_t)available.QuadPart;
	*ret_device = (uint64_t)serial << 32 | (uint64_t)volume[0];
	return 0;
}

void oak_disk_sync(void)
{
	/* every file that matters was flushed when it was written; shutting down flushes the volumes */
}

bool oak_path_is_absolute(const char *path)
{
	bool drive = isalpha((unsigned char)path[0]) && path[1] == ':' && (path[2] == '/' || path[2] == '\\');
	return drive || path[0] == '/' || path[0] == '\\';
}

unsigned oak_processors(void)
{
	SYSTEM_INFO info;
	GetSystemInfo(&info);
	return info.dwNumberOfProcessors < 1 ? 1 : info.dwNumberOfProcessors;
}
