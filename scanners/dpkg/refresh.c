/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seeding and recording of oakum's own package lists. */
#include "scanners/dpkg/refresh.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/str.h"
#include "scanners/root.h"

enum { COPY_CHUNK = 1 << 20 };

/* The new file appears whole or not at all, with the old one's time: libapt compares that. */
static int copy_file(int from_dir, int to_dir, const char *name, const struct stat *st, struct oak_error *err)
{
	static const char temporary[] = ".oakum-copy";
	int from = openat(from_dir, name, O_RDONLY | O_CLOEXEC);
	int to = openat(to_dir, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	OAK_AUTO(oak_free_p) char *chunk = oak_alloc(COPY_CHUNK);
	bool ok = from >= 0 && to >= 0;
	for (ssize_t n; ok && (n = read(from, chunk, COPY_CHUNK)) != 0;)
		ok = n > 0 && write(to, chunk, (size_t)n) == n;
	const struct timespec times[] = {st->st_mtim, st->st_mtim};
	ok = ok && futimens(to, times) == 0;
	int number = errno;
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	if (ok && renameat(to_dir, temporary, to_dir, name) == 0)
		return 0;
	errno = ok ? errno : number;
	return oak_fail_errno(err, "file.write", "cannot copy '%s' into oakum's cache", name);
}

static bool is_wanted(int to_dir, const char *name, const struct stat *st)
{
	struct stat own;
	if (!S_ISREG(st->st_mode) || oak_streq(name, "lock"))
		return false;
	return fstatat(to_dir, name, &own, 0) < 0 || own.st_mtime < st->st_mtime ||
	       (own.st_mtime == st->st_mtime && own.st_size != st->st_size);
}

static int copy_all(DIR *from, int to_dir, struct oak_error *err)
{
	for (struct dirent *entry; (entry = readdir(from)) != NULL;) {
		struct stat st;
		if (fstatat(dirfd(from), entry->d_name, &st, 0) < 0 || !is_wanted(to_dir, entry->d_name, &st))
			continue;
		struct oak_error ignored;
		bool readable = faccessat(dirfd(from), entry->d_name, R_OK, 0) == 0;
		if (readable && copy_file(dirfd(from), to_dir, entry->d_name, &st, err ? err : &ignored) < 0)
			return -1;
	}
	return 0;
}

int oak_dpkg_seed_lists(struct oak_arena *arena, const struct oak_scan_request *request, struct oak_error *err)
{
	const char *to = oak_root_join(arena, request->cache_dir, "apt/lists");
	if (oak_fs_mkdirs(oak_arena_printf(arena, "%s/partial", to), 0700, err) < 0)
		return -1;
	int fd = oak_root_open(request->root, "/var/lib/apt/lists", O_RDONLY | O_DIRECTORY);
	DIR *from = fd < 0 ? NULL : fdopendir(fd);
	if (!from)
		return 0; /* none there: everything is fetched */
	int to_dir = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = to_dir < 0 ? oak_fail_errno(err, "file.open", "cannot open '%s'", to) : copy_all(from, to_dir, err);
	if (to_dir >= 0)
		close(to_dir);
	closedir(from);
	return rc;
}

int oak_dpkg_record_refresh(struct oak_arena *arena, const struct oak_scan_request *request,
			    const struct oak_apt_refreshed *refreshed, struct oak_apt_lists *ret, struct oak_error *err)
{
	struct oak_apt_lists before, host;
	oak_apt_lists_own(arena, request->cache_dir, &before);
	oak_apt_lists_host(arena, request->root, &host);
	*ret = (struct oak_apt_lists){.dir = before.dir, .own = true, .fetched = host.fetched};
	for (size_t i = 0; i < refreshed->good.n; i++)
		*oak_push(arena, &ret->fetches) = (struct oak_apt_fetch){refreshed->good.v[i], request->now};
	for (size_t i = 0; i < refreshed->failed.n; i++) {
		const char *release = refreshed->failed.v[i].subject;
		oak_time at = host.fetched; /* its lists are the system's, or older ones of ours */
		for (size_t j = 0; j < before.fetches.n; j++)
			if (oak_streq(before.fetches.v[j].release, release) && before.fetches.v[j].fetched > at)
				at = before.fetches.v[j].fetched;
		if (at != OAK_TIME_NONE)
			*oak_push(arena, &ret->fetches) = (struct oak_apt_fetch){release, at};
	}
	return oak_apt_lists_save(request->cache_dir, ret, err);
}
