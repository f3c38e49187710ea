/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sources are read once, in blocks, and hashed while their bytes are at hand where the hash is wanted. */
#include "distributor/package/pack_source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/port.h"

enum { HINT_BYTES = 256 * 1024 };

static int changed(const struct oak_pack_entry *entry, struct oak_error *err)
{
	return oak_fail(err, OAK_CONFLICT, "pack.changed", 0, "'%s' was changed while the package was built (build again)", entry->from);
}

int oak_pack_source_open(struct oak_pack_source *source, const struct oak_pack *pack, struct oak_pack_entry *entry, struct oak_error *err)
{
	*source = (struct oak_pack_source){.entry = entry, .fd = -1, .sha256 = pack->digests ? oak_sha256_new() : NULL};
	if (!entry->from)
		return 0;
	struct stat st;
	source->fd = open(entry->from, O_RDONLY | O_CLOEXEC | O_BINARY);
	if (source->fd < 0 || fstat(source->fd, &st) < 0)
		return oak_fail_errno(err, "file.open", "cannot open '%s'", entry->from);
	if (!S_ISREG(st.st_mode) || st.st_size != entry->size)
		return changed(entry, err);
#ifdef POSIX_FADV_SEQUENTIAL
	posix_fadvise(source->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
#endif
	return 0;
}

static ssize_t read_some(struct oak_pack_source *source, char *to, size_t n)
{
	ssize_t got;
	if (source->fd < 0) {
		size_t left = (size_t)(source->entry->size - source->done);
		n = n < left ? n : left;
		memcpy(to, source->entry->bytes + source->done, n);
		return (ssize_t)n;
	}
	do
		got = read(source->fd, to, (unsigned)n); /* at most a block */
	while (got < 0 && errno == EINTR);
	return got;
}

int oak_pack_source_read(struct oak_pack_source *source, void *block, size_t n, size_t *ret_n, struct oak_error *err)
{
	size_t have = 0;
	while (have < n) {
		ssize_t got = read_some(source, (char *)block + have, n - have);
		if (got < 0)
			return oak_fail_errno(err, "file.read", "cannot read '%s'", source->entry->from);
		if (got == 0)
			break;
		have += (size_t)got;
		source->done += got;
		if (source->done > source->entry->size)
			return changed(source->entry, err);
	}
	if (source->sha256)
		oak_hasher_add(source->sha256, block, have);
	*ret_n = have;
	return 0;
}

int oak_pack_source_end(struct oak_pack_source *source, struct oak_error *err)
{
	unsigned char digest[OAK_SHA256_SIZE];
	if (source->done != source->entry->size)
		return changed(source->entry, err);
	if (!source->sha256)
		return 0;
	oak_hasher_end(oak_steal(&source->sha256), digest);
	oak_hex(digest, sizeof(digest), source->entry->sha256);
	return 0;
}

void oak_pack_source_done(struct oak_pack_source *source)
{
	oak_hasher_free(source->sha256);
	if (source->fd >= 0)
		close(source->fd);
	source->sha256 = NULL;
	source->fd = -1;
}

int oak_pack_put(int fd, const void *bytes, size_t n, struct oak_error *err)
{
	const char *p = bytes;
	while (n) {
		ssize_t put = write(fd, p, (unsigned)(n > OAK_PACK_BLOCK ? OAK_PACK_BLOCK : n));
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return oak_fail_errno(err, "pack.write", "cannot write the archive");
		p += put;
		n -= (size_t)put;
	}
#ifdef SYNC_FILE_RANGE_WRITE
	/* let the disk begin, so that the fsync at the end finds little to do; it is a hint, whose failure means nothing */
	if (p - (const char *)bytes >= HINT_BYTES)
		(void)!sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
#endif
	return 0;
}

int64_t oak_pack_seek(int fd, int64_t at, int whence)
{
#ifdef _WIN32
	return _lseeki64(fd, at, whence);
#else
	return (int64_t)lseek(fd, (off_t)at, whence);
#endif
}
