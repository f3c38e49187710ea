/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that wait as PATH.part until one sync has brought all of them to the disk. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* syncfs */
#endif
#include "repo/batch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/hash.h"
#include "core/port.h"
#include "core/str.h"

enum { BLOCK = 1 << 20, FEW = 4 };

static const char *part_of(const struct oak_batch *batch, const char *path)
{
	return oak_arena_printf(batch->arena, "%s.part", path);
}

static int put(int fd, const char *bytes, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t written = write(fd, bytes + done, (unsigned)(n - done < BLOCK ? n - done : BLOCK));
		if (written < 0 && errno != EINTR)
			return -1;
		done += written > 0 ? (size_t)written : 0;
	}
	return 0;
}

/* The new file of PATH, which waits from now on; -1 with ERR set. */
static int begin(struct oak_batch *batch, const char *path, struct oak_error *err)
{
	const char *slash = strrchr(path, '/');
	if (slash && oak_fs_mkdirs(oak_arena_strndup(batch->arena, path, (size_t)(slash - path)), 0755, err) < 0)
		return -1;
	int fd = open(part_of(batch, path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_BINARY, 0644);
	if (fd < 0)
		return oak_fail_errno(err, "file.write", "cannot create '%s'", path);
	if (!batch->waiting.arena)
		oak_map_init(&batch->waiting, batch->arena, 64);
	if (!oak_batch_has(batch, path)) {
		const char *copy = oak_arena_strdup(batch->arena, path);
		*oak_push(batch->arena, &batch->paths) = copy;
		oak_map_put(&batch->waiting, copy, batch);
	}
	return fd;
}

static int end(int fd, int failed, const char *path, struct oak_error *err)
{
	if (failed < 0)
		oak_fail_errno(err, "file.write", "cannot write '%s'", path);
	if (close(fd) != 0 && failed == 0)
		return oak_fail_errno(err, "file.write", "cannot write '%s'", path);
	return failed;
}

int oak_batch_bytes(struct oak_batch *batch, const char *path, const void *bytes, size_t n, struct oak_error *err)
{
	int fd = begin(batch, path, err);
	return fd < 0 ? -1 : end(fd, put(fd, bytes, n), path, err);
}

int oak_batch_copy(struct oak_batch *batch, const char *from, const char *path, const char *sha256, struct oak_error *err)
{
	OAK_AUTO(oak_free_p) char *block = oak_alloc(BLOCK);
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	int in = open(from, O_RDONLY | O_CLOEXEC | O_BINARY), failed = 0;
	if (in < 0)
		return oak_fail_errno(err, "file.open", "cannot open '%s'", from);
	int out = begin(batch, path, err);
	if (out < 0) {
		close(in);
		return -1;
	}
	struct oak_hasher *hasher = oak_sha256_new();
	ssize_t got;
	while (failed == 0 && ((got = read(in, block, BLOCK)) > 0 || (got < 0 && errno == EINTR))) {
		if (got < 0)
			continue;
		oak_hasher_add(hasher, block, (size_t)got);
		failed = put(out, block, (size_t)got);
	}
	int unread = failed == 0 && got < 0 ? oak_fail_errno(err, "file.read", "cannot read '%s'", from) : 0;
	oak_hasher_end(hasher, digest);
	oak_hex(digest, sizeof(digest), hex);
	close(in);
	if (end(out, failed, path, err) < 0 || unread < 0)
		return -1;
	if (!oak_streq(hex, sha256))
		return oak_fail(err, OAK_CONFLICT, "file.changed", 0, "'%s' changed while it was read (try again)", from);
	return 0;
}

bool oak_batch_has(const struct oak_batch *batch, const char *path)
{
	return batch->waiting.arena && oak_map_has(&batch->waiting, path);
}

static int sync_one(const char *path, bool whole_system, struct oak_error *err)
{
	int fd = open(path, O_RDWR | O_CLOEXEC | O_BINARY);
	if (fd < 0)
		return oak_fail_errno(err, "file.write", "cannot open '%s'", path);
#ifdef __linux__
	int failed = whole_system ? syncfs(fd) : fsync(fd);
#else
	(void)whole_system;
	int failed = fsync(fd);
#endif
	if (failed)
		oak_fail_errno(err, "file.write", "cannot write '%s'", path);
	close(fd);
	return failed ? -1 : 0;
}

static int sync_all(struct oak_batch *batch, struct oak_error *err)
{
#ifdef __linux__
	if (batch->paths.n > FEW) /* one folder tree, one file system */
		return sync_one(part_of(batch, batch->paths.v[0]), true, err);
#endif
	for (size_t i = 0; i < batch->paths.n; i++)
		if (sync_one(part_of(batch, batch->paths.v[i]), false, err) < 0)
			return -1;
	return 0;
}

/* The folders of renamed files: each, or all by one sync where there are many. */
static int sync_folders(struct oak_batch *batch, struct oak_error *err)
{
	struct oak_map folders;
	oak_map_init(&folders, batch->arena, 16);
	for (size_t i = 0; i < batch->paths.n; i++) {
		const char *path = batch->paths.v[i], *slash = strrchr(path, '/');
		const char *folder = oak_arena_strndup(batch->arena, path, slash ? (size_t)(slash - path) : 0);
		if (oak_map_has(&folders, folder))
			continue;
		oak_map_put(&folders, folder, batch);
#ifdef __linux__
		if (folders.n > FEW)
			return sync_one(path, true, err);
#endif
		if (oak_fs_sync_parent(path, err) < 0)
			return -1;
	}
	return 0;
}

int oak_batch_commit(struct oak_batch *batch, struct oak_error *err)
{
	if (batch->paths.n && sync_all(batch, err) < 0)
		return -1;
	for (size_t i = 0; i < batch->paths.n; i++) {
		oak_fault_point("repo.batch");
		if (rename(part_of(batch, batch->paths.v[i]), batch->paths.v[i]) != 0)
			return oak_fail_errno(err, "file.rename", "cannot rename '%s'", part_of(batch, batch->paths.v[i]));
	}
	if (sync_folders(batch, err) < 0)
		return -1;
	*batch = (struct oak_batch){.arena = batch->arena};
	return 0;
}

void oak_batch_drop(struct oak_batch *batch)
{
	for (size_t i = 0; i < batch->paths.n; i++)
		unlink(part_of(batch, batch->paths.v[i]));
	*batch = (struct oak_batch){.arena = batch->arena};
}
