/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files for mingw: the wide functions of Windows behind the names of POSIX. */
#include "core/port.h"

#include <errno.h>
#include <stdbool.h>
#include <stdarg.h>
#include <windows.h>

#include "core/windows_text.h"

enum { BUSY_TRIES = 20, BUSY_MS = 25 };
static const int64_t TICKS_PER_SECOND = 10000000, EPOCH_SECONDS = 11644473600;

static int failed(void)
{
	errno = oak_errno_of_windows(GetLastError());
	return -1;
}

static int no_file(const char *path)
{
	errno = path ? ENOENT : EFAULT;
	return -1;
}

/* ------------------------------------------------------------------------------------------- opening */

static DWORD disposition(int flags)
{
	if (flags & O_CREAT)
		return flags & O_EXCL ? CREATE_NEW : flags & O_TRUNC ? CREATE_ALWAYS : OPEN_ALWAYS;
	return flags & O_TRUNC ? TRUNCATE_EXISTING : OPEN_EXISTING;
}

/* What a folder or link would make of it; 0 = fine. */
static int unwanted(HANDLE file, int flags)
{
	BY_HANDLE_FILE_INFORMATION info;
	if (!(flags & (O_NOFOLLOW | O_DIRECTORY)))
		return 0;
	if (!GetFileInformationByHandle(file, &info))
		return EIO;
	if ((flags & O_NOFOLLOW) && (info.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT))
		return ELOOP;
	return (flags & O_DIRECTORY) && !(info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) ? ENOTDIR : 0;
}

static bool is_folder(const wchar_t *path)
{
	DWORD attributes = GetFileAttributesW(path);
	return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY);
}

int oak_port_open(const char *path, int flags, ...)
{
	if (!path || !*path)
		return no_file(path);
	wchar_t *wide = oak_wide_path(path);
	int mode = flags & (O_RDONLY | O_WRONLY | O_RDWR);
	DWORD rights = mode == O_RDWR ? GENERIC_READ | GENERIC_WRITE : mode == O_WRONLY ? GENERIC_WRITE : GENERIC_READ;
	DWORD extra = FILE_ATTRIBUTE_NORMAL | FILE_FLAG_BACKUP_SEMANTICS | (flags & O_NOFOLLOW ? FILE_FLAG_OPEN_REPARSE_POINT : 0);
	/* others may delete and replace what we read, as on any POSIX system */
	HANDLE file = CreateFileW(wide, rights, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, disposition(flags), extra, NULL);
	DWORD code = GetLastError();
	bool folder = file == INVALID_HANDLE_VALUE && code == ERROR_ACCESS_DENIED && is_folder(wide);
	free(wide);
	if (file == INVALID_HANDLE_VALUE) {
		errno = folder ? EISDIR : oak_errno_of_windows(code);
		return -1;
	}
	int bad = unwanted(file, flags);
	if (bad) {
		CloseHandle(file);
		errno = bad;
		return -1;
	}
	int fd = _open_osfhandle((intptr_t)file, O_BINARY | O_NOINHERIT | (flags & (O_APPEND | O_RDONLY)));
	if (fd < 0)
		CloseHandle(file);
	return fd;
}

FILE *oak_port_fopen(const char *path, const char *mode)
{
	bool plus = strchr(mode, '+') != NULL;
	int flags = *mode == 'r' ? (plus ? O_RDWR : O_RDONLY) : (plus ? O_RDWR : O_WRONLY) | O_CREAT | (*mode == 'a' ? O_APPEND : O_TRUNC);
	if (strchr(mode, 'x'))
		flags |= O_EXCL;
	int fd = oak_port_open(path, flags, 0666);
	const char plain[] = {*mode, 'b', plus ? '+' : '\0', '\0'};
	FILE *file = fd < 0 ? NULL : _fdopen(fd, plain);
	if (fd >= 0 && !file)
		close(fd);
	return file;
}

/* ------------------------------------------------------------------------------------------- looking */

static int64_t seconds_of(FILETIME t)
{
	return (int64_t)((uint64_t)t.dwHighDateTime << 32 | t.dwLowDateTime) / TICKS_PER_SECOND - EPOCH_SECONDS;
}

