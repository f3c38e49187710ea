/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scan and the writing on Windows: in this process, every file made anew below a folder of ours, through no junction. */
#include "distributor/package/extract.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/str.h"
#include "distributor/package/walk.h"

enum { PATH_SIZE = OAK_ENTRY_PATH_MAX + 4200 };

/* What comes from an archive, but for a person's wish to stop. */
struct gate {
	const struct oak_unpack_visitor *to;
	const volatile int *stop;
};

static int check_stop(const struct gate *g, struct oak_error *err)
{
	return g->stop && *g->stop ? oak_fail(err, OAK_INTERRUPTED, "package.interrupted", 0, "interrupted while unpacking") : 0;
}

static int gate_entry(void *arg, const struct oak_unpack_header *header, struct oak_error *err)
{
	struct gate *g = arg;
	return check_stop(g, err) < 0 ? -1 : g->to->entry(g->to->arg, header, err);
}

static int gate_data(void *arg, const void *bytes, size_t n, struct oak_error *err)
{
	struct gate *g = arg;
	return check_stop(g, err) < 0 ? -1 : g->to->data(g->to->arg, bytes, n, err);
}

static int run(const struct oak_extract *job, const struct oak_walk_tools *tools, const struct oak_unpack_visitor *visitor, struct oak_error *err)
{
	struct gate gate = {visitor, job->stop};
	const struct oak_unpack_visitor gated = {gate_entry, visitor->data ? gate_data : NULL, &gate};
	return oak_walk(tools, job->fd, job->subject, job->container, &gated, err);
}

static int scan_entry(void *arg, const struct oak_unpack_header *header, struct oak_error *err)
{
	return oak_prescan_add(arg, header, err);
}

int oak_extract_scan(struct oak_extract *job, struct oak_arena *arena, struct oak_prescan *ret, struct oak_error *err)
{
	const struct oak_unpack_visitor visitor = {scan_entry, NULL, ret};
	struct oak_walk_tools tools;
	*ret = (struct oak_prescan){.arena = arena, .subject = job->subject};
	if (oak_walk_tools_open(&tools, &job->rules.fold, err) < 0)
		return -1;
	job->rules.links = false; /* there are no symbolic links that every user may make */
	ret->rules = job->rules;
	if (job->meanwhile && job->meanwhile(job->meanwhile_arg, err) < 0)
		return -1;
	return run(job, &tools, &visitor, err) < 0 ? -1 : oak_prescan_end(ret, err);
}

/* ------------------------------------------------------------------------------------------- writing */

struct writer {
	struct oak_extract *job;
	struct oak_arena *arena;
	const struct oak_prescan *scan;
	struct oak_seal *seal;
	const char *root;
	size_t next; /* entry of the scan that must come */
	int file;    /* being written; -1 = none */
	char path[PATH_SIZE];
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

static void add_sealed(struct writer *w, const struct oak_sealed *e)
{
	*oak_push(w->arena, &w->seal->v) = *e;
}

/* The folder PATH below the root, with all above it; each must be a folder and no junction. */
static int make_folders(struct writer *w, const char *path, struct oak_error *err)
{
	char full[PATH_SIZE], part[OAK_ENTRY_PATH_MAX + 1];
	for (size_t at = 0; path[at];) {
		struct stat st;
		size_t n = strcspn(path + at, "/");
		memcpy(part, path, at + n);
		part[at + n] = '\0';
		snprintf(full, sizeof(full), "%s/%s", w->root, part);
		if (oak_fs_mkdir(full, 0755) == 0)
			add_sealed(w, &(struct oak_sealed){.kind = OAK_UNPACK_FOLDER, .path = oak_arena_strdup(w->arena, part)});
		else if (errno != EEXIST || lstat(full, &st) < 0 || !S_ISDIR(st.st_mode))
			return cannot_write(w, part, err);
		at += n + (path[at + n] == '/');
	}
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
	int rc = fsync(w->file);
	rc = close(w->file) < 0 ? -1 : rc;
	w->file = -1;
	if (rc < 0)
		return cannot_write(w, e->name, err);
	const struct oak_sealed sealed = {.kind = OAK_UNPACK_FILE, .path = e->name, .mode = e->mode, .size = e->size,
					  .sha256 = oak_arena_strdup(w->arena, hex)};
	add_sealed(w, &sealed);
	return w->job->keep ? w->job->keep(w->job->keep_arg, -1, w->path, &sealed, err) : 0;
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
	const char *slash = strrchr(e->name, '/');
	if (e->kind == OAK_UNPACK_FOLDER)
		return make_folders(w, e->name, err);
	if (slash && make_folders(w, oak_arena_strndup(w->arena, e->name, (size_t)(slash - e->name)), err) < 0)
		return -1;
	snprintf(w->path, sizeof(w->path), "%s/%s", w->root, e->name);
	w->file = open(w->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
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
		int wrote = write(w->file, (const char *)bytes + done, (unsigned)(n - done));
		if (wrote < 0)
			return cannot_write(w, w->entry->name, err);
		done += (size_t)wrote;
	}
	w->done += (int64_t)n;
	if (w->job->progress)
		w->job->progress(w->job->progress_arg, w->done, w->scan->total);
	return 0;
}

int oak_extract_write(struct oak_extract *job, struct oak_arena *arena, const struct oak_prescan *scan, const char *folder, struct oak_seal *ret,
		      struct oak_error *err)
{
	struct writer w = {.job = job, .arena = arena, .scan = scan, .seal = ret, .file = -1, .root = folder};
	const struct oak_unpack_visitor visitor = {write_entry, write_data, &w};
	struct oak_walk_tools tools;
	oak_unicode_fold_run *fold;
	int rc = oak_walk_tools_open(&tools, &fold, err);
	if (rc == 0)
		rc = run(job, &tools, &visitor, err) < 0 || end_file(&w, err) < 0 ? -1 : 0;
	if (rc == 0 && w.next != scan->entries.n)
		rc = changed(&w, err);
	if (w.file >= 0)
		close(w.file);
	oak_hasher_free(w.hasher);
	oak_seal_sort(ret);
	oak_fault_point("extract.written");
	return rc;
}
