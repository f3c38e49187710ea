/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders of the store on Windows. Which generation is current is said by the file "current.gen", replaced in one step; the
 * folder "current" follows it: a junction, or where the file system has none a folder of hard links. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <windows.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/str.h"
#include "core/system.h"
#include "core/trustfile.h"
#include "core/windows_text.h"
#include "distributor/package/junction_win32.h"
#include "distributor/package/store.h"

enum { DEPTH_MAX = 200, PATH_SIZE = 8192 };

/* A folder of ours: no junction, and for nobody else to change. */
static int check_folder(const char *path, struct oak_error *err)
{
	struct stat st;
	struct oak_error why = {0};
	if (lstat(path, &st) < 0)
		return oak_fail_errno(err, "file.open", "cannot look at '%s'", path);
	if (!S_ISDIR(st.st_mode))
		return oak_fail(err, OAK_UNTRUSTED, "store.unsafe", 0, "the package store's folder '%s' cannot be used: it is %s (put that right first)",
				path, S_ISLNK(st.st_mode) ? "a link" : "no folder");
	if (oak_is_privileged() && oak_trust_check(path, &why) < 0 && why.kind == OAK_UNTRUSTED)
		return oak_fail(err, OAK_UNTRUSTED, "store.unsafe", 0, "the package store's folder '%s' cannot be used: %s", path, why.cause);
	return 0;
}

static int make_folder(const char *path, unsigned mode, struct oak_error *err)
{
	if (oak_fs_mkdir(path, mode) == 0)
		return 0;
	if (errno != EEXIST)
		return oak_fail_errno(err, "file.mkdir", "cannot make '%s'", path);
	return check_folder(path, err);
}

int oak_pkgs_make_package(const struct oak_pkgs *pkgs, const char *name, struct oak_error *err)
{
	return make_folder(oak_pkgs_path(pkgs, name, NULL), 0755, err);
}

int oak_pkgs_open(struct oak_arena *arena, const char *dir, const char *root, bool create, struct oak_pkgs *ret, struct oak_error *err)
{
	static const char *const folders[] = {"pkgs", "cas", "stage"};
	*ret = (struct oak_pkgs){.arena = arena, .dir = dir, .root = root, .lock = -1};
	if (!create)
		return 0;
	if (!oak_fs_exists(dir) && oak_fs_mkdirs(dir, 0755, err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (make_folder(oak_arena_printf(arena, "%s/%s", dir, folders[i]), i ? 0700 : 0755, err) < 0)
			return -1;
	return 0;
}

/* ------------------------------------------------------------------------------------------- current */

int oak_pkgs_current(const struct oak_pkgs *pkgs, const char *name)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, 64);
	if (oak_fs_read(oak_pkgs_path(pkgs, name, "current.gen"), &text, NULL) < 0)
		return 0;
	struct oak_str trimmed = oak_str_trim((struct oak_str){oak_buf_text(&text), text.n});
	return oak_generation_number(oak_arena_strndup(pkgs->arena, trimmed.n ? trimmed.p : "", trimmed.n));
}

/* A folder of hard links to the files of FROM: the same content under another name. */
static int mirror(const char *from, const char *to, int depth)
{
	DIR *dir = depth < DEPTH_MAX && oak_fs_mkdir(to, 0755) == 0 ? opendir(from) : NULL;
	int rc = dir ? 0 : -1;
	for (struct dirent *d; rc == 0 && (d = readdir(dir));) {
		char source[PATH_SIZE], target[PATH_SIZE];
		struct stat st;
		if (oak_streq(d->d_name, ".") || oak_streq(d->d_name, ".."))
			continue;
		snprintf(source, sizeof(source), "%s/%s", from, d->d_name);
		snprintf(target, sizeof(target), "%s/%s", to, d->d_name);
		if (lstat(source, &st) < 0)
			rc = -1;
		else
			rc = S_ISDIR(st.st_mode) ? mirror(source, target, depth + 1) : oak_hard_link(source, target);
	}
	if (dir)
		closedir(dir);
	return rc;
}

