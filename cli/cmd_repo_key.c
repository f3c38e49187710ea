/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum repo key list, new, rotate, revoke: who may sign what in a repository. */
#include <stdlib.h>
#include <string.h>

#include "cli/signers.h"
#include "core/fs.h"
#include "core/str.h"
#include "repo/keys.h"

static const struct oak_opt opts[] = {
	{"key", 0, OAK_OPT_LIST, "FILE|pkcs11:URI|cmd:PATH", "sign with this key (default: all of the remembered folder)", OAK_OPT_NO_CONFIG},
	{"passphrase-file", 0, OAK_OPT_TEXT, "FILE", "passphrase of the keys", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

static int run_new(struct oak_context *ctx)
{
	struct oak_repo repo;
	const char *secret;
	if (ctx->dry_run)
		return 0;
	if (oak_passphrase(ctx, &secret) < 0 || oak_repo_open(ctx->arena, ctx->args[0], true, &repo, &ctx->err) < 0)
		return -1;
	int result = oak_repo_key_new(&repo, ctx->args[1], secret, &ctx->err);
	oak_repo_done(&repo);
	return result;
}

const struct oak_cmd oak_cmd_repo_key_new = {
	.name = "repo key new",
	.args = "DIR packages/TEAM",
	.min_args = 2,
	.max_args = 2,
	.summary = "make the key of a new team",
	.description = "Makes KEYS/packages-TEAM.pem. The role is delegated to with the first package that is added for it.",
	.opts = opts,
	.flags = OAK_CMD_CHANGES,
	.run = run_new,
};

static int change(struct oak_context *ctx, bool revoke)
{
	struct oak_repo repo;
	struct oak_repo_signers signers = {0};
	const char *secret;
	if (ctx->dry_run)
		return 0;
	if (oak_passphrase(ctx, &secret) < 0 || oak_repo_open(ctx->arena, ctx->args[0], true, &repo, &ctx->err) < 0)
		return -1;
	int result = oak_repo_signers_open(ctx, &repo, &signers);
	if (result == 0)
		result = revoke ? oak_repo_key_revoke(&repo, &signers, ctx->args[1], oak_ctx_now(ctx), &ctx->err)
				: oak_repo_key_rotate(&repo, &signers, ctx->args[1], oak_opt_text(ctx, "new-key"), secret, oak_ctx_now(ctx), &ctx->err);
	for (size_t i = 0; i < signers.n; i++)
		oak_signer_free(signers.v[i]);
	oak_repo_done(&repo);
	return result;
}

static int run_rotate(struct oak_context *ctx)
{
	return change(ctx, false);
}

static int run_revoke(struct oak_context *ctx)
{
	return change(ctx, true);
}

static const struct oak_opt rotate_opts[] = {
	{"new-key", 0, OAK_OPT_TEXT, "FILE|pkcs11:URI|cmd:PATH", "the key that comes in its place (default: a new one is made)", OAK_OPT_NO_CONFIG},
	{"key", 0, OAK_OPT_LIST, "FILE|pkcs11:URI|cmd:PATH", "sign with this key (default: all of the remembered folder)", OAK_OPT_NO_CONFIG},
	{"passphrase-file", 0, OAK_OPT_TEXT, "FILE", "passphrase of the keys", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

const struct oak_cmd oak_cmd_repo_key_rotate = {
	.name = "repo key rotate",
	.args = "DIR ROLE",
	.min_args = 2,
	.max_args = 2,
	.summary = "replace a key of a role",
	.description = "Makes a new key, or takes the one of --new-key (in a token, behind a program), and signs the role again: for root, targets, snapshot and timestamp "
		       "a new root names it (signed by the old and the new root keys), for the others a new version of targets does. Of several keys "
		       "the first goes. The old key file stays where it is.",
	.opts = rotate_opts,
	.flags = OAK_CMD_CHANGES,
	.run = run_rotate,
};

const struct oak_cmd oak_cmd_repo_key_revoke = {
	.name = "repo key revoke",
	.args = "DIR KEYID",
	.min_args = 2,
	.max_args = 2,
	.summary = "take a key out of its roles where enough others are left",
	.description = "Publishes a new root without the key; for a key of packages or policies, new targets, and the role signed anew by its other keys. Refused where the role would have fewer keys than its threshold: rotate it then.",
	.opts = opts,
	.flags = OAK_CMD_CHANGES,
	.run = run_revoke,
};

static int run_list(struct oak_context *ctx)
{
	static const char *const headers[] = {"role", "keyid", "scheme", "threshold"};
	struct oak_repo repo;
	if (oak_repo_open(ctx->arena, ctx->args[0], false, &repo, &ctx->err) < 0)
		return -1;
	const struct oak_repo_key *keys;
	size_t n = oak_repo_keys(&repo, &keys);
	OAK_AUTO(oak_buf_done) struct oak_buf buf = {0};
	struct oak_sink sink;
	oak_out_buf(&buf);
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		sink.ops->begin_object(&sink);
		oak_put_string(&sink, "schema", "oakum.keys/1");
		oak_put_begin_array(&sink, "keys");
		for (size_t i = 0; i < n; i++) {
			sink.ops->begin_object(&sink);
			oak_put_string(&sink, "role", keys[i].role);
			oak_put_string(&sink, "keyid", keys[i].keyid);
			oak_put_string(&sink, "scheme", keys[i].scheme);
			oak_put_int(&sink, "threshold", keys[i].threshold);
			sink.ops->end_object(&sink);
		}
		oak_put_end_array(&sink);
		sink.ops->end_object(&sink);
	} else {
		struct oak_table *table = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
		for (size_t i = 0; i < n; i++) {
			oak_table_cell(table, keys[i].role);
			oak_table_cell(table, keys[i].keyid);
			oak_table_cell(table, keys[i].scheme);
			oak_table_cellf(table, "%lld", (long long)keys[i].threshold);
		}
		oak_table_print(table, &buf);
	}
	return oak_out_end(&buf, &ctx->err);
}

const struct oak_cmd oak_cmd_repo_key_list = {
	.name = "repo key list",
	.args = "DIR",
	.min_args = 1,
	.max_args = 1,
	.summary = "which keys may sign what",
	.description = "One row for each role and each of its keys.",
	.run = run_list,
};
