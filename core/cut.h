/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a stream of bytes is cut so that its content alone decides: the same bytes are cut alike whatever comes before them. */
#ifndef OAK_CORE_CUT_H
#define OAK_CORE_CUT_H

#include <stddef.h>
#include <stdint.h>

/* Bytes; a cut comes less often before AVERAGE (where STRICT upper bits of the hash are zero) and more often behind it (LOOSE bits). */
struct oak_cut_sizes {
	size_t min, average, max;
	int strict, loose;
};

/* The part being looked at; zero-initialise it, and again behind each cut. */
struct oak_cutter {
	uint64_t hash;
	size_t seen;
};

/* BYTES is the part from its beginning, N of them so far (more than the last time). Its length, or 0 = no cut among them yet; at
 * SIZES->max at the latest. */
size_t oak_cut(const struct oak_cut_sizes *sizes, struct oak_cutter *cutter, const unsigned char *bytes, size_t n);

#endif
