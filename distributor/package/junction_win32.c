/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FSCTL_SET_REPARSE_POINT: a folder that has a junction's data already gets the new data at once. */
#include "distributor/package/junction_win32.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <windows.h>
#include <winioctl.h>

#include "core/windows_text.h"

/* REPARSE_DATA_BUFFER of ntifs.h, its mount point member. */
struct mount_point {
	DWORD tag;
	WORD length, reserved;
	WORD name_at, name_n, shown_at, shown_n;
	wchar_t names[16000];
};
static const DWORD HEADER = 8; /* bytes before what LENGTH counts */

static WORD bytes_of(const wchar_t *text)
{
	return (WORD)(wcslen(text) * sizeof(*text));
}

/* "\??\C:\folder", and what is shown; false when it does not fit. */
static bool fill(struct mount_point *data, const wchar_t *target)
{
	size_t n = wcslen(target);
	if (2 * n + 16 > sizeof(data->names) / sizeof(*data->names))
		return false;
	*data = (struct mount_point){.tag = IO_REPARSE_TAG_MOUNT_POINT};
	wcscpy(data->names, L"\\??\\");
	wcscat(data->names, target);
	data->name_n = bytes_of(data->names);
	data->shown_at = (WORD)(data->name_n + sizeof(wchar_t));
	wcscpy(data->names + data->shown_at / sizeof(*data->names), target);
	data->shown_n = bytes_of(target);
	data->length = (WORD)(8u + (unsigned)data->shown_at + (unsigned)data->shown_n + sizeof(wchar_t));
	return true;
}

static wchar_t *full_path(const char *path)
{
	wchar_t *wide = oak_wide_path(path);
	DWORD n = GetFullPathNameW(wide, 0, NULL, NULL);
	wchar_t *full = oak_alloc_zero((size_t)n + 1, sizeof(*full));
	GetFullPathNameW(wide, n, full, NULL);
	free(wide);
	return full;
}

static int set(const wchar_t *path, const wchar_t *target)
{
	struct mount_point *data = oak_alloc_zero(1, sizeof(*data));
	bool made = CreateDirectoryW(path, NULL), ok = false;
	HANDLE folder = CreateFileW(path, GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
				    FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
	DWORD got;
	if (folder != INVALID_HANDLE_VALUE && fill(data, target))
		ok = DeviceIoControl(folder, FSCTL_SET_REPARSE_POINT, data, HEADER + data->length, NULL, 0, &got, NULL);
	if (folder != INVALID_HANDLE_VALUE)
		CloseHandle(folder);
	free(data);
	/* what says yes must be one */
	ok = ok && (GetFileAttributesW(path) & FILE_ATTRIBUTE_REPARSE_POINT);
	if (!ok && made)
		RemoveDirectoryW(path);
	errno = ok ? 0 : ENOSYS;
	return ok ? 0 : -1;
}

int oak_junction_set(const char *path, const char *target)
{
	wchar_t *wide = oak_wide_path(path), *full = full_path(target);
	int rc = set(wide, full);
	int saved = errno;
	free(wide);
	free(full);
	errno = saved;
	return rc;
}

int oak_hard_link(const char *source, const char *target)
{
	wchar_t *from = oak_wide_path(source), *to = oak_wide_path(target);
	BOOL ok = CreateHardLinkW(to, from, NULL);
	DWORD code = GetLastError();
	free(from);
	free(to);
	errno = ok ? 0 : oak_errno_of_windows(code);
	return ok ? 0 : -1;
}
