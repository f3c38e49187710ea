/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zstd by several threads in frames that the content cuts: of another version of the same files most frames are the same bytes, which is
 * what deltas are made of. Private to module "pack". */
#ifndef OAK_DISTRIBUTOR_PACKAGE_PACK_FRAMES_H
#define OAK_DISTRIBUTOR_PACKAGE_PACK_FRAMES_H

#include "core/error.h"

/* What is done with the bytes of each frame, in order. */
typedef int oak_framer_put(void *arg, const void *bytes, size_t n, struct oak_error *err);

struct oak_framer;
struct oak_framer *oak_framer_new(unsigned threads, oak_framer_put *put, void *arg, struct oak_error *err);
int oak_framer_add(struct oak_framer *framer, const void *bytes, size_t n, struct oak_error *err) OAK_MUST_USE;
int oak_framer_end(struct oak_framer *framer, struct oak_error *err) OAK_MUST_USE; /* what is left, the last frame */
void oak_framer_free(struct oak_framer *framer);				    /* NULL accepted */

#endif
