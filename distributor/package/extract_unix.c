/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scan and the writing: every path is made from one descriptor, component by component, through no link. */
#include "distributor/package/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/openat2.h>
#include <sys/syscall.h>
#endif

#include "core/fault.h"
#include "core/str.h"
#include "distributor/package/frames_unix.h"

/* ------------------------------------------------------------------------------------------- scanning */

static int scan_entry(void *arg, const struct oak_unpack_header *header, struct oak_error *err)
{
	return oak_prescan_add(arg, header, err);
}

int oak_extract_scan(struct oak_extract *job, struct oak_arena *arena, struct oak_prescan *ret, struct oak_error *err)
{
	OAK_AUTO(oak_frames_close_p) struct oak_frames *frames = NULL;
	const struct oak_unpack_visitor visitor = {scan_entry, NULL, ret};
	struct oak_walk_tools tools;
	*ret = (struct oak_prescan){.arena = arena, .subject = job->subject};
	if (oak_walk_tools_open(&tools, &job->rules.fold, err) < 0)
		return -1;
	ret->rules = job->rules;
	if (oak_frames_open(job, false, &frames, err) < 0 || (job->meanwhile && job->meanwhile(job->meanwhile_arg, err) < 0) ||
	    oak_frames_run(frames, &visitor, job->stop, &job->jail, err) < 0)
		return -1;
	return oak_prescan_end(ret, err);
}

/* ------------------------------------------------------------------------------------------- writing */

struct writer {
	struct oak_extract *job;
	struct oak_arena *arena;
	const struct oak_prescan *scan;
	struct oak_seal *seal;
	size_t next;            /* entry of the scan that must come */
	int root;
	int dir;                /* of the entry; -1 = none */
	char dir_path[OAK_ENTRY_PATH_MAX + 1];
	int file;               /* being written; -1 = none */
	const struct oak_scanned *entry;
	struct oak_hasher *hasher;
	int64_t left, done;
};

static int cannot_write(const struct writer *w, const char *path, struct oak_error *err)
{
	return oak_fail_errno(err, "archive.write", "cannot write '%s' of '%s'", path, w->job->subject);
}

