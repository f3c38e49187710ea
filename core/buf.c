/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The growing buffer. */
#include "core/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/mem.h"

void oak_buf_init(struct oak_buf *buf, size_t max)
{
	*buf = (struct oak_buf){.max = max};
}

void oak_buf_done(struct oak_buf *buf)
{
	free(buf->p);
	*buf = (struct oak_buf){.max = buf->max};
}

void oak_buf_clear(struct oak_buf *buf)
{
	buf->n = 0;
	buf->full = false;
	if (buf->p)
		buf->p[0] = '\0';
}

char *oak_buf_room(struct oak_buf *buf, size_t n)
{
	if (n > buf->max - buf->n) {
		buf->full = true;
		return NULL;
	}
	size_t need = buf->n + n + 1;
	if (need > buf->cap) {
		size_t cap = buf->cap ? buf->cap : 256;
		while (cap < need)
			cap *= 2;
		buf->p = oak_realloc(buf->p, cap);
		buf->cap = cap;
	}
	return buf->p + buf->n;
}

void oak_buf_add(struct oak_buf *buf, const void *bytes, size_t n)
{
	char *room = oak_buf_room(buf, n);
	if (!room)
		return;
	if (n)
		memcpy(room, bytes, n);
	buf->n += n;
	buf->p[buf->n] = '\0';
}

void oak_buf_adds(struct oak_buf *buf, const char *text)
{
	oak_buf_add(buf, text, strlen(text));
}

void oak_buf_addc(struct oak_buf *buf, char c)
{
	oak_buf_add(buf, &c, 1);
}

void oak_buf_addf(struct oak_buf *buf, const char *fmt, ...)
{
	va_list args, again;
	va_start(args, fmt);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	char *room = n >= 0 ? oak_buf_room(buf, (size_t)n) : NULL;
	if (room) {
		vsnprintf(room, (size_t)n + 1, fmt, again);
		buf->n += (size_t)n;
	}
	va_end(again);
}

const char *oak_buf_text(const struct oak_buf *buf)
{
	return buf->p ? buf->p : "";
}
