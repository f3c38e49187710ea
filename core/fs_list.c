/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a folder holds, in a fixed order; and taking something out of it. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/str.h"

enum { TREE_DEEP = 64 };

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int oak_fs_list(struct oak_arena *arena, const char *path, const char *suffix, const char *const **ret_names,
		size_t *ret_n, struct oak_error *err)
{
	OAK_VEC(const char *) names = {0};
	DIR *dir = opendir(path);
	if (!dir && errno != ENOENT)
		return oak_fail_errno(err, "file.open", "cannot open folder '%s'", path);
	for (struct dirent *entry; dir && (errno = 0, entry = readdir(dir)) != NULL;)
		if (entry->d_name[0] != '.' && oak_ends_with(entry->d_name, suffix))
			*oak_push(arena, &names) = oak_arena_strdup(arena, entry->d_name);
	int number = dir ? errno : 0;
	if (dir)
		closedir(dir);
	if (number) {
		errno = number;
		return oak_fail_errno(err, "file.read", "cannot read folder '%s'", path);
	}
	if (names.n)
		qsort(names.v, names.n, sizeof(*names.v), compare);
	*ret_names = names.v;
	*ret_n = names.n;
	return 0;
}

int oak_fs_remove(const char *path, struct oak_error *err)
{
	if (unlink(path) < 0)
		return oak_fail_errno(err, "file.remove", "cannot remove '%s'", path);
	return oak_fs_sync_parent(path, err);
}

static int remove_tree(struct oak_arena *arena, const char *path, int depth, struct oak_error *err)
{
	struct stat st;
	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : oak_fail_errno(err, "file.remove", "cannot remove '%s'", path);
	bool folder = S_ISDIR(st.st_mode);
	DIR *dir = folder && depth < TREE_DEEP ? opendir(path) : NULL;
	int result = 0;
	for (struct dirent *entry; dir && result == 0 && (entry = readdir(dir));)
		if (!oak_streq(entry->d_name, ".") && !oak_streq(entry->d_name, ".."))
			result = remove_tree(arena, oak_arena_printf(arena, "%s/%s", path, entry->d_name), depth + 1, err);
	if (dir)
		closedir(dir);
	if (result == 0 && (folder ? rmdir(path) : unlink(path)) < 0 && errno != ENOENT)
		return oak_fail_errno(err, "file.remove", "cannot remove '%s'", path);
	return result;
}

int oak_fs_remove_tree(const char *path, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	return remove_tree(arena, path, 0, err);
}
