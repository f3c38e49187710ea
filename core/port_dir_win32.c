/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Folders for mingw: listing them, and making them with an access list that fits their mode. */
#include "core/port.h"

#include <errno.h>
#include <stdbool.h>
#include <windows.h>
#include <sddl.h>

#include "core/windows_text.h"

/* ------------------------------------------------------------------------------------------- listing */

struct oak_port_dir {
	HANDLE find;
	WIN32_FIND_DATAW data;
	bool first;
	struct oak_port_dirent entry;
};

struct oak_port_dir *oak_port_opendir(const char *path)
{
	struct oak_port_dir *dir = oak_alloc_zero(1, sizeof(*dir));
	size_t size = strlen(path) + 3;
	char *pattern = oak_alloc(size);
	snprintf(pattern, size, "%s%s*", path, *path && strchr("/\\", path[strlen(path) - 1]) ? "" : "/");
	wchar_t *wide = oak_wide_path(pattern);
	dir->find = FindFirstFileW(wide, &dir->data);
	DWORD code = GetLastError();
	free(pattern);
	free(wide);
	dir->first = true;
	if (dir->find != INVALID_HANDLE_VALUE)
		return dir;
	free(dir);
	errno = oak_errno_of_windows(code);
	return NULL;
}

struct oak_port_dirent *oak_port_readdir(struct oak_port_dir *dir)
{
	if (!dir->first && !FindNextFileW(dir->find, &dir->data)) {
		errno = GetLastError() == ERROR_NO_MORE_FILES ? 0 : EIO;
		return NULL;
	}
	dir->first = false;
	int n = WideCharToMultiByte(CP_UTF8, 0, dir->data.cFileName, -1, dir->entry.d_name, sizeof(dir->entry.d_name), NULL, NULL);
	return n > 0 ? &dir->entry : NULL;
}

int oak_port_closedir(struct oak_port_dir *dir)
{
	FindClose(dir->find);
	free(dir);
	return 0;
}

/* ------------------------------------------------------------------------------------------- making */

/* This user's SID as text, to be freed with LocalFree; NULL = not known. */
static wchar_t *own_sid(void)
{
	HANDLE token;
	union {
		TOKEN_USER user;
		char bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
	} buffer;
	DWORD size = sizeof(buffer);
	wchar_t *text = NULL;
	if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
		return NULL;
	if (GetTokenInformation(token, TokenUser, &buffer, size, &size))
		ConvertSidToStringSidW(buffer.user.User.Sid, &text);
	CloseHandle(token);
	return text;
}

/* Full rights for the system, administrators and this user, for other users to read or none, nothing inherited from above. */
static PSECURITY_DESCRIPTOR own_descriptor(bool readable)
{
	wchar_t *sid = own_sid(), text[512];
	PSECURITY_DESCRIPTOR descriptor = NULL;
	if (!sid)
		return NULL;
	_snwprintf(text, sizeof(text) / sizeof(*text), L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;%ls)%ls", sid,
		   readable ? L"(A;OICI;FRFX;;;BU)" : L"");
	LocalFree(sid);
	if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(text, SDDL_REVISION_1, &descriptor, NULL))
		return NULL;
	return descriptor;
}

/* %ProgramData% lets every user add files to the folders below it. */
static bool below_program_data(const wchar_t *path)
{
	const wchar_t *data = _wgetenv(L"ProgramData");
	size_t n = data ? wcslen(data) : 0;
	return n && _wcsnicmp(path, data, n) == 0 && path[n] == L'\\';
}

int oak_port_mkdir(const char *path, int mode)
{
	wchar_t *wide = oak_wide_path(path);
	bool closed = (mode & 077) == 0;
	SECURITY_ATTRIBUTES attributes = {.nLength = sizeof(attributes)};
	if (closed || below_program_data(wide))
		attributes.lpSecurityDescriptor = own_descriptor(!closed);
	BOOL ok = CreateDirectoryW(wide, attributes.lpSecurityDescriptor ? &attributes : NULL);
	DWORD code = GetLastError();
	LocalFree(attributes.lpSecurityDescriptor);
	free(wide);
	if (ok)
		return 0;
	errno = oak_errno_of_windows(code);
	return -1;
}
