/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Private keys in PKCS#11 tokens, through OpenSSL: a provider where one is configured, else the engine of libp11. */
#define OPENSSL_SUPPRESS_DEPRECATED /* engines: Debian 12 has no pkcs11 provider yet */
#include <openssl/err.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifndef OPENSSL_NO_ENGINE
#include <openssl/engine.h>
#endif

#include "core/key_impl.h"
#include "core/str.h"

enum { PIN_MAX = 256, PATH_BYTES = 4096 };

static void *fail(const char *uri, const char *why, struct oak_error *err)
{
	char reason[256] = "";
	unsigned long code = ERR_peek_last_error();
	const char *secret = strstr(uri, "pin-value");
	size_t shown = strcspn(uri, "?"); /* a PIN may stand behind it, or in it */
	if (secret && (size_t)(secret - uri) < shown)
		shown = (size_t)(secret - uri);
	if (code)
		ERR_error_string_n(code, reason, sizeof(reason));
	ERR_clear_error();
	oak_fail(err, OAK_IO, "signer.pkcs11", 0, "cannot use the token's key '%.*s': %s%s%s", (int)(shown < 200 ? shown : 200), uri, why,
		 *reason ? ": " : "", reason);
	return NULL;
}

/* The attribute NAME of an RFC 7512 URI, decoded; false if it is absent or too long. */
static bool attribute(const char *uri, const char *name, char *out, size_t size)
{
	size_t n = strlen(name), used = 0;
	const char *p = uri;
	for (;; p++) {
		if (strncmp(p, name, n) == 0 && p[n] == '=')
			break;
		p = strpbrk(p, ";?&");
		if (!p)
			return false;
	}
	for (p += n + 1; *p && !strchr(";?&", *p); p++) {
		char hex[3] = {p[0] == '%' ? p[1] : '0', p[0] == '%' && p[1] ? p[2] : '0', '\0'}, *end;
		char c = p[0] == '%' ? (char)strtol(hex, &end, 16) : *p;
		if (used + 1 >= size)
			return false;
		out[used++] = c;
		p += p[0] == '%' && p[1] && p[2] ? 2 : 0;
	}
	out[used] = '\0';
	return true;
}

/* PIN: pin-value in the URI, the first line of the file pin-source names, else the passphrase. */
static bool find_pin(const char *uri, const char *passphrase, char pin[PIN_MAX])
{
	char path[PATH_BYTES];
	if (attribute(uri, "pin-value", pin, PIN_MAX))
		return true;
	if (attribute(uri, "pin-source", path, sizeof(path))) {
		FILE *file = fopen(oak_starts_with(path, "file:") ? path + 5 : path, "re");
		bool read = file && fgets(pin, PIN_MAX, file);
		if (file)
			fclose(file);
		if (read)
			pin[strcspn(pin, "\r\n")] = '\0';
		return read;
	}
	if (!passphrase || strlen(passphrase) >= PIN_MAX)
		return false;
	memcpy(pin, passphrase, strlen(passphrase) + 1);
	return true;
}

#ifndef OPENSSL_NO_ENGINE
/* What the engine understands of URI: its path attributes, without a PIN or a module among them. */
static char *path_part(const char *uri)
{
	static const char *const ours[] = {"pin-value=", "pin-source=", "module-path="};
	size_t n = strcspn(uri, "?"), used = 0;
	char *out = oak_alloc_zero(n + 1, 1);
	for (const char *p = uri; p < uri + n;) {
		size_t part = strcspn(p, ";?"), skip = 0;
		for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
			skip |= oak_starts_with(p, ours[i]);
		if (!skip) {
			if (used)
				out[used++] = ';';
			memcpy(out + used, p, part);
			used += part;
		}
		p += part + 1;
	}
	return out;
}

/* Nobody is ever asked for a PIN. */
static int refuse_ui(UI *ui, UI_STRING *string)
{
	(void)ui, (void)string;
	return 0;
}

