/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum apply: carry out a plan that was made before, if the host is still the one it was made for. */
#include <unistd.h>

#include "cli/session.h"
#include "cli/show.h"
#include "core/str.h"
#include "core/trustfile.h"

enum { DEFAULT_MAX_AGE = 24 * 3600, SHOWN = 10 };

static const struct oak_opt opts[] = {
	{"baseline", 'b', OAK_OPT_TEXT, "NAME|FILE", "judge the scan afterwards by this baseline", 0},
	{"window", 0, OAK_OPT_TEXT, "NAME|FILE", "only while this window is open, instead of the configured ones", 0},
	{"now", 0, OAK_OPT_FLAG, NULL, "whatever the windows say", OAK_OPT_NO_CONFIG},
	{"reboot", 0, OAK_OPT_TEXT, "never|if-needed|always", "boot afterwards (if-needed)", 0},
	{"download-only", 0, OAK_OPT_FLAG, NULL, "fetch what the plan needs, install nothing", 0},
	{"restart", 0, OAK_OPT_TEXT, "none|list|auto", "services that run old code: ignore, list, restart them (list)", 0},
	{"wait-lock", 0, OAK_OPT_TEXT, "DURATION", "wait so long for the package manager's locks (10m)", 0},
	{"conffiles", 0, OAK_OPT_TEXT, "keep|new", "changed configuration files: keep yours, or take the package's (keep)", 0},
	{"aws-exit-codes", 0, OAK_OPT_FLAG, NULL, "end with 194, 195, 196 and 2 as AWS documents do; the caller reboots", 0},
	{NULL, 0, 0, NULL, NULL, 0},
};

static int load_plan(struct oak_context *ctx, const char *file, struct oak_plan **ret)
{
	const struct oak_value *doc;
	if (oak_streq(file, "-"))
		return oak_fail(&ctx->err, OAK_INVALID, "plan.stdin", 0, "a plan is carried out from a file only, whose owner can be checked");
	if (oak_trust_check(file, &ctx->err) < 0) {
		if (ctx->err.kind == OAK_NOT_FOUND)
			ctx->err.kind = OAK_INVALID;
		return oak_context(&ctx->err, "plan");
	}
	if (oak_input_load(ctx, file, OAK_PLAN_MAX, &doc) < 0)
		return -1;
	return oak_plan_parse(ctx->arena, doc, file, ret, &ctx->err);
}

static int check_age(struct oak_context *ctx, const struct oak_plan *plan)
{
	const char *text = oak_config_text(ctx, "runs.planMaxAge");
	int64_t most = DEFAULT_MAX_AGE;
	char then[OAK_TIME_TEXT];
	if (text)
		oak_duration_parse(text, &most);
	int64_t age = oak_ctx_now(ctx) - plan->created_at;
	if (age > most)
		return oak_fail(&ctx->err, OAK_CONFLICT, "plan.too-old", 0, "the plan is of %s, too old to be carried out (run 'oakum plan' again)",
				oak_time_format(plan->created_at, then));
	if (age < -300)
		return oak_fail(&ctx->err, OAK_CONFLICT, "plan.from-future", 0, "the plan is of %s, which is to come (look at the clock)",
				oak_time_format(plan->created_at, then));
	return 0;
}

static int check_moved(struct oak_context *ctx, const struct oak_plan *old, const struct oak_plan *now)
{
	struct oak_plan_changes changes = {0};
	if (oak_streq(old->digest, now->digest))
		return 0;
	oak_plan_compare(ctx->arena, old, now, &changes);
	for (size_t i = 0; i < changes.lines.n && i < SHOWN; i++)
		oak_note(&ctx->out, "%s", changes.lines.v[i]);
	return oak_fail(&ctx->err, OAK_CONFLICT, "plan.moved", 0, "the host has moved on since the plan was made: %s%s (run 'oakum plan' again)",
			changes.lines.n ? changes.lines.v[0] : "something else", changes.lines.n > 1 ? ", and more" : "");
}

