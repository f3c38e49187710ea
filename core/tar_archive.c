/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tar by libarchive: written reproducibly, read without anything that is more than a regular file. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/map.h"
#include "core/module.h"
#include "core/port.h"
#include "core/tar.h"

enum { BLOCK = 256 * 1024, ENTRIES = 1000000 };

struct oak_tar {
	const struct oak_tar_ops *ops;
	struct oak_arena *arena;
	struct archive *archive;
	bool writing, finished;
	int fd;
	const char *path, *part;
	struct oak_map names;
	size_t entries;
};

extern const struct oak_tar_ops oak_tar_operations;

static int failed(struct oak_tar *tar, struct oak_error *err)
{
	const char *why = archive_error_string(tar->archive);
	if (tar->writing)
		return oak_fail(err, OAK_IO, "tar.write", 0, "cannot write '%s': %s", tar->part, why ? why : "libarchive gives no reason");
	return oak_fail(err, OAK_UNTRUSTED, "tar.invalid", 0, "'%s' is no whole tar: %s", tar->path, why ? why : "it is damaged");
}

static struct oak_tar *tar_new(const char *path, bool writing)
{
	struct oak_tar *tar = oak_alloc_zero(1, sizeof(*tar));
	tar->ops = &oak_tar_operations;
	tar->arena = oak_arena_new();
	tar->writing = writing;
	tar->path = oak_arena_strdup(tar->arena, path);
	tar->part = oak_arena_printf(tar->arena, "%s.part", path);
	tar->archive = writing ? archive_write_new() : archive_read_new();
	tar->fd = -1;
	oak_map_init(&tar->names, tar->arena, 256);
	return tar;
}

static void tar_free(struct oak_tar *tar)
{
	if (tar->writing && tar->archive)
		archive_write_free(tar->archive);
	else if (tar->archive)
		archive_read_free(tar->archive);
	if (tar->fd >= 0)
		close(tar->fd);
	if (tar->writing && !tar->finished)
		unlink(tar->part);
	oak_arena_free(tar->arena);
	free(tar);
}

static struct oak_tar *tar_create(const char *path, struct oak_error *err)
{
	struct oak_tar *tar = tar_new(path, true);
	tar->fd = open(tar->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_BINARY, 0644);
	if (tar->fd < 0) {
		oak_fail_errno(err, "file.write", "cannot create '%s'", tar->part);
		tar_free(tar);
		return NULL;
	}
	archive_write_set_format_pax_restricted(tar->archive);
	archive_write_set_bytes_per_block(tar->archive, 10240);
	if (archive_write_open_fd(tar->archive, tar->fd) != ARCHIVE_OK) {
		failed(tar, err);
		tar_free(tar);
		return NULL;
	}
	return tar;
}

static int put_header(struct oak_tar *tar, const char *name, int64_t size, struct oak_error *err)
{
	struct archive_entry *e = archive_entry_new();
	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, size);
	archive_entry_set_mtime(e, 0, 0);
	int rc = archive_write_header(tar->archive, e);
	archive_entry_free(e);
	return rc == ARCHIVE_OK ? 0 : failed(tar, err);
}

static int put_data(struct oak_tar *tar, const void *bytes, size_t n, struct oak_error *err)
{
	return archive_write_data(tar->archive, bytes, n) == (la_ssize_t)n ? 0 : failed(tar, err);
}

static int tar_add_bytes(struct oak_tar *tar, const char *name, const void *bytes, size_t n, struct oak_error *err)
{
	return put_header(tar, name, (int64_t)n, err) < 0 ? -1 : n ? put_data(tar, bytes, n, err) : 0;
}

