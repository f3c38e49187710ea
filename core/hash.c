/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Digests by OpenSSL's EVP, which uses the processor's own instructions. */
#include "core/hash.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/str.h"

struct oak_hasher {
	EVP_MD_CTX *ctx;
};

static struct oak_hasher *start(const EVP_MD *md)
{
	struct oak_hasher *hasher = oak_alloc(sizeof(*hasher));
	hasher->ctx = EVP_MD_CTX_new();
	if (!hasher->ctx || EVP_DigestInit_ex(hasher->ctx, md, NULL) != 1)
		abort(); /* no memory, or a libcrypto without SHA-2 */
	return hasher;
}

struct oak_hasher *oak_sha256_new(void)
{
	return start(EVP_sha256());
}

struct oak_hasher *oak_sha512_new(void)
{
	return start(EVP_sha512());
}

struct oak_hasher *oak_hasher_by_name(const char *name, size_t *ret_size)
{
	static const struct {
		const char *name, *digest;
	} names[] = {{"sha256", "SHA256"}, {"sha", "SHA1"},	{"sha1", "SHA1"}, {"sha224", "SHA224"},
		     {"sha384", "SHA384"}, {"sha512", "SHA512"}, {"md5", "MD5"}};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const EVP_MD *md = oak_strcaseeq(names[i].name, name) ? EVP_get_digestbyname(names[i].digest) : NULL;
		if (!md)
			continue;
		*ret_size = (size_t)EVP_MD_get_size(md);
		return start(md);
	}
	return NULL;
}

void oak_hasher_add(struct oak_hasher *hasher, const void *bytes, size_t n)
{
	EVP_DigestUpdate(hasher->ctx, bytes, n);
}

void oak_hasher_end(struct oak_hasher *hasher, unsigned char *ret_digest)
{
	EVP_DigestFinal_ex(hasher->ctx, ret_digest, NULL);
	oak_hasher_free(hasher);
}

void oak_hasher_free(struct oak_hasher *hasher)
{
	if (!hasher)
		return;
	EVP_MD_CTX_free(hasher->ctx);
	free(hasher);
}

void oak_sha256(const void *bytes, size_t n, unsigned char ret_digest[OAK_SHA256_SIZE])
{
	struct oak_hasher *hasher = oak_sha256_new();
	oak_hasher_add(hasher, bytes, n);
	oak_hasher_end(hasher, ret_digest);
}

void oak_hex(const unsigned char *bytes, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < n; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = '\0';
}

int oak_sha256_file(const char *path, char ret_hex[OAK_SHA256_TEXT], struct oak_error *err)
{
	FILE *file = fopen(path, "rbe");
	if (!file)
		return oak_fail_errno(err, "file.open", "cannot open '%s'", path);
	struct oak_hasher *hasher = oak_sha256_new();
	enum { CHUNK = 1 << 18 };
	OAK_AUTO(oak_free_p) char *chunk = oak_alloc(CHUNK);
	for (size_t got; (got = fread(chunk, 1, CHUNK, file)) > 0;)
		oak_hasher_add(hasher, chunk, got);
	int failed = ferror(file), number = errno;
	fclose(file);
	unsigned char digest[OAK_SHA256_SIZE];
	oak_hasher_end(hasher, digest);
	errno = number;
	if (failed)
		return oak_fail_errno(err, "file.read", "cannot read '%s'", path);
	oak_hex(digest, sizeof(digest), ret_hex);
	return 0;
}
