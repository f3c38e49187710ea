/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding the rpm database, its private copy, and what is remembered of its last reading. */
#include "scanners/rpm/rpmdb.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/hash.h"
#include "core/str.h"
#include "scanners/root.h"
#include "scanners/rpm/cache.h"

enum { COPY_TRIES = 8, INSTALLED_MAX = 256 * 1024 * 1024 };

static const struct oak_rpmdb_file files[] = {
	{"/var/lib/rpm", "rpmdb.sqlite", "sqlite", true},  {"/usr/lib/sysimage/rpm", "rpmdb.sqlite", "sqlite", true},
	{"/var/lib/rpm", "Packages.db", "ndb", false},	   {"/usr/lib/sysimage/rpm", "Packages.db", "ndb", false},
	{"/var/lib/rpm", "Packages", "bdb_ro", false},	   {"/usr/lib/sysimage/rpm", "Packages", "bdb_ro", false},
};

/* State of one file as text. An absent log is as good as an empty one, and its ctime says nothing: each reader sets its owner. */
static void file_state(const char *root, const char *folder, const char *name, const char *suffix, struct oak_buf *out)
{
	char path[256];
	struct stat st;
	snprintf(path, sizeof(path), "%s/%s%s", folder, name, suffix);
	int fd = oak_root_open(root, path, O_RDONLY);
	bool there = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (!*suffix || st.st_size);
	if (fd >= 0)
		close(fd);
	if (!there)
		oak_buf_adds(out, "- ");
	else
		oak_buf_addf(out, "%llu.%llu.%lld.%lld.%ld.", (unsigned long long)st.st_dev, (unsigned long long)st.st_ino,
			     (long long)st.st_size, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	if (there && !*suffix)
		oak_buf_addf(out, "%lld.%ld ", (long long)st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
}

static void identity(const char *root, const struct oak_rpmdb_file *file, char ret[65])
{
	struct oak_buf text;
	unsigned char digest[OAK_SHA256_SIZE];
	oak_buf_init(&text, 4096);
	oak_buf_addf(&text, "%s %s ", file->folder, file->name);
	file_state(root, file->folder, file->name, "", &text);
	if (file->wal)
		file_state(root, file->folder, file->name, "-wal", &text);
	oak_sha256(text.p, text.n, digest);
	oak_hex(digest, sizeof(digest), ret);
	oak_buf_done(&text);
}

static int fail_absent(const char *root, struct oak_error *err)
{
	bool folder = oak_root_exists(root, "/var/lib/rpm") || oak_root_exists(root, "/usr/lib/sysimage/rpm");
	if (!folder)
		return oak_fail(err, OAK_NOT_FOUND, "rpm.db-missing", ENOENT,
				"cannot find an rpm database below '%s': neither /var/lib/rpm nor /usr/lib/sysimage/rpm is there", root);
	return oak_fail(err, OAK_UNSUPPORTED, "rpm.db-unknown", 0,
			"cannot find an rpm database below '%s': its rpm folder holds none of rpmdb.sqlite, Packages.db, Packages", root);
}

int oak_rpmdb_find(const char *root, struct oak_rpmdb *ret, struct oak_error *err)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		char path[256];
		snprintf(path, sizeof(path), "%s/%s", files[i].folder, files[i].name);
		int fd = oak_root_open(root, path, O_RDONLY);
		if (fd < 0 && errno != ENOENT && errno != ENOTDIR)
			return oak_fail_errno(err, "rpm.db-open", "cannot read the rpm database '%s%s'", root, path);
		if (fd < 0)
			continue;
		close(fd);
		*ret = (struct oak_rpmdb){.root = root, .file = &files[i]};
		identity(root, ret->file, ret->identity);
		return 0;
	}
	return fail_absent(root, err);
}

static int copy_bytes(int from, int to)
{
	char buf[65536];
	ssize_t n = copy_file_range(from, NULL, to, NULL, 1 << 30, 0);
	while (n > 0)
		n = copy_file_range(from, NULL, to, NULL, 1 << 30, 0);
	while ((n = read(from, buf, sizeof(buf))) > 0) /* where the file system has no such call; else nothing is left */
		if (write(to, buf, (size_t)n) != n)
			return -1;
	return n < 0 ? -1 : 0;
}

