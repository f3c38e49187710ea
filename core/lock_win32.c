/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kernel locks on Windows: LockFileEx on a file's first byte, gone with the process. */
#include "core/lock.h"

#include <windows.h>
#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>

enum { TICK_MS = 100 };

int oak_lock_take(const char *path, int64_t wait_s, const volatile int *stop, int *ret_fd, struct oak_error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_BINARY | O_NOINHERIT, S_IREAD | S_IWRITE);
	if (fd < 0)
		return oak_fail_errno(err, "lock.open", "cannot open lock '%s'", path);
	HANDLE file = (HANDLE)_get_osfhandle(fd);
	for (int64_t waited = 0;; waited += TICK_MS) {
		OVERLAPPED at = {.Offset = 1u << 30};
		if (LockFileEx(file, LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at)) {
			*ret_fd = fd;
			return 0;
		}
		if (stop && *stop) {
			close(fd);
			return oak_fail(err, OAK_INTERRUPTED, "lock.interrupted", 0, "interrupted while waiting for lock '%s'", path);
		}
		if (waited >= wait_s * 1000)
			break;
		Sleep(TICK_MS);
	}
	close(fd);
	return oak_fail(err, OAK_TRANSIENT, "lock.held", 0, "lock '%s' is held by another run (try again when it has ended)", path);
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
