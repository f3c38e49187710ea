/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ages of apt's lists folders, and the record of our own refreshes. */
#include "scanners/apt_lists.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/str.h"
#include "scanners/root.h"

enum { RECORD_MAX = 1024 * 1024 };

static const int64_t SECOND_NS = 1000000000;

static int64_t newer(int64_t a, int64_t b)
{
	return a > b ? a : b; /* NONE is the least */
}

/* Time of the last change in nanoseconds. */
static int64_t changed_ns(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * SECOND_NS + st->st_mtim.tv_nsec;
}

static int64_t changed_below(const char *root, const char *path)
{
	struct stat st;
	int fd = oak_root_open(root, path, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return OAK_TIME_NONE;
	bool ok = fstat(fd, &st) == 0;
	close(fd);
	return ok ? changed_ns(&st) : OAK_TIME_NONE;
}

/* Newest change in a lists folder that holds a list at all; NONE otherwise. */
static int64_t folder_changed(const char *root, const char *path)
{
	int fd = oak_root_open(root, path, O_RDONLY | O_DIRECTORY);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return OAK_TIME_NONE;
	}
	struct stat st;
	int64_t newest = fstat(fd, &st) == 0 ? changed_ns(&st) : OAK_TIME_NONE;
	bool any = false;
	for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
		if (*entry->d_name == '.' || oak_streq(entry->d_name, "lock") || oak_streq(entry->d_name, "auxfiles") ||
		    fstatat(fd, entry->d_name, &st, 0) < 0)
			continue;
		newest = newer(newest, changed_ns(&st));
		any |= S_ISREG(st.st_mode);
	}
	closedir(dir);
	return any ? newest : OAK_TIME_NONE;
}

void oak_apt_lists_host(struct oak_arena *arena, const char *root, struct oak_apt_lists *ret)
{
	static const char *const stamps[] = {"/var/lib/apt/periodic/update-success-stamp", "/var/lib/apt/periodic/update-stamp"};
	int64_t changed = folder_changed(root, "/var/lib/apt/lists");
	for (size_t i = 0; changed != OAK_TIME_NONE && i < sizeof(stamps) / sizeof(*stamps); i++)
		changed = newer(changed, changed_below(root, stamps[i]));
	*ret = (struct oak_apt_lists){.dir = oak_root_join(arena, root, "/var/lib/apt/lists"),
				      .fetched = changed == OAK_TIME_NONE ? OAK_TIME_NONE : changed / SECOND_NS,
				      .changed_ns = changed};
}

/* Lines "1795435200 http://example.org/debian/ bookworm". */
static void load_record(struct oak_arena *arena, const char *cache_dir, struct oak_apt_lists *lists)
{
	struct oak_buf buf OAK_AUTO(oak_buf_done);
	oak_buf_init(&buf, RECORD_MAX);
	if (oak_fs_read(oak_root_join(arena, cache_dir, "apt/refreshed"), &buf, NULL) < 0)
		return;
	struct oak_str rest = {oak_buf_text(&buf), buf.n}, line, number;
	while (oak_str_next(&rest, '\n', &line)) {
		struct oak_str tail = line;
		int64_t at;
		if (!oak_str_next(&tail, ' ', &number) || !oak_parse_int(number, 0, INT64_MAX / 2, &at) || !tail.n)
			continue;
		*oak_push(arena, &lists->fetches) =
			(struct oak_apt_fetch){oak_arena_strndup(arena, tail.p, tail.n), at};
		lists->fetched = newer(lists->fetched, at);
	}
}

void oak_apt_lists_own(struct oak_arena *arena, const char *cache_dir, struct oak_apt_lists *ret)
{
	*ret = (struct oak_apt_lists){
		.dir = oak_root_join(arena, cache_dir, "apt/lists"), .own = true, .fetched = OAK_TIME_NONE};
	load_record(arena, cache_dir, ret);
	struct stat st;
	bool kept = stat(oak_root_join(arena, cache_dir, "apt/refreshed"), &st) == 0;
	ret->changed_ns = kept ? changed_ns(&st) : OAK_TIME_NONE;
}

void oak_apt_lists_choose(struct oak_arena *arena, const char *root, const char *cache_dir, struct oak_apt_lists *ret)
{
	struct oak_apt_lists own;
	oak_apt_lists_host(arena, root, ret);
	if (!cache_dir)
		return;
	oak_apt_lists_own(arena, cache_dir, &own);
	/* both in one second: the files tell which came later */
	bool later = own.fetched == ret->fetched ? own.changed_ns > ret->changed_ns : own.fetched > ret->fetched;
	if (own.fetches.n && later)
		*ret = own;
}

int oak_apt_lists_save(const char *cache_dir, const struct oak_apt_lists *lists, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_buf buf OAK_AUTO(oak_buf_done);
	oak_buf_init(&buf, RECORD_MAX);
	for (size_t i = 0; i < lists->fetches.n; i++)
		oak_buf_addf(&buf, "%lld %s\n", (long long)lists->fetches.v[i].fetched, lists->fetches.v[i].release);
	return oak_fs_write_atomic(oak_root_join(arena, cache_dir, "apt/refreshed"), oak_buf_text(&buf), buf.n, 0600, err);
}
