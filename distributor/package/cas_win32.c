/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contents by their hash on Windows: hard links, so that the same file of two versions takes its space once. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/str.h"
#include "distributor/package/junction_win32.h"
#include "distributor/package/store.h"

enum { PATH_SIZE = 4200, SMALL = 4096 /* an entry in the store costs as much */ };

static bool is_whole(const char *path, const struct oak_sealed *file)
{
	struct stat st;
	char hex[OAK_SHA256_TEXT];
	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == file->size && oak_sha256_file(path, hex, NULL) == 0 &&
	       oak_streq(hex, file->sha256);
}

/* The object's own name goes into the tree in one step; a file system without hard links keeps what was written. */
static int take(const char *object, const char *name, struct oak_error *err)
{
	char beside[PATH_SIZE + 32];
	snprintf(beside, sizeof(beside), "%s.oakum-new", name);
	if (oak_hard_link(object, beside) < 0)
		return 0;
	if (rename(beside, name) == 0)
		return 0;
	unlink(beside);
	return oak_fail_errno(err, "store.link", "cannot share the content of '%s'", name);
}

/* DIR_FD is not used here: NAME is the whole path. */
int oak_cas_keep(void *arg, int dir_fd, const char *name, const struct oak_sealed *file, struct oak_error *err)
{
	const struct oak_pkgs *pkgs = arg;
	char folder[PATH_SIZE], object[PATH_SIZE + 80];
	(void)dir_fd;
	if (file->size < SMALL)
		return 0;
	snprintf(folder, sizeof(folder), "%s/cas/%.2s", pkgs->dir, file->sha256);
	snprintf(object, sizeof(object), "%s/%s.%03o", folder, file->sha256, file->mode);
	if (oak_fs_mkdir(folder, 0700) < 0 && errno != EEXIST)
		return oak_fail_errno(err, "store.link", "cannot share the content of '%s'", name);
	if (is_whole(object, file))
		return take(object, name, err);
	unlink(object); /* a damaged one */
	if (oak_hard_link(name, object) < 0)
		errno = 0; /* it takes its space twice, no more */
	return 0;
}

/* Whoever has it is another name of the same file. */
static bool is_used(const char *object)
{
	struct stat st;
	return lstat(object, &st) < 0 || st.st_nlink > 1;
}

int oak_cas_collect(const struct oak_pkgs *pkgs, size_t *ret_n, struct oak_error *err)
{
	const char *const *folders, *const *objects, *cas = oak_arena_printf(pkgs->arena, "%s/cas", pkgs->dir);
	size_t n, m;
	*ret_n = 0;
	if (oak_fs_list(pkgs->arena, cas, "", &folders, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const char *folder = oak_arena_printf(pkgs->arena, "%s/%s", cas, folders[i]);
		if (oak_fs_list(pkgs->arena, folder, "", &objects, &m, err) < 0)
			return -1;
		for (size_t k = 0; k < m; k++) {
			const char *object = oak_arena_printf(pkgs->arena, "%s/%s", folder, objects[k]);
			*ret_n += !is_used(object) && unlink(object) == 0;
		}
	}
	return 0;
}
