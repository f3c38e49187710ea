/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gpgv and what it says on its status channel. */
#include <string.h>
#include <unistd.h>

#include "core/buf.h"
#include "core/exec.h"
#include "core/fs.h"
#include "core/signer.h"
#include "core/str.h"
#include "repo/pgp.h"

enum { KEYRING_MAX = 16 << 20, STATUS_MAX = 1 << 20, SECONDS = 120 };

/* One armoured block after the other as bytes; gpgv takes binary keyrings only. */
static int dearmor(struct oak_str text, struct oak_buf *out)
{
	OAK_AUTO(oak_buf_done) struct oak_buf body;
	struct oak_str line;
	bool inside = false, headers = false;
	oak_buf_init(&body, KEYRING_MAX);
	while (oak_str_next(&text, '\n', &line)) {
		line = oak_str_trim(line);
		if (line.n > 10 && memcmp(line.p, "-----BEGIN", 10) == 0) {
			inside = headers = true;
			oak_buf_clear(&body);
		} else if (line.n > 8 && memcmp(line.p, "-----END", 8) == 0) {
			if (!inside || !oak_base64_decode(oak_buf_text(&body), body.n, out))
				return -1;
			inside = false;
		} else if (inside && headers) {
			headers = line.n != 0;
		} else if (inside && line.n && line.p[0] != '=') {
			oak_buf_add(&body, line.p, line.n);
		}
	}
	return out->n ? 0 : -1;
}

static int binary_keyring(const char *keyring, const char *to, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf bytes;
	OAK_AUTO(oak_buf_done) struct oak_buf plain;
	oak_buf_init(&bytes, KEYRING_MAX);
	oak_buf_init(&plain, KEYRING_MAX);
	if (oak_fs_read(keyring, &bytes, err) < 0)
		return -1;
	bool armoured = bytes.n > 10 && oak_starts_with(oak_buf_text(&bytes), "-----BEGIN");
	if (armoured && dearmor((struct oak_str){bytes.p, bytes.n}, &plain) < 0)
		return oak_fail(err, OAK_INVALID, "repo.signature", 0, "'%s' holds no keys that can be read", keyring);
	const struct oak_buf *keys = armoured ? &plain : &bytes;
	return oak_fs_write_atomic(to, oak_buf_text(keys), keys->n, 0600, err);
}

struct verdict {
	int good, bad, weak, other;
};

/* "[GNUPG:] VALIDSIG FINGERPRINT DATE TIMESTAMP EXPIRES VERSION RESERVED KEYALGO HASHALGO …" */
static bool strong_digest(struct oak_str line)
{
	struct oak_str word = OAK_STR("");
	int64_t algorithm = 0;
	for (int i = 0; i < 10; i++)
		if (!oak_str_next(&line, ' ', &word))
			return false;
	return oak_parse_int(word, 0, 255, &algorithm) && algorithm >= 8 && algorithm <= 11; /* SHA-2 */
}

static void judge(struct verdict *v, const char *status)
{
	static const char *const refused[] = {"BADSIG ", "REVKEYSIG "}, *const unusable[] = {"EXPKEYSIG ", "EXPSIG ", "ERRSIG ", "NO_PUBKEY "};
	struct oak_str rest = oak_str_of(status), line;
	while (oak_str_next(&rest, '\n', &line)) {
		struct oak_str word = line;
		if (line.n < 9 || memcmp(line.p, "[GNUPG:] ", 9) != 0)
			continue;
		word = (struct oak_str){line.p + 9, line.n - 9};
		for (size_t i = 0; i < 2; i++)
			v->bad += word.n >= strlen(refused[i]) && memcmp(word.p, refused[i], strlen(refused[i])) == 0;
		for (size_t i = 0; i < 4; i++)
			v->other += word.n >= strlen(unusable[i]) && memcmp(word.p, unusable[i], strlen(unusable[i])) == 0;
		if (word.n > 9 && memcmp(word.p, "VALIDSIG ", 9) == 0) {
			v->weak += !strong_digest(line);
			v->good += strong_digest(line);
		}
		if (word.n > 10 && memcmp(word.p, "EXPKEYSIG ", 10) == 0)
			v->good--; /* gpgv calls its signature valid all the same */
	}
}

int oak_pgp_check(const char *keyring, const char *file, const char *signature, const char *text, const char *scratch, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	OAK_AUTO(oak_buf_done) struct oak_buf status;
	const char *keys = oak_arena_printf(arena, "%s/keyring.gpg", scratch);
	const char *const detached[] = {"gpgv", "--homedir", "/nonexistent", "--status-fd", "1", "--keyring", keys, signature, file, NULL};
	const char *const inline_[] = {"gpgv", "--homedir", "/nonexistent", "--status-fd", "1", "--keyring", keys, "--output", text, file, NULL};
	struct oak_exec_result result;
	struct verdict v = {0};
	oak_buf_init(&status, STATUS_MAX);
	if (binary_keyring(keyring, keys, err) < 0)
		return -1;
	if (text)
		unlink(text);
	const struct oak_exec command = {.argv = signature ? detached : inline_, .timeout_s = SECONDS, .out = &status};
	if (oak_exec(&command, &result, err) < 0)
		return oak_context(err, "signatures are checked by gpgv");
	judge(&v, oak_buf_text(&status));
	if (v.good > 0 && !v.bad && (signature || oak_fs_exists(text)))
		return 0;
	return oak_fail(err, OAK_UNTRUSTED, "repo.signature", 0, "'%s' is not signed by a key of its keyring (%s)", file,
			v.bad ? "the signature is bad, or its key was revoked"
			: v.weak ? "its digest is MD5 or SHA-1"
			: v.other ? "the key is another one, or has expired"
				  : "there is no signature");
}
