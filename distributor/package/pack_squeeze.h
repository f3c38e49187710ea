/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stream of bytes, compressed, hashed and written; private to module "pack". */
#ifndef OAK_DISTRIBUTOR_PACKAGE_PACK_SQUEEZE_H
#define OAK_DISTRIBUTOR_PACKAGE_PACK_SQUEEZE_H

#include "distributor/package/pack_source.h"

struct oak_squeeze;

/* zstd in frames that the content cuts (pack_frames.h); zstd in one frame (level 3, several workers whose number does not show in the bytes), or gzip without name and time. */
struct oak_squeeze *oak_squeeze_frames(int fd, unsigned threads, struct oak_error *err);
struct oak_squeeze *oak_squeeze_zstd(int fd, unsigned threads, struct oak_error *err);
struct oak_squeeze *oak_squeeze_gzip(int fd, struct oak_error *err);

int oak_squeeze_add(struct oak_squeeze *squeeze, const void *bytes, size_t n, struct oak_error *err) OAK_MUST_USE;
/* Ends the stream: sizes and the hash of what was written. */
int oak_squeeze_end(struct oak_squeeze *squeeze, struct oak_packed *ret, struct oak_error *err) OAK_MUST_USE;
void oak_squeeze_free(struct oak_squeeze *squeeze); /* NULL accepted */
OAK_DEFINE_AUTO(oak_squeeze_free, struct oak_squeeze *);

#endif
