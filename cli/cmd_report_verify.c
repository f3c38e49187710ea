/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum report verify: whether a report is as it was signed; and the signing itself. */
#include "cli/report.h"
#include "cli/signers.h"
#include "core/fs.h"
#include "core/signer.h"
#include "core/str.h"
#include "distributor/package/dsse.h"

enum { KEYS_MAX = 32 };
#define MEDIA_PREFIX "application/vnd.oakum.report+"

int oak_report_sign(struct oak_context *ctx, const char *key, const char *media_type, const struct oak_buf *report, struct oak_buf *out)
{
	struct oak_dsse envelope = {0};
	if (report->n > OAK_DSSE_MAX / 2)
		return oak_fail(&ctx->err, OAK_UNSUPPORTED, "report.sign-size", 0,
				"a report of %zu bytes is too large to sign (choose fewer nodes with --node or --tag)", report->n);
	OAK_AUTO(oak_signer_free_p) struct oak_signer *signer = oak_signer_named(ctx, key);
	if (!signer || oak_dsse_sign(ctx->arena, &envelope, oak_arena_printf(ctx->arena, MEDIA_PREFIX "%s", media_type), oak_buf_text(report),
				     report->n, signer, &ctx->err) < 0)
		return -1;
	oak_dsse_format(&envelope, out);
	return 0;
}

struct keys {
	struct oak_key *v[KEYS_MAX];
	size_t n;
};

static void keys_done(struct keys *keys)
{
	for (size_t i = 0; i < keys->n; i++)
		oak_key_free(keys->v[i]);
}

static int load_keys(struct oak_context *ctx, struct keys *keys)
{
	const char *const *files;
	size_t n = oak_opt_list(ctx, "key", &files);
	if (!n)
		return oak_fail(&ctx->err, OAK_UNTRUSTED, "report.no-key", 0,
				"there is no key to verify '%s' with (give --key PEM: the signer's public key)", ctx->args[0]);
	if (n > KEYS_MAX)
		return oak_fail(&ctx->err, OAK_INVALID, "report.no-key", 0, "more than %d keys", KEYS_MAX);
	for (size_t i = 0; i < n; i++) {
		keys->v[keys->n] = oak_key_load(files[i], &ctx->err);
		if (!keys->v[keys->n])
			return oak_input_missing(&ctx->err);
		keys->n++;
	}
	return 0;
}

static int read_file(struct oak_context *ctx, const char *path, struct oak_buf *buf)
{
	if (oak_fs_read(path, buf, &ctx->err) == 0)
		return 0;
	return oak_input_missing(&ctx->err);
}

/* FILE is an envelope itself, or FILE.sig is one that holds the very bytes of FILE. */
static int find_envelope(struct oak_context *ctx, const char *file, struct oak_buf *whole, struct oak_buf *beside, struct oak_dsse *ret)
{
	struct oak_error ignored = {0};
	const char *sig = oak_arena_printf(ctx->arena, "%s.sig", file);
	if (read_file(ctx, file, whole) < 0)
		return -1;
	if (whole->n && whole->p[0] == '{' && oak_dsse_parse(ctx->arena, oak_buf_text(whole), whole->n, file, ret, &ignored) == 0)
		return 0;
	if (!oak_fs_exists(sig))
		return oak_fail(&ctx->err, OAK_UNTRUSTED, "report.unsigned", 0, "'%s' is not signed: it is no envelope, and there is no '%s'", file,
				sig);
	if (read_file(ctx, sig, beside) < 0 || oak_dsse_parse(ctx->arena, oak_buf_text(beside), beside->n, sig, ret, &ctx->err) < 0)
		return -1;
	if (ret->payload_n != whole->n || memcmp(ret->payload, oak_buf_text(whole), whole->n) != 0)
		return oak_fail(&ctx->err, OAK_UNTRUSTED, "report.changed", 0, "'%s' is not the report that '%s' signs", file, sig);
	return 0;
}

static int check(struct oak_context *ctx, const struct oak_dsse *envelope, const struct keys *keys, const char **ret_keyid)
{
	bool used[KEYS_MAX] = {false};
	if (!oak_starts_with(envelope->payload_type, MEDIA_PREFIX))
		return oak_fail(&ctx->err, OAK_UNTRUSTED, "report.signature", 0, "what '%s' signs is no report but '%s'", ctx->args[0],
				envelope->payload_type);
	if (!oak_dsse_count(envelope, (const struct oak_key *const *)keys->v, keys->n, used))
		return oak_fail(&ctx->err, OAK_UNTRUSTED, "report.signature", 0, "'%s' is signed by none of the given keys", ctx->args[0]);
	for (size_t i = keys->n; i-- > 0;)
		if (used[i])
			*ret_keyid = oak_key_id(keys->v[i]);
	return 0;
}

static int say(struct oak_context *ctx, const struct oak_dsse *envelope, const char *keyid)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	const char *type = envelope->payload_type + sizeof(MEDIA_PREFIX) - 1;
	oak_out_buf(&buf);
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		sink.ops->begin_object(&sink);
		oak_put_string(&sink, "schema", "oakum.reportVerification/1");
		oak_put_string(&sink, "file", ctx->args[0]);
		oak_put_string(&sink, "mediaType", type);
		oak_put_int(&sink, "bytes", (int64_t)envelope->payload_n);
		oak_put_string(&sink, "keyid", keyid);
		sink.ops->end_object(&sink);
	} else {
		oak_buf_addf(&buf, "%s: good signature of key %.16s over %zu bytes of %s\n", ctx->args[0], keyid, envelope->payload_n, type);
	}
	return oak_out_end(&buf, &ctx->err);
}

static int run(struct oak_context *ctx)
{
	OAK_AUTO(keys_done) struct keys keys = {.n = 0};
	OAK_AUTO(oak_buf_done) struct oak_buf whole, beside;
	struct oak_dsse envelope = {0};
	const char *keyid = NULL, *out = oak_opt_text(ctx, "extract");
	oak_buf_init(&whole, (size_t)1 << 30);
	oak_buf_init(&beside, OAK_DSSE_MAX);
	if (load_keys(ctx, &keys) < 0 || find_envelope(ctx, ctx->args[0], &whole, &beside, &envelope) < 0 ||
	    check(ctx, &envelope, &keys, &keyid) < 0)
		return -1;
	if (out && oak_fs_write_atomic(out, envelope.payload, envelope.payload_n, 0644, &ctx->err) < 0)
		return -1;
	return say(ctx, &envelope, keyid);
}

static const struct oak_opt opts[] = {
	{"key", 0, OAK_OPT_LIST, "PEM", "a public key that may have signed it", OAK_OPT_NO_CONFIG},
	{"extract", 0, OAK_OPT_TEXT, "FILE", "write the signed report into this file once it is verified", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

const struct oak_cmd oak_cmd_report_verify = {
	.name = "report verify",
	.args = "FILE",
	.min_args = 1,
	.max_args = 1,
	.summary = "is a signed report as it was signed",
	.description = "FILE is what 'oakum report … --sign KEY' gave: an envelope (DSSE) with the report in it, or the report itself with\n"
		       "its envelope beside it as FILE.sig. Ends with 5 when a byte of it was changed or no given key signed it.",
	.opts = opts,
	.run = run,
};
