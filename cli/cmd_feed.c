/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum feed: import what distributions and others publish about vulnerabilities; list what is there and how old. */
#include <stdio.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "cli/show.h"
#include "cli/signers.h"
#include "core/fs.h"
#include "core/str.h"
#include "fleet/feed/feed.h"
#include "fleet/feed/signature.h"

static const char *feed_dir(struct oak_context *ctx)
{
	return oak_arena_printf(ctx->arena, "%s/feeds", ctx->state_dir);
}

static void put_info(struct oak_sink *sink, const struct oak_feed_info *f)
{
	sink->ops->begin_object(sink);
	oak_put_string(sink, "name", f->name);
	oak_put_string(sink, "file", f->file);
	oak_put_string_opt(sink, "sha256", f->sha256);
	oak_put_string_opt(sink, "signedBy", f->signed_by);
	oak_put_time(sink, "importedAt", f->imported_at);
	oak_put_time_opt(sink, "dataAt", f->data_at);
	oak_put_int(sink, "advisories", f->advisories);
	oak_put_int(sink, "packages", f->packages);
	oak_put_int(sink, "fixes", f->fixes);
	oak_put_int(sink, "marks", f->marks);
	sink->ops->end_object(sink);
}

static void put_rows(struct oak_context *ctx, const struct oak_feed_infos *feeds, struct oak_buf *buf)
{
	static const char *const headers[] = {"feed", "advisories", "packages", "fixes", "marks", "dataAt", "importedAt", "age", "signedBy"};
	struct oak_table *table = oak_table_new(&ctx->out, headers, 9);
	for (size_t i = 0; i < feeds->list.n; i++) {
		const struct oak_feed_info *f = &feeds->list.v[i];
		oak_table_cell(table, f->name);
		oak_table_cellf(table, "%lld", (long long)f->advisories);
		oak_table_cellf(table, "%lld", (long long)f->packages);
		oak_table_cellf(table, "%lld", (long long)f->fixes);
		oak_table_cellf(table, "%lld", (long long)f->marks);
		oak_table_cell(table, oak_show_time(ctx->arena, f->data_at));
		oak_table_cell(table, oak_show_time(ctx->arena, f->imported_at));
		oak_table_cell(table, oak_show_age(ctx->arena, f->imported_at, oak_ctx_now(ctx)));
		oak_table_cell(table, f->signed_by);
	}
	oak_table_print(table, buf);
}

static int print(struct oak_context *ctx, const struct oak_feed_infos *feeds)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	oak_out_buf(&buf);
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		sink.ops->begin_object(&sink);
		oak_put_string(&sink, "schema", "oakum.feeds/1");
		oak_put_begin_array(&sink, "feeds");
		for (size_t i = 0; i < feeds->list.n; i++)
			put_info(&sink, &feeds->list.v[i]);
		oak_put_end_array(&sink);
		sink.ops->end_object(&sink);
	} else if (feeds->list.n || ctx->out.format != OAK_OUT_TABLE) {
		put_rows(ctx, feeds, &buf);
	} else {
		oak_buf_adds(&buf, "no feeds are imported (see 'oakum feed import --help')\n");
	}
	return oak_out_end(&buf, &ctx->err);
}

enum { KEYS_MAX = 32 };
struct keys {
	struct oak_key *v[KEYS_MAX];
	size_t n;
};

static void keys_done(struct keys *keys)
{
	for (size_t i = 0; i < keys->n; i++)
		oak_key_free(keys->v[i]);
}

/* With --key the file must be signed by one of them; *ret_keyid NULL without. */
static int check_signature(struct oak_context *ctx, const char *path, struct keys *keys, const char **ret_keyid)
{
	const char *const *files;
	size_t n = oak_opt_list(ctx, "key", &files);
	*ret_keyid = NULL;
	if (!n)
		return 0;
	if (n > KEYS_MAX)
		return oak_fail(&ctx->err, OAK_INVALID, "feed.signature", 0, "more than %d keys", KEYS_MAX);
	for (size_t i = 0; i < n; i++) {
		keys->v[keys->n] = oak_key_load(files[i], &ctx->err);
		if (!keys->v[keys->n])
			return -1;
		keys->n++;
	}
	return oak_feed_verify(path, (const struct oak_key *const *)keys->v, keys->n, ret_keyid, &ctx->err);
}

/* A feed is read more than once: standard input is put into a file first, at most one byte more than a feed may have. */
static int spool(struct oak_context *ctx, const char *path)
{
	FILE *file = oak_fs_mkdirs(feed_dir(ctx), 0755, &ctx->err) < 0 ? NULL : fopen(path, "wbxe");
	int64_t left = OAK_FEED_TOTAL_MAX + (int64_t)1;
	char block[65536];
	size_t n;

	if (!file)
		return ctx->err.id ? -1 : oak_fail_errno(&ctx->err, "file.write", "cannot write '%s'", path);
	while (left > 0 && !oak_stop_signal && (n = fread(block, 1, sizeof(block), stdin)) > 0 && fwrite(block, 1, n, file) == n)
		left -= (int64_t)n;
	bool failed = ferror(file) != 0;
	if (fclose(file) != 0 || failed)
		return oak_fail_errno(&ctx->err, "file.write", "cannot write '%s'", path);
	return ferror(stdin) ? oak_fail_errno(&ctx->err, "file.read", "cannot read 'standard input'") : 0;
}

