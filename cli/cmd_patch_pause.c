/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum patch pause: no patch run begins here until an instant. */
#include "cli/cmd.h"
#include "cli/node.h"
#include "cli/show.h"
#include "cli/window_gate.h"

static const struct oak_opt opts[] = {
	{"until", 0, OAK_OPT_TEXT, "TIME", "when the pause ends; an instant that is past ends it now", OAK_OPT_NO_CONFIG},
	{"reason", 0, OAK_OPT_TEXT, "TEXT", "why, for those who read the history", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

static int run(struct oak_context *ctx)
{
	struct oak_pause pause = {.until = oak_opt_time(ctx, "until", OAK_TIME_NONE), .reason = oak_opt_text(ctx, "reason"), .at = oak_ctx_now(ctx)};
	const char *node_id;
	if (pause.until == OAK_TIME_NONE || !pause.reason)
		return oak_fail(&ctx->err, OAK_INVALID, "patch.pause", 0, "a pause needs an end and a reason (give --until TIME --reason TEXT)");
	if (oak_node_id(ctx, &node_id) < 0)
		return -1;
	const char *until = oak_show_time(ctx->arena, pause.until);
	if (ctx->dry_run) {
		oak_note(&ctx->out, "would pause patch runs until %s", until);
		return 0;
	}
	if (oak_ctx_audit(ctx, "patch.pause", node_id, oak_arena_printf(ctx->arena, "until %s: %s", until, pause.reason)) < 0 ||
	    oak_pause_save(ctx, node_id, &pause) < 0)
		return -1;
	if (pause.until <= oak_ctx_now(ctx))
		oak_note(&ctx->out, "patch runs are not paused any more");
	else
		oak_note(&ctx->out, "no patch run begins before %s: %s", until, pause.reason);
	return 0;
}

const struct oak_cmd oak_cmd_patch_pause = {
	.name = "patch pause",
	.args = "",
	.summary = "let no patch run begin here until an instant",
	.description = "Runs that are due meanwhile end as SKIPPED (75) and say why. A run that works finishes its batch and stops before the\n"
		       "next. A pause with an end that is past lifts the one before.",
	.opts = opts,
	.flags = OAK_CMD_ROOT | OAK_CMD_CHANGES,
	.run = run,
};
