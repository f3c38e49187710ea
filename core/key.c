/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Public keys: reading, naming and verifying with them. */
#include "core/key_impl.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "core/fs.h"
#include "core/hash.h"
#include "core/str.h"

struct oak_key {
	EVP_PKEY *pkey;
	enum oak_scheme scheme;
	char *public_text;
	char id[OAK_KEY_ID_TEXT], fingerprint[OAK_SHA256_TEXT];
};

static const struct {
	const char *scheme, *keytype, *alias;
	int pkey_type;
} schemes[OAK_SCHEME_COUNT] = {
	[OAK_SCHEME_ED25519] = {"ed25519", "ed25519", "ed25519", EVP_PKEY_ED25519},
	[OAK_SCHEME_ECDSA_P256] = {"ecdsa-sha2-nistp256", "ecdsa", "ecdsa-p256", EVP_PKEY_EC},
	[OAK_SCHEME_RSA_PSS] = {"rsassa-pss-sha256", "rsa", "rsa-pss", EVP_PKEY_RSA},
};

const char *oak_scheme_to_string(enum oak_scheme scheme)
{
	return schemes[scheme].scheme;
}

const char *oak_scheme_keytype(enum oak_scheme scheme)
{
	return schemes[scheme].keytype;
}

int oak_scheme_from_string(const char *text)
{
	for (int i = 0; text && i < OAK_SCHEME_COUNT; i++)
		if (oak_streq(schemes[i].scheme, text) || oak_streq(schemes[i].alias, text))
			return i;
	return -1;
}

/* The scheme that goes with the key's algorithm; -1 with ERR set if there is none. */
static int scheme_of(EVP_PKEY *pkey, const char *name, struct oak_error *err)
{
	int type = EVP_PKEY_get_base_id(pkey), scheme = -1;
	for (int i = 0; i < OAK_SCHEME_COUNT; i++)
		if (schemes[i].pkey_type == type)
			scheme = i;
	char curve[64] = "";
	size_t n = 0;
	if (scheme == OAK_SCHEME_ECDSA_P256 &&
	    !(EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, curve, sizeof(curve), &n) == 1 &&
	      strcmp(curve, "prime256v1") == 0))
		return oak_fail(err, OAK_UNSUPPORTED, "key.unsupported", 0,
				"key '%s' is on the curve '%s' (only NIST P-256 is supported)", name, curve);
	if (scheme == OAK_SCHEME_RSA_PSS && (EVP_PKEY_get_bits(pkey) < 2048 || EVP_PKEY_get_bits(pkey) > 8192))
		return oak_fail(err, OAK_UNSUPPORTED, "key.unsupported", 0,
				"key '%s' has %d bits (RSA keys need 2048 to 8192)", name, EVP_PKEY_get_bits(pkey));
	if (scheme < 0)
		return oak_fail(err, OAK_UNSUPPORTED, "key.unsupported", 0,
				"key '%s' is of the kind '%s' (ed25519, ecdsa-p256 and rsa are supported)", name,
				OBJ_nid2sn(type));
	return scheme;
}

void oak_key_pem(const struct oak_key *key, struct oak_buf *out)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	if (bio && PEM_write_bio_PUBKEY(bio, key->pkey) == 1) {
		long n = BIO_get_mem_data(bio, &text);
		oak_buf_add(out, text, (size_t)n);
	}
	BIO_free(bio);
}

/* keyval.public: raw hex for ed25519; for the others the PEM as it stood in the metadata (GIVEN) or as OpenSSL writes it. */
static void set_public_text(struct oak_key *key, const char *given)
{
	if (given) {
		key->public_text = oak_strdup(given);
		return;
	}
	if (key->scheme == OAK_SCHEME_ED25519) {
		unsigned char raw[32];
		size_t n = sizeof(raw);
		if (EVP_PKEY_get_raw_public_key(key->pkey, raw, &n) != 1)
			n = 0;
		key->public_text = oak_alloc(2 * n + 1);
		oak_hex(raw, n, key->public_text);
		return;
	}
	OAK_AUTO(oak_buf_done) struct oak_buf pem;
	oak_buf_init(&pem, OAK_PEM_MAX);
	oak_key_pem(key, &pem);
	while (pem.n && pem.p[pem.n - 1] == '\n') /* as the reference implementations write it */
		pem.p[--pem.n] = '\0';
	key->public_text = oak_strdup(oak_buf_text(&pem));
}

/* The canonical form escapes only quote and backslash, and these texts have neither unless they come from outside. */
static void set_id(struct oak_key *key)
{
	unsigned char digest[OAK_SHA256_SIZE];
	struct oak_hasher *hasher = oak_sha256_new();
	const char *parts[] = {"{\"keytype\":\"", schemes[key->scheme].keytype, "\",\"keyval\":{\"public\":\"",
			       key->public_text, "\"},\"scheme\":\"", schemes[key->scheme].scheme, "\"}"};
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		oak_hasher_add(hasher, parts[i], strlen(parts[i]));
	oak_hasher_end(hasher, digest);
	oak_hex(digest, sizeof(digest), key->id);
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(key->pkey, &der);
	if (n > 0) {
		oak_sha256(der, (size_t)n, digest);
		oak_hex(digest, sizeof(digest), key->fingerprint);
	}
	OPENSSL_free(der);
}

