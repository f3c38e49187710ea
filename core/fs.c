/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* File access that keeps old or new, never a mixture. */
#include "core/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/port.h"
#include "core/str.h"

#ifdef _WIN32
static const char separators[] = "/\\";
#else
static const char separators[] = "/";
#endif

static int read_all(int fd, const char *path, struct oak_buf *buf, struct oak_error *err)
{
	for (;;) {
		size_t want = buf->max - buf->n < 65536 ? buf->max - buf->n + 1 : 65536;
		char chunk[65537];
		ssize_t got = read(fd, chunk, (unsigned)want);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return oak_fail_errno(err, "file.read", "cannot read '%s'", path);
		if (got == 0)
			return 0;
		oak_buf_add(buf, chunk, (size_t)got);
		if (buf->full)
			return oak_fail(err, OAK_INVALID, "file.too-large", 0, "'%s' is larger than %zu bytes", path,
					buf->max);
	}
}

int oak_fs_read(const char *path, struct oak_buf *buf, struct oak_error *err)
{
	if (oak_streq(path, "-"))
		return read_all(STDIN_FILENO, "standard input", buf, err);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_BINARY);
	if (fd < 0)
		return oak_fail_errno(err, "file.open", "cannot open '%s'", path);
	struct stat st;
	int rc;
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		rc = oak_fail(err, OAK_INVALID, "file.directory", 0, "'%s' is a directory (give a file)", path);
	else
		rc = read_all(fd, path, buf, err);
	close(fd);
	return rc;
}

static int write_all(int fd, const char *path, const char *p, size_t n, struct oak_error *err)
{
	while (n) {
		ssize_t done = write(fd, p, (unsigned)(n > (1u << 30) ? (1u << 30) : n));
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return oak_fail_errno(err, "file.write", "cannot write '%s'", path);
		p += done;
		n -= (size_t)done;
	}
	/* a pipe and a device have nothing to sync */
	return fsync(fd) < 0 && errno != EINVAL && errno != ENOTSUP ? oak_fail_errno(err, "file.write", "cannot write '%s'", path) : 0;
}

int oak_fs_sync_parent(const char *path, struct oak_error *err)
{
#ifdef _WIN32
	(void)path;
	(void)err;
	return 0;
#else
	OAK_AUTO(oak_free_p) char *dir = oak_strdup(path);
	char *slash = strrchr(dir, '/');
	if (slash)
		slash[slash == dir] = '\0';
	const char *name = slash ? dir : ".";
	int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return oak_fail_errno(err, "file.write", "cannot open folder '%s'", name);
	int rc = fsync(fd) < 0 && errno != EINVAL ? oak_fail_errno(err, "file.write", "cannot sync '%s'", name) : 0;
	close(fd);
	return rc;
#endif
}

/* Devices, pipes, sockets: what must never be replaced by a file. */
static bool is_special(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

static int write_special(const char *path, const void *bytes, size_t n, struct oak_error *err)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_BINARY);
	if (fd < 0)
		return oak_fail_errno(err, "file.write", "cannot open '%s'", path);
	int rc = write_all(fd, path, bytes, n, err);
	return close(fd) < 0 && rc == 0 ? oak_fail_errno(err, "file.write", "cannot write '%s'", path) : rc;
}

int oak_fs_write_atomic(const char *path, const void *bytes, size_t n, unsigned mode, struct oak_error *err)
{
	size_t size = strlen(path) + 16;
	if (is_special(path))
		return write_special(path, bytes, n, err);
	OAK_AUTO(oak_free_p) char *temporary = oak_alloc(size);
	snprintf(temporary, size, "%s.tmp%ld", path, (long)getpid() % 1000000);
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_BINARY, mode);
	if (fd < 0)
		return oak_fail_errno(err, "file.write", "cannot create '%s'", temporary);
	int rc = write_all(fd, temporary, bytes, n, err);
	close(fd);
	if (rc == 0 && rename(temporary, path) < 0)
		rc = oak_fail_errno(err, "file.rename", "cannot rename '%s' to '%s'", temporary, path);
	if (rc < 0) {
		unlink(temporary);
		return rc;
	}
	return oak_fs_sync_parent(path, err);
}

int oak_fs_mkdir(const char *path, unsigned mode)
{
	return mkdir(path, (mode_t)mode);
}

/* Behind what cannot be made: "/", "C:\", "\\server\share\". */
static size_t first_name(const char *path)
{
#ifdef _WIN32
	bool share = path[0] && strchr(separators, path[0]) && path[1] && strchr(separators, path[1]);
	size_t n = path[0] && path[1] == ':' ? 2 : 0;
	for (int names = share ? 2 : 0; names; names--) {
		n += strspn(path + n, separators);
		n += strcspn(path + n, separators);
	}
	return n + strspn(path + n, separators);
#else
	return *path == '/';
#endif
}

int oak_fs_mkdirs(const char *path, unsigned mode, struct oak_error *err)
{
	OAK_AUTO(oak_free_p) char *copy = oak_strdup(path);
	for (char *p = copy + first_name(copy);; p++) {
		bool end = !*p;
		char separator = *p;
		if (!end && !strchr(separators, *p))
			continue;
		*p = '\0';
		if (*copy && oak_fs_mkdir(copy, mode) < 0 && errno != EEXIST) {
			int reason = errno; /* looking again would put another one in its place */

			if (!oak_fs_is_dir(copy)) {
				errno = reason;
				return oak_fail_errno(err, "file.mkdir", "cannot make folder '%s'", copy);
			}
		}
		if (end)
			break;
		*p = separator;
	}
	if (!oak_fs_is_dir(path)) {
		errno = ENOTDIR;
		return oak_fail_errno(err, "file.mkdir", "cannot make folder '%s'", path);
	}
	return 0;
}

bool oak_fs_exists(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0;
}

bool oak_fs_is_dir(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}