static int copy_in(struct oak_tar *tar, int fd, const char *file, int64_t size, struct oak_error *err)
{
	OAK_AUTO(oak_free_p) char *block = oak_alloc(BLOCK);
	while (size > 0) {
		ssize_t got = read(fd, block, size < BLOCK ? (unsigned)size : BLOCK);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? oak_fail_errno(err, "file.read", "cannot read '%s'", file)
				       : oak_fail(err, OAK_IO, "file.read", 0, "'%s' became shorter while it was read", file);
		if (put_data(tar, block, (size_t)got, err) < 0)
			return -1;
		size -= got;
	}
	return 0;
}

static int tar_add_file(struct oak_tar *tar, const char *name, const char *file, struct oak_error *err)
{
	struct stat st;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_BINARY);
	if (fd < 0 || fstat(fd, &st) != 0) {
		oak_fail_errno(err, "file.open", "cannot open '%s'", file);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	int result = put_header(tar, name, st.st_size, err) < 0 ? -1 : copy_in(tar, fd, file, st.st_size, err);
	close(fd);
	return result;
}

static int tar_finish(struct oak_tar *tar, struct oak_error *err)
{
	if (archive_write_close(tar->archive) != ARCHIVE_OK)
		return failed(tar, err);
	if (fsync(tar->fd) < 0)
		return oak_fail_errno(err, "file.write", "cannot write '%s'", tar->part);
	close(tar->fd);
	tar->fd = -1;
	if (rename(tar->part, tar->path) < 0)
		return oak_fail_errno(err, "file.rename", "cannot rename '%s' to '%s'", tar->part, tar->path);
	tar->finished = true;
	return oak_fs_sync_parent(tar->path, err);
}

static struct oak_tar *tar_open(const char *path, struct oak_error *err)
{
	struct oak_tar *tar = tar_new(path, false);
	archive_read_support_format_tar(tar->archive);
	if (access(path, R_OK) != 0)
		oak_fail_errno(err, "file.open", "cannot open '%s'", path);
	else if (archive_read_open_filename(tar->archive, path, BLOCK) != ARCHIVE_OK)
		failed(tar, err);
	else
		return tar;
	tar_free(tar);
	return NULL;
}

static int refuse(struct oak_tar *tar, const char *name, const char *why, struct oak_error *err)
{
	return oak_fail(err, OAK_UNTRUSTED, "tar.invalid", 0, "'%s' is refused: its entry '%s' %s", tar->path, name ? name : "", why);
}

static int tar_next(struct oak_tar *tar, const char **ret_name, int64_t *ret_size, struct oak_error *err)
{
	struct archive_entry *e;
	int rc = archive_read_next_header(tar->archive, &e);
	*ret_name = NULL;
	if (rc == ARCHIVE_EOF)
		return 0;
	if (rc != ARCHIVE_OK)
		return failed(tar, err);
	const char *name = archive_entry_pathname(e);
	if (!name || !oak_tar_name_ok(name))
		return refuse(tar, name, "has a name that is not taken", err);
	if (archive_entry_filetype(e) != AE_IFREG || archive_entry_hardlink(e) || archive_entry_symlink(e))
		return refuse(tar, name, "is no regular file", err);
	if (!archive_entry_size_is_set(e) || archive_entry_size(e) < 0 || archive_entry_sparse_count(e) > 0)
		return refuse(tar, name, "has no plain size", err);
	if (oak_map_has(&tar->names, name) || ++tar->entries > ENTRIES)
		return refuse(tar, name, "is there twice, or is one of too many", err);
	name = oak_arena_strdup(tar->arena, name);
	oak_map_put(&tar->names, name, tar);
	*ret_name = name;
	*ret_size = archive_entry_size(e);
	return 0;
}

static int64_t tar_read(struct oak_tar *tar, void *bytes, size_t n, struct oak_error *err)
{
	la_ssize_t got = archive_read_data(tar->archive, bytes, n);
	return got < 0 ? failed(tar, err) : got;
}

OAK_EXPORT const struct oak_tar_ops oak_tar_operations = {tar_create, tar_add_bytes, tar_add_file, tar_finish,
							  tar_open,   tar_next,	     tar_read,	   tar_free};
