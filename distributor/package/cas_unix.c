/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contents by their hash: the same file of two versions takes its space once. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/fs.h>
#endif

#include "core/fs.h"
#include "core/map.h"
#include "core/str.h"
#include "distributor/package/store.h"

enum { CHUNK = 256 * 1024, PATH_SIZE = 4200, SMALL = 4096 /* an entry in the store costs as much */ };

static int link_failed(const char *name, struct oak_error *err)
{
	return oak_fail_errno(err, "store.link", "cannot share the content of '%s'", name);
}

/* True if FD is a file of these bytes and rights: a damaged one is never given out. */
static bool is_whole(int fd, const struct oak_sealed *file)
{
	struct stat st;
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size != file->size || (st.st_mode & 07777) != file->mode)
		return false;
	OAK_AUTO(oak_free_p) unsigned char *chunk = oak_alloc(CHUNK);
	struct oak_hasher *hasher = oak_sha256_new();
	ssize_t got;
	while ((got = read(fd, chunk, CHUNK)) > 0)
		oak_hasher_add(hasher, chunk, (size_t)got);
	oak_hasher_end(hasher, digest);
	oak_hex(digest, sizeof(digest), hex);
	return got == 0 && oak_streq(hex, file->sha256);
}

/* A file of its own that shares the blocks of OBJECT; false where the file system cannot. */
static bool reflink(int object, int dir, const char *name, unsigned mode)
{
#ifdef FICLONE
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	bool done = ioctl(fd, FICLONE, object) == 0 && fchmod(fd, mode) == 0;
	close(fd);
	if (!done)
		unlinkat(dir, name, 0);
	return done;
#else
	(void)object;
	(void)dir;
	(void)name;
	(void)mode;
	return false;
#endif
}

/* NAME in DIR becomes the object PATH. */
static int take(const char *path, int object, int dir, const char *name, const struct oak_sealed *file, struct oak_error *err)
{
	static const char temporary[] = ".oakum-link";
	unlinkat(dir, temporary, 0);
	if (!reflink(object, dir, temporary, file->mode) && linkat(AT_FDCWD, path, dir, temporary, 0) < 0)
		return errno == EMLINK || errno == EPERM ? 0 : link_failed(name, err);
	return renameat(dir, temporary, dir, name) < 0 ? link_failed(name, err) : 0;
}

/* The object PATH becomes what NAME in DIR is. */
static int give(const char *path, int dir, const char *name, const struct oak_sealed *file, struct oak_error *err)
{
	unlink(path); /* a damaged one */
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	bool shared = fd >= 0 && reflink(fd, AT_FDCWD, path, file->mode);
	if (fd >= 0)
		close(fd);
	if (!shared && linkat(dir, name, AT_FDCWD, path, 0) < 0 && errno != EMLINK && errno != EPERM)
		return link_failed(name, err);
	return 0;
}

int oak_cas_keep(void *arg, int dir_fd, const char *name, const struct oak_sealed *file, struct oak_error *err)
{
	const struct oak_pkgs *pkgs = arg;
	char folder[PATH_SIZE], path[PATH_SIZE + 80];
	if (file->size < SMALL)
		return 0;
	snprintf(folder, sizeof(folder), "%s/cas/%.2s", pkgs->dir, file->sha256);
	snprintf(path, sizeof(path), "%s/%s.%03o", folder, file->sha256, file->mode);
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return link_failed(name, err);
	int object = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	bool whole = object >= 0 && is_whole(object, file);
	int rc = whole ? take(path, object, dir_fd, name, file, err) : give(path, dir_fd, name, file, err);
	if (object >= 0)
		close(object);
	return rc;
}

/* ------------------------------------------------------------------------------------------- what nobody has any more */

static int add_used(const struct oak_pkgs *pkgs, struct oak_map *used, const char *seal_path, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_seal seal = {0};
	oak_buf_init(&text, OAK_SEAL_MAX);
	if (!oak_fs_exists(seal_path))
		return 0;
	if (oak_fs_read(seal_path, &text, err) < 0 || oak_seal_parse(pkgs->arena, oak_buf_text(&text), text.n, &seal, err) < 0)
		return -1;
	for (size_t i = 0; i < seal.v.n; i++)
		if (seal.v.v[i].kind == OAK_UNPACK_FILE)
			oak_map_put(used, oak_arena_printf(pkgs->arena, "%s.%03o", seal.v.v[i].sha256, seal.v.v[i].mode), used);
	return 0;
}

static int find_used(const struct oak_pkgs *pkgs, struct oak_map *used, struct oak_error *err)
{
	const char *const *names;
	size_t n;
	if (oak_pkgs_names(pkgs, &names, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct oak_generations gens = {0};
		if (oak_pkgs_generations(pkgs, names[i], &gens, err) < 0)
			return -1;
		for (size_t k = 0; k < gens.v.n; k++)
			if (add_used(pkgs, used, oak_pkgs_generation(pkgs, names[i], gens.v.v[k], "seal"), err) < 0)
				return -1;
	}
	return 0;
}

int oak_cas_collect(const struct oak_pkgs *pkgs, size_t *ret_n, struct oak_error *err)
{
	struct oak_map used;
	const char *const *folders, *const *objects, *cas = oak_arena_printf(pkgs->arena, "%s/cas", pkgs->dir);
	size_t n, m;
	oak_map_init(&used, pkgs->arena, 256);
	*ret_n = 0;
	if (find_used(pkgs, &used, err) < 0 || oak_fs_list(pkgs->arena, cas, "", &folders, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const char *folder = oak_arena_printf(pkgs->arena, "%s/%s", cas, folders[i]);
		if (oak_fs_list(pkgs->arena, folder, "", &objects, &m, err) < 0)
			return -1;
		for (size_t k = 0; k < m; k++)
			if (!oak_map_has(&used, objects[k]))
				*ret_n += unlink(oak_arena_printf(pkgs->arena, "%s/%s", folder, objects[k])) == 0;
	}
	return 0;
}
