/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Archives of any kind, read by libarchive as a stream. */
#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/module.h"
#include "core/unpack.h"
#ifdef _WIN32
#include "core/windows_text.h"
#endif

enum { BLOCK = 256 * 1024 };

static int broken(struct archive *a, const char *path, struct oak_error *err)
{
	const char *why = archive_error_string(a);
	return oak_fail(err, OAK_INVALID, "unpack.broken", 0, "cannot unpack '%s': %s", path, why ? why : "it is damaged");
}

/* The bytes of the current entry into BUF. */
static int read_entry(struct archive *a, const char *path, const char *name, struct oak_buf *buf, int64_t *left,
		      struct oak_error *err)
{
	oak_buf_clear(buf);
	for (;;) {
		char chunk[BLOCK];
		la_ssize_t got = archive_read_data(a, chunk, sizeof(chunk));
		if (got < 0)
			return broken(a, path, err);
		if (got == 0)
			return 0;
		oak_buf_add(buf, chunk, (size_t)got);
		*left -= got;
		if (buf->full || *left < 0)
			return oak_fail(err, OAK_INVALID, "unpack.too-large", 0,
					"'%s' in '%s' unpacks to more than is read of its kind", name, path);
	}
}

/* One walk over all levels. */
struct walk {
	const char *path;
	const struct oak_unpack_limits *limits;
	oak_unpack_entry *entry;
	void *arg;
	int64_t left;
	size_t entries;
};

static int walk(struct walk *w, struct archive *a, const char *inside, struct oak_error *err);

/* A cabinet in a cabinet; in one that is inside already a third is no cabinet to us. */
static int walk_inner(struct walk *w, const char *name, const struct oak_buf *bytes, struct oak_error *err)
{
	struct archive *a = archive_read_new();
	if (!a)
		return oak_fail(err, OAK_IO, "unpack.broken", 0, "libarchive cannot be used");
	archive_read_support_format_cab(a);
	int rc = archive_read_open_memory(a, oak_buf_text(bytes), bytes->n) == ARCHIVE_OK ? walk(w, a, name, err) : broken(a, name, err);
	archive_read_free(a);
	return rc;
}

static bool is_cabinet(const char *name)
{
	size_t n = strlen(name);
	return n > 4 && (memcmp(name + n - 4, ".cab", 4) == 0 || memcmp(name + n - 4, ".CAB", 4) == 0);
}

static int hand_over(struct walk *w, const char *inside, const char *name, const struct oak_buf *buf, struct oak_error *err)
{
	char whole[4400];
	if (w->limits->cabinets && !inside && is_cabinet(name))
		return walk_inner(w, name, buf, err);
	if (inside) {
		int n = snprintf(whole, sizeof(whole), "%s/%s", inside, name);
		if (n < 0 || (size_t)n >= sizeof(whole))
			return oak_fail(err, OAK_INVALID, "unpack.broken", 0, "cannot unpack '%s': a name in '%s' is too long", w->path, inside);
		name = whole;
	}
	return w->entry(w->arg, name, oak_buf_text(buf), buf->n, err);
}

static bool is_wanted(const struct walk *w, const char *inside, const char *name)
{
	char whole[4400];
	if (!w->limits->wanted)
		return true;
	snprintf(whole, sizeof(whole), "%s%s%s", inside ? inside : "", inside ? "/" : "", name);
	return w->limits->wanted(w->arg, whole);
}

/* INSIDE: the cabinet within the archive that A is; NULL = A is the archive itself. */
static int walk(struct walk *w, struct archive *a, const char *inside, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct archive_entry *e;
	const char *path = w->path;
	int rc;
	oak_buf_init(&buf, w->limits->entry);
	while ((rc = archive_read_next_header(a, &e)) == ARCHIVE_OK || rc == ARCHIVE_WARN) {
		const char *name = archive_entry_pathname_utf8(e);
		if (!name)
			name = archive_entry_pathname(e);
		if (++w->entries > w->limits->entries)
			return oak_fail(err, OAK_INVALID, "unpack.too-large", 0, "'%s' holds more than %zu entries", path,
					w->limits->entries);
		/* a merely compressed file has no type */
		if ((archive_entry_filetype(e) != AE_IFREG && archive_format(a) != ARCHIVE_FORMAT_RAW) ||
		    archive_entry_hardlink(e))
			continue;
		if (archive_format(a) == ARCHIVE_FORMAT_RAW || !name)
			name = path;
		if (!is_wanted(w, inside, name))
			continue;
		if (read_entry(a, path, name, &buf, &w->left, err) < 0 || hand_over(w, inside, name, &buf, err) < 0)
			return -1;
	}
	return rc == ARCHIVE_EOF ? 0 : broken(a, inside ? inside : path, err);
}

static void support(struct archive *a, bool cabinets)
{
	archive_read_support_format_cab(a);
	if (cabinets)
		return;
	archive_read_support_filter_all(a);
	/* Not all formats: mtree, for one, would take any text for its own. */
	archive_read_support_format_tar(a);
	archive_read_support_format_zip(a);
	archive_read_support_format_7zip(a);
	archive_read_support_format_cpio(a);
	archive_read_support_format_ar(a);
	archive_read_support_format_raw(a);
}

#ifdef _WIN32
static int open_file(struct archive *a, const char *path)
{
	wchar_t *wide = oak_wide_path(path);
	int rc = archive_read_open_filename_w(a, wide, BLOCK);
	free(wide);
	return rc;
}
#else
static int open_file(struct archive *a, const char *path)
{
	return archive_read_open_filename(a, path, BLOCK);
}
#endif

extern OAK_EXPORT oak_unpack_run oak_unpack_archive;

int oak_unpack_archive(const char *path, const struct oak_unpack_limits *limits, oak_unpack_entry *entry, void *arg,
		       struct oak_error *err)
{
	struct archive *a = archive_read_new();
	if (!a)
		return oak_fail(err, OAK_IO, "unpack.broken", 0, "libarchive cannot be used");
	struct walk w = {.path = path, .limits = limits, .entry = entry, .arg = arg, .left = limits->total};
	support(a, limits->cabinets);
	int rc = open_file(a, path) == ARCHIVE_OK ? walk(&w, a, NULL, err) : broken(a, path, err);
	archive_read_free(a);
	return rc;
}
