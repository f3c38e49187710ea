/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders of the store on Linux: who owns them, switching, removing, syncing. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/str.h"
#include "distributor/package/store.h"
#include "distributor/package/traits.h"

/* A folder of ours: no link, nobody else's, writable by us alone. */
static int check_folder(const char *path, struct oak_error *err)
{
	struct stat st;
	const char *why = NULL;
	if (lstat(path, &st) < 0)
		return oak_fail_errno(err, "file.open", "cannot look at '%s'", path);
	if (S_ISLNK(st.st_mode))
		why = "it is a symbolic link";
	else if (!S_ISDIR(st.st_mode))
		why = "it is no folder";
	else if (st.st_uid != 0 && st.st_uid != geteuid())
		why = "it belongs to another user";
	else if (st.st_mode & 0022)
		why = "others can write to it";
	return why ? oak_fail(err, OAK_UNTRUSTED, "store.unsafe", 0, "the package store's folder '%s' cannot be used: %s (put that right first)", path, why) : 0;
}

static int make_folder(const char *path, unsigned mode, struct oak_error *err)
{
	if (mkdir(path, mode) == 0)
		return chmod(path, mode) < 0 ? oak_fail_errno(err, "file.mkdir", "cannot make '%s'", path) : oak_fs_sync_parent(path, err);
	if (errno != EEXIST)
		return oak_fail_errno(err, "file.mkdir", "cannot make '%s'", path);
	return check_folder(path, err);
}

/* Whatever the caller's umask says: others read what is installed. */
static int make_readable(const char *path, struct oak_error *err)
{
	return chmod(path, 0755) < 0 ? oak_fail_errno(err, "file.mkdir", "cannot make '%s' readable", path) : 0;
}

int oak_pkgs_make_package(const struct oak_pkgs *pkgs, const char *name, struct oak_error *err)
{
	return make_folder(oak_pkgs_path(pkgs, name, NULL), 0755, err);
}

int oak_pkgs_open(struct oak_arena *arena, const char *dir, const char *root, bool create, struct oak_pkgs *ret, struct oak_error *err)
{
	static const struct {
		const char *name;
		unsigned mode;
	} folders[] = {{"pkgs", 0755}, {"cas", 0700}, {"stage", 0700}};
	*ret = (struct oak_pkgs){.arena = arena, .dir = dir, .root = root, .lock = -1};
	if (!create)
		return 0;
	if (!oak_fs_exists(dir) && (oak_fs_mkdirs(dir, 0755, err) < 0 || make_readable(dir, err) < 0))
		return -1;
	if (check_folder(dir, err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (make_folder(oak_arena_printf(arena, "%s/%s", dir, folders[i].name), folders[i].mode, err) < 0)
			return -1;
	return 0;
}

int oak_pkgs_current(const struct oak_pkgs *pkgs, const char *name)
{
	char target[64];
	ssize_t n = readlink(oak_pkgs_path(pkgs, name, "current"), target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	return oak_generation_number(target);
}

int oak_pkgs_switch(const struct oak_pkgs *pkgs, const char *name, int generation, struct oak_error *err)
{
	const char *link = oak_pkgs_path(pkgs, name, "current"), *next = oak_pkgs_path(pkgs, name, "current.new");
	char target[32];
	snprintf(target, sizeof(target), "gen-%d", generation);
	if (generation == 0) {
		if (unlink(link) < 0 && errno != ENOENT)
			return oak_fail_errno(err, "store.switch", "cannot remove '%s'", link);
		return oak_pkgs_sync(oak_pkgs_path(pkgs, name, NULL), err);
	}
	unlink(next);
	if (symlink(target, next) < 0 || rename(next, link) < 0)
		return oak_fail_errno(err, "store.switch", "cannot make '%s' lead to '%s'", link, target);
	oak_fault_point("store.switched");
	return oak_pkgs_sync(oak_pkgs_path(pkgs, name, NULL), err);
}

/* ------------------------------------------------------------------------------------------- removing */

static int remove_in(int dir, const char *name, int depth);

/* Takes FD over. */
static int empty_folder(int fd, int depth)
{
	DIR *dir = fdopendir(fd);
	int rc = 0;
	if (!dir) {
		close(fd);
		return -1;
	}
	for (struct dirent *d; rc == 0 && (d = readdir(dir));)
		if (!oak_streq(d->d_name, ".") && !oak_streq(d->d_name, ".."))
			rc = remove_in(dirfd(dir), d->d_name, depth);
	int saved = errno;
	closedir(dir);
	errno = saved;
	return rc;
}

static int remove_in(int dir, const char *name, int depth)
{
	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	if ((errno != EISDIR && errno != EPERM) || depth > 200)
		return -1;
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || empty_folder(fd, depth + 1) < 0)
		return -1;
	return unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno != ENOENT ? -1 : 0;
}

int oak_pkgs_remove(const char *path, struct oak_error *err)
{
	return remove_in(AT_FDCWD, path, 0) < 0 ? oak_fail_errno(err, "store.remove", "cannot remove '%s'", path) : 0;
}

int oak_pkgs_make(const char *path, struct oak_error *err)
{
	if (mkdir(path, 0700) == 0)
		return 0;
	if (errno == EEXIST)
		return oak_fail(err, OAK_UNTRUSTED, "store.unsafe", 0, "'%s' is there already, and is not ours (remove it)", path);
	return oak_fail_errno(err, "file.mkdir", "cannot make '%s'", path);
}

int oak_pkgs_sync(const char *folder, struct oak_error *err)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0) {
		oak_fail_errno(err, "store.sync", "cannot sync '%s' to the disk", folder);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	close(fd);
	return 0;
}

int64_t oak_pkgs_room(const struct oak_pkgs *pkgs)
{
	struct statvfs st;
	return statvfs(pkgs->dir, &st) < 0 ? -1 : (int64_t)((uint64_t)st.f_bavail * st.f_frsize);
}
