/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An archive that nobody changes while it is read: Windows lets a reader keep writers out. */
#include <errno.h>
#include <stdlib.h>
#include <windows.h>

#include "core/windows_text.h"
#include "distributor/package/extract.h"

int oak_archive_open(const char *path, const char *copy, int *ret_fd, struct oak_error *err)
{
	(void)copy;
	wchar_t *wide = oak_wide_path(path);
	HANDLE file = CreateFileW(wide, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, NULL);
	DWORD code = GetLastError();
	free(wide);
	if (file == INVALID_HANDLE_VALUE) {
		errno = oak_errno_of_windows(code);
		return oak_fail_errno(err, "file.open", "cannot open '%s'%s", path,
				      code == ERROR_SHARING_VIOLATION ? " (somebody has it open for writing)" : "");
	}
	*ret_fd = _open_osfhandle((intptr_t)file, O_RDONLY | O_BINARY | O_NOINHERIT);
	if (*ret_fd >= 0)
		return 0;
	CloseHandle(file);
	return oak_fail_errno(err, "file.open", "cannot open '%s'", path);
}
