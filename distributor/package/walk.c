/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Zip by our own scan and zlib, tar by libarchive. */
#include "distributor/package/walk.h"

#include <sys/stat.h>
#include <unistd.h>

#include "core/str.h"
#include "distributor/package/zip.h"

int oak_walk_tools_open(struct oak_walk_tools *ret, oak_unicode_fold_run **ret_fold, struct oak_error *err)
{
	ret->tar = oak_unpack_tar_symbol(err);
	ret->inflate = ret->tar ? oak_unpack_inflate_symbol(err) : NULL;
	*ret_fold = ret->inflate ? oak_unicode_fold_symbol(err) : NULL;
	return *ret_fold ? 0 : -1;
}

static int read_fd(void *arg, int64_t at, void *to, size_t n)
{
	int fd = *(int *)arg;
	for (size_t done = 0; done < n;) {
#ifdef _WIN32
		if (_lseeki64(fd, at + (int64_t)done, SEEK_SET) < 0)
			return -1;
		ssize_t got = read(fd, (char *)to + done, (unsigned)(n - done));
#else
		ssize_t got = pread(fd, (char *)to + done, n - done, (off_t)(at + (int64_t)done));
#endif
		if (got <= 0)
			return -1;
		done += (size_t)got;
	}
	return 0;
}

static int walk_zip(const struct oak_walk_tools *tools, int fd, const char *subject, const struct oak_unpack_visitor *v, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_zip zip = {0};
	struct stat st;
	if (fstat(fd, &st) < 0)
		return oak_fail_errno(err, "file.read", "cannot look at '%s'", subject);
	const struct oak_zip_source source = {.read_at = read_fd, .arg = &fd, .size = st.st_size, .name = subject};
	if (oak_zip_scan(arena, &source, &zip, err) < 0)
		return -1;
	for (size_t i = 0; i < zip.entries.n; i++) {
		const struct oak_zip_entry *e = &zip.entries.v[i];
		if (v->entry(v->arg, &e->header, err) < 0)
			return -1;
		if (v->data && e->header.kind == OAK_UNPACK_FILE && tools->inflate(fd, subject, &e->data, v, err) < 0)
			return -1;
	}
	return 0;
}

int oak_walk(const struct oak_walk_tools *tools, int fd, const char *subject, enum oak_container container,
	     const struct oak_unpack_visitor *visitor, struct oak_error *err)
{
	if (container == OAK_CONTAINER_ZIP)
		return walk_zip(tools, fd, subject, visitor, err);
	return tools->tar(fd, subject, visitor, err);
}

bool oak_walk_is_root(const struct oak_unpack_header *header)
{
	return header->kind == OAK_UNPACK_FOLDER && (oak_streq(header->name, "./") || oak_streq(header->name, "."));
}

int oak_extract_container(int fd, const char *subject, enum oak_container *ret, struct oak_error *err)
{
	unsigned char magic[4] = {0};
	if (read_fd(&fd, 0, magic, sizeof(magic)) < 0)
		return oak_fail(err, OAK_INVALID, "archive.truncated", 0, "'%s' is too short for an archive (E_TRUNC)", subject);
	*ret = memcmp(magic, "\x28\xb5\x2f\xfd", 4) == 0 ? OAK_CONTAINER_TAR : OAK_CONTAINER_ZIP; /* the scan says whether it is one */
	return 0;
}
