/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UTF-8 to UTF-16 and back, long paths, error codes. */
#include "core/windows_text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <wchar.h>
#include <windows.h>

enum { LONG_PATH = 240 }; /* of 260; what is made inside a folder needs the rest */

wchar_t *oak_wide(const char *text)
{
	if (!text)
		return NULL;
	int n = MultiByteToWideChar(CP_UTF8, 0, text, -1, NULL, 0);
	wchar_t *out = oak_alloc_zero((size_t)(n > 0 ? n : 1), sizeof(*out));
	if (n > 0)
		MultiByteToWideChar(CP_UTF8, 0, text, -1, out, n);
	return out;
}

static const wchar_t *prefix_of(const wchar_t *full)
{
	return full[0] == L'\\' && full[1] == L'\\' ? L"\\\\?\\UNC" : L"\\\\?\\";
}

wchar_t *oak_wide_path(const char *path)
{
	const wchar_t *drive = _wgetenv(L"SystemDrive");
	if (path && path[0] == '/' && !path[1] && drive && wcslen(drive) == 2) {
		wchar_t *root = oak_alloc_zero(4, sizeof(*root));
		wcscat(wcscpy(root, drive), L"\\");
		return root;
	}
	wchar_t *plain = oak_wide(path);
	if (!plain)
		return NULL;
	for (wchar_t *p = plain; *p; p++)
		if (*p == L'/')
			*p = L'\\';
	if (wcslen(plain) < LONG_PATH || wcsncmp(plain, L"\\\\?\\", 4) == 0)
		return plain;
	DWORD n = GetFullPathNameW(plain, 0, NULL, NULL);
	wchar_t *full = oak_alloc_zero((size_t)n + 16, sizeof(*full));
	if (!n || !GetFullPathNameW(plain, n, full + 8, NULL)) {
		free(full);
		return plain;
	}
	free(plain);
	const wchar_t *prefix = prefix_of(full + 8);
	bool share = wcslen(prefix) == 7;
	wchar_t *out = oak_alloc_zero(wcslen(full + 8) + 16, sizeof(*out));
	wcscpy(out, prefix);
	wcscat(out, full + 8 + (share ? 1 : 0));
	free(full);
	return out;
}

char *oak_narrow(struct oak_arena *arena, const wchar_t *text)
{
	int n = text ? WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL) : 0;
	if (n <= 0)
		return text ? oak_arena_strdup(arena, "") : NULL;
	char *out = oak_arena_alloc(arena, (size_t)n);
	WideCharToMultiByte(CP_UTF8, 0, text, -1, out, n, NULL, NULL);
	return out;
}

int oak_errno_of_windows(unsigned long code)
{
	static const struct {
		DWORD code;
		int number;
	} table[] = {
		{ERROR_FILE_NOT_FOUND, ENOENT},	    {ERROR_PATH_NOT_FOUND, ENOENT},	{ERROR_INVALID_NAME, ENOENT},
		{ERROR_BAD_NETPATH, ENOENT},	    {ERROR_BAD_NET_NAME, ENOENT},	{ERROR_INVALID_DRIVE, ENOENT},
		{ERROR_BAD_PATHNAME, ENOENT},	    {ERROR_ACCESS_DENIED, EACCES},	{ERROR_SHARING_VIOLATION, EACCES},
		{ERROR_LOCK_VIOLATION, EACCES},	    {ERROR_WRITE_PROTECT, EROFS},	{ERROR_PRIVILEGE_NOT_HELD, EPERM},
		{ERROR_FILE_EXISTS, EEXIST},	    {ERROR_ALREADY_EXISTS, EEXIST},	{ERROR_DIR_NOT_EMPTY, ENOTEMPTY},
		{ERROR_DIRECTORY, ENOTDIR},	    {ERROR_DISK_FULL, ENOSPC},		{ERROR_HANDLE_DISK_FULL, ENOSPC},
		{ERROR_TOO_MANY_OPEN_FILES, EMFILE}, {ERROR_NOT_ENOUGH_MEMORY, ENOMEM}, {ERROR_OUTOFMEMORY, ENOMEM},
		{ERROR_BROKEN_PIPE, EPIPE},	    {ERROR_NO_DATA, EPIPE},		{ERROR_NOT_SAME_DEVICE, EXDEV},
		{ERROR_INVALID_HANDLE, EBADF},	    {ERROR_INVALID_PARAMETER, EINVAL},	{ERROR_FILENAME_EXCED_RANGE, ENAMETOOLONG},
		{ERROR_BUSY, EBUSY},		    {ERROR_BAD_EXE_FORMAT, ENOEXEC},	{ERROR_NOT_SUPPORTED, ENOSYS},
		{ERROR_CANT_RESOLVE_FILENAME, ELOOP},
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (table[i].code == code)
			return table[i].number;
	return EIO;
}
