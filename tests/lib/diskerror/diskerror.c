/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk that fails, for tests, by LD_PRELOAD: the DISKERROR-th write, sync, rename, creation or removal below one of the folders in
 * DISKERROR_DIRS (separated by ':') fails with EIO. DISKERROR_MODE: "once" (that one only), "on" (that one and all after it, as a disk that
 * is gone), "short" (writes only: half of the bytes are written and said to be, which is no error). What failed is noted in DISKERROR_LOG. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int events;
static pid_t owner;

__attribute__((constructor)) static void begin(void)
{
	owner = getpid();
}

static int is_ours(const char *path)
{
	const char *dirs = getenv("DISKERROR_DIRS");
	while (dirs && *dirs) {
		size_t n = strcspn(dirs, ":");
		if (n && strncmp(path, dirs, n) == 0)
			return 1;
		dirs += n + (dirs[n] == ':');
	}
	return 0;
}

static int path_of(int fd, char *path, size_t size)
{
	char link[64];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, size - 1);
	path[n > 0 ? n : 0] = '\0';
	return n > 0;
}

static void note(const char *kind, const char *path)
{
	const char *log = getenv("DISKERROR_LOG");
	int fd = log ? (int)syscall(SYS_openat /* past ourselves */, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0644) : -1;
	if (fd >= 0)
		dprintf(fd, "%s %s\n", kind, path);
}

/* Does this one fail? */
static int strikes(const char *kind, const char *path)
{
	static int noted;
	const char *text = getenv("DISKERROR"), *mode = getenv("DISKERROR_MODE");
	int n = text ? (int)strtol(text, NULL, 10) : 0;
	if (!n || getpid() != owner || !is_ours(path))
		return 0;
	events++;
	if (events != n && !(mode && strcmp(mode, "on") == 0 && events > n))
		return 0;
	if (!noted++)
		note(kind, path);
	return 1;
}

static int strikes_fd(const char *kind, int fd)
{
	char path[PATH_MAX];
	return path_of(fd, path, sizeof(path)) && strikes(kind, path);
}

static int strikes_at(const char *kind, int dir, const char *name)
{
	char path[PATH_MAX * 2];
	if (name[0] == '/' || dir == AT_FDCWD)
		return strikes(kind, name);
	if (!path_of(dir, path, PATH_MAX))
		return 0;
	strncat(path, "/", 2);
	strncat(path, name, PATH_MAX - 2);
	return strikes(kind, path);
}

static int is_short(void)
{
	const char *mode = getenv("DISKERROR_MODE");
	return mode && strcmp(mode, "short") == 0;
}

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)
#define FAIL_IF(condition) do { if (condition) { errno = EIO; return -1; } } while (0)

ssize_t write(int fd, const void *p, size_t n)
{
	REAL(ssize_t, "write", int, const void *, size_t);
	if (!strikes_fd("write", fd))
		return real(fd, p, n);
	if (is_short())
		return real(fd, p, n > 1 ? n / 2 : n);
	errno = EIO;
	return -1;
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
	if (!strikes_fd("write", fd))
		return real(fd, p, n, at);
	if (is_short())
		return real(fd, p, n > 1 ? n / 2 : n, at);
	errno = EIO;
	return -1;
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	return pwrite64(fd, p, n, at);
}

#define ON_FD(name, kind)                                                                                                          \
	int name(int fd)                                                                                                           \
	{                                                                                                                          \
		REAL(int, #name, int);                                                                                             \
		FAIL_IF(!is_short() && strikes_fd(kind, fd));                                                                      \
		return real(fd);                                                                                                   \
	}
ON_FD(fsync, "sync")
ON_FD(fdatasync, "sync")
ON_FD(syncfs, "sync")

int rename(const char *from, const char *to)
{
	REAL(int, "rename", const char *, const char *);
	FAIL_IF(!is_short() && strikes("rename", to));
	return real(from, to);
}

int mkdir(const char *path, mode_t mode)
{
	REAL(int, "mkdir", const char *, mode_t);
	FAIL_IF(!is_short() && strikes("make", path));
	return real(path, mode);
}

int mkdirat(int dir, const char *path, mode_t mode)
{
	REAL(int, "mkdirat", int, const char *, mode_t);
	FAIL_IF(!is_short() && strikes_at("make", dir, path));
	return real(dir, path, mode);
}

int symlink(const char *target, const char *path)
{
	REAL(int, "symlink", const char *, const char *);
	FAIL_IF(!is_short() && strikes("make", path));
	return real(target, path);
}

int symlinkat(const char *target, int dir, const char *path)
{
	REAL(int, "symlinkat", const char *, int, const char *);
	FAIL_IF(!is_short() && strikes_at("make", dir, path));
	return real(target, dir, path);
}

int linkat(int from, const char *old, int to, const char *path, int flags)
{
	REAL(int, "linkat", int, const char *, int, const char *, int);
	FAIL_IF(!is_short() && strikes_at("make", to, path));
	return real(from, old, to, path, flags);
}

int unlink(const char *path)
{
	REAL(int, "unlink", const char *);
	FAIL_IF(!is_short() && strikes("remove", path));
	return real(path);
}

int unlinkat(int dir, const char *path, int flags)
{
	REAL(int, "unlinkat", int, const char *, int);
	FAIL_IF(!is_short() && strikes_at("remove", dir, path));
	return real(dir, path, flags);
}

#define TRUNCATE(name, offset)                                                                                                     \
	int name(int fd, offset size)                                                                                              \
	{                                                                                                                          \
		REAL(int, #name, int, offset);                                                                                     \
		FAIL_IF(!is_short() && strikes_fd("write", fd));                                                                   \
		return real(fd, size);                                                                                             \
	}
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define MODE_OF(flags)                                                                                                             \
	va_list rest;                                                                                                              \
	va_start(rest, flags);                                                                                                     \
	mode_t mode = (flags) & O_CREAT ? va_arg(rest, mode_t) : 0;                                                                \
	va_end(rest)
#define OPEN(name)                                                                                                                 \
	int name(const char *path, int flags, ...)                                                                                 \
	{                                                                                                                          \
		REAL(int, #name, const char *, int, ...);                                                                          \
		MODE_OF(flags);                                                                                                    \
		FAIL_IF(flags & O_CREAT && !is_short() && strikes("make", path));                                                  \
		return real(path, flags, mode);                                                                                    \
	}
#define OPENAT(name)                                                                                                               \
	int name(int dir, const char *path, int flags, ...)                                                                        \
	{                                                                                                                          \
		REAL(int, #name, int, const char *, int, ...);                                                                     \
		MODE_OF(flags);                                                                                                    \
		FAIL_IF(flags & O_CREAT && !is_short() && strikes_at("make", dir, path));                                          \
		return real(dir, path, flags, mode);                                                                               \
	}
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
