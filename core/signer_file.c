/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Private keys in PEM files, and making them. */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <string.h>
#include <sys/stat.h>

#include "core/fs.h"
#include "core/key_impl.h"
#include "core/str.h"

static int give_passphrase(char *buf, int size, int rw, void *arg)
{
	(void)rw;
	size_t n = arg ? strlen(arg) : 0;
	if (!arg || n > (size_t)size)
		return -1;
	memcpy(buf, arg, n);
	return (int)n;
}

/* Refuse a key that others can read: it is no secret any more. */
static int check_mode(const char *path, struct oak_error *err)
{
#ifndef _WIN32
	struct stat st;
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077))
		return oak_fail(err, OAK_UNTRUSTED, "key.exposed", 0,
				"private key '%s' can be read by others (run 'chmod 600 %s')", path, path);
#endif
	(void)path, (void)err;
	return 0;
}

void *oak_signer_file_open(const char *path, const char *passphrase, struct oak_key **ret_key, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf pem;
	oak_buf_init(&pem, OAK_PEM_MAX);
	if (check_mode(path, err) < 0 || oak_fs_read(path, &pem, err) < 0)
		return NULL;
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	EVP_PKEY *pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, (void *)passphrase) : NULL;
	BIO_free(bio);
	ERR_clear_error();
	bool locked = pem.n && strstr(pem.p, "ENCRYPTED");
	if (pem.n)
		OPENSSL_cleanse(pem.p, pem.n);
	if (!pkey) {
		if (locked)
			oak_fail(err, OAK_DENIED, "key.passphrase", 0, "cannot open key '%s': %s", path,
				 passphrase ? "the passphrase is wrong" : "it is encrypted (use --passphrase-file)");
		else
			oak_fail(err, OAK_INVALID, "key.invalid", 0,
				 "cannot read key '%s': it holds no private key in PEM form", path);
		return NULL;
	}
	EVP_PKEY_up_ref(pkey);
	*ret_key = oak_key_of_pkey(pkey, NULL, path, err);
	if (*ret_key)
		return pkey;
	EVP_PKEY_free(pkey);
	return NULL;
}

static int file_sign(void *self, const void *bytes, size_t n, struct oak_buf *sig, struct oak_error *err)
{
	EVP_PKEY *pkey = self;
	int type = EVP_PKEY_get_base_id(pkey);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;
	size_t size = OAK_SIGNATURE_MAX;
	char *room = oak_buf_room(sig, size);
	bool done = ctx && room &&
		    EVP_DigestSignInit(ctx, &pctx, type == EVP_PKEY_ED25519 ? NULL : EVP_sha256(), NULL, pkey) == 1 &&
		    (type != EVP_PKEY_RSA || oak_pss(pctx, RSA_PSS_SALTLEN_DIGEST)) &&
		    EVP_DigestSign(ctx, (unsigned char *)room, &size, bytes, n) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	if (!done)
		return oak_fail(err, OAK_IO, "signer.failed", 0, "cannot sign: OpenSSL refused the key");
	sig->n += size;
	return 0;
}

static void file_free(void *self)
{
	EVP_PKEY_free(self);
}

const struct oak_signer_ops oak_signer_file_ops = {file_sign, file_free};

static EVP_PKEY *generate(enum oak_scheme scheme)
{
	switch (scheme) {
	case OAK_SCHEME_ED25519:
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	case OAK_SCHEME_ECDSA_P256:
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
	case OAK_SCHEME_RSA_PSS:
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)3072);
	case OAK_SCHEME_COUNT:
		break;
	}
	return NULL;
}

int oak_key_generate(enum oak_scheme scheme, const char *passphrase, struct oak_buf *ret_private,
		     struct oak_buf *ret_public, struct oak_error *err)
{
	EVP_PKEY *pkey = generate(scheme);
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	bool done = pkey && bio &&
		    PEM_write_bio_PKCS8PrivateKey(bio, pkey, passphrase ? EVP_aes_256_cbc() : NULL, passphrase,
						  passphrase ? (int)strlen(passphrase) : 0, NULL, NULL) == 1;
	if (done) {
		long n = BIO_get_mem_data(bio, &text);
		oak_buf_add(ret_private, text, (size_t)n);
		OPENSSL_cleanse(text, (size_t)n);
	}
	BIO_free(bio);
	ERR_clear_error();
	if (!done) {
		EVP_PKEY_free(pkey);
		return oak_fail(err, OAK_IO, "key.generate", 0, "cannot make a key of the kind '%s'",
				oak_scheme_to_string(scheme));
	}
	OAK_AUTO(oak_key_free_p) struct oak_key *key = oak_key_of_pkey(pkey, NULL, "new key", err);
	if (!key)
		return -1;
	oak_key_pem(key, ret_public);
	return 0;
}
