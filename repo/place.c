/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links and copies of files. */
#include "repo/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/mem.h"
#include "core/port.h"
#include "core/str.h"

enum { BLOCK = 1 << 20 };

static int copy_bytes(int in, int out, const char *from, const char *to, struct oak_error *err)
{
	OAK_AUTO(oak_free_p) char *block = oak_alloc(BLOCK);
	for (;;) {
		ssize_t got = read(in, block, BLOCK);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return oak_fail_errno(err, "file.read", "cannot read '%s'", from);
		if (got == 0)
			break;
		for (ssize_t done = 0; done < got;) {
			ssize_t put = write(out, block + done, (unsigned)(got - done));
			if (put < 0 && errno == EINTR)
				continue;
			if (put < 0)
				return oak_fail_errno(err, "file.write", "cannot write '%s'", to);
			done += put;
		}
	}
	return fsync(out) == 0 ? 0 : oak_fail_errno(err, "file.write", "cannot write '%s'", to);
}

static int copy(const char *from, const char *to, struct oak_error *err)
{
	int in = open(from, O_RDONLY | O_CLOEXEC | O_BINARY);
	if (in < 0)
		return oak_fail_errno(err, "file.open", "cannot open '%s'", from);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_BINARY, 0644);
	int result = out < 0 ? oak_fail_errno(err, "file.write", "cannot create '%s'", to) : copy_bytes(in, out, from, to, err);
	close(in);
	if (out >= 0)
		close(out);
	if (result < 0)
		unlink(to);
	return result;
}

static bool link_file(const char *from, const char *to)
{
#ifdef _WIN32
	(void)from;
	(void)to;
	return false;
#else
	return link(from, to) == 0;
#endif
}

int oak_place_file(const char *from, const char *to, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const char *slash = strrchr(to, '/'), *part = oak_arena_printf(arena, "%s.part", to);
	struct stat a, b;
	if (slash && oak_fs_mkdirs(oak_arena_strndup(arena, to, (size_t)(slash - to)), 0755, err) < 0)
		return -1;
	if (stat(from, &a) == 0 && stat(to, &b) == 0 && a.st_ino && a.st_ino == b.st_ino && a.st_dev == b.st_dev)
		return 0; /* renaming a link over itself would leave both */
	unlink(part);
	if (!link_file(from, part) && copy(from, part, err) < 0)
		return -1;
	oak_fault_point("place.rename");
	if (rename(part, to) != 0) {
		oak_fail_errno(err, "file.rename", "cannot rename '%s' to '%s'", part, to);
		unlink(part);
		return -1;
	}
	return oak_fs_sync_parent(to, err);
}
