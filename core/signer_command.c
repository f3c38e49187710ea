/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signing by an external program: for key vaults and offline machines that we know nothing about. */
#include <stdlib.h>
#include <string.h>

#include "core/exec.h"
#include "core/key_impl.h"
#include "core/str.h"

enum { COMMAND_SECONDS = 120 };

static int run(const char *path, const char *verb, const void *input, size_t n, struct oak_buf *out,
	       struct oak_error *err)
{
	const char *const argv[] = {path, verb, NULL};
	struct oak_exec command = {
		.argv = argv, .timeout_s = COMMAND_SECONDS, .input = input, .input_n = n, .out = out};
	struct oak_exec_result result;
	if (oak_exec(&command, &result, err) < 0)
		return -1;
	if (result.timed_out)
		return oak_fail(err, OAK_IO, "signer.command", 0, "signer '%s %s' gave no answer within %d s", path,
				verb, COMMAND_SECONDS);
	if (result.code != 0)
		return oak_fail(err, OAK_IO, "signer.command", 0, "signer '%s %s' failed with exit code %d", path,
				verb, result.code);
	return 0;
}

void *oak_signer_command_open(const char *path, const char *passphrase, struct oak_key **ret_key,
			      struct oak_error *err)
{
	(void)passphrase;
	OAK_AUTO(oak_buf_done) struct oak_buf pem;
	oak_buf_init(&pem, OAK_PEM_MAX);
	if (run(path, "public", NULL, 0, &pem, err) < 0)
		return NULL;
	*ret_key = oak_key_parse(oak_buf_text(&pem), pem.n, path, err);
	return *ret_key ? oak_strdup(path) : NULL;
}

static int command_sign(void *self, const void *bytes, size_t n, struct oak_buf *sig, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, 2 * OAK_SIGNATURE_MAX);
	if (run(self, "sign", bytes, n, &text, err) < 0)
		return -1;
	struct oak_str trimmed = oak_str_trim((struct oak_str){text.p, text.n});
	size_t before = sig->n;
	if (trimmed.n && oak_base64_decode(trimmed.p, trimmed.n, sig))
		return 0;
	sig->n = before;
	if (!text.n || text.n > OAK_SIGNATURE_MAX)
		return oak_fail(err, OAK_IO, "signer.command", 0, "signer '%s sign' printed no signature (print it as base64, or its bytes)", (char *)self);
	oak_buf_add(sig, text.p, text.n); /* the bytes themselves, as openssl gives them; whether they fit the key is checked in any case */
	return 0;
}

const struct oak_signer_ops oak_signer_command_ops = {command_sign, free};
