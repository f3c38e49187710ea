/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zchunk files as a stream, by libzck. */
#include "scanners/rpm/stream_zck.h"

#include <stdlib.h>
#include <unistd.h>
#include <zck.h>

#include "core/mem.h"

struct cookie {
	zckCtx *zck;
	int fd;
};

static ssize_t zck_stream_read(void *cookie, char *out, size_t size)
{
	struct cookie *c = cookie;
	return zck_read(c->zck, out, size);
}

static int zck_stream_close(void *cookie)
{
	struct cookie *c = cookie;
	zck_free(&c->zck);
	close(c->fd);
	free(c);
	return 0;
}

FILE *oak_zck_open(int fd)
{
	struct cookie *c = oak_alloc_zero(1, sizeof(*c));
	c->fd = fd;
	zck_set_log_level(ZCK_LOG_NONE);
	c->zck = zck_create();
	bool ok = c->zck && zck_init_read(c->zck, fd);
	FILE *out = ok ? fopencookie(c, "r", (cookie_io_functions_t){.read = zck_stream_read, .close = zck_stream_close}) : NULL;
	if (!out)
		zck_stream_close(c);
	return out;
}
