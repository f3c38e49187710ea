/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum report import: collected verdicts and runs into the state database. */
#include "cli/report.h"

static int run(struct oak_context *ctx)
{
	const struct oak_store_options options = {.dir = ctx->state_dir, .read_only = ctx->dry_run, .now = oak_ctx_now(ctx)};
	OAK_AUTO(oak_store_close_p) struct oak_store *store = NULL;
	OAK_AUTO(oak_buf_done) struct oak_buf buf = {0};
	struct oak_report_imported got;
	struct oak_sink sink;
	enum { EXIT_PARTLY = 4 };
	struct oak_error err = {0};
	if (oak_store_open(&options, &store, &err) < 0 && !(ctx->dry_run && err.kind == OAK_NOT_FOUND)) {
		ctx->err = err;
		return -1;
	}
	if (oak_report_import(ctx, ctx->args[0], store, &got) < 0)
		return -1;
	oak_out_buf(&buf);
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		sink.ops->begin_object(&sink);
		oak_put_string(&sink, "schema", "oakum.reportImport/1");
		oak_put_int(&sink, "verdicts", (int64_t)got.verdicts);
		oak_put_int(&sink, "known", (int64_t)got.known);
		oak_put_int(&sink, "runs", (int64_t)got.runs);
		oak_put_int(&sink, "unreadable", (int64_t)got.unreadable);
		sink.ops->end_object(&sink);
	} else {
		oak_buf_addf(&buf, "%zu verdicts and %zu runs imported, %zu verdicts known already or older than what is known\n", got.verdicts,
			     got.runs, got.known);
	}
	if (oak_out_end(&buf, &ctx->err) < 0)
		return -1;
	return got.unreadable ? EXIT_PARTLY : 0;
}

const struct oak_cmd oak_cmd_report_import = {
	.name = "report import",
	.args = "DIR",
	.min_args = 1,
	.max_args = 1,
	.summary = "put collected verdicts and runs into the state database",
	.description = "Reads every verdict (oakum.verdict/1) and run (oakum.run/1) below DIR into the state database, oldest first, so that\n"
		       "reports on a fleet need no folder and have a history. What is known already is left alone: importing the same\n"
		       "folder again changes nothing. A file that cannot be read is named, and the exit code is 4.",
	.flags = OAK_CMD_STORE | OAK_CMD_CHANGES | OAK_CMD_GRACEFUL,
	.run = run,
};