static int import_feeds(struct oak_context *ctx, struct oak_feed_import *import, struct oak_feed_infos *feeds)
{
	if (!oak_streq(import->path, "-"))
		return oak_feed_import(import, ctx->arena, feeds, &ctx->err);
	import->said = "standard input";
	import->path = oak_arena_printf(ctx->arena, "%s/standard-input-%ld", feed_dir(ctx), (long)getpid());
	unlink(import->path); /* of a killed process that had our number */
	int rc = spool(ctx, import->path);
	if (rc == 0)
		rc = oak_feed_import(import, ctx->arena, feeds, &ctx->err);
	unlink(import->path);
	return rc;
}

static int run_import(struct oak_context *ctx)
{
	OAK_AUTO(keys_done) struct keys keys = {.n = 0};
	struct oak_feed_infos feeds = {0};
	struct oak_feed_import import = {.dir = feed_dir(ctx), .path = ctx->args[0], .add = oak_opt_flag(ctx, "add"),
					 .check_only = ctx->dry_run, .now = oak_ctx_now(ctx), .stop = &oak_stop_signal};
	if (check_signature(ctx, import.path, &keys, &import.signed_by) < 0 ||
	    import_feeds(ctx, &import, &feeds) < 0) {
		if (ctx->err.kind == OAK_NOT_FOUND && !import.said && !oak_fs_exists(import.path))
			ctx->err.kind = OAK_INVALID; /* an argument that is wrong, as with every other FILE */
		return -1;
	}
	return print(ctx, &feeds);
}

static int run_list(struct oak_context *ctx)
{
	struct oak_feed_infos feeds = {0};
	if (oak_feed_list(feed_dir(ctx), ctx->arena, &feeds, &ctx->err) < 0)
		return -1;
	return print(ctx, &feeds);
}

static int run_sign(struct oak_context *ctx)
{
	const char *key = oak_opt_text(ctx, "key");
	if (!key)
		return oak_fail(&ctx->err, OAK_INVALID, "feed.signature", 0, "no key to sign with (give --key FILE)");
	OAK_AUTO(oak_signer_free_p) struct oak_signer *signer = oak_signer_named(ctx, key);
	if (!signer)
		return -1;
	return ctx->dry_run ? 0 : oak_feed_sign(ctx->args[0], signer, oak_ctx_now(ctx), &ctx->err);
}

static const struct oak_opt import_opts[] = {
	{"add", 0, OAK_OPT_FLAG, NULL, "keep what is imported already; an advisory of the same id is replaced", 0},
	{"key", 0, OAK_OPT_LIST, "PEM", "FILE.sig must be a signature by one of these public keys", 0},
	{NULL, 0, 0, NULL, NULL, 0},
};

static const struct oak_opt sign_opts[] = {
	{"key", 0, OAK_OPT_TEXT, "FILE|pkcs11:URI|cmd:PATH", "private key to sign with", OAK_OPT_NO_CONFIG},
	{"passphrase-file", 0, OAK_OPT_TEXT, "FILE", "file with the key's passphrase", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

const struct oak_cmd oak_cmd_feed_import = {
	.name = "feed import",
	.args = "FILE",
	.min_args = 1,
	.max_args = 1,
	.summary = "import advisories, CVEs and marks from a file, folder or archive",
	.description =
		"Reads the Debian security tracker's JSON, DSA and DLA lists, Ubuntu notices, CVEs and the USN database, OSV\n"
		"documents, CISA's list of known exploited vulnerabilities and EPSS scores: found out from what they hold, plain,\n"
		"compressed, in a folder or together in one archive. Verdicts then carry their advisories, severities and CVEs.\n\n"
		"A feed replaces its former self; all that a file holds is imported, or nothing. A file of more than 1 GiB is\n"
		"refused. Nothing is fetched: bring the file as your network allows, signed if you like ('oakum feed sign').",
	.opts = import_opts,
	.flags = OAK_CMD_CHANGES | OAK_CMD_GRACEFUL,
	.run = run_import,
};

const struct oak_cmd oak_cmd_feed_list = {
	.name = "feed list",
	.args = "",
	.summary = "feeds that are imported, and how old they are",
	.description = "One row a feed: how much it holds, of when its data is, when it was imported and by whom it was signed.",
	.run = run_list,
};

const struct oak_cmd oak_cmd_feed_sign = {
	.name = "feed sign",
	.args = "FILE",
	.min_args = 1,
	.max_args = 1,
	.summary = "sign a file of feeds that is carried into another network",
	.description = "Writes FILE.sig beside FILE. 'oakum feed import FILE --key PEM' on the other side takes nothing else.",
	.opts = sign_opts,
	.flags = OAK_CMD_CHANGES,
	.run = run_sign,
};