static int changed(const struct writer *w, struct oak_error *err)
{
	return oak_fail(err, OAK_UNTRUSTED, "archive.changed", 0, "'%s' was changed while it was read (E_HASH)", w->job->subject);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* One call where the kernel has it; -1 also when a folder is missing. */
static int open_beneath(int root, const char *path)
{
#if defined(__linux__) && defined(SYS_openat2)
	struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
			       .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
	return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
#else
	(void)root;
	(void)path;
	errno = ENOSYS;
	return -1;
#endif
}

static void add_sealed(struct writer *w, const struct oak_sealed *e)
{
	*oak_push(w->arena, &w->seal->v) = *e;
}

/* The folder NAME in PARENT (closed), made if it is missing; PATH is its whole path. */
static int enter(struct writer *w, int parent, const char *name, const char *path, struct oak_error *err)
{
	bool made = mkdirat(parent, name, 0755) == 0;
	bool fine = made || errno == EEXIST;
	int fd = fine ? openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	if (fd >= 0 && made && fchmod(fd, 0755) < 0)
		close_fd(&fd);
	if (parent != w->root)
		close(parent);
	if (fd < 0)
		return cannot_write(w, path, err);
	if (made)
		add_sealed(w, &(struct oak_sealed){.kind = OAK_UNPACK_FOLDER, .path = oak_arena_strdup(w->arena, path)});
	return fd;
}

static int walk_down(struct writer *w, const char *path, struct oak_error *err)
{
	char part[OAK_ENTRY_PATH_MAX + 1];
	int fd = w->root;
	for (size_t at = 0; path[at];) {
		size_t n = strcspn(path + at, "/");
		memcpy(part, path, at + n);
		part[at + n] = '\0';
		fd = enter(w, fd, part + at, part, err);
		if (fd < 0)
			return -1;
		at += n + (path[at + n] == '/');
	}
	return fd;
}

/* w->dir becomes the folder of PATH. */
static int enter_parent(struct writer *w, const char *path, struct oak_error *err)
{
	size_t n = (size_t)(base_of(path) - path);
	char parent[OAK_ENTRY_PATH_MAX + 1];
	memcpy(parent, path, n);
	parent[n ? n - 1 : 0] = '\0';
	if (w->dir >= 0 && oak_streq(parent, w->dir_path))
		return 0;
	if (w->dir != w->root)
		close_fd(&w->dir);
	w->dir = *parent ? open_beneath(w->root, parent) : w->root;
	if (w->dir < 0)
		w->dir = walk_down(w, parent, err);
	if (w->dir < 0)
		return -1;
	memcpy(w->dir_path, parent, sizeof(parent));
	return 0;
}

static int end_file(struct writer *w, struct oak_error *err)
{
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	const struct oak_scanned *e = w->entry;
	if (w->file < 0)
		return 0;
	if (w->left != 0)
		return changed(w, err);
	oak_hasher_end(oak_steal(&w->hasher), digest);
	oak_hex(digest, sizeof(digest), hex);
	if (fchmod(w->file, e->mode) < 0)
		return cannot_write(w, e->name, err);
#ifdef __linux__
	sync_file_range(w->file, 0, 0, SYNC_FILE_RANGE_WRITE); /* begins now, so that the sync at the end is short */
#endif
	int rc = close(w->file);
	w->file = -1;
	if (rc < 0)
		return cannot_write(w, e->name, err);
	const struct oak_sealed sealed = {.kind = OAK_UNPACK_FILE, .path = e->name, .mode = e->mode, .size = e->size,
					  .sha256 = oak_arena_strdup(w->arena, hex)};
	add_sealed(w, &sealed);
	return w->job->keep ? w->job->keep(w->job->keep_arg, w->dir, base_of(e->name), &sealed, err) : 0;
}

static int write_entry(void *arg, const struct oak_unpack_header *h, struct oak_error *err)
{
	struct writer *w = arg;
	if (end_file(w, err) < 0)
		return -1;
	if (oak_walk_is_root(h))
		return 0;
	if (w->next >= w->scan->entries.n || !oak_scanned_is(&w->scan->entries.v[w->next], h))
		return changed(w, err);
	const struct oak_scanned *e = w->entry = &w->scan->entries.v[w->next++];
	if (enter_parent(w, e->name, err) < 0)
		return -1;
	if (e->kind == OAK_UNPACK_FOLDER) {
		int fd = enter(w, dup(w->dir), base_of(e->name), e->name, err);
		int rc = fd < 0 ? -1 : 0;
		close_fd(&fd);
		return rc;
	}
	if (e->kind == OAK_UNPACK_LINK) {
		if (symlinkat(e->target, w->dir, base_of(e->name)) < 0)
			return cannot_write(w, e->name, err);
		add_sealed(w, &(struct oak_sealed){.kind = OAK_UNPACK_LINK, .path = e->name, .target = e->target});
		return 0;
	}
	w->file = openat(w->dir, base_of(e->name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (w->file < 0)
		return cannot_write(w, e->name, err);
	w->left = e->size;
	w->hasher = oak_sha256_new();
	return 0;
}

static int write_data(void *arg, const void *bytes, size_t n, struct oak_error *err)
{
	struct writer *w = arg;
	if (w->file < 0 || (int64_t)n > w->left)
		return changed(w, err);
	w->left -= (int64_t)n;
	oak_hasher_add(w->hasher, bytes, n);
	for (size_t done = 0; done < n;) {
		ssize_t wrote = write(w->file, (const char *)bytes + done, n - done);
		if (wrote < 0 && errno != EINTR)
			return cannot_write(w, w->entry->name, err);
		done += wrote > 0 ? (size_t)wrote : 0;
	}
	w->done += (int64_t)n;
	if (w->job->progress)
		w->job->progress(w->job->progress_arg, w->done, w->scan->total);
	return 0;
}

static int write_all(struct writer *w, struct oak_error *err)
{
	OAK_AUTO(oak_frames_close_p) struct oak_frames *frames = NULL;
	const struct oak_unpack_visitor visitor = {write_entry, write_data, w};
	if (oak_frames_open(w->job, true, &frames, err) < 0 || oak_frames_run(frames, &visitor, w->job->stop, &w->job->jail, err) < 0 ||
	    end_file(w, err) < 0)
		return -1;
	if (w->next != w->scan->entries.n)
		return changed(w, err);
	oak_fault_point("extract.written");
	/* One sync of the file system instead of one for each file: what was written through this very descriptor's system. */
	if (syncfs(w->root) < 0 || fsync(w->root) < 0)
		return oak_fail_errno(err, "archive.write", "cannot sync '%s' to the disk", w->job->subject);
	return 0;
}

int oak_extract_write(struct oak_extract *job, struct oak_arena *arena, const struct oak_prescan *scan, const char *folder, struct oak_seal *ret,
		      struct oak_error *err)
{
	struct writer w = {.job = job, .arena = arena, .scan = scan, .seal = ret, .dir = -1, .file = -1,
			   .root = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
	if (w.root < 0)
		return oak_fail_errno(err, "archive.write", "cannot open '%s'", folder);
	int rc = write_all(&w, err);
	if (w.dir != w.root)
		close_fd(&w.dir);
	close_fd(&w.file);
	close_fd(&w.root);
	oak_hasher_free(w.hasher);
	oak_seal_sort(ret);
	return rc;
}
