/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tree on the disk held against its seal, through no junction. Rights are the folder's access list here, not the file's mode. */
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

enum { PATH_SIZE = OAK_ENTRY_PATH_MAX * 2 + 600 };

struct check {
	const struct oak_seal *seal;
	const char *folder;
	size_t met;
	struct oak_error *err;
};

static int check_file(const struct check *c, const char *full, const struct stat *st, const struct oak_sealed *e)
{
	char hex[OAK_SHA256_TEXT];
	if (!S_ISREG(st->st_mode) || st->st_size != e->size)
		return oak_seal_differs(c->folder, e->path, "was changed", c->err);
	if (oak_sha256_file(full, hex, c->err) < 0)
		return -1;
	return oak_streq(hex, e->sha256) ? 0 : oak_seal_differs(c->folder, e->path, "was changed", c->err);
}

static int check_folder(struct check *c, const char *path);

static int check_entry(struct check *c, const char *path)
{
	const struct oak_sealed *e = oak_seal_find(c->seal, path);
	char full[PATH_SIZE];
	struct stat st;
	if (!e && c->seal->open)
		return 0;
	if (!e)
		return oak_seal_differs(c->folder, path, "was added", c->err);
	c->met++;
	snprintf(full, sizeof(full), "%s/%s", c->folder, path);
	if (lstat(full, &st) < 0)
		return oak_seal_differs(c->folder, path, "was removed", c->err);
	if (e->kind == OAK_UNPACK_FILE)
		return check_file(c, full, &st, e);
	return e->kind == OAK_UNPACK_FOLDER && S_ISDIR(st.st_mode) ? check_folder(c, path) : oak_seal_differs(c->folder, path, "was changed", c->err);
}

static int check_folder(struct check *c, const char *path)
{
	char full[PATH_SIZE], below[OAK_ENTRY_PATH_MAX + 300];
	snprintf(full, sizeof(full), "%s%s%s", c->folder, *path ? "/" : "", path);
	DIR *dir = opendir(full);
	int rc = 0;
	if (!dir)
		return oak_fail_errno(c->err, "file.open", "cannot open '%s'", full);
	for (struct dirent *d; rc == 0 && (d = readdir(dir));) {
		if (oak_streq(d->d_name, ".") || oak_streq(d->d_name, ".."))
			continue;
		int n = snprintf(below, sizeof(below), "%s%s%s", path, *path ? "/" : "", d->d_name);
		rc = n < (int)sizeof(below) ? check_entry(c, below) : oak_seal_differs(c->folder, path, "was changed", c->err);
	}
	closedir(dir);
	return rc;
}

int oak_seal_check(const struct oak_seal *seal, const char *folder, const char *only, struct oak_error *err)
{
	struct check c = {.seal = seal, .folder = folder, .err = err};
	struct stat st;
	if (lstat(folder, &st) < 0 || !S_ISDIR(st.st_mode))
		return oak_seal_differs(folder, "", "was removed", err);
	if (only)
		return strchr(only, '/') ? oak_seal_differs(folder, only, "is no script", err) : check_entry(&c, only);
	int rc = check_folder(&c, "");
	return rc < 0 || c.met == seal->v.n ? rc : oak_seal_missing(seal, folder, err);
}
