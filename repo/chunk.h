/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Content-defined chunks of a file: where its bytes alone say, so that versions which share content share chunks. */
#ifndef OAK_REPO_CHUNK_H
#define OAK_REPO_CHUNK_H

#include "core/buf.h"
#include "core/hash.h"
#include "core/map.h"

/* Bytes; a chunk index names them, so other values may come. */
enum { OAK_CHUNK_LEAST = 1 << 10, OAK_CHUNK_MIN = 16 << 10, OAK_CHUNK_AVERAGE = 64 << 10, OAK_CHUNK_MAX = 256 << 10, OAK_CHUNKS_LEAST_FILE = 4 << 20 };

struct oak_chunk {
	int64_t offset, length;
	const char *sha256;
};
struct oak_chunks {
	int64_t size; /* of the file */
	OAK_VEC(struct oak_chunk) list;
};

/* Length of the first chunk of N bytes (at most OAK_CHUNK_MAX are looked at); all of them if LAST and no cut comes before. Shorter than
 * OAK_CHUNK_MIN only before a frame of zstd. 0 = more bytes are needed. */
size_t oak_chunk_cut(const unsigned char *bytes, size_t n, bool last);

/* Cut FILE. Errors: file.*. */
int oak_chunks_of_file(struct oak_arena *arena, const char *file, struct oak_chunks *ret, struct oak_error *err) OAK_MUST_USE;

/* The index as text, and back: "oakum.chunks/1 SIZE", then "LENGTH SHA256" for each. Lengths must add up to SIZE.
 * Errors: chunk.invalid (UNTRUSTED). */
void oak_chunks_format(const struct oak_chunks *chunks, struct oak_buf *out);
int oak_chunks_parse(struct oak_arena *arena, const char *text, size_t n, struct oak_chunks *ret, struct oak_error *err) OAK_MUST_USE;

#endif
