/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compressors behind one small interface. zstd with workers cuts its input into jobs of a fixed size, so that its bytes
 * depend on nothing but the input; without workers they would be others, so there is always at least one. */
#include "distributor/package/pack_squeeze.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "distributor/package/pack_frames.h"

enum { LEVEL_ZSTD = 3, LEVEL_GZIP = 9, JOB_BYTES = 8 * 1024 * 1024, OUT_BYTES = 1024 * 1024, GZIP_WINDOW = 15 + 16, MEMORY = 9 };

struct oak_squeeze {
	int fd;
	struct oak_framer *framer;
	ZSTD_CCtx *zstd;
	z_stream gzip;
	bool gzipped;
	struct oak_hasher *sha256;
	int64_t in, out;
	char *room;
};

static struct oak_squeeze *squeeze_new(int fd)
{
	struct oak_squeeze *s = oak_alloc_zero(1, sizeof(*s));
	s->fd = fd;
	s->sha256 = oak_sha256_new();
	s->room = oak_alloc(OUT_BYTES);
	return s;
}

static int broken(const char *why, struct oak_error *err)
{
	return oak_fail(err, OAK_IO, "pack.library", 0, "cannot compress: %s", why);
}

struct oak_squeeze *oak_squeeze_zstd(int fd, unsigned threads, struct oak_error *err)
{
	struct oak_squeeze *s = squeeze_new(fd);
	s->zstd = ZSTD_createCCtx();
	const struct {
		ZSTD_cParameter parameter;
		int value;
	} wanted[] = {
		{ZSTD_c_compressionLevel, LEVEL_ZSTD},
		{ZSTD_c_checksumFlag, 1},
		{ZSTD_c_nbWorkers, (int)(threads ? threads : 1)},
		{ZSTD_c_jobSize, JOB_BYTES},
	};
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		size_t rc = s->zstd ? ZSTD_CCtx_setParameter(s->zstd, wanted[i].parameter, wanted[i].value) : 0;
		if (s->zstd && !ZSTD_isError(rc))
			continue;
		broken(s->zstd ? ZSTD_getErrorName(rc) : "no memory", err);
		oak_squeeze_free(s);
		return NULL;
	}
	return s;
}

struct oak_squeeze *oak_squeeze_gzip(int fd, struct oak_error *err)
{
	struct oak_squeeze *s = squeeze_new(fd);
	s->gzipped = deflateInit2(&s->gzip, LEVEL_GZIP, Z_DEFLATED, GZIP_WINDOW, MEMORY, Z_DEFAULT_STRATEGY) == Z_OK;
	if (s->gzipped)
		return s;
	broken("zlib cannot be used", err);
	oak_squeeze_free(s);
	return NULL;
}

static int put_bytes(void *arg, const void *bytes, size_t n, struct oak_error *err)
{
	struct oak_squeeze *s = arg;
	oak_hasher_add(s->sha256, bytes, n);
	s->out += (int64_t)n;
	return oak_pack_put(s->fd, bytes, n, err);
}

static int put(struct oak_squeeze *s, size_t n, struct oak_error *err)
{
	return n ? put_bytes(s, s->room, n, err) : 0;
}

struct oak_squeeze *oak_squeeze_frames(int fd, unsigned threads, struct oak_error *err)
{
	struct oak_squeeze *s = squeeze_new(fd);
	s->framer = oak_framer_new(threads, put_bytes, s, err);
	if (s->framer)
		return s;
	oak_squeeze_free(s);
	return NULL;
}

static int zstd_run(struct oak_squeeze *s, const void *bytes, size_t n, ZSTD_EndDirective how, struct oak_error *err)
{
	ZSTD_inBuffer in = {bytes, n, 0};
	for (;;) {
		ZSTD_outBuffer out = {s->room, OUT_BYTES, 0};
		size_t left = ZSTD_compressStream2(s->zstd, &out, &in, how);
		if (ZSTD_isError(left))
			return broken(ZSTD_getErrorName(left), err);
		if (put(s, out.pos, err) < 0)
			return -1;
		if (how == ZSTD_e_end ? left == 0 : in.pos == in.size)
			return 0;
	}
}

static int gzip_run(struct oak_squeeze *s, const void *bytes, size_t n, int how, struct oak_error *err)
{
	Bytef *in;
	memcpy(&in, &bytes, sizeof(in)); /* zlib's member is not const */
	s->gzip.next_in = in;
	s->gzip.avail_in = (uInt)n;
	for (;;) {
		s->gzip.next_out = (Bytef *)s->room;
		s->gzip.avail_out = OUT_BYTES;
		int rc = deflate(&s->gzip, how);
		if (rc == Z_STREAM_ERROR)
			return broken("zlib failed", err);
		if (put(s, OUT_BYTES - s->gzip.avail_out, err) < 0)
			return -1;
		if (how == Z_FINISH ? rc == Z_STREAM_END : s->gzip.avail_out != 0)
			return 0;
	}
}

int oak_squeeze_add(struct oak_squeeze *s, const void *bytes, size_t n, struct oak_error *err)
{
	s->in += (int64_t)n;
	if (s->framer)
		return oak_framer_add(s->framer, bytes, n, err);
	return s->zstd ? zstd_run(s, bytes, n, ZSTD_e_continue, err) : gzip_run(s, bytes, n, Z_NO_FLUSH, err);
}

int oak_squeeze_end(struct oak_squeeze *s, struct oak_packed *ret, struct oak_error *err)
{
	unsigned char digest[OAK_SHA256_SIZE];
	int result = s->framer ? oak_framer_end(s->framer, err)
		     : s->zstd ? zstd_run(s, NULL, 0, ZSTD_e_end, err)
			       : gzip_run(s, NULL, 0, Z_FINISH, err);
	if (result < 0)
		return -1;
	oak_hasher_end(oak_steal(&s->sha256), digest);
	oak_hex(digest, sizeof(digest), ret->sha256);
	ret->size = s->out;
	ret->stream_size = s->in;
	return 0;
}

void oak_squeeze_free(struct oak_squeeze *s)
{
	if (!s)
		return;
	oak_framer_free(s->framer);
	ZSTD_freeCCtx(s->zstd);
	if (s->gzipped)
		deflateEnd(&s->gzip);
	oak_hasher_free(s->sha256);
	free(s->room);
	free(s);
}