struct oak_key *oak_key_of_pkey(EVP_PKEY *pkey, const char *given, const char *name, struct oak_error *err)
{
	int scheme = scheme_of(pkey, name, err);
	if (scheme < 0) {
		EVP_PKEY_free(pkey);
		return NULL;
	}
	struct oak_key *key = oak_alloc_zero(1, sizeof(*key));
	key->pkey = pkey;
	key->scheme = (enum oak_scheme)scheme;
	set_public_text(key, given);
	set_id(key);
	return key;
}

static int no_passphrase(char *buf, int size, int rw, void *arg)
{
	(void)buf, (void)size, (void)rw, (void)arg;
	return -1; /* never ask on the terminal */
}

static EVP_PKEY *read_certificate(BIO *bio)
{
	X509 *certificate = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL);
	EVP_PKEY *pkey = certificate ? X509_get_pubkey(certificate) : NULL;
	X509_free(certificate);
	return pkey;
}

static EVP_PKEY *read_public(BIO *bio)
{
	return PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);
}

static EVP_PKEY *read_private(BIO *bio)
{
	return PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
}

static EVP_PKEY *pkey_of_pem(const char *pem, size_t n)
{
	static EVP_PKEY *(*const readers[])(BIO *) = {read_public, read_certificate, read_private};
	EVP_PKEY *pkey = NULL;
	for (size_t i = 0; !pkey && n <= OAK_PEM_MAX && i < sizeof(readers) / sizeof(*readers); i++) {
		BIO *bio = BIO_new_mem_buf(pem, (int)n);
		pkey = bio ? readers[i](bio) : NULL;
		BIO_free(bio);
	}
	ERR_clear_error();
	return pkey;
}

struct oak_key *oak_key_parse(const char *pem, size_t n, const char *name, struct oak_error *err)
{
	EVP_PKEY *pkey = pkey_of_pem(pem, n);
	if (!pkey) {
		oak_fail(err, OAK_INVALID, "key.invalid", 0, "cannot read key '%s': it holds no key in PEM form", name);
		return NULL;
	}
	return oak_key_of_pkey(pkey, NULL, name, err);
}

struct oak_key *oak_key_load(const char *path, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf pem;
	oak_buf_init(&pem, OAK_PEM_MAX);
	if (oak_fs_read(path, &pem, err) < 0)
		return NULL;
	return oak_key_parse(oak_buf_text(&pem), pem.n, path, err);
}

struct oak_key *oak_key_from_public(enum oak_scheme scheme, const char *text, struct oak_error *err)
{
	EVP_PKEY *pkey = NULL;
	if (scheme == OAK_SCHEME_ED25519) {
		OAK_AUTO(oak_buf_done) struct oak_buf raw;
		oak_buf_init(&raw, 32);
		if (oak_unhex(text, strlen(text), &raw) && raw.n == 32)
			pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (unsigned char *)raw.p, raw.n);
	} else {
		pkey = pkey_of_pem(text, strlen(text));
	}
	if (!pkey || EVP_PKEY_get_base_id(pkey) != schemes[scheme].pkey_type) {
		EVP_PKEY_free(pkey);
		oak_fail(err, OAK_INVALID, "key.invalid", 0, "cannot read a public key: it is no %s key",
			 schemes[scheme].scheme);
		return NULL;
	}
	return oak_key_of_pkey(pkey, text, schemes[scheme].scheme, err);
}

void oak_key_free(struct oak_key *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->pkey);
	free(key->public_text);
	free(key);
}

enum oak_scheme oak_key_scheme(const struct oak_key *key)
{
	return key->scheme;
}

const char *oak_key_id(const struct oak_key *key)
{
	return key->id;
}

const char *oak_key_public(const struct oak_key *key)
{
	return key->public_text;
}

const char *oak_key_fingerprint(const struct oak_key *key)
{
	return key->fingerprint;
}

bool oak_pss(EVP_PKEY_CTX *ctx, int salt)
{
	return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salt) == 1;
}

bool oak_key_verify(const struct oak_key *key, const void *bytes, size_t n, const void *sig, size_t sig_n)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;
	const EVP_MD *md = key->scheme == OAK_SCHEME_ED25519 ? NULL : EVP_sha256();
	bool good = ctx && EVP_DigestVerifyInit(ctx, &pctx, md, NULL, key->pkey) == 1;
	if (good && key->scheme == OAK_SCHEME_RSA_PSS)
		good = oak_pss(pctx, RSA_PSS_SALTLEN_AUTO);
	good = good && sig_n && EVP_DigestVerify(ctx, sig, sig_n, bytes, n) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return good;
}
