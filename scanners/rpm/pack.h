/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The form of our own caches: a row of terminated texts; numbers as decimal text. Quick to read, checked while read. */
#ifndef OAK_SCANNERS_RPM_PACK_H
#define OAK_SCANNERS_RPM_PACK_H

#include "core/buf.h"
#include "core/mem.h"
#include "core/time.h"

/* NULL is kept apart from "". */
void oak_pack_text(struct oak_buf *buf, const char *text);
void oak_pack_number(struct oak_buf *buf, int64_t number);

struct oak_unpack {
	const char *p, *end;
	bool bad; /* something was cut short or no number: everything read since is worthless */
};

const char *oak_unpack_text(struct oak_unpack *in); /* borrowed */
int64_t oak_unpack_number(struct oak_unpack *in);
/* A number of things that follow, each at least one byte long; 0 when bad. */
size_t oak_unpack_count(struct oak_unpack *in);

#endif
