/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checking and unpacking of metadata files. */
#include "scanners/rpm/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <solv/solv_xfopen.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/hash.h"
#include "core/str.h"
#include "scanners/rpm/stream_zck.h"

static int digest_file(int fd, struct oak_hasher *hasher, size_t size, char *ret_hex)
{
	unsigned char buf[65536], digest[OAK_DIGEST_MAX];
	ssize_t n;
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		oak_hasher_add(hasher, buf, (size_t)n);
	oak_hasher_end(hasher, digest);
	oak_hex(digest, size, ret_hex);
	return n < 0 ? -1 : 0;
}

static int fail_missing(const char *path, struct oak_error *err)
{
	return oak_fail(err, errno == ENOENT ? OAK_NOT_FOUND : OAK_IO, "rpm.metadata-missing", errno,
			"cannot open '%s': %s (run the scan with --refresh)", path, strerror(errno));
}

int oak_metadata_check(const char *path, const struct oak_repomd_file *file, struct oak_error *err)
{
	struct stat st;
	char hex[2 * OAK_DIGEST_MAX + 1];
	size_t size;
	if (file->open_size >= OAK_METADATA_MAX || file->size >= OAK_METADATA_MAX)
		return oak_fail(err, OAK_INVALID, "rpm.metadata-too-large", 0,
				"refused '%s': repomd.xml announces %lld bytes, the limit is %d", path,
				(long long)(file->open_size > file->size ? file->open_size : file->size), OAK_METADATA_MAX);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail_missing(path, err);
	struct oak_hasher *hasher = file->checksum ? oak_hasher_by_name(file->checksum_type, &size) : NULL;
	bool size_ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (file->size < 0 || st.st_size == file->size);
	int result = hasher ? digest_file(fd, hasher, size, hex) : -1;
	close(fd);
	if (!hasher)
		return oak_fail(err, OAK_INVALID, "rpm.metadata-invalid", 0,
				"cannot check '%s': repomd.xml has no checksum of a known kind for it", path);
	if (result < 0 || !size_ok || !oak_strcaseeq(hex, file->checksum))
		return oak_fail(err, OAK_UNTRUSTED, "rpm.metadata-checksum", 0,
				"'%s' does not match repomd.xml: wrong %s (the mirror is being updated or broken; try again)",
				path, size_ok ? "checksum" : "size");
	return 0;
}

static const char *const packings[] = {".gz", ".bz2", ".xz", ".lzma", ".zst"};

static FILE *open_zchunk(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? NULL : oak_zck_open(fd);
}

FILE *oak_metadata_open(const char *path, struct oak_error *err)
{
	bool packed = false;
	for (size_t i = 0; i < sizeof(packings) / sizeof(*packings); i++)
		packed |= oak_ends_with(path, packings[i]);
	errno = 0;
	FILE *in = oak_ends_with(path, ".zck") ? open_zchunk(path) : packed ? solv_xfopen(path, "r") : fopen(path, "re");
	if (in)
		return in;
	if (errno == 0 || oak_fs_exists(path)) {
		oak_fail(err, OAK_UNSUPPORTED, "rpm.metadata-compression", errno,
			 "cannot unpack '%s': its compression is damaged or not supported here", path);
		return NULL;
	}
	(void)fail_missing(path, err);
	return NULL;
}
