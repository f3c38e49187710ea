/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that appear whole or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/hash.h"
#include "core/port.h"
#include "core/str.h"
#include "distributor/package/build_impl.h"

enum { BLOCK = 1024 * 1024 };

int oak_output_open(struct oak_arena *arena, const char *dir, const char *name, struct oak_output *ret, struct oak_error *err)
{
	struct oak_output output = {.path = oak_arena_printf(arena, "%s/%s", dir, name),
				    .temporary = oak_arena_printf(arena, "%s/.%s.%ld.tmp", dir, name, (long)getpid())};
	output.fd = open(output.temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_BINARY, 0644);
	if (output.fd < 0)
		return oak_fail_errno(err, "file.write", "cannot write '%s'", output.temporary);
	*ret = output;
	return 0;
}

int oak_output_commit(struct oak_output *output, struct oak_error *err)
{
	int fd = output->fd;
#ifndef _WIN32
	if (fchmod(fd, 0644) < 0) /* whatever the umask is */
		return oak_fail_errno(err, "file.write", "cannot write '%s'", output->path);
#endif
	if (fsync(fd) < 0)
		return oak_fail_errno(err, "file.write", "cannot write '%s'", output->path);
	output->fd = -1;
	if (close(fd) < 0)
		return oak_fail_errno(err, "file.write", "cannot write '%s'", output->path);
#ifdef _WIN32
	unlink(output->path); /* rename(2) does not replace there */
#endif
	if (rename(output->temporary, output->path) < 0) {
		int result = oak_fail_errno(err, "file.rename", "cannot rename '%s' to '%s'", output->temporary, output->path);
		unlink(output->temporary);
		return result;
	}
	return oak_fs_sync_parent(output->path, err);
}

void oak_output_done(struct oak_output *output)
{
	if (output->fd < 0)
		return;
	close(output->fd);
	unlink(output->temporary);
	output->fd = -1;
}

int oak_output_hash(int fd, char ret_hex[OAK_SHA256_TEXT], struct oak_error *err)
{
	OAK_AUTO(oak_free_p) char *block = oak_alloc(BLOCK);
	OAK_AUTO(oak_hasher_free_p) struct oak_hasher *hasher = oak_sha256_new();
	unsigned char digest[OAK_SHA256_SIZE];
	ssize_t got = lseek(fd, 0, SEEK_SET) < 0 ? -1 : 1;
	while (got > 0) {
		got = read(fd, block, BLOCK);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0)
			oak_hasher_add(hasher, block, (size_t)got);
	}
	if (got < 0)
		return oak_fail_errno(err, "file.read", "cannot read the archive again");
	oak_hasher_end(oak_steal(&hasher), digest);
	oak_hex(digest, sizeof(digest), ret_hex);
	return 0;
}

const char *oak_file_word(struct oak_arena *arena, const char *text)
{
	char *word = oak_arena_strdup(arena, oak_streq(text, "_any") || oak_streq(text, "*") ? "any" : text);
	for (char *p = word; *p; p++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+~-", *p))
			*p = *p == '*' ? 'x' : '-';
	return word;
}

int oak_output_put(int fd, const void *bytes, size_t n, struct oak_error *err)
{
	const char *p = bytes;
	while (n) {
		ssize_t put = write(fd, p, (unsigned)(n > BLOCK ? BLOCK : n));
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return oak_fail_errno(err, "file.write", "cannot write the package");
		p += put;
		n -= (size_t)put;
	}
	return 0;
}

int oak_output_text(struct oak_arena *arena, const char *dir, const char *name, const struct oak_buf *text, struct oak_error *err)
{
	OAK_AUTO(oak_output_done) struct oak_output output = {.fd = -1};
	if (oak_output_open(arena, dir, name, &output, err) < 0)
		return -1;
	return oak_output_put(output.fd, oak_buf_text(text), text->n, err) < 0 ? -1 : oak_output_commit(&output, err);
}
