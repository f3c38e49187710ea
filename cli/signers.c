/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening the keys that the command line names. */
#include "cli/signers.h"

#include "core/fs.h"
#include "core/str.h"

enum { PASSPHRASE_MAX = 4096 };

int oak_passphrase(struct oak_context *ctx, const char **ret)
{
	const char *file = oak_opt_text(ctx, "passphrase-file");
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_buf_init(&buf, PASSPHRASE_MAX);
	*ret = NULL;
	if (!file)
		return 0;
	if (oak_fs_read(file, &buf, &ctx->err) < 0)
		return oak_input_missing(&ctx->err);
	struct oak_str text = {buf.p, buf.n};
	while (text.n && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
		text.n--;
	*ret = oak_arena_strndup(ctx->arena, text.p ? text.p : "", text.n);
	return 0;
}

struct oak_signer *oak_signer_named(struct oak_context *ctx, const char *spec)
{
	const char *secret;
	struct oak_signer *signer = oak_passphrase(ctx, &secret) < 0 ? NULL : oak_signer_open(spec, secret, &ctx->err);
	if (!signer)
		oak_input_missing(&ctx->err);
	return signer;
}

int oak_repo_signers_open(struct oak_context *ctx, const struct oak_repo *repo, struct oak_repo_signers *ret)
{
	const char *const *keys, *secret;
	size_t n = oak_opt_list(ctx, "key", &keys);
	if (!n && !repo->keys_dir)
		return oak_fail(&ctx->err, OAK_INVALID, "repo.signers", 0, "no keys are known for '%s' (give --key)", repo->dir);
	if (!n)
		return oak_passphrase(ctx, &secret) < 0 ? -1 : oak_repo_open_keys(ctx->arena, repo->keys_dir, secret, ret, &ctx->err);
	ret->v = oak_arena_alloc(ctx->arena, n * sizeof(*ret->v));
	for (ret->n = 0; ret->n < n; ret->n++)
		if (!(ret->v[ret->n] = oak_signer_named(ctx, keys[ret->n])))
			return -1;
	return 0;
}
