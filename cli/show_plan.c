/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan as a person reads it: what would be done, what not and why, what follows. */
#include <stdio.h>

#include "cli/plan_run.h"
#include "cli/show.h"

static const char *bytes(struct oak_arena *arena, int64_t n)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	double value = n < 0 ? -(double)n : (double)n;
	size_t unit = 0;
	while (value >= 1000 && unit < 4) {
		value /= 1000;
		unit++;
	}
	return oak_arena_printf(arena, unit && value < 10 ? "%s%.1f %s" : "%s%.0f %s", n < 0 ? "-" : "", value, units[unit]);
}

static void actions_table(struct oak_context *ctx, const struct oak_plan *plan, struct oak_buf *buf)
{
	static const char *const headers[] = {"patch", "kind", "from", "to", "size", "batch", "undo", "reason"};
	struct oak_table *t = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
	bool csv = ctx->out.format == OAK_OUT_CSV;
	for (size_t i = 0; i < plan->actions.n; i++) {
		const struct oak_plan_action *a = &plan->actions.v[i];
		oak_table_cell(t, a->patch);
		oak_table_cell(t, oak_action_kind_to_string(a->kind));
		oak_table_cell(t, a->from);
		oak_table_cell(t, a->to);
		if (csv)
			oak_table_cellf(t, "%lld", (long long)a->size);
		else
			oak_table_cell(t, bytes(ctx->arena, a->size));
		oak_table_cellf(t, "%d", a->batch);
		oak_table_cell(t, a->reversible ? a->undo : "not reversible");
		oak_table_cell(t, a->reason);
	}
	oak_table_print(t, buf);
}

static void refused_table(struct oak_context *ctx, const struct oak_plan *plan, struct oak_buf *buf)
{
	static const char *const headers[] = {"refused", "reason", "detail"};
	struct oak_table *t = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
	for (size_t i = 0; i < plan->refused.n; i++) {
		oak_table_cell(t, plan->refused.v[i].patch);
		oak_table_cell(t, plan->refused.v[i].reason);
		oak_table_cell(t, plan->refused.v[i].detail);
	}
	oak_buf_adds(buf, "\n");
	oak_table_print(t, buf);
}

static void consequences(struct oak_context *ctx, const struct oak_plan *plan, struct oak_buf *buf)
{
	char duration[OAK_DURATION_TEXT];
	size_t irreversible = 0;
	for (size_t i = 0; i < plan->actions.n; i++)
		irreversible += !plan->actions.v[i].reversible;
	oak_buf_addf(buf, "\n%zu actions in %d %s, %s to download, %s on disk, about %s\n", plan->actions.n, oak_plan_batches(plan),
		     oak_plan_batches(plan) == 1 ? "batch" : "batches", bytes(ctx->arena, plan->download_bytes),
		     bytes(ctx->arena, plan->disk_bytes), oak_duration_format(plan->seconds, duration));
	if (irreversible)
		oak_buf_addf(buf, "%zu of them cannot be undone\n", irreversible);
	for (size_t i = 0; i < plan->actions.n; i++)
		if (!plan->actions.v[i].reversible)
			oak_buf_addf(buf, "  %s: %s\n", plan->actions.v[i].patch, plan->actions.v[i].undo ? plan->actions.v[i].undo : "no reason was given");
	for (size_t i = 0; i < plan->disk.n; i++)
		if (plan->disk.v[i].needs > plan->disk.v[i].available)
			oak_buf_addf(buf, "not enough space on %s: %s needed, %s free\n", plan->disk.v[i].path,
				     bytes(ctx->arena, plan->disk.v[i].needs), bytes(ctx->arena, plan->disk.v[i].available));
	oak_buf_addf(buf, "reboot: %s\n", plan->reboot_forecast ? "will be needed" : "not expected");
	for (size_t i = 0; i < plan->reboot_reasons.n; i++)
		oak_buf_addf(buf, "  %s\n", plan->reboot_reasons.v[i]);
	for (size_t i = 0; i < plan->restarts.n; i++)
		oak_buf_addf(buf, "restart: %s (%s)\n", plan->restarts.v[i].unit, plan->restarts.v[i].reason);
}

void oak_show_plan(struct oak_context *ctx, const struct oak_plan *plan, struct oak_buf *buf)
{
	struct oak_sink sink;
	if (oak_out_document(&ctx->out, &sink, buf)) {
		oak_plan_format(plan, &sink);
		return;
	}
	if (ctx->out.format == OAK_OUT_CSV) {
		actions_table(ctx, plan, buf);
		return;
	}
	oak_buf_addf(buf, "plan for %s by baseline '%s'%s%s\n", plan->node_name ? plan->node_name : plan->node_id,
		     plan->baseline_name ? plan->baseline_name : "-", plan->snapshot ? ", snapshot " : "", plan->snapshot ? plan->snapshot : "");
	if (!plan->actions.n) {
		oak_buf_adds(buf, "nothing to do\n");
	} else {
		oak_buf_adds(buf, "\n");
		actions_table(ctx, plan, buf);
	}
	if (plan->refused.n)
		refused_table(ctx, plan, buf);
	if (plan->actions.n)
		consequences(ctx, plan, buf);
}
