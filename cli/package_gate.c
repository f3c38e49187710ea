/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows, pauses and ids for package runs. */
#include "cli/package_gate.h"

#include "cli/journal.h"
#include "cli/show.h"
#include "cli/window_gate.h"
#include "core/system.h"
#include "distributor/patch/run.h"

int oak_package_gate_ask(struct oak_context *ctx, const char *node_id, enum oak_package_gate *ret, const char **ret_why)
{
	struct oak_window_gate gate = {.ctx = ctx, .given = oak_opt_text(ctx, "window"), .node_id = node_id};
	struct oak_pause pause;
	*ret = OAK_PACKAGE_GATE_OPEN;
	if (oak_pause_find(ctx, node_id, oak_ctx_now(ctx), &pause)) {
		const char *until = oak_show_time(ctx->arena, pause.until);
		*ret = OAK_PACKAGE_GATE_PAUSED;
		*ret_why = oak_arena_printf(ctx->arena, "paused until %s: %s", until ? until : "someone says otherwise", pause.reason);
		return 0;
	}
	if (oak_window_gate_init(&gate, oak_opt_flag(ctx, "now")) < 0)
		return -1;
	if (!gate.any || gate.now.state == OAK_WINDOW_OPEN)
		return 0;
	*ret = OAK_PACKAGE_GATE_CLOSED;
	*ret_why = oak_arena_printf(ctx->arena, "%s%s", gate.now.why, gate.given ? "" : " (--now to do it all the same)");
	return 0;
}

void oak_package_journal_entry(struct oak_context *ctx, const char *node_id, const char *run, const char *status)
{
	oak_journal_run(ctx, node_id, run, "package", status);
}

const char *oak_package_run_id(struct oak_context *ctx)
{
	unsigned random;
	oak_random_bytes(&random, sizeof(random));
	return oak_run_id_make(ctx->arena, oak_ctx_now(ctx), random);
}
