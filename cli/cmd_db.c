/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum db: care of the state database. */
#include "cli/cmd.h"
#include "cli/show.h"
#include "fleet/store/store.h"

static int open_store(struct oak_context *ctx, bool write, struct oak_store **ret)
{
	const struct oak_store_options options = {.dir = ctx->state_dir, .read_only = !write, .now = oak_ctx_now(ctx)};
	return oak_store_open(&options, ret, &ctx->err);
}

static void check_document(struct oak_sink *sink, const char *path, const struct oak_problems *found)
{
	sink->ops->begin_object(sink);
	oak_put_string(sink, "schema", "oakum.dbCheck/1");
	oak_put_string(sink, "path", path);
	oak_put_bool(sink, "sound", found->list.n == 0);
	oak_put_begin_array(sink, "problems");
	for (size_t i = 0; i < found->list.n; i++)
		sink->ops->string(sink, found->list.v[i].detail);
	oak_put_end_array(sink);
	sink->ops->end_object(sink);
}

static void check_rows(struct oak_context *ctx, const char *path, const struct oak_problems *found, struct oak_buf *buf)
{
	static const char *const headers[] = {"database", "problem"};
	if (!found->list.n && ctx->out.format == OAK_OUT_TABLE) {
		oak_buf_addf(buf, "%s is sound\n", path);
		return;
	}
	struct oak_table *table = oak_table_new(&ctx->out, headers, 2);
	for (size_t i = 0; i < found->list.n; i++) {
		oak_table_cell(table, path);
		oak_table_cell(table, found->list.v[i].detail);
	}
	oak_table_print(table, buf);
}

static int run_check(struct oak_context *ctx)
{
	OAK_AUTO(oak_store_close_p) struct oak_store *store = NULL;
	struct oak_problems found = {0};
	if (open_store(ctx, false, &store) < 0 || oak_store_check(store, ctx->arena, &found, &ctx->err) < 0)
		return -1;
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	struct oak_sink sink;
	if (oak_out_document(&ctx->out, &sink, &buf))
		check_document(&sink, oak_store_path(store), &found);
	else
		check_rows(ctx, oak_store_path(store), &found, &buf);
	return oak_out_end(&buf, &ctx->err) < 0 ? -1 : found.list.n > 0;
}

static int run_vacuum(struct oak_context *ctx)
{
	OAK_AUTO(oak_store_close_p) struct oak_store *store = NULL;
	struct oak_store_prune pruned = {0};
	int64_t before = 0, after = 0, keep = oak_opt_duration(ctx, "older-than", 0);
	if (open_store(ctx, !ctx->dry_run, &store) < 0)
		return -1;
	if (ctx->dry_run)
		return 0;
	if (keep && oak_store_prune(store, oak_ctx_now(ctx) - keep, &pruned, &ctx->err) < 0)
		return -1;
	if (oak_store_vacuum(store, &before, &after, &ctx->err) < 0)
		return -1;
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	struct oak_sink sink;
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		sink.ops->begin_object(&sink);
		oak_put_string(&sink, "schema", "oakum.dbVacuum/1");
		oak_put_string(&sink, "path", oak_store_path(store));
		oak_put_int(&sink, "bytesBefore", before);
		oak_put_int(&sink, "bytesAfter", after);
		oak_put_int(&sink, "scansRemoved", (int64_t)pruned.scans);
		sink.ops->end_object(&sink);
	} else {
		oak_buf_addf(&buf, "%s: %lld bytes, %lld before; %zu scans forgotten\n", oak_store_path(store),
			     (long long)after, (long long)before, pruned.scans);
	}
	return oak_out_end(&buf, &ctx->err);
}

static const struct oak_opt vacuum_opts[] = {
	{"older-than", 0, OAK_OPT_TEXT, "DURATION", "first forget scans and runs older than this", 0},
	{NULL, 0, 0, NULL, NULL, 0},
};

const struct oak_cmd oak_cmd_db_check = {
	.name = "db check",
	.args = "",
	.summary = "is the state database sound",
	.description = "Reads the whole state database and compares it with its own rules. Ends with 1 when something is\n"
		       "wrong. A damaged database is never deleted: the next command that writes puts it aside under another name.",
	.flags = OAK_CMD_STORE,
	.run = run_check,
};

const struct oak_cmd oak_cmd_db_vacuum = {
	.name = "db vacuum",
	.args = "",
	.summary = "give unused space of the state database back",
	.description = "Rewrites the state database without its unused pages. With --older-than old scans, runs and ended\n"
		       "intervals are forgotten first; the newest scan of each node always stays.",
	.opts = vacuum_opts,
	.flags = OAK_CMD_STORE | OAK_CMD_CHANGES,
	.run = run_vacuum,
};
