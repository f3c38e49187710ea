/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A tar as a stream of entries and bytes, by libarchive; tar and zstd only, so that nothing else is ever parsed. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/module.h"
#include "core/unpack.h"

#ifdef _WIN32
#include <io.h>
#endif
extern OAK_EXPORT oak_unpack_tar_run oak_unpack_tar;

enum { BLOCK = 256 * 1024 };

static int failed(struct archive *a, const char *subject, struct oak_error *err)
{
	const char *why = archive_error_string(a);
	if (why && (strstr(why, "runcated") || strstr(why, "end of file")))
		return oak_fail(err, OAK_INVALID, "archive.truncated", 0, "'%s' ends too early: %s (E_TRUNC)", subject, why);
	return oak_fail(err, OAK_INVALID, "archive.broken", 0, "cannot unpack '%s': %s (E_BROKEN)", subject,
			why ? why : "it is damaged");
}

static enum oak_unpack_kind kind_of(struct archive_entry *e)
{
	if (archive_entry_hardlink(e) || archive_entry_hardlink_utf8(e))
		return OAK_UNPACK_HARD_LINK;
	switch (archive_entry_filetype(e)) {
	case AE_IFREG:
		return OAK_UNPACK_FILE;
	case AE_IFDIR:
		return OAK_UNPACK_FOLDER;
	case AE_IFLNK:
		return OAK_UNPACK_LINK;
	default:
		return OAK_UNPACK_OTHER;
	}
}

/* Without the "./" that tar puts before every name when it packs "." */
static const char *either(const char *raw, const char *utf8)
{
	const char *name = raw ? raw : utf8;
	return name && name[0] == '.' && name[1] == '/' && name[2] ? name + 2 : name;
}

static unsigned extras_of(struct archive_entry *e)
{
	bool attributes = archive_entry_xattr_count(e) > 0 || (archive_entry_acl_types(e) & ~ARCHIVE_ENTRY_ACL_TYPE_ACCESS) != 0 ||
			  archive_entry_acl_count(e, ARCHIVE_ENTRY_ACL_TYPE_ACCESS) > 0 || archive_entry_fflags_text(e);
	return (archive_entry_uid(e) || archive_entry_gid(e) ? OAK_UNPACK_OWNER : 0) | (attributes ? OAK_UNPACK_ATTRIBUTES : 0);
}

static void describe(struct archive_entry *e, struct oak_unpack_header *h)
{
	*h = (struct oak_unpack_header){.kind = kind_of(e), .mode = (unsigned)archive_entry_perm(e), .size = archive_entry_size(e),
					.extras = extras_of(e)};
	h->name = either(archive_entry_pathname(e), archive_entry_pathname_utf8(e));
	if (h->kind == OAK_UNPACK_LINK)
		h->target = archive_entry_symlink(e) ? archive_entry_symlink(e) : archive_entry_symlink_utf8(e);
	else if (h->kind == OAK_UNPACK_HARD_LINK)
		h->target = either(archive_entry_hardlink(e), archive_entry_hardlink_utf8(e));
}

static int pass_data(struct archive *a, const char *subject, const struct oak_unpack_visitor *v, struct oak_error *err)
{
	static const char zeros[65536];
	const void *block;
	size_t n;
	la_int64_t at, given = 0;
	int rc;
	while ((rc = archive_read_data_block(a, &block, &n, &at)) == ARCHIVE_OK) {
		for (; given < at; given += (la_int64_t)sizeof(zeros)) { /* holes of a sparse file */
			size_t hole = at - given > (la_int64_t)sizeof(zeros) ? sizeof(zeros) : (size_t)(at - given);
			if (v->data(v->arg, zeros, hole, err) < 0)
				return -1;
			if (hole < sizeof(zeros))
				break;
		}
		given = at + (la_int64_t)n;
		if (n && v->data(v->arg, block, n, err) < 0)
			return -1;
	}
	return rc == ARCHIVE_EOF ? 0 : failed(a, subject, err);
}

static int walk(struct archive *a, const char *subject, const struct oak_unpack_visitor *v, struct oak_error *err)
{
	struct archive_entry *e;
	struct oak_unpack_header header;
	int rc;
	while ((rc = archive_read_next_header(a, &e)) == ARCHIVE_OK || rc == ARCHIVE_WARN) {
		describe(e, &header);
		if (!header.name)
			return oak_fail(err, OAK_INVALID, "archive.broken", 0, "'%s' has an entry without a name (E_BROKEN)", subject);
		if (v->entry(v->arg, &header, err) < 0)
			return -1;
		if (v->data && header.kind == OAK_UNPACK_FILE && pass_data(a, subject, v, err) < 0)
			return -1;
	}
	return rc == ARCHIVE_EOF ? 0 : failed(a, subject, err);
}

/* Read by place, never by the descriptor's own: somebody else may be reading it at the same time. */
struct input {
	int fd;
	int64_t at;
	char *block;
};

static la_ssize_t read_block(struct archive *a, void *arg, const void **ret)
{
	struct input *in = arg;
	ssize_t got;
#ifdef _WIN32
	got = _lseeki64(in->fd, in->at, SEEK_SET) < 0 ? -1 : read(in->fd, in->block, BLOCK);
#else
	while ((got = pread(in->fd, in->block, BLOCK, (off_t)in->at)) < 0 && errno == EINTR)
		;
#endif
	if (got < 0)
		archive_set_error(a, errno, "it cannot be read");
	in->at += got > 0 ? got : 0;
	*ret = in->block;
	return got;
}

int oak_unpack_tar(int fd, const char *subject, const struct oak_unpack_visitor *visitor, struct oak_error *err)
{
	struct archive *a = archive_read_new();
	if (!a)
		return oak_fail(err, OAK_IO, "archive.broken", 0, "libarchive cannot be used");
	archive_read_support_filter_zstd(a);
	archive_read_support_format_tar(a);
	OAK_AUTO(oak_free_p) char *block = oak_alloc(BLOCK);
	struct input in = {fd, 0, block};
	int rc = archive_read_open(a, &in, NULL, read_block, NULL) == ARCHIVE_OK ? walk(a, subject, visitor, err) : failed(a, subject, err);
	archive_read_free(a);
	return rc;
}
