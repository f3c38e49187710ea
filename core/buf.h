/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A byte buffer that grows up to a stated maximum. */
#ifndef OAK_CORE_BUF_H
#define OAK_CORE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/str.h"

/* p is always NUL-terminated behind n bytes once something was added. */
struct oak_buf {
	char *p;
	size_t n, cap, max;
	bool full; /* something did not fit and was dropped */
};

void oak_buf_init(struct oak_buf *buf, size_t max);
void oak_buf_done(struct oak_buf *buf); /* also for OAK_AUTO(oak_buf_done) */
void oak_buf_clear(struct oak_buf *buf);
void oak_buf_add(struct oak_buf *buf, const void *bytes, size_t n);
void oak_buf_adds(struct oak_buf *buf, const char *text);
void oak_buf_addc(struct oak_buf *buf, char c);
void oak_buf_addf(struct oak_buf *buf, const char *fmt, ...) OAK_PRINTF(2, 3);
const char *oak_buf_text(const struct oak_buf *buf); /* "" when empty; borrowed */

/* Room for N more bytes, to be filled by the caller and counted with buf->n += n; NULL if over max. */
char *oak_buf_room(struct oak_buf *buf, size_t n);

#endif