static int fill(HANDLE file, bool links, struct oak_port_stat *ret)
{
	BY_HANDLE_FILE_INFORMATION info;
	DWORD type = GetFileType(file);
	*ret = (struct oak_port_stat){.st_nlink = 1};
	if (type == FILE_TYPE_CHAR || type == FILE_TYPE_PIPE) {
		ret->st_mode = (type == FILE_TYPE_CHAR ? S_IFCHR : S_IFIFO) | 0600;
		return 0;
	}
	if (!GetFileInformationByHandle(file, &info))
		return failed();
	bool folder = info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY, link = links && (info.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT);
	bool closed = info.dwFileAttributes & FILE_ATTRIBUTE_READONLY;
	ret->st_mode = (unsigned)(link ? S_IFLNK : folder ? S_IFDIR : S_IFREG) | (folder ? 0755u : closed ? 0444u : 0644u);
	ret->st_dev = info.dwVolumeSerialNumber;
	ret->st_ino = (uint64_t)info.nFileIndexHigh << 32 | info.nFileIndexLow;
	ret->st_nlink = info.nNumberOfLinks;
	ret->st_size = (int64_t)((uint64_t)info.nFileSizeHigh << 32 | info.nFileSizeLow);
	ret->st_atime = seconds_of(info.ftLastAccessTime);
	ret->st_mtime = seconds_of(info.ftLastWriteTime);
	ret->st_ctime = seconds_of(info.ftCreationTime);
	return 0;
}

static int look(const char *path, bool links, struct oak_port_stat *ret)
{
	if (!path || !*path)
		return no_file(path);
	wchar_t *wide = oak_wide_path(path);
	HANDLE file = CreateFileW(wide, FILE_READ_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
				  FILE_FLAG_BACKUP_SEMANTICS | (links ? FILE_FLAG_OPEN_REPARSE_POINT : 0), NULL);
	DWORD code = GetLastError();
	free(wide);
	if (file == INVALID_HANDLE_VALUE) {
		errno = oak_errno_of_windows(code);
		return -1;
	}
	int rc = fill(file, links, ret);
	CloseHandle(file);
	return rc;
}

int oak_port_stat(const char *path, struct oak_port_stat *ret)
{
	return look(path, false, ret);
}

int oak_port_lstat(const char *path, struct oak_port_stat *ret)
{
	return look(path, true, ret);
}

int oak_port_fstat(int fd, struct oak_port_stat *ret)
{
	HANDLE file = (HANDLE)_get_osfhandle(fd);
	return file == INVALID_HANDLE_VALUE ? -1 : fill(file, false, ret);
}

int oak_port_access(const char *path, int mode)
{
	if (!path || !*path)
		return no_file(path);
	wchar_t *wide = oak_wide_path(path);
	DWORD attributes = GetFileAttributesW(wide), code = GetLastError();
	free(wide);
	bool closed = attributes != INVALID_FILE_ATTRIBUTES && (mode & W_OK) && (attributes & FILE_ATTRIBUTE_READONLY) &&
		      !(attributes & FILE_ATTRIBUTE_DIRECTORY);
	if (attributes != INVALID_FILE_ATTRIBUTES && !closed)
		return 0;
	errno = closed ? EACCES : oak_errno_of_windows(code);
	return -1;
}

int oak_port_chmod(const char *path, int mode)
{
	(void)mode;
	return oak_port_access(path, F_OK);
}

/* ------------------------------------------------------------------------------------------- changing */

/* A scanner for viruses, or an indexer, may hold what was just written for a moment. */
static bool busy(int *tries)
{
	DWORD code = GetLastError();
	if ((code != ERROR_SHARING_VIOLATION && code != ERROR_ACCESS_DENIED) || ++*tries >= BUSY_TRIES)
		return false;
	Sleep(BUSY_MS);
	return true;
}

int oak_port_rmdir(const char *path)
{
	wchar_t *wide = oak_wide_path(path);
	int tries = 0, rc = 0;
	while (rc == 0 && !RemoveDirectoryW(wide))
		if (!busy(&tries))
			rc = failed();
	free(wide);
	return rc;
}

