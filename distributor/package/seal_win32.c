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

static int differs(const struct check *c, const char *path, const char *how)
{
	return oak_fail(c->err, OAK_UNTRUSTED, "package.tampered", 0, "'%s/%s' %s since it was installed (E_TAMPER)", c->folder, path, how);
}

static int check_file(const struct check *c, const char *full, const struct stat *st, const struct oak_sealed *e)
{
	char hex[OAK_SHA256_TEXT];
	if (!S_ISREG(st->st_mode) || st->st_size != e->size)
		return differs(c, e->path, "was changed");
	if (oak_sha256_file(full, hex, c->err) < 0)
		return -1;
	return oak_streq(hex, e->sha256) ? 0 : differs(c, e->path, "was changed");
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
		return differs(c, path, "was added");
	c->met++;
	snprintf(full, sizeof(full), "%s/%s", c->folder, path);
	if (lstat(full, &st) < 0)
		return differs(c, path, "was removed");
	if (e->kind == OAK_UNPACK_FILE)
		return check_file(c, full, &st, e);
	return e->kind == OAK_UNPACK_FOLDER && S_ISDIR(st.st_mode) ? check_folder(c, path) : differs(c, path, "was changed");
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
		rc = n < (int)sizeof(below) ? check_entry(c, below) : differs(c, path, "was changed");
	}
	closedir(dir);
	return rc;
}

static int first_missing(const struct check *c)
{
	char path[PATH_SIZE];
	struct stat st;
	for (size_t i = 0; i < c->seal->v.n; i++) {
		snprintf(path, sizeof(path), "%s/%s", c->folder, c->seal->v.v[i].path);
		if (lstat(path, &st) < 0)
			return differs(c, c->seal->v.v[i].path, "was removed");
	}
	return 0;
}

int oak_seal_check(const struct oak_seal *seal, const char *folder, const char *only, struct oak_error *err)
{
	struct check c = {.seal = seal, .folder = folder, .err = err};
	struct stat st;
	if (lstat(folder, &st) < 0 || !S_ISDIR(st.st_mode))
		return differs(&c, "", "was removed");
	if (only)
		return strchr(only, '/') ? differs(&c, only, "is no script") : check_entry(&c, only);
	int rc = check_folder(&c, "");
	return rc < 0 || c.met == seal->v.n ? rc : first_missing(&c);
}
