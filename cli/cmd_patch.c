/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum patch: scan, plan and apply in one, inside the window. */
#include <unistd.h>

#include "cli/session.h"
#include "cli/show.h"
#include "core/str.h"

enum { RUNS_LOOKED_AT = 100 };

static const struct oak_opt opts[] = {
	OAK_JUDGE_OPTS,
	OAK_PLAN_OPTS,
	OAK_SCAN_OPTS,
	{"window", 0, OAK_OPT_TEXT, "NAME|FILE", "only while this window is open, instead of the configured ones", 0},
	{"now", 0, OAK_OPT_FLAG, NULL, "whatever the windows say", OAK_OPT_NO_CONFIG},
	{"if-due", 0, OAK_OPT_FLAG, NULL, "for timers: do and record nothing unless a window is open in which nothing ran yet", OAK_OPT_NO_CONFIG},
	{"reboot", 0, OAK_OPT_TEXT, "never|if-needed|always", "boot afterwards (if-needed)", 0},
	{"download-only", 0, OAK_OPT_FLAG, NULL, "fetch what the plan needs, install nothing", 0},
	{"restart", 0, OAK_OPT_TEXT, "none|list|auto", "services that run old code: ignore, list, restart them (list)", 0},
	{"wait-lock", 0, OAK_OPT_TEXT, "DURATION", "wait so long for the package manager's locks (10m)", 0},
	{"aws-exit-codes", 0, OAK_OPT_FLAG, NULL, "end with 194, 195, 196, 2 and 16x as AWS documents do; the caller reboots", 0},
	{NULL, 0, 0, NULL, NULL, 0},
};

/* Not now: recorded, so that history tells of the night on which nothing happened. */
static int not_now(struct oak_session *s, enum oak_run_status status, const char *why)
{
	struct oak_context *ctx = s->ctx;
	int code = oak_session_not_run(s, status, why);
	if (code < 0)
		return -1;
	oak_note(&ctx->out, "%s: %s", oak_run_status_to_string(status), why);
	return ctx->out.format == OAK_OUT_TABLE ? code : oak_session_print(s, code);
}

static int dry_run(struct oak_session *s)
{
	struct oak_context *ctx = s->ctx;
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	oak_show_plan(ctx, s->plan.plan, &buf);
	return oak_out_end(&buf, &ctx->err) < 0 ? -1 : oak_scan_run_exit(&s->plan.scan);
}

/* A calendar that cannot be fetched, or is broken, may have closed the window: nothing starts, and history tells of the night. */
static int unknown_window(struct oak_session *s)
{
	const char *why = oak_window_gate_unknown(s->ctx);
	return why ? not_now(s, OAK_RUN_MISSED_WINDOW, why) : -1;
}

/* Paused, or closed: -2 = go on. */
static int ask_gate(struct oak_session *s)
{
	struct oak_context *ctx = s->ctx;
	struct oak_pause pause;
	if (oak_pause_find(ctx, s->node_id, oak_ctx_now(ctx), &pause)) {
		const char *until = oak_show_time(ctx->arena, pause.until);
		return not_now(s, OAK_RUN_SKIPPED, oak_arena_printf(ctx->arena, "paused until %s: %s", until ? until : "someone says otherwise", pause.reason));
	}
	s->gate.given = s->options.window;
	if (oak_window_gate_init(&s->gate, s->options.now || s->options.download_only) < 0)
		return unknown_window(s);
	if (!s->gate.any || s->gate.now.state == OAK_WINDOW_OPEN)
		return -2;
	return not_now(s, OAK_RUN_MISSED_WINDOW, oak_arena_printf(ctx->arena, "%s%s", s->gate.now.why, s->options.window ? "" : " (--now to do it all the same)"));
}

