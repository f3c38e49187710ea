/* SPDX-License-Identifier: GPL-3.0-or-later */
/* openat2 with RESOLVE_IN_ROOT where the kernel has it. */
#include "scanners/root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/openat2.h>
#include <sys/syscall.h>
#endif

#include "core/str.h"

const char *oak_root_join(struct oak_arena *arena, const char *root, const char *path)
{
	while (*path == '/')
		path++;
	size_t n = strlen(root);
	return oak_arena_printf(arena, "%s%s%s", root, n && root[n - 1] == '/' ? "" : "/", path);
}

/* Without openat2 (kernel before 5.6, a filter that forbids it): the path as it is. */
static int open_plain(const char *root, const char *path, int flags)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	return open(oak_root_join(arena, root, path), flags | O_CLOEXEC);
}

int oak_root_open(const char *root, const char *path, int flags)
{
#ifdef SYS_openat2
	if (!oak_streq(root, "/")) {
		int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (dir < 0)
			return -1;
		struct open_how how = {.flags = (unsigned)(flags | O_CLOEXEC), .resolve = RESOLVE_IN_ROOT};
		int fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
		int number = errno;
		close(dir);
		errno = number;
		if (fd >= 0 || (number != ENOSYS && number != EPERM))
			return fd;
	}
#endif
	return open_plain(root, path, flags);
}

int oak_root_read(const char *root, const char *path, struct oak_buf *buf)
{
	int fd = oak_root_open(root, path, O_RDONLY);
	if (fd < 0)
		return -1;
	ssize_t got;
	char chunk[16384];
	do {
		got = read(fd, chunk, sizeof(chunk));
		if (got > 0)
			oak_buf_add(buf, chunk, (size_t)got);
	} while ((got > 0 && !buf->full) || (got < 0 && errno == EINTR));
	int number = errno;
	close(fd);
	errno = number;
	return got < 0 ? -1 : 0;
}

bool oak_root_exists(const char *root, const char *path)
{
#ifdef O_PATH
	int fd = oak_root_open(root, path, O_PATH);
#else
	int fd = oak_root_open(root, path, O_RDONLY);
#endif
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

const char *oak_root_line(struct oak_arena *arena, const char *root, const char *path)
{
	struct oak_buf buf OAK_AUTO(oak_buf_done);
	oak_buf_init(&buf, 4096);
	if (oak_root_read(root, path, &buf) < 0)
		return NULL;
	struct oak_str rest = {oak_buf_text(&buf), buf.n}, line;
	if (!oak_str_next(&rest, '\n', &line))
		return NULL;
	line = oak_str_trim(line);
	return line.n ? oak_arena_strndup(arena, line.p, line.n) : NULL;
}
