/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys: making, reading back, signing in every scheme, encrypted files, external programs, and known answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/hash.h"
#include "core/signer.h"

static char folder[] = "/tmp/oak-signer-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[4][256];
	static int turn;
	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", folder, name);
	return path[turn];
}

static void write_file(const char *name, const char *text, size_t n, unsigned mode)
{
	struct oak_error err = {0};
	assert_int_equal(oak_fs_write_atomic(path_of(name), text, n, mode, &err), 0);
}

static void make(enum oak_scheme scheme, const char *passphrase, const char *name)
{
	struct oak_error err = {0};
	struct oak_buf secret, public;
	char pub[64];
	oak_buf_init(&secret, OAK_PEM_MAX);
	oak_buf_init(&public, OAK_PEM_MAX);
	assert_int_equal(oak_key_generate(scheme, passphrase, &secret, &public, &err), 0);
	write_file(name, secret.p, secret.n, 0600);
	snprintf(pub, sizeof(pub), "%s.pub", name);
	write_file(pub, public.p, public.n, 0644);
	oak_buf_done(&secret);
	oak_buf_done(&public);
}

static void test_each_scheme(void **state)
{
	(void)state;
	for (int scheme = 0; scheme < OAK_SCHEME_COUNT; scheme++) {
		struct oak_error err = {0};
		make((enum oak_scheme)scheme, NULL, "key");
		OAK_AUTO(oak_signer_free_p) struct oak_signer *signer = oak_signer_open(path_of("key"), NULL, &err);
		assert_non_null(signer);
		OAK_AUTO(oak_key_free_p) struct oak_key *key = oak_key_load(path_of("key.pub"), &err);
		assert_non_null(key);
		assert_int_equal(oak_key_scheme(key), scheme);
		assert_string_equal(oak_key_id(key), oak_key_id(oak_signer_key(signer)));
		OAK_AUTO(oak_key_free_p) struct oak_key *again =
			oak_key_from_public((enum oak_scheme)scheme, oak_key_public(key), &err);
		assert_non_null(again);
		assert_string_equal(oak_key_id(key), oak_key_id(again));
		assert_string_equal(oak_key_fingerprint(key), oak_key_fingerprint(again));
		struct oak_buf sig;
		oak_buf_init(&sig, OAK_SIGNATURE_MAX);
		assert_int_equal(oak_signer_sign(signer, "message", 7, &sig, &err), 0);
		assert_true(oak_key_verify(again, "message", 7, sig.p, sig.n));
		assert_false(oak_key_verify(again, "massage", 7, sig.p, sig.n));
		assert_false(oak_key_verify(again, "message", 7, sig.p, sig.n - 1));
		assert_false(oak_key_verify(again, "message", 7, "", 0));
		for (size_t i = 0; i < sig.n; i++) { /* no bit of a signature is free */
			sig.p[i] ^= 1;
			assert_false(oak_key_verify(again, "message", 7, sig.p, sig.n));
			sig.p[i] ^= 1;
		}
		oak_buf_done(&sig);
	}
}

static void test_passphrase(void **state)
{
	(void)state;
	struct oak_error err = {0};
	make(OAK_SCHEME_ED25519, "open sesame", "locked");
	assert_null(oak_signer_open(path_of("locked"), NULL, &err));
	assert_string_equal(err.id, "key.passphrase");
	assert_null(oak_signer_open(path_of("locked"), "open barley", &err));
	assert_string_equal(err.id, "key.passphrase");
	struct oak_signer *signer = oak_signer_open(path_of("locked"), "open sesame", &err);
	assert_non_null(signer);
	oak_signer_free(signer);
}

static void test_refusals(void **state)
{
	(void)state;
	struct oak_error err = {0};
	make(OAK_SCHEME_ED25519, NULL, "open");
	assert_int_equal(chmod(path_of("open"), 0644), 0);
	assert_null(oak_signer_open(path_of("open"), NULL, &err));
	assert_string_equal(err.id, "key.exposed");
	write_file("junk", "-----BEGIN PRIVATE KEY-----\nAAAA\n", 33, 0600);
	assert_null(oak_signer_open(path_of("junk"), NULL, &err));
	assert_string_equal(err.id, "key.invalid");
	assert_null(oak_key_from_public(OAK_SCHEME_ED25519, "00", &err));
	assert_null(oak_key_from_public(OAK_SCHEME_ED25519, "zz", &err));
	assert_null(oak_signer_open(path_of("absent"), NULL, &err));
	assert_string_equal(err.id, "file.open");
}

