/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum plan: exactly what a patch run would do here, and what not, without doing it. */
#include "cli/plan_run.h"
#include "cli/window_gate.h"

static const struct oak_opt opts[] = {
	OAK_JUDGE_OPTS,
	OAK_PLAN_OPTS,
	OAK_SCAN_OPTS,
	{"window", 0, OAK_OPT_TEXT, "NAME|FILE", "plan for what is left of this window, or for its next opening", 0},
	{NULL, 0, 0, NULL, NULL, 0},
};

/* What the plan must fit into: what is left of the window that is open, else the whole of the one that opens next. */
static int find_window(struct oak_context *ctx, struct oak_plan_run *plan)
{
	struct oak_window_gate gate = {.ctx = ctx, .given = oak_opt_text(ctx, "window")};
	if (oak_window_gate_init(&gate, false) < 0) {
		const char *why = oak_window_gate_unknown(ctx);
		if (!why)
			return -1;
		oak_warn(&ctx->out, "%s", why);
		return 0;
	}
	plan->window = gate.name;
	plan->seconds_left = gate.seconds_left;
	if (gate.name || !gate.any || !gate.now.window)
		return 0;
	if (gate.given)
		oak_note(&ctx->out, "%s", gate.now.why);
	if (gate.now.next == OAK_TIME_NEVER)
		return 0;
	plan->window = gate.now.window->name;
	plan->seconds_left = gate.now.window->duration;
	return 0;
}

static int run(struct oak_context *ctx)
{
	OAK_AUTO(oak_plan_run_done) struct oak_plan_run plan = {0};
	if (find_window(ctx, &plan) < 0 || oak_plan_run_make(ctx, OAK_SCAN, &plan) < 0)
		return -1;
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	oak_show_plan(ctx, plan.plan, &buf);
	oak_scan_run_warn(&plan.scan, plan.scan.verdict->problems.v, plan.scan.verdict->problems.n);
	oak_scan_run_warn(&plan.scan, plan.warnings.list.v, plan.warnings.list.n);
	if (oak_out_end(&buf, &ctx->err) < 0)
		return -1;
	return oak_scan_run_exit(&plan.scan);
}

const struct oak_cmd oak_cmd_plan = {
	.name = "plan",
	.args = "",
	.summary = "exactly what a patch run would do here",
	.description =
		"Scans, judges, and asks the host's own solver for the transaction: every action with its size, its reason and the\n"
		"way back, what is pulled in besides, what is refused and why, space, services to restart, a reboot forecast.\n"
		"Nothing is changed. With -o json the plan is a document that 'oakum apply' carries out if the host is still the same.\n\n"
		"Nothing is removed that nobody asked to remove: an update that would is refused. Held, phased and locked packages are\n"
		"left alone and listed. --override-list takes AWS's YAML: exactly those updates of installed packages, whatever the\n"
		"rules say. --snapshot takes a frozen set of approved updates instead of the rules.",
	.opts = opts,
	.flags = OAK_CMD_STORE | OAK_CMD_ROOT,
	.run = run,
};