/* Without junctions: the new folder beside, then two renames; "current" is absent between them. */
static int swap_mirror(const struct oak_pkgs *pkgs, const char *name, int generation, struct oak_error *err)
{
	const char *link = oak_pkgs_path(pkgs, name, "current"), *next = oak_pkgs_path(pkgs, name, "current.new");
	const char *old = oak_pkgs_path(pkgs, name, "current.old");
	if (oak_pkgs_remove(next, err) < 0 || oak_pkgs_remove(old, err) < 0)
		return -1;
	if (mirror(oak_pkgs_generation(pkgs, name, generation, NULL), next, 0) < 0 || (oak_fs_exists(link) && rename(link, old) < 0) ||
	    rename(next, link) < 0)
		return oak_fail_errno(err, "store.switch", "cannot make '%s' from 'gen-%d'", link, generation);
	return oak_pkgs_remove(old, err);
}

static int follow(const struct oak_pkgs *pkgs, const char *name, int generation, struct oak_error *err)
{
	const char *link = oak_pkgs_path(pkgs, name, "current"), *target = oak_pkgs_generation(pkgs, name, generation, NULL);
	struct stat st;
	bool folder = lstat(link, &st) == 0 && S_ISDIR(st.st_mode); /* made where there were no junctions */
	if (!folder && oak_junction_set(link, target) == 0)
		return 0;
	return swap_mirror(pkgs, name, generation, err);
}

int oak_pkgs_switch(const struct oak_pkgs *pkgs, const char *name, int generation, struct oak_error *err)
{
	const char *said = oak_pkgs_path(pkgs, name, "current.gen"), *link = oak_pkgs_path(pkgs, name, "current");
	char text[32];
	int n = snprintf(text, sizeof(text), "gen-%d\n", generation);
	if (generation == 0) {
		if (unlink(said) < 0 && errno != ENOENT)
			return oak_fail_errno(err, "store.switch", "cannot remove '%s'", said);
		return oak_pkgs_remove(link, err);
	}
	if (oak_fs_write_atomic(said, text, (size_t)n, 0644, err) < 0)
		return -1;
	oak_fault_point("store.switched");
	return follow(pkgs, name, generation, err);
}

/* ------------------------------------------------------------------------------------------- removing */

static int remove_path(const char *path, int depth)
{
	struct stat st;
	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : -1;
	if (!S_ISDIR(st.st_mode))
		return unlink(path) < 0 && errno != ENOENT ? -1 : 0;
	DIR *dir = depth < DEPTH_MAX ? opendir(path) : NULL;
	int rc = dir ? 0 : -1;
	for (struct dirent *d; rc == 0 && (d = readdir(dir));) {
		char below[PATH_SIZE];
		if (oak_streq(d->d_name, ".") || oak_streq(d->d_name, ".."))
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, d->d_name);
		rc = remove_path(below, depth + 1);
	}
	if (dir)
		closedir(dir);
	return rc < 0 || (rmdir(path) < 0 && errno != ENOENT) ? -1 : 0;
}

int oak_pkgs_remove(const char *path, struct oak_error *err)
{
	return remove_path(path, 0) < 0 ? oak_fail_errno(err, "store.remove", "cannot remove '%s'", path) : 0;
}

int oak_pkgs_make(const char *path, struct oak_error *err)
{
	if (oak_fs_mkdir(path, 0700) == 0)
		return 0;
	if (errno == EEXIST)
		return oak_fail(err, OAK_UNTRUSTED, "store.unsafe", 0, "'%s' is there already, and is not ours (remove it)", path);
	return oak_fail_errno(err, "file.mkdir", "cannot make '%s'", path);
}

/* Files are flushed when they are written, and renames are written through: a folder has nothing of its own to flush. */
int oak_pkgs_sync(const char *folder, struct oak_error *err)
{
	return oak_fs_is_dir(folder) ? 0 : oak_fail(err, OAK_IO, "store.sync", 0, "cannot sync '%s' to the disk: it is no folder", folder);
}

int64_t oak_pkgs_room(const struct oak_pkgs *pkgs)
{
	int64_t room;
	uint64_t device;
	return oak_disk_space(pkgs->dir, &room, &device) < 0 ? -1 : room;
}