int oak_port_unlink(const char *path)
{
	wchar_t *wide = oak_wide_path(path);
	DWORD attributes = GetFileAttributesW(wide);
	int tries = 0, rc = 0;
	if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) && !(attributes & FILE_ATTRIBUTE_REPARSE_POINT)) {
		errno = EISDIR;
		rc = -1;
	} else if (attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_READONLY)) {
		SetFileAttributesW(wide, attributes & ~(DWORD)FILE_ATTRIBUTE_READONLY);
	}
	bool folder_link = rc == 0 && attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY);
	while (rc == 0 && !(folder_link ? RemoveDirectoryW(wide) : DeleteFileW(wide)))
		if (!busy(&tries))
			rc = failed();
	free(wide);
	return rc;
}

int oak_port_rename(const char *from, const char *to)
{
	wchar_t *old = oak_wide_path(from), *new = oak_wide_path(to);
	int tries = 0, rc = 0;
	while (rc == 0 && !MoveFileExW(old, new, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH))
		if (!busy(&tries))
			rc = failed();
	free(old);
	free(new);
	return rc;
}

int oak_port_symlink(const char *to, const char *path)
{
	(void)to;
	(void)path;
	errno = ENOSYS;
	return -1;
}

/* ------------------------------------------------------------------------------------------- names */

char *oak_port_getcwd(char *out, size_t size)
{
	wchar_t wide[4096];
	DWORD n = GetCurrentDirectoryW(sizeof(wide) / sizeof(*wide), wide);
	if (!n || n >= sizeof(wide) / sizeof(*wide) || WideCharToMultiByte(CP_UTF8, 0, wide, -1, out, (int)size, NULL, NULL) <= 0) {
		errno = ERANGE;
		return NULL;
	}
	return out;
}

static char *narrow(const wchar_t *wide)
{
	int n = WideCharToMultiByte(CP_UTF8, 0, wide, -1, NULL, 0, NULL, NULL);
	char *out = oak_alloc_zero((size_t)(n > 0 ? n : 1), 1);
	WideCharToMultiByte(CP_UTF8, 0, wide, -1, out, n, NULL, NULL);
	return out;
}

char *oak_port_realpath(const char *path, char *out)
{
	if (oak_port_access(path, F_OK) < 0)
		return NULL;
	wchar_t *wide = oak_wide(path);
	DWORD n = GetFullPathNameW(wide, 0, NULL, NULL);
	wchar_t *full = oak_alloc_zero((size_t)n + 1, sizeof(*full));
	GetFullPathNameW(wide, n, full, NULL);
	char *text = narrow(full);
	free(wide);
	free(full);
	if (!out)
		return text;
	size_t size = strlen(text) + 1;
	bool fits = size <= _MAX_PATH;
	if (fits)
		memcpy(out, text, size);
	free(text);
	errno = fits ? errno : ENAMETOOLONG;
	return fits ? out : NULL;
}

char *oak_port_native_path(const char *path)
{
	wchar_t *wide = oak_wide_path(path);
	char *text = narrow(wide);
	free(wide);
	return text;
}

/* Kept for the life of the process, as getenv's answers are. */
char *oak_port_getenv(const char *name)
{
	static struct oak_arena *kept;
	wchar_t *wide = oak_wide(name);
	const wchar_t *value = _wgetenv(wide);
	free(wide);
	if (!value)
		return NULL;
	if (!kept)
		kept = oak_arena_new();
	return oak_narrow(kept, value);
}

char *oak_port_mkdtemp(char *pattern)
{
	return _mktemp_s(pattern, strlen(pattern) + 1) == 0 && oak_port_mkdir(pattern, 0700) == 0 ? pattern : NULL;
}

void *oak_port_memmem(const void *hay, size_t hay_n, const void *needle, size_t needle_n)
{
	const char *p = hay;
	for (; hay_n >= needle_n; p++, hay_n--)
		if (memcmp(p, needle, needle_n) == 0)
			return (void *)(uintptr_t)p;
	return NULL;
}
