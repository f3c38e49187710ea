/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DSSE envelopes: signatures over the exact bytes of a document, beside it as NAME.sig. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_DSSE_H
#define OAK_DISTRIBUTOR_PACKAGE_DSSE_H

#include "core/buf.h"
#include "core/signer.h"

#define OAK_DSSE_MANIFEST "application/vnd.oakum.manifest+json"
enum { OAK_DSSE_MAX = 32 * 1024 * 1024, OAK_DSSE_SIGNATURES = 64 };

struct oak_dsse_signature {
	const char *keyid; /* a hint only; NULL = not given */
	const char *sig;   /* raw bytes */
	size_t sig_n;
};
struct oak_dsse {
	const char *payload_type;
	const char *payload;
	size_t payload_n;
	OAK_VEC(struct oak_dsse_signature) signatures;
};

/* Read an envelope. NAME is the subject of messages. Everything is in ARENA.
 * Errors: dsse.invalid (UNTRUSTED: no envelope, damaged base64, more than OAK_DSSE_SIGNATURES signatures). */
int oak_dsse_parse(struct oak_arena *arena, const char *text, size_t n, const char *name, struct oak_dsse *ret, struct oak_error *err)
	OAK_MUST_USE;

/* What a signature is made of: "DSSEv1 len type len bytes". */
void oak_dsse_encode(const char *payload_type, const void *bytes, size_t n, struct oak_buf *out);

/* How many different keys (by value, not by id) of KEYS signed the envelope's payload; *ret_used[i] is set for each, may be NULL.
 * A bad signature counts nothing and harms nothing. */
size_t oak_dsse_count(const struct oak_dsse *envelope, const struct oak_key *const *keys, size_t n, bool *ret_used);

/* Add SIGNER's signature of the bytes to ENVELOPE, in place of an older one of the same key. An envelope of other bytes is begun anew.
 * Errors: signer.*. */
int oak_dsse_sign(struct oak_arena *arena, struct oak_dsse *envelope, const char *payload_type, const void *bytes, size_t n,
		  struct oak_signer *signer, struct oak_error *err) OAK_MUST_USE;

void oak_dsse_format(const struct oak_dsse *envelope, struct oak_buf *out);

#endif
