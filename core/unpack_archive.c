/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Archives of any kind, read by libarchive as a stream. */
#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#include "core/buf.h"
#include "core/mem.h"
#include "core/unpack.h"

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

static int walk(struct archive *a, const char *path, const struct oak_unpack_limits *limits, oak_unpack_entry *entry,
		void *arg, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct archive_entry *e;
	int64_t left = limits->total;
	size_t entries = 0;
	int rc;
	oak_buf_init(&buf, limits->entry);
	while ((rc = archive_read_next_header(a, &e)) == ARCHIVE_OK || rc == ARCHIVE_WARN) {
		const char *name = archive_entry_pathname_utf8(e);
		if (!name)
			name = archive_entry_pathname(e);
		if (++entries > limits->entries)
			return oak_fail(err, OAK_INVALID, "unpack.too-large", 0, "'%s' holds more than %zu entries", path,
					limits->entries);
		/* a merely compressed file has no type */
		if ((archive_entry_filetype(e) != AE_IFREG && archive_format(a) != ARCHIVE_FORMAT_RAW) ||
		    archive_entry_hardlink(e))
			continue;
		if (archive_format(a) == ARCHIVE_FORMAT_RAW || !name)
			name = path;
		if (read_entry(a, path, name, &buf, &left, err) < 0 ||
		    entry(arg, name, oak_buf_text(&buf), buf.n, err) < 0)
			return -1;
	}
	return rc == ARCHIVE_EOF ? 0 : broken(a, path, err);
}

#ifdef _WIN32
#define OAK_EXPORT
#else
#define OAK_EXPORT __attribute__((visibility("default")))
#endif
extern OAK_EXPORT oak_unpack_run oak_unpack_archive;

int oak_unpack_archive(const char *path, const struct oak_unpack_limits *limits, oak_unpack_entry *entry, void *arg,
		       struct oak_error *err)
{
	struct archive *a = archive_read_new();
	if (!a)
		return oak_fail(err, OAK_IO, "unpack.broken", 0, "libarchive cannot be used");
	archive_read_support_filter_all(a);
	/* Not all formats: mtree, for one, would take any text for its own. */
	archive_read_support_format_tar(a);
	archive_read_support_format_zip(a);
	archive_read_support_format_7zip(a);
	archive_read_support_format_cpio(a);
	archive_read_support_format_ar(a);
	archive_read_support_format_raw(a);
	int rc = archive_read_open_filename(a, path, BLOCK) == ARCHIVE_OK ? walk(a, path, limits, entry, arg, err)
									  : broken(a, path, err);
	archive_read_free(a);
	return rc;
}
