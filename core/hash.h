/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SHA-256 (and SHA-512) of bytes, streams and files, through OpenSSL. */
#ifndef OAK_CORE_HASH_H
#define OAK_CORE_HASH_H

#include <stdint.h>

#include "core/mem.h"

enum { OAK_SHA256_SIZE = 32, OAK_SHA512_SIZE = 64, OAK_SHA256_TEXT = 65 };

struct oak_hasher; /* streaming; not thread-safe */
struct oak_hasher *oak_sha256_new(void) __attribute__((returns_nonnull));
struct oak_hasher *oak_sha512_new(void) __attribute__((returns_nonnull));
/* By name as others write it: "sha256", "sha" and "sha1", "sha224", "sha384", "sha512", "md5", in any case; NULL = unknown.
 * *ret_size is the digest's length. For checking foreign sums only: what is ours is SHA-256. */
enum { OAK_DIGEST_MAX = 64 };
struct oak_hasher *oak_hasher_by_name(const char *name, size_t *ret_size);
void oak_hasher_add(struct oak_hasher *hasher, const void *bytes, size_t n);
void oak_hasher_end(struct oak_hasher *hasher, unsigned char *ret_digest); /* 32 or 64 bytes; frees */
void oak_hasher_free(struct oak_hasher *hasher);                           /* NULL accepted; without a result */
OAK_DEFINE_AUTO(oak_hasher_free, struct oak_hasher *);

void oak_sha256(const void *bytes, size_t n, unsigned char ret_digest[OAK_SHA256_SIZE]);
/* Lower-case hex of N bytes into OUT (2n+1 bytes). */
void oak_hex(const unsigned char *bytes, size_t n, char *out);
/* SHA-256 of the whole file by streaming, as hex. Errors: file.open, file.read. */
int oak_sha256_file(const char *path, char ret_hex[OAK_SHA256_TEXT], struct oak_error *err) OAK_MUST_USE;

#endif
