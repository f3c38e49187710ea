/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Power cuts for tests, by LD_PRELOAD: data that were not synced are gone after the cut. POWERCUT=n cuts at the n-th sync or rename below
 * POWERCUT_DIR: every file written since its last sync loses half of what was written since then (its name stays, as on a journalling
 * file system), and the process ends with 137. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES = 4096 };

/* A file with writes that no sync has covered, by inode; PATH is where it was written. */
static struct dirty {
	dev_t dev;
	ino_t ino;
	int fd;     /* our own descriptor of it */
	off_t safe; /* bytes that an earlier sync covers */
} dirty[FILES];
static int count, events;
static pid_t owner;

static int below(int fd)
{
	char link[64], path[PATH_MAX];
	const char *dir = getenv("POWERCUT_DIR");
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof(path) - 1);
	path[n > 0 ? n : 0] = '\0';
	return dir && getpid() == owner && strncmp(path, dir, strlen(dir)) == 0;
}

static void mark(int fd)
{
	struct stat st;
	if (!below(fd) || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	for (int i = 0; i < count; i++)
		if (dirty[i].dev == st.st_dev && dirty[i].ino == st.st_ino)
			return;
	if (count < FILES)
		dirty[count++] = (struct dirty){st.st_dev, st.st_ino, fcntl(fd, F_DUPFD_CLOEXEC, 500), st.st_size};
}

static void clean(int fd)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return;
	for (int i = 0; i < count; i++)
		if (dirty[i].dev == st.st_dev && dirty[i].ino == st.st_ino) {
			close(dirty[i].fd);
			dirty[i--] = dirty[--count];
		}
}

static void event(void)
{
	const char *text = getenv("POWERCUT");
	events++;
	if (!text || strtol(text, NULL, 10) != events || getpid() != owner)
		return;
	for (int i = 0; i < count; i++) { /* half of what was written since its last sync reached the disk */
		struct stat st;
		if (fstat(dirty[i].fd, &st) == 0 && ftruncate(dirty[i].fd, dirty[i].safe + (st.st_size - dirty[i].safe) / 2) < 0)
			_exit(1);
	}
	_exit(137);
}

__attribute__((constructor)) static void begin(void)
{
	owner = getpid();
}

#define REAL(type, name, ...) static type (*real)(__VA_ARGS__); if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

ssize_t write(int fd, const void *p, size_t n)
{
	REAL(ssize_t, "write", int, const void *, size_t);
	mark(fd);
	return real(fd, p, n);
}

static int synced(int (*real)(int), int fd)
{
	int ours = below(fd);
	if (ours)
		event(); /* before: what this sync was to save is lost */
	int rc = real(fd);
	if (ours && rc == 0)
		clean(fd);
	return rc;
}

int fsync(int fd)
{
	REAL(int, "fsync", int);
	return synced(real, fd);
}

int fdatasync(int fd)
{
	REAL(int, "fdatasync", int);
	return synced(real, fd);
}

int syncfs(int fd)
{
	REAL(int, "syncfs", int);
	int rc = synced(real, fd);
	while (rc == 0 && count > 0)
		close(dirty[--count].fd);
	return rc;
}

int rename(const char *from, const char *to)
{
	REAL(int, "rename", const char *, const char *);
	int rc = real(from, to);
	const char *dir = getenv("POWERCUT_DIR");
	if (rc == 0 && dir && strncmp(to, dir, strlen(dir)) == 0)
		event(); /* the new name is there, the bytes behind it only if they were synced */
	return rc;
}
