/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys and signatures: ed25519, ecdsa-sha2-nistp256 and rsassa-pss-sha256 through OpenSSL; private keys in PEM
 * files, in PKCS#11 tokens, or behind an external program. */
#ifndef OAK_CORE_SIGNER_H
#define OAK_CORE_SIGNER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "core/error.h"
#include "core/mem.h"

/* Named as in TUF metadata ("ed25519", "ecdsa-sha2-nistp256", "rsassa-pss-sha256"). */
enum oak_scheme { OAK_SCHEME_ED25519, OAK_SCHEME_ECDSA_P256, OAK_SCHEME_RSA_PSS, OAK_SCHEME_COUNT };

const char *oak_scheme_to_string(enum oak_scheme scheme);
const char *oak_scheme_keytype(enum oak_scheme scheme); /* "ed25519", "ecdsa", "rsa" */
int oak_scheme_from_string(const char *text);           /* short names "ecdsa-p256", "rsa-pss" too; -1 = unknown */

enum { OAK_KEY_ID_TEXT = 65, OAK_SIGNATURE_MAX = 2048, OAK_PEM_MAX = 64 * 1024 };

/* A public key; immutable. */
struct oak_key;

/* From a PEM text: a public key, a certificate or an unencrypted private key (whose public half is taken).
 * NAME is the subject of messages. Errors: key.invalid (INVALID), key.unsupported (UNSUPPORTED: another algorithm,
 * another curve, RSA below 2048 bits). */
struct oak_key *oak_key_parse(const char *pem, size_t n, const char *name, struct oak_error *err);
struct oak_key *oak_key_load(const char *path, struct oak_error *err); /* the same from a file; file.* too */

/* From the text that TUF metadata holds: 64 hex digits for ed25519, PEM for the others. Errors as above. */
struct oak_key *oak_key_from_public(enum oak_scheme scheme, const char *text, struct oak_error *err);

void oak_key_free(struct oak_key *key); /* NULL accepted */
OAK_DEFINE_AUTO(oak_key_free, struct oak_key *);

enum oak_scheme oak_key_scheme(const struct oak_key *key);
/* Key id of the TUF specification: hex sha256 of the canonical {keytype, keyval: {public}, scheme}. */
const char *oak_key_id(const struct oak_key *key);
/* What TUF metadata holds as keyval.public. */
const char *oak_key_public(const struct oak_key *key);
/* Hex sha256 of the DER SubjectPublicKeyInfo: equal exactly for the same key material, however it is written. */
const char *oak_key_fingerprint(const struct oak_key *key);
/* Public key as PEM (SubjectPublicKeyInfo), appended. */
void oak_key_pem(const struct oak_key *key, struct oak_buf *out);

/* True if SIG is KEY's signature of the bytes. Never an error: whatever does not verify is false. */
bool oak_key_verify(const struct oak_key *key, const void *bytes, size_t n, const void *sig, size_t sig_n);

/* Something that signs. SPEC is a PEM file (the passphrase is for encrypted PKCS#8), "pkcs11:URI" (RFC 7512; the PIN
 * from pin-value, pin-source or PASSPHRASE), or "cmd:PATH": a program that prints its public key as PEM when run as
 * `PATH public`, and the signature of its standard input, in base64 or as bytes, when run as `PATH sign`.
 * A private key file must not be readable by others. PASSPHRASE may be NULL; nobody is ever asked for one.
 * Errors: key.invalid, key.unsupported, key.passphrase (DENIED), key.exposed (UNTRUSTED), signer.command,
 * signer.pkcs11 (IO), file.*. */
struct oak_signer;
struct oak_signer *oak_signer_open(const char *spec, const char *passphrase, struct oak_error *err);
void oak_signer_free(struct oak_signer *signer); /* NULL accepted */
OAK_DEFINE_AUTO(oak_signer_free, struct oak_signer *);

const struct oak_key *oak_signer_key(const struct oak_signer *signer); /* borrowed */

/* Append the raw signature of the bytes to SIG (at most OAK_SIGNATURE_MAX). The signature is verified before it is given out.
 * Errors: signer.failed, signer.command, signer.pkcs11 (IO). */
int oak_signer_sign(struct oak_signer *signer, const void *bytes, size_t n, struct oak_buf *ret_sig,
		    struct oak_error *err) OAK_MUST_USE;

/* Make a key pair: PKCS#8 PEM (encrypted with AES-256 when PASSPHRASE is given) and its public PEM, appended.
 * Errors: key.generate (IO). */
int oak_key_generate(enum oak_scheme scheme, const char *passphrase, struct oak_buf *ret_private,
		     struct oak_buf *ret_public, struct oak_error *err) OAK_MUST_USE;

/* Base64 of RFC 4648 with padding; decoding ignores line ends and refuses everything else. */
void oak_base64(const void *bytes, size_t n, struct oak_buf *out);
bool oak_base64_decode(const char *text, size_t n, struct oak_buf *out);
/* Hex digits of even count into OUT; false otherwise. */
bool oak_unhex(const char *text, size_t n, struct oak_buf *out);

#endif
