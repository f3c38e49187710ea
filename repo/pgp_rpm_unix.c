/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signatures within rpm packages, by rpm's own verifier with a database that has the keys of the keyring and nothing else. */
#include <string.h>

#include "core/exec.h"
#include "core/fs.h"
#include "core/signer.h"
#include "core/str.h"
#include "repo/pgp.h"

enum { KEYRING_MAX = 16 << 20, SAID_MAX = 4 << 20, BATCH = 200, SECONDS = 600, LINE = 64, ARGS_BEFORE = 6 };

/* RFC 4880, 6.1. */
static uint32_t crc24(const unsigned char *p, size_t n)
{
	uint32_t crc = 0xb704ce;
	for (size_t i = 0; i < n; i++) {
		crc ^= (uint32_t)p[i] << 16;
		for (int bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc & 0x800000 ? 0x1864cfb : 0);
	}
	return crc & 0xffffff;
}

static void armor(const struct oak_buf *keys, struct oak_buf *out)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	uint32_t crc = crc24((const unsigned char *)keys->p, keys->n);
	const unsigned char sum[] = {(unsigned char)(crc >> 16), (unsigned char)(crc >> 8), (unsigned char)crc};
	oak_buf_init(&text, KEYRING_MAX * 2);
	oak_base64(keys->p, keys->n, &text);
	oak_buf_addf(out, "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n");
	for (size_t i = 0; i < text.n; i += LINE) {
		oak_buf_add(out, text.p + i, text.n - i < LINE ? text.n - i : LINE);
		oak_buf_add(out, "\n", 1);
	}
	oak_buf_add(out, "=", 1);
	oak_base64(sum, sizeof(sum), out);
	oak_buf_addf(out, "\n-----END PGP PUBLIC KEY BLOCK-----\n");
}

/* rpm takes armoured keys only. */
static int import(const char *keyring, const char *db, const char *scratch, struct oak_arena *arena, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf keys;
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	OAK_AUTO(oak_buf_done) struct oak_buf said;
	const char *file = oak_arena_printf(arena, "%s/keyring.asc", scratch);
	const char *const argv[] = {"rpmkeys", "--dbpath", db, "--import", file, NULL};
	struct oak_exec_result result;
	oak_buf_init(&keys, KEYRING_MAX);
	oak_buf_init(&text, KEYRING_MAX * 2);
	oak_buf_init(&said, SAID_MAX);
	if (oak_fs_read(keyring, &keys, err) < 0)
		return -1;
	if (oak_starts_with(oak_buf_text(&keys), "-----BEGIN"))
		oak_buf_add(&text, keys.p, keys.n);
	else
		armor(&keys, &text);
	const struct oak_exec command = {.argv = argv, .timeout_s = SECONDS, .out = &said, .err = &said};
	if (oak_fs_write_atomic(file, oak_buf_text(&text), text.n, 0600, err) < 0)
		return -1;
	if (oak_exec(&command, &result, err) < 0)
		return oak_context(err, "signatures of packages are checked by rpmkeys");
	if (result.code == 0)
		return 0;
	return oak_fail(err, OAK_INVALID, "repo.signature", 0, "'%s' holds no keys that rpm can read: %s", keyring, oak_buf_text(&said));
}

/* "FILE: digests SIGNATURES NOT OK": the first such line names it. */
static size_t bad_one(const char *said, const char *const *files, size_t n)
{
	struct oak_str rest = oak_str_of(said), line;
	while (*said && oak_str_next(&rest, '\n', &line))
		for (size_t i = 0; i < n; i++) {
			size_t length = strlen(files[i]);
			if (line.n > length + 7 && memcmp(line.p, files[i], length) == 0 && line.p[length] == ':' &&
			    memcmp(line.p + line.n - 6, "NOT OK", 6) == 0)
				return i;
		}
	return n;
}

int oak_pgp_check_rpms(const char *keyring, const char *const *files, size_t n, const char *scratch, const volatile int *stop,
		       size_t *ret_bad, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const char *db = oak_arena_printf(arena, "%s/rpmkeys", scratch), *argv[ARGS_BEFORE + BATCH + 1];
	*ret_bad = n;
	if (oak_fs_mkdirs(db, 0700, err) < 0 || import(keyring, db, scratch, arena, err) < 0)
		return -1;
	for (size_t at = 0; at < n; at += BATCH) {
		static const char *const fixed[] = {"rpmkeys", "--dbpath", NULL, "--define", "_pkgverify_level all", "-K"};
		OAK_AUTO(oak_buf_done) struct oak_buf said;
		struct oak_exec_result result;
		size_t count = n - at < BATCH ? n - at : BATCH;
		oak_buf_init(&said, SAID_MAX);
		memcpy(argv, fixed, sizeof(fixed));
		argv[2] = db;
		memcpy(argv + ARGS_BEFORE, files + at, count * sizeof(*files));
		argv[ARGS_BEFORE + count] = NULL;
		const struct oak_exec command = {.argv = argv, .timeout_s = SECONDS, .out = &said, .stop = stop};
		if (oak_exec(&command, &result, err) < 0)
			return oak_context(err, "signatures of packages are checked by rpmkeys");
		if (result.code == 0)
			continue;
		*ret_bad = at + bad_one(oak_buf_text(&said), files + at, count);
		return oak_fail(err, result.stopped ? OAK_INTERRUPTED : OAK_UNTRUSTED, "repo.signature", 0,
				"a package is not signed by a key of its keyring, or not what was signed");
	}
	return 0;
}
