/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tar and cpio streams by libarchive: everything in them is given by the entries, nothing by who writes them. */
#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

#include "core/module.h"
#include "distributor/package/pack_squeeze.h"

extern OAK_EXPORT oak_pack_fn oak_pack_tar;
extern OAK_EXPORT oak_pack_libraries_fn oak_pack_versions;

struct stream {
	struct oak_squeeze *squeeze;
	struct oak_error *err;
	bool failed; /* err says why */
};

static la_ssize_t on_write(struct archive *a, void *arg, const void *bytes, size_t n)
{
	struct stream *stream = arg;
	(void)a;
	if (oak_squeeze_add(stream->squeeze, bytes, n, stream->err) == 0)
		return (la_ssize_t)n;
	stream->failed = true;
	return -1;
}

static int broken(struct archive *a, const struct stream *stream, struct oak_error *err)
{
	const char *why = archive_error_string(a);
	return stream->failed ? -1 : oak_fail(err, OAK_IO, "pack.library", 0, "cannot write the archive: %s", why ? why : "libarchive failed");
}

static void fill(struct archive_entry *e, const struct oak_pack *pack, const struct oak_pack_entry *entry, int64_t number)
{
	static const unsigned types[] = {[OAK_PACK_ENTRY_FILE] = AE_IFREG, [OAK_PACK_ENTRY_FOLDER] = AE_IFDIR, [OAK_PACK_ENTRY_LINK] = AE_IFLNK};
	archive_entry_clear(e);
	archive_entry_set_pathname(e, entry->path);
	archive_entry_set_filetype(e, types[entry->kind]);
	archive_entry_set_perm(e, (__LA_MODE_T)entry->mode);
	archive_entry_set_mtime(e, (time_t)pack->mtime, 0);
	archive_entry_set_uid(e, 0);
	archive_entry_set_gid(e, 0);
	archive_entry_set_uname(e, "root");
	archive_entry_set_gname(e, "root");
	archive_entry_set_nlink(e, entry->kind == OAK_PACK_ENTRY_FOLDER ? 2 : 1);
	archive_entry_set_ino(e, number);
	archive_entry_set_size(e, entry->kind == OAK_PACK_ENTRY_FILE ? entry->size : 0);
	if (entry->kind == OAK_PACK_ENTRY_LINK)
		archive_entry_set_symlink(e, entry->from);
}

static int progress(const struct oak_pack *pack, int64_t done, struct oak_error *err)
{
	return pack->progress ? pack->progress(pack->progress_arg, done, err) : 0;
}

static int write_file(struct archive *a, const struct oak_pack *pack, struct oak_pack_entry *entry, struct stream *stream, char *block,
		      int64_t *done, struct oak_error *err)
{
	struct oak_pack_source source;
	size_t n = 0;
	int result = oak_pack_source_open(&source, pack, entry, err);
	while (result == 0 && (result = oak_pack_source_read(&source, block, OAK_PACK_BLOCK, &n, err)) == 0 && n) {
		if (archive_write_data(a, block, n) != (la_ssize_t)n)
			result = broken(a, stream, err);
		*done += (int64_t)n;
		if (result == 0)
			result = progress(pack, *done, err);
	}
	if (result == 0)
		result = oak_pack_source_end(&source, err);
	oak_pack_source_done(&source);
	return result;
}

static int write_all(struct archive *a, struct oak_pack *pack, struct stream *stream, int64_t *done, struct oak_error *err)
{
	OAK_AUTO(oak_free_p) char *block = oak_alloc(OAK_PACK_BLOCK);
	struct archive_entry *e = archive_entry_new();
	int result = 0;
	for (size_t i = 0; result == 0 && i < pack->n; i++) {
		fill(e, pack, &pack->entries[i], (int64_t)i + 1);
		if (archive_write_header(a, e) < ARCHIVE_WARN)
			result = broken(a, stream, err);
		else if (pack->entries[i].kind == OAK_PACK_ENTRY_FILE)
			result = write_file(a, pack, &pack->entries[i], stream, block, done, err);
	}
	archive_entry_free(e);
	return result;
}

/* GNU's tar, since dpkg knows no pax headers; names are bytes there, so that no locale decides how they are written. */
static int set_format(struct archive *a, enum oak_pack_format format)
{
	return format == OAK_PACK_CPIO_ZST ? archive_write_set_format_cpio_newc(a) : archive_write_set_format_gnutar(a);
}

int oak_pack_tar(int fd, struct oak_pack *pack, struct oak_packed *ret, struct oak_error *err)
{
	OAK_AUTO(oak_squeeze_free_p) struct oak_squeeze *squeeze = pack->format == OAK_PACK_TAR_GZ	? oak_squeeze_gzip(fd, err)
								   : pack->format == OAK_PACK_TAR_FRAMES ? oak_squeeze_frames(fd, pack->threads, err)
													 : oak_squeeze_zstd(fd, pack->threads, err);
	struct stream stream = {.squeeze = squeeze, .err = err};
	struct archive *a = squeeze ? archive_write_new() : NULL;
	int64_t done = 0;
	if (!squeeze)
		return -1;
	archive_write_set_bytes_per_block(a, pack->format == OAK_PACK_CPIO_ZST ? 0 : 64 * 1024);
	archive_write_set_bytes_in_last_block(a, 1);
	int result = set_format(a, pack->format) < ARCHIVE_WARN || archive_write_open(a, &stream, NULL, on_write, NULL) < ARCHIVE_WARN
			     ? broken(a, &stream, err)
			     : write_all(a, pack, &stream, &done, err);
	if (result == 0 && archive_write_close(a) < ARCHIVE_WARN)
		result = broken(a, &stream, err);
	if (result < 0)
		archive_write_fail(a); /* no trailer behind half an archive */
	archive_write_free(a);
	ret->unpacked_size = done;
	return result < 0 ? -1 : oak_squeeze_end(squeeze, ret, err);
}

const char *const *oak_pack_versions(void)
{
	static const char *pairs[] = {"libarchive", NULL, "zlib", NULL, "zstd", NULL, NULL};
	pairs[1] = archive_version_string() + sizeof("libarchive");
	pairs[3] = zlibVersion();
	pairs[5] = ZSTD_versionString();
	return pairs;
}