static int copy_file(const struct oak_rpmdb *db, const char *suffix, const char *dir, struct oak_error *err)
{
	char path[256], target[4096];
	snprintf(path, sizeof(path), "%s/%s%s", db->file->folder, db->file->name, suffix);
	snprintf(target, sizeof(target), "%s/%s%s", dir, db->file->name, suffix);
	int from = oak_root_open(db->root, path, O_RDONLY);
	if (from < 0 && *suffix && errno == ENOENT) {
		unlink(target);
		return 0;
	}
	if (from < 0)
		return oak_fail_errno(err, "rpm.db-open", "cannot read the rpm database '%s%s'", db->root, path);
	int to = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int result = to < 0 ? -1 : copy_bytes(from, to);
	if (result < 0)
		oak_fail_errno(err, "rpm.db-open", "cannot copy '%s%s' to '%s'", db->root, path, target);
	close(from);
	if (to >= 0)
		close(to);
	return result;
}

static void remove_folder(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (dir) {
		for (struct dirent *e; (e = readdir(dir)) != NULL;)
			unlinkat(dirfd(dir), e->d_name, 0);
		closedir(dir);
	} else if (fd >= 0) {
		close(fd);
	}
	unlinkat(at, name, AT_REMOVEDIR);
}

void oak_rpmdb_drop(const char *dir)
{
	if (dir)
		remove_folder(AT_FDCWD, dir);
}

/* A scan holds a lock on its own folder while it lives: one without a holder was left by a scan that was ended. */
static void remove_left(const char *cache_dir)
{
	DIR *dir = opendir(cache_dir);
	if (!dir)
		return;
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		if (!oak_starts_with(e->d_name, "rpmdb."))
			continue;
		int fd = openat(dirfd(dir), e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			remove_folder(dirfd(dir), e->d_name);
		close(fd);
	}
	closedir(dir);
}

int oak_rpmdb_copy(struct oak_arena *arena, const struct oak_rpmdb *db, const char *cache_dir, const char **ret_dir,
		   struct oak_error *err)
{
	struct oak_rpmdb before = *db, after = *db;
	remove_left(cache_dir);
	char *dir = oak_arena_printf(arena, "%s/rpmdb.XXXXXX", cache_dir);
	if (!mkdtemp(dir))
		return oak_fail_errno(err, "rpm.db-open", "cannot make a folder for a copy of the rpm database in '%s'", cache_dir);
	int held = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* kept open, and so locked, until this process ends */
	if (held >= 0)
		flock(held, LOCK_EX | LOCK_NB);
	for (int i = 0; i < COPY_TRIES; i++) {
		identity(db->root, db->file, before.identity);
		if (copy_file(db, "", dir, err) < 0 || (db->file->wal && copy_file(db, "-wal", dir, err) < 0)) {
			oak_rpmdb_drop(dir);
			return -1;
		}
		identity(db->root, db->file, after.identity);
		if (oak_streq(before.identity, after.identity)) {
			*ret_dir = dir;
			return 0;
		}
	}
	oak_rpmdb_drop(dir);
	return oak_fail(err, OAK_TRANSIENT, "rpm.db-busy", 0,
			"the rpm database of '%s' kept changing while it was read (try again when the package manager is done)", db->root);
}

static bool load_cached(struct oak_arena *arena, const struct oak_rpmdb *db, const char *cache_dir, struct oak_installed *ret)
{
	struct oak_cache_file file;
	const char *path = oak_arena_printf(arena, "%s/installed-%.32s.pack", cache_dir, db->identity);
	return oak_cache_map(path, &file) && oak_installed_unpack(arena, file.p, file.n, ret);
}

int oak_rpmdb_load(struct oak_arena *arena, const struct oak_rpmdb *db, const char *cache_dir, struct oak_installed *ret,
		   struct oak_error *err)
{
	const char *dir = NULL;
	struct oak_buf packed;
	if (load_cached(arena, db, cache_dir, ret))
		return 0;
	if (oak_rpmdb_copy(arena, db, cache_dir, &dir, err) < 0)
		return -1;
	int result = oak_rpmdb_list(arena, dir, db, ret, err);
	oak_rpmdb_drop(dir);
	if (result < 0)
		return -1;
	oak_buf_init(&packed, INSTALLED_MAX);
	oak_installed_pack(ret, &packed);
	oak_cache_save(cache_dir, "installed-", oak_arena_printf(arena, "installed-%.32s.pack", db->identity), &packed);
	oak_buf_done(&packed);
	return 0;
}
