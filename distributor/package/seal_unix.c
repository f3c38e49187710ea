/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tree on the disk held against its seal, without following a single link. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/str.h"
#include "distributor/package/entry_name.h"
#include "distributor/package/seal.h"

enum { CHUNK = 256 * 1024 };

struct check {
	const struct oak_seal *seal;
	const char *folder;
	size_t met;
	unsigned char *chunk;
	struct oak_error *err;
};

static int check_file(struct check *c, int dir, const char *name, const struct oak_sealed *e)
{
	char hex[OAK_SHA256_TEXT];
	unsigned char digest[OAK_SHA256_SIZE];
	struct stat st;
	ssize_t got = 0;
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return oak_seal_differs(c->folder, e->path, errno == ENOENT ? "was removed" : "was changed", c->err);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size != e->size || (st.st_mode & 07777) != e->mode) {
		close(fd);
		return oak_seal_differs(c->folder, e->path, "was changed", c->err);
	}
	struct oak_hasher *hasher = oak_sha256_new();
	while ((got = read(fd, c->chunk, CHUNK)) > 0)
		oak_hasher_add(hasher, c->chunk, (size_t)got);
	oak_hasher_end(hasher, digest);
	close(fd);
	oak_hex(digest, sizeof(digest), hex);
	if (got < 0)
		return oak_fail_errno(c->err, "file.read", "cannot read '%s/%s'", c->folder, e->path);
	return oak_streq(hex, e->sha256) ? 0 : oak_seal_differs(c->folder, e->path, "was changed", c->err);
}

static int check_link(struct check *c, int dir, const char *name, const struct oak_sealed *e)
{
	char target[OAK_ENTRY_PATH_MAX + 1];
	ssize_t n = readlinkat(dir, name, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	return n > 0 && oak_streq(target, e->target) ? 0 : oak_seal_differs(c->folder, e->path, "was changed", c->err);
}

static int check_folder(struct check *c, int fd, const char *path);

static int check_entry(struct check *c, int dir, const char *name, const char *path)
{
	const struct oak_sealed *e = oak_seal_find(c->seal, path);
	if (!e && c->seal->open)
		return 0;
	if (!e)
		return oak_seal_differs(c->folder, path, "was added", c->err);
	c->met++;
	if (e->kind == OAK_UNPACK_FILE)
		return check_file(c, dir, name, e);
	if (e->kind == OAK_UNPACK_LINK)
		return check_link(c, dir, name, e);
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? oak_seal_differs(c->folder, path, "was changed", c->err) : check_folder(c, fd, path);
}

/* Takes FD over. */
static int check_folder(struct check *c, int fd, const char *path)
{
	char below[OAK_ENTRY_PATH_MAX + 300];
	DIR *dir = fdopendir(fd);
	int rc = 0;
	if (!dir) {
		close(fd);
		return oak_fail_errno(c->err, "file.open", "cannot open '%s/%s'", c->folder, path);
	}
	for (struct dirent *d; rc == 0 && (d = readdir(dir));) {
		if (oak_streq(d->d_name, ".") || oak_streq(d->d_name, ".."))
			continue;
		int n = snprintf(below, sizeof(below), "%s%s%s", path, *path ? "/" : "", d->d_name);
		rc = n < (int)sizeof(below) ? check_entry(c, dirfd(dir), d->d_name, below) : oak_seal_differs(c->folder, path, "was changed", c->err);
	}
	closedir(dir);
	return rc;
}

int oak_seal_check(const struct oak_seal *seal, const char *folder, const char *only, struct oak_error *err)
{
	OAK_AUTO(oak_free_p) unsigned char *chunk = oak_alloc(CHUNK);
	struct check c = {.seal = seal, .folder = folder, .chunk = chunk, .err = err};
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return oak_seal_differs(folder, "", "was removed", err);
	if (!only) {
		int rc = check_folder(&c, fd, "");
		return rc < 0 || c.met == seal->v.n ? rc : oak_seal_missing(seal, folder, err);
	}
	int rc = strchr(only, '/') ? oak_seal_differs(folder, only, "is no script", err) : check_entry(&c, fd, only, only);
	close(fd);
	return rc;
}
