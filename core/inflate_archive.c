/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Deflated spans of a file, by zlib, with their size and checksum held to what the container says. */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "core/mem.h"
#include "core/module.h"
#include "core/unpack.h"

#ifdef _WIN32
#include <io.h>
#endif
extern OAK_EXPORT oak_unpack_inflate_run oak_unpack_inflate;

enum { CHUNK = 256 * 1024 };

struct inflating {
	int fd;
	const char *subject;
	const struct oak_deflated *span;
	const struct oak_unpack_visitor *visitor;
	int64_t at, given;
	uLong crc;
	unsigned char *in, *out;
};

static ssize_t read_at(int fd, void *to, size_t n, int64_t at)
{
#ifdef _WIN32
	return _lseeki64(fd, at, SEEK_SET) < 0 ? -1 : read(fd, to, (unsigned)n);
#else
	return pread(fd, to, n, (off_t)at);
#endif
}

static int truncated(const struct inflating *s, struct oak_error *err)
{
	return oak_fail(err, OAK_INVALID, "archive.truncated", 0, "'%s' ends too early (E_TRUNC)", s->subject);
}

/* The next packed bytes; 0 = all were read. */
static int more(struct inflating *s, size_t *ret_n, struct oak_error *err)
{
	int64_t left = s->span->offset + s->span->packed - s->at;
	size_t want = left > CHUNK ? CHUNK : (size_t)left;
	ssize_t got = 0;
	*ret_n = 0;
	if (want == 0)
		return 0;
	while ((got = read_at(s->fd, s->in, want, s->at)) < 0 && errno == EINTR)
		;
	if (got < 0)
		return oak_fail_errno(err, "file.read", "cannot read '%s'", s->subject);
	if (got == 0)
		return truncated(s, err);
	s->at += got;
	*ret_n = (size_t)got;
	return 0;
}

static int give(struct inflating *s, const unsigned char *bytes, size_t n, struct oak_error *err)
{
	s->given += (int64_t)n;
	if (s->given > s->span->size)
		return oak_fail(err, OAK_INVALID, "archive.size", 0, "'%s' unpacks to more than it says (E_SIZE)", s->subject);
	s->crc = crc32(s->crc, bytes, (uInt)n);
	return n ? s->visitor->data(s->visitor->arg, bytes, n, err) : 0;
}

static int copy_stored(struct inflating *s, struct oak_error *err)
{
	for (;;) {
		size_t n;
		if (more(s, &n, err) < 0)
			return -1;
		if (n == 0)
			return 0;
		if (give(s, s->in, n, err) < 0)
			return -1;
	}
}

static int inflate_all(struct inflating *s, z_stream *z, struct oak_error *err)
{
	int rc = Z_OK;
	while (rc != Z_STREAM_END) {
		size_t n = 0;
		if (z->avail_in == 0 && more(s, &n, err) < 0)
			return -1;
		if (z->avail_in == 0) {
			if (n == 0)
				return truncated(s, err);
			z->next_in = s->in;
			z->avail_in = (uInt)n;
		}
		z->next_out = s->out;
		z->avail_out = CHUNK;
		rc = inflate(z, Z_NO_FLUSH);
		if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
			return oak_fail(err, OAK_INVALID, "archive.broken", 0, "'%s' is damaged: %s (E_BROKEN)", s->subject,
					z->msg ? z->msg : "not deflated");
		if (give(s, s->out, CHUNK - z->avail_out, err) < 0)
			return -1;
	}
	if (z->avail_in || s->at != s->span->offset + s->span->packed)
		return oak_fail(err, OAK_INVALID, "archive.broken", 0, "'%s' has bytes behind its end (E_BROKEN)", s->subject);
	return 0;
}

static int run(struct inflating *s, struct oak_error *err)
{
	z_stream z = {0};
	if (s->span->stored)
		return copy_stored(s, err);
	if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
		return oak_fail(err, OAK_IO, "archive.broken", 0, "zlib cannot be used");
	int rc = inflate_all(s, &z, err);
	inflateEnd(&z);
	return rc;
}

int oak_unpack_inflate(int fd, const char *subject, const struct oak_deflated *span, const struct oak_unpack_visitor *visitor,
		       struct oak_error *err)
{
	struct inflating s = {.fd = fd, .subject = subject, .span = span, .visitor = visitor, .at = span->offset};
	OAK_AUTO(oak_free_p) unsigned char *in = oak_alloc(CHUNK), *out = oak_alloc(CHUNK);
	s.in = in;
	s.out = out;
	s.crc = crc32(0, NULL, 0);
	if (run(&s, err) < 0)
		return -1;
	if (s.given != span->size)
		return oak_fail(err, OAK_INVALID, "archive.size", 0, "'%s' unpacks to less than it says (E_SIZE)", subject);
	if ((uint32_t)s.crc != span->crc)
		return oak_fail(err, OAK_INVALID, "archive.broken", 0, "'%s' has another checksum than it says (E_BROKEN)", subject);
	return 0;
}
