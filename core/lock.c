/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flock for our own locks, fcntl probes for those of the package managers. */
#include "core/lock.h"

#ifndef _WIN32
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { TICK_MS = 100 };

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* False when the time is over or we are asked to stop. */
static bool wait_tick(int64_t deadline_ms, const volatile int *stop)
{
	if (now_ms() >= deadline_ms || (stop && *stop))
		return false;
	struct timespec tick = {0, TICK_MS * 1000000L};
	nanosleep(&tick, NULL);
	return true;
}

static int interrupted(const volatile int *stop, const char *path, struct oak_error *err)
{
	if (stop && *stop)
		return oak_fail(err, OAK_INTERRUPTED, "lock.interrupted", 0, "interrupted while waiting for '%s'", path);
	return 0;
}

static int held(int fd, const char *path, struct oak_error *err)
{
	char pid[24] = "";
	ssize_t got = pread(fd, pid, sizeof(pid) - 1, 0);
	pid[got > 0 ? (size_t)got : 0] = '\0';
	for (char *p = pid; *p; p++)
		if (*p < '0' || *p > '9')
			*p = '\0';
	return oak_fail(err, OAK_TRANSIENT, "lock.held", 0,
			"another oakum works on this host: '%s' is held by process %s (try again later, or wait with "
			"--wait-lock)",
			path, *pid ? pid : "unknown");
}

int oak_lock_take(const char *path, int64_t wait_s, const volatile int *stop, int *ret_fd, struct oak_error *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return oak_fail_errno(err, "lock.open", "cannot open lock '%s'", path);
	int64_t deadline = now_ms() + wait_s * 1000;
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		int number = errno;
		if (number == EWOULDBLOCK && wait_tick(deadline, stop))
			continue;
		errno = number;
		int rc = number != EWOULDBLOCK ? oak_fail_errno(err, "lock.open", "cannot lock '%s'", path)
					       : interrupted(stop, path, err);
		if (rc == 0)
			rc = held(fd, path, err);
		close(fd);
		return rc;
	}
	char pid[24];
	int n = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) == 0 && pwrite(fd, pid, (size_t)n, 0) < 0)
		errno = 0; /* the text is for messages only: a full disk must not stop us */
	*ret_fd = fd;
	return 0;
}

int oak_lock_file(int fd)
{
	int rc;
	while ((rc = flock(fd, LOCK_EX)) < 0 && errno == EINTR)
		;
	return rc;
}

void oak_lock_release(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* One look: TAKE = and keep it where it is free. *ret_holder = 0 where it is. -1 with errno. */
static int try_fcntl(int fd, bool take, long *ret_holder)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	*ret_holder = 0;
	if (take && fcntl(fd, F_SETLK, &lock) == 0)
		return 0;
	if (take && errno != EACCES && errno != EAGAIN)
		return -1;
	if (fcntl(fd, F_GETLK, &lock) < 0)
		return -1;
	*ret_holder = lock.l_type != F_UNLCK ? (long)lock.l_pid : take ? -1 : 0;
	return 0;
}

static int wait_fcntl(const char *path, int64_t wait_s, const volatile int *stop, int *ret_fd, struct oak_error *err)
{
	int64_t deadline = now_ms() + wait_s * 1000;
	for (;;) {
		long holder = 0;
		int fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			return errno == ENOENT || errno == ENOTDIR
				       ? 0
				       : oak_fail_errno(err, "lock.open", "cannot open lock '%s'", path);
		int rc = try_fcntl(fd, ret_fd != NULL, &holder);
		if (rc < 0)
			oak_fail_errno(err, "lock.open", "cannot ask who holds '%s'", path);
		if (rc == 0 && holder == 0 && ret_fd)
			*ret_fd = fd;
		else
			close(fd);
		if (rc < 0 || holder == 0)
			return rc;
		if (wait_tick(deadline, stop))
			continue;
		if (interrupted(stop, path, err) < 0)
			return -1;
		return oak_fail(err, OAK_TRANSIENT, "lock.held", 0,
				"the package manager is busy: '%s' is held by process %ld (try again later)", path, holder);
	}
}

int oak_lock_wait_fcntl(const char *path, int64_t wait_s, const volatile int *stop, struct oak_error *err)
{
	return wait_fcntl(path, wait_s, stop, NULL, err);
}

int oak_lock_take_fcntl(const char *path, int64_t wait_s, const volatile int *stop, int *ret_fd, struct oak_error *err)
{
	return wait_fcntl(path, wait_s, stop, ret_fd, err);
}
#endif