/* --if-due: 1 = a window is open, and no run began in this opening (but those that were turned away); 0 = nothing to do or tell. */
static int is_due(struct oak_session *s)
{
	struct oak_context *ctx = s->ctx;
	const struct oak_store_options options = {.dir = ctx->state_dir, .read_only = true, .now = oak_ctx_now(ctx)};
	OAK_AUTO(oak_store_close_p) struct oak_store *store = NULL;
	struct oak_window_gate gate = {.ctx = ctx, .given = s->options.window};
	struct oak_run_rows rows = {0};
	struct oak_error err = {0};
	if (oak_window_gate_init(&gate, false) < 0)
		return -1;
	if (!gate.any || gate.now.state != OAK_WINDOW_OPEN)
		return 0;
	oak_time opened = gate.now.closes - gate.now.window->duration;
	if (oak_store_open(&options, &store, &err) < 0)
		return err.kind == OAK_NOT_FOUND ? 1 : oak_fail(&ctx->err, err.kind, err.id, err.sys, "%s", err.cause);
	if (oak_store_list_runs(store, ctx->arena, s->node_id, RUNS_LOOKED_AT, &rows, &ctx->err) < 0)
		return -1;
	for (size_t i = 0; i < rows.list.n; i++) {
		const struct oak_run_row *r = &rows.list.v[i];
		bool away = oak_streq(r->status, "MISSED_WINDOW") || oak_streq(r->status, "SKIPPED");
		if (oak_streq(r->kind, "patch") && r->started_at >= opened && !away)
			return 0;
	}
	return 1;
}

static int patch(struct oak_session *s)
{
	struct oak_context *ctx = s->ctx;
	size_t unfinished = 0;
	oak_session_read_options(s);
	if (!ctx->dry_run && oak_session_recover(s, false, &unfinished) < 0)
		return -1;
	oak_session_read_options(s);
	int due = oak_opt_flag(ctx, "if-due") ? is_due(s) : 1;
	if (due < 1)
		return due;
	int code = ctx->dry_run ? -2 : ask_gate(s);
	if (code != -2)
		return code;
	s->plan.window = s->gate.name;
	s->plan.seconds_left = s->gate.seconds_left;
	if (oak_plan_run_make(ctx, OAK_INSTALL, &s->plan) < 0)
		return -1;
	oak_scan_run_warn(&s->plan.scan, s->plan.scan.verdict->problems.v, s->plan.scan.verdict->problems.n);
	oak_scan_run_warn(&s->plan.scan, s->plan.warnings.list.v, s->plan.warnings.list.n);
	if (ctx->dry_run)
		return dry_run(s);
	for (size_t i = 0; i < s->plan.warnings.list.n; i++)
		if (oak_streq(s->plan.warnings.list.v[i].kind, "override-rejected") && oak_ctx_audit(ctx, "patch.override", s->plan.warnings.list.v[i].subject, s->plan.warnings.list.v[i].detail) < 0)
			return -1;
	if (oak_session_begin(s, "patch", s->plan.plan) < 0)
		return -1;
	s->apply.fresh = true;
	code = oak_session_execute(s);
	return oak_session_print(s, code);
}

static int run(struct oak_context *ctx)
{
	OAK_AUTO(oak_session_done) struct oak_session session = {.lock = -1};
	if (oak_opt_text(ctx, "inventory"))
		return oak_fail(&ctx->err, OAK_INVALID, "patch.recorded", 0, "a recorded inventory cannot be patched (use 'oakum plan --inventory')");
	if (oak_ctx_check_rights(ctx) < 0)
		return -1;
	int code = oak_session_open(ctx, &session);
	if (code == 0)
		code = patch(&session);
	int aws = code < 0 && oak_opt_flag(ctx, "aws-exit-codes") ? oak_run_aws_error(ctx->err.id) : 0;
	if (aws) {
		char text[1100];
		oak_message("", oak_error_text(&ctx->err, text, sizeof(text)));
		return aws;
	}
	return code;
}

const struct oak_cmd oak_cmd_patch = {
	.name = "patch",
	.args = "",
	.summary = "install what is approved and missing",
	.description =
		"Scans, plans and applies. The host's own package manager does the work, with exact versions; held, phased and\n"
		"locked packages are left alone and nothing is removed. Before each batch the window, its cut-off, space, power and a\n"
		"stop signal are looked at; a batch that began is never cut. Afterwards the host is scanned again: success is what the\n"
		"scan says. Ends as SUCCESS or PENDING_REBOOT (0), PARTIAL or CUT_OFF (4), FAILED or INTERRUPTED (1), MISSED_WINDOW\n"
		"or SKIPPED (75).\n\n"
		"Hooks (configuration: hooks.preInstall, postInstall, preReboot, onExit) run at their points; a failing preInstall hook\n"
		"ends the run before anything is changed. With --root the system below that folder is patched, by its own package\n"
		"manager where it has one. 'oakum rollback RUN' goes back; 'oakum resume' ends what was interrupted.",
	.opts = opts,
	.flags = OAK_CMD_STORE | OAK_CMD_ROOT | OAK_CMD_CHANGES | OAK_CMD_GRACEFUL,
	.run = run,
};