static EVP_PKEY *load_by_engine(const char *uri, const char *pin, const char **ret_why)
{
	char module[PATH_BYTES];
	OAK_AUTO(oak_free_p) char *path = path_part(uri);
	EVP_PKEY *pkey = NULL;
	ENGINE_load_dynamic();
	ENGINE *engine = ENGINE_by_id("pkcs11");
	UI_METHOD *silent = UI_create_method("oakum");
	*ret_why = "OpenSSL has neither a pkcs11 provider nor the engine (install libengine-pkcs11-openssl)";
	if (engine && silent) {
		UI_method_set_reader(silent, refuse_ui);
		*ret_why = "the PKCS#11 module cannot be used";
		ENGINE_ctrl_cmd_string(engine, "QUIET", NULL, 1);
		if ((!attribute(uri, "module-path", module, sizeof(module)) || ENGINE_ctrl_cmd_string(engine, "MODULE_PATH", module, 0)) &&
		    (!pin || ENGINE_ctrl_cmd_string(engine, "PIN", pin, 0)) && ENGINE_init(engine)) {
			*ret_why = "there is no such private key, or the PIN is wrong";
			pkey = ENGINE_load_private_key(engine, path, silent, NULL);
			ENGINE_finish(engine); /* the key holds its own reference */
		}
	}
	UI_destroy_method(silent);
	ENGINE_free(engine);
	return pkey;
}
#else
static EVP_PKEY *load_by_engine(const char *uri, const char *pin, const char **ret_why)
{
	(void)uri, (void)pin;
	*ret_why = "OpenSSL has no pkcs11 provider, and engines are not built in";
	return NULL;
}
#endif

/* By a provider that knows "pkcs11:", as OpenSSL's configuration may name one; NULL without a word otherwise. */
static EVP_PKEY *load_by_provider(const char *uri)
{
	EVP_PKEY *pkey = NULL;
	OSSL_STORE_CTX *store = OSSL_STORE_open(uri, NULL, NULL, NULL, NULL);
	while (store && !pkey && !OSSL_STORE_eof(store)) {
		OSSL_STORE_INFO *info = OSSL_STORE_load(store);
		if (!info)
			break;
		if (OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY)
			pkey = OSSL_STORE_INFO_get1_PKEY(info);
		OSSL_STORE_INFO_free(info);
	}
	OSSL_STORE_close(store);
	ERR_clear_error();
	return pkey;
}

/* The public half as a key of its own, which does not need the token. */
static struct oak_key *public_half(EVP_PKEY *pkey, const char *uri, struct oak_error *err)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(pkey, &der);
	const unsigned char *p = der;
	EVP_PKEY *half = n > 0 ? d2i_PUBKEY(NULL, &p, n) : NULL;
	OPENSSL_free(der);
	return half ? oak_key_of_pkey(half, NULL, "token", err) : fail(uri, "its public half cannot be read", err);
}

void *oak_signer_pkcs11_open(const char *uri, const char *passphrase, struct oak_key **ret_key, struct oak_error *err)
{
	char pin[PIN_MAX] = "";
	const char *why = "";
	bool known = find_pin(uri, passphrase, pin);
	EVP_PKEY *pkey = load_by_provider(uri);
	if (!pkey)
		pkey = load_by_engine(uri, known ? pin : NULL, &why);
	OPENSSL_cleanse(pin, sizeof(pin));
	if (!pkey)
		return fail(uri, why, err);
	ERR_clear_error();
	*ret_key = public_half(pkey, uri, err);
	if (*ret_key)
		return pkey;
	EVP_PKEY_free(pkey);
	return NULL;
}

/* With SHA-256 as for keys in files; tokens sign hashes (RSA-PSS with a salt as long as the hash). */
static int pkcs11_sign(void *self, const void *bytes, size_t n, struct oak_buf *sig, struct oak_error *err)
{
	return oak_signer_file_ops.sign(self, bytes, n, sig, err);
}

static void pkcs11_free(void *self)
{
	EVP_PKEY_free(self);
}

const struct oak_signer_ops oak_signer_pkcs11_ops = {pkcs11_sign, pkcs11_free};
