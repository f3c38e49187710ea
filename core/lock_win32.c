/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kernel locks on Windows: LockFileEx on a byte far behind a file's end, gone with the process. */
#include "core/lock.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <windows.h>

#include "core/str.h"
#include "core/windows_text.h"

enum { TICK_MS = 100, LOCKED_BYTE = 1 << 30 };

static bool try_lock(int fd, DWORD flags)
{
	OVERLAPPED at = {.Offset = LOCKED_BYTE};
	return LockFileEx((HANDLE)_get_osfhandle(fd), LOCKFILE_EXCLUSIVE_LOCK | flags, 0, 1, 0, &at);
}

int oak_lock_file(int fd)
{
	if (try_lock(fd, 0))
		return 0;
	errno = oak_errno_of_windows(GetLastError());
	return -1;
}

/* The text is for messages only: a full disk must not stop us. */
static void write_pid(int fd)
{
	char pid[24];
	int n = snprintf(pid, sizeof(pid), "%lu\n", GetCurrentProcessId());
	if (_chsize(fd, 0) == 0 && write(fd, pid, (unsigned)n) < 0)
		errno = 0;
}

static int held(int fd, const char *path, struct oak_error *err)
{
	char pid[24] = "";
	int got = read(fd, pid, sizeof(pid) - 1);
	pid[got > 0 ? got : 0] = '\0';
	pid[strspn(pid, "0123456789")] = '\0';
	return oak_fail(err, OAK_TRANSIENT, "lock.held", 0,
			"another oakum works on this host: '%s' is held by process %s (try again later, or wait with --wait-lock)", path,
			*pid ? pid : "unknown");
}

int oak_lock_take(const char *path, int64_t wait_s, const volatile int *stop, int *ret_fd, struct oak_error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return oak_fail_errno(err, "lock.open", "cannot open lock '%s'", path);
	ULONGLONG deadline = GetTickCount64() + (ULONGLONG)wait_s * 1000;
	int rc = 0;
	while (rc == 0 && !try_lock(fd, LOCKFILE_FAIL_IMMEDIATELY)) {
		if (stop && *stop)
			rc = oak_fail(err, OAK_INTERRUPTED, "lock.interrupted", 0, "interrupted while waiting for '%s'", path);
		else if (GetTickCount64() >= deadline)
			rc = held(fd, path, err);
		else
			Sleep(TICK_MS);
	}
	if (rc < 0) {
		close(fd);
		return rc;
	}
	write_pid(fd);
	*ret_fd = fd;
	return 0;
}

void oak_lock_release(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int oak_lock_wait_fcntl(const char *path, int64_t wait_s, const volatile int *stop, struct oak_error *err)
{
	int fd;
	if (oak_lock_take(path, wait_s, stop, &fd, err) < 0)
		return -1;
	oak_lock_release(&fd);
	return 0;
}
