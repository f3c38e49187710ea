/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum repo gc: remove what no snapshot that is kept names any more. */
#include "cli/cmd.h"
#include "repo/gc.h"

static const struct oak_opt opts[] = {
	{"keep", 0, OAK_OPT_TEXT, "COUNT", "how many of the last snapshots stay whole (default 10)", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

static int run(struct oak_context *ctx)
{
	struct oak_repo repo;
	struct oak_repo_garbage found;
	int64_t keep = oak_opt_count(ctx, "keep", OAK_REPO_SNAPSHOTS_KEPT);
	if (oak_repo_open(ctx->arena, ctx->args[0], true, &repo, &ctx->err) < 0)
		return -1;
	int result = oak_repo_collect(&repo, keep < 1 ? 1 : keep > 1000000 ? 1000000 : (int)keep, ctx->dry_run, &found, &ctx->err);
	oak_repo_done(&repo);
	if (result < 0)
		return -1;
	OAK_AUTO(oak_buf_done) struct oak_buf buf = {0};
	struct oak_sink sink;
	oak_out_buf(&buf);
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		sink.ops->begin_object(&sink);
		oak_put_string(&sink, "schema", "oakum.garbage/1");
		oak_put_int(&sink, "metadata", (int64_t)found.metadata);
		oak_put_int(&sink, "targets", (int64_t)found.targets);
		oak_put_int(&sink, "bytes", found.bytes);
		sink.ops->end_object(&sink);
	} else {
		oak_buf_addf(&buf, "%s: %zu metadata files, %zu targets, %lld bytes\n", ctx->dry_run ? "would remove" : "removed",
			     found.metadata, found.targets, (long long)found.bytes);
	}
	return oak_out_end(&buf, &ctx->err);
}

const struct oak_cmd oak_cmd_repo_gc = {
	.name = "repo gc",
	.args = "DIR",
	.min_args = 1,
	.max_args = 1,
	.summary = "remove files that no kept snapshot names any more",
	.description = "Everything that the last --keep snapshots reach stays, and so do all roots and what waits to be published.",
	.opts = opts,
	.flags = OAK_CMD_CHANGES,
	.run = run,
};