static int not_now(struct oak_session *s)
{
	struct oak_context *ctx = s->ctx;
	enum oak_apply_gate gate = OAK_APPLY_CUT_OFF;
	const char *why = NULL;
	s->gate.given = s->options.window;
	if (oak_window_gate_init(&s->gate, s->options.now || s->options.download_only) == 0)
		gate = oak_window_gate_ask(&s->gate, ctx->arena, 0, &why);
	else if (!(why = oak_window_gate_unknown(ctx)))
		return -1;
	if (gate == OAK_APPLY_OPEN)
		return -2;
	int code = oak_session_not_run(s, gate == OAK_APPLY_CUT_OFF ? OAK_RUN_MISSED_WINDOW : OAK_RUN_SKIPPED, why);
	if (code >= 0)
		oak_note(&ctx->out, "%s: %s", oak_run_status_to_string(s->run.status), why);
	return code < 0 || ctx->out.format == OAK_OUT_TABLE ? code : oak_session_print(s, code);
}

/* What would be done, as 'oakum patch --dry-run' shows it. */
static int dry_run(struct oak_context *ctx, const struct oak_plan *plan)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	oak_show_plan(ctx, plan, &buf);
	oak_note(&ctx->out, "the plan still fits; %zu actions would be done", plan->actions.n);
	return oak_out_end(&buf, &ctx->err);
}

static int apply(struct oak_session *s, struct oak_plan *plan)
{
	struct oak_context *ctx = s->ctx;
	size_t unfinished = 0;
	if (!oak_streq(plan->node_id, s->node_id))
		return oak_fail(&ctx->err, OAK_CONFLICT, "plan.other-node", 0, "the plan is for '%s' (%s), not for this one, %s",
				plan->node_name ? plan->node_name : "", plan->node_id, s->node_id);
	if (!ctx->dry_run && oak_session_recover(s, false, &unfinished) < 0)
		return -1;
	oak_session_read_options(s);
	int code = ctx->dry_run ? -2 : not_now(s);
	if (code != -2)
		return code;
	if (oak_plan_run_again(ctx, plan, &s->plan) < 0 || check_moved(ctx, plan, s->plan.plan) < 0)
		return -1;
	if (ctx->dry_run)
		return dry_run(ctx, plan);
	s->options.judge_by_actions = !oak_streq(oak_baseline_digest(ctx->arena, s->plan.scan.chosen.baseline), plan->baseline_digest);
	if (oak_session_begin(s, "patch", plan) < 0)
		return -1;
	s->apply.fresh = true;
	code = oak_session_execute(s);
	return oak_session_print(s, code);
}

static int run(struct oak_context *ctx)
{
	struct oak_plan *plan;
	if (load_plan(ctx, ctx->args[0], &plan) < 0 || check_age(ctx, plan) < 0)
		return -1;
	if (oak_ctx_check_rights(ctx) < 0)
		return -1;
	OAK_AUTO(oak_session_done) struct oak_session session = {.lock = -1};
	return oak_session_open(ctx, &session) < 0 ? -1 : apply(&session, plan);
}

const struct oak_cmd oak_cmd_apply = {
	.name = "apply",
	.args = "PLAN",
	.min_args = 1,
	.max_args = 1,
	.summary = "carry out a plan, if the host is still the one it was made for",
	.description =
		"PLAN is what 'oakum plan -o json' printed, in a file that belongs to root or the caller and that nobody else can\n"
		"write. The transaction is computed again and compared: when it differs, nothing is done and the differences are said.\n"
		"A plan of another node, changed by hand, or older than runs.planMaxAge (24h) is refused. Then as 'oakum patch'.",
	.opts = opts,
	.flags = OAK_CMD_STORE | OAK_CMD_ROOT | OAK_CMD_CHANGES | OAK_CMD_GRACEFUL,
	.run = run,
};
