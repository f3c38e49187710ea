/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What key.c, key_private.c and signer.c share; nobody else includes it. */
#ifndef OAK_CORE_KEY_IMPL_H
#define OAK_CORE_KEY_IMPL_H

#include <openssl/evp.h>

#include "core/signer.h"

/* A public key that takes over PKEY (on failure too). GIVEN is keyval.public as it was written, NULL = ours. */
struct oak_key *oak_key_of_pkey(EVP_PKEY *pkey, const char *given, const char *name, struct oak_error *err);

/* PSS padding with that salt length on a signing or verifying context. */
bool oak_pss(EVP_PKEY_CTX *ctx, int salt);

/* One way of signing: a PEM file, a program, a token. */
struct oak_signer_ops {
	int (*sign)(void *self, const void *bytes, size_t n, struct oak_buf *sig, struct oak_error *err);
	void (*free)(void *self);
};

/* Each opens SPEC without its prefix, and gives *ret_key and its own object. */
void *oak_signer_file_open(const char *spec, const char *passphrase, struct oak_key **ret_key, struct oak_error *err);
void *oak_signer_command_open(const char *spec, const char *passphrase, struct oak_key **ret_key,
			      struct oak_error *err);
/* SPEC here is the whole URI, with "pkcs11:". */
void *oak_signer_pkcs11_open(const char *uri, const char *passphrase, struct oak_key **ret_key, struct oak_error *err);
extern const struct oak_signer_ops oak_signer_file_ops, oak_signer_command_ops, oak_signer_pkcs11_ops;

#endif