/* RFC 8032, 7.1, test 2; the key id is the one that the specification's rule gives. */
static void test_known_answer(void **state)
{
	(void)state;
	struct oak_error err = {0};
	OAK_AUTO(oak_key_free_p) struct oak_key *key = oak_key_from_public(
		OAK_SCHEME_ED25519, "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", &err);
	struct oak_buf sig;
	const char *hex = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
			  "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
	oak_buf_init(&sig, 64);
	assert_true(oak_unhex(hex, strlen(hex), &sig));
	assert_true(oak_key_verify(key, "\x72", 1, sig.p, sig.n));
	oak_buf_done(&sig);
	const char *canonical = "{\"keytype\":\"ed25519\",\"keyval\":{\"public\":\""
				"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c\"},"
				"\"scheme\":\"ed25519\"}";
	unsigned char digest[OAK_SHA256_SIZE];
	char id[OAK_KEY_ID_TEXT];
	oak_sha256(canonical, strlen(canonical), digest);
	oak_hex(digest, sizeof(digest), id);
	assert_string_equal(id, oak_key_id(key));
}

static void test_command(void **state)
{
	(void)state;
	struct oak_error err = {0};
	make(OAK_SCHEME_ECDSA_P256, NULL, "vault");
	char script[1024], spec[256];
	int n = snprintf(script, sizeof(script),
			 "#!/bin/sh\ncase $1 in public) cat %s.pub;; sign) openssl dgst -sha256 -sign %s | base64;; esac\n",
			 path_of("vault"), path_of("vault"));
	write_file("sign.sh", script, (size_t)n, 0755);
	snprintf(spec, sizeof(spec), "cmd:%s", path_of("sign.sh"));
	struct oak_signer *signer = oak_signer_open(spec, NULL, &err);
	assert_non_null(signer);
	struct oak_buf sig;
	oak_buf_init(&sig, OAK_SIGNATURE_MAX);
	assert_int_equal(oak_signer_sign(signer, "message", 7, &sig, &err), 0);
	assert_true(oak_key_verify(oak_signer_key(signer), "message", 7, sig.p, sig.n));
	oak_signer_free(signer);
	/* a program that signs with another key than it shows */
	make(OAK_SCHEME_ECDSA_P256, NULL, "other");
	n = snprintf(script, sizeof(script),
		     "#!/bin/sh\ncase $1 in public) cat %s.pub;; sign) openssl dgst -sha256 -sign %s | base64;; esac\n",
		     path_of("vault"), path_of("other"));
	write_file("sign.sh", script, (size_t)n, 0755);
	signer = oak_signer_open(spec, NULL, &err);
	assert_non_null(signer);
	assert_int_equal(oak_signer_sign(signer, "message", 7, &sig, &err), -1);
	assert_string_equal(err.id, "signer.failed");
	oak_signer_free(signer);
	write_file("sign.sh", "#!/bin/sh\nexit 3\n", 17, 0755);
	assert_null(oak_signer_open(spec, NULL, &err));
	assert_string_equal(err.id, "signer.command");
	oak_buf_done(&sig);
}

static void test_base64(void **state)
{
	(void)state;
	for (size_t n = 0; n < 300; n++) {
		unsigned char bytes[300];
		for (size_t i = 0; i < n; i++)
			bytes[i] = (unsigned char)(i * 37 + n);
		struct oak_buf text, back;
		oak_buf_init(&text, 1024);
		oak_buf_init(&back, 1024);
		oak_base64(bytes, n, &text);
		assert_true(oak_base64_decode(oak_buf_text(&text), text.n, &back));
		assert_int_equal(back.n, n);
		if (n)
			assert_memory_equal(back.p, bytes, n);
		oak_buf_done(&text);
		oak_buf_done(&back);
	}
	static const char *const bad[] = {"A", "AA", "AAA", "=AAA", "A=AA", "AA=A", "AAAA=", "AA==AAAA", "AA A", "AA\xc3\xa9"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct oak_buf out;
		oak_buf_init(&out, 64);
		assert_false(oak_base64_decode(bad[i], strlen(bad[i]), &out));
		oak_buf_done(&out);
	}
}

static int setup(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	static const char *const names[] = {"key", "key.pub", "locked", "locked.pub", "open", "open.pub", "junk",
					    "vault", "vault.pub", "other", "other.pub", "sign.sh"};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		unlink(path_of(names[i]));
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_scheme), cmocka_unit_test(test_passphrase),
		cmocka_unit_test(test_refusals),    cmocka_unit_test(test_known_answer),
		cmocka_unit_test(test_command),	    cmocka_unit_test(test_base64),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
