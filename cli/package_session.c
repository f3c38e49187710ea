/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A package run from the command's side. */
#include "cli/package_session.h"

#include "cli/node.h"
#include "cli/notify.h"
#include "cli/package_dir.h"
#include "cli/package_gate.h"
#include "cli/recovery.h"
#include "core/fault.h"
#include "core/fs.h"
#include "core/lock.h"
#include "core/str.h"
#include "distributor/package/engine.h"
#include "fleet/store/store.h"
#include "scanners/host.h"

enum { DOCUMENT_MAX = 64 * 1024 * 1024 };

static void note(void *arg, const char *text)
{
	struct oak_context *ctx = arg;
	oak_note(&ctx->out, "%s", text);
}

static void override(const char **at, const char *given)
{
	if (given)
		*at = given;
}

static int detect_host(struct oak_package_session *s)
{
	struct oak_context *ctx = s->ctx;
	struct oak_package_host *h = &s->job.host;
	const char *platform = oak_opt_text(ctx, "platform"), *arch = oak_opt_text(ctx, "arch");
	struct oak_error err = {.kind = OAK_OK};
	if (oak_package_host_detect(ctx->arena, ctx->root, h, &err) < 0) {
		/* an empty folder as root: packages for any system can still be installed there */
		*h = (struct oak_package_host){.platform = "_unknown", .version = "", .arch = oak_package_arch(oak_host_arch(ctx->arena)), .family = "",
						 .package_manager = "", .init_system = ""};
	}
	override(&h->platform, platform);
	override(&h->version, oak_opt_text(ctx, "platform-version"));
	override(&h->arch, arch ? oak_package_arch(arch) : NULL);
	return 0;
}

/* What runs that died left in stage/: nobody else can be at work, the lock is ours. */
static int clean_stage(struct oak_package_session *s)
{
	struct oak_context *ctx = s->ctx;
	const char *const *names, *stage = oak_arena_printf(ctx->arena, "%s/stage", s->pkgs.dir);
	size_t n;
	if (oak_fs_list(ctx->arena, stage, "", &names, &n, &ctx->err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (oak_pkgs_remove(oak_arena_printf(ctx->arena, "%s/%s", stage, names[i]), &ctx->err) < 0)
			return -1;
	return 0;
}

static int open_store(struct oak_package_session *s, bool change)
{
	struct oak_context *ctx = s->ctx;
	if (oak_pkgs_open(ctx->arena, oak_package_store_dir(ctx), ctx->root, change, &s->pkgs, &ctx->err) < 0)
		return -1;
	if (!change)
		return 0;
	if (oak_pkgs_lock(&s->pkgs, oak_opt_duration(ctx, "wait-lock", 0), &oak_stop_signal, &ctx->err) < 0)
		return -1;
	return clean_stage(s);
}

/* In the spool and the history before the journal says that the run ended: a crash in between loses neither, and tells nothing twice. */
static void tell_end(struct oak_package_session *s)
{
	struct oak_context *ctx = s->ctx;
	const struct oak_package_run *run = s->job.run;
	const struct oak_notify_run told = {
		.id = run->id, .status = oak_package_status_to_string(run->status), .node_id = s->node_id, .ended_at = run->ended_at == OAK_TIME_NONE ? oak_ctx_now(ctx) : run->ended_at,
		.detail = oak_arena_printf(ctx->arena, "%s of package %s, %s to %s%s%s", oak_package_verb_to_string(run->verb), run->name,
					   run->from ? run->from : "none", run->to ? run->to : "none", run->detail ? ": " : "", run->detail ? run->detail : ""),
	};
	oak_notify_run(ctx, &told);
}

static void ending(void *arg)
{
	struct oak_package_session *s = arg;
	struct oak_error before = s->ctx->err;
	tell_end(s);
	oak_package_journal_entry(s->ctx, s->node_id, s->job.run->id, oak_package_status_to_string(s->job.run->status));
	s->stored = oak_package_session_store(s) == 0 ? s->job.run : NULL;
	s->ctx->err = before; /* the command stores it again at its end, and says what is wrong */
}

static void init(struct oak_context *ctx, struct oak_package_session *s)
{
	*s = (struct oak_package_session){.ctx = ctx, .lock = -1, .pkgs = {.lock = -1}};
	s->job = (struct oak_package_job){.pkgs = &s->pkgs, .arena = ctx->arena, .clock = ctx->clock, .stop = &oak_stop_signal, .note = note,
					  .note_arg = ctx, .ending = ending, .ending_arg = s, .boot_id = oak_host_boot_id(ctx->arena, ctx->root)};
}

/* Runs that did not end, one after the other. The locks are held. */
static int recover_all(struct oak_package_session *s, size_t *count)
{
	struct oak_context *ctx = s->ctx;
	const char *const *names;
	size_t n;
	int worst = 0;
	if (oak_pkgs_names(&s->pkgs, &names, &n, &ctx->err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct oak_package_run *run;
		if (oak_package_recover_run(&s->job, names[i], &run, &ctx->err) < 0)
			return oak_context(&ctx->err, "package '%s'", names[i]);
		if (!run)
			continue;
		++*count;
		oak_note(&ctx->out, "%s of package '%s' (run %s) did not end: %s%s%s", oak_package_verb_to_string(run->verb), run->name, run->id,
			 oak_package_status_to_string(run->status), run->detail ? ", " : "", run->detail ? run->detail : "");
		if (run->status == OAK_PACKAGE_RUN_PENDING_REBOOT)
			tell_end(s);
		if (oak_package_session_store(s) < 0)
			return -1;
		worst = oak_exit_worse(worst, run->status == OAK_PACKAGE_RUN_FAILED);
	}
	if (*count)
		oak_notify_flush(ctx);
	s->job.run = NULL;
	s->job.from = s->job.to = NULL;
	s->stored = NULL;
	return worst;
}

int oak_package_session_open(struct oak_context *ctx, bool change, struct oak_package_session *ret)
{
	size_t count = 0;
	init(ctx, ret);
	change = change && !ctx->dry_run;
	if (oak_node_id(ctx, &ret->node_id) < 0 || detect_host(ret) < 0)
		return -1;
	ret->job.node_id = ret->node_id;
	if ((change && oak_host_lock(ctx, &ret->lock) < 0) || open_store(ret, change) < 0)
		return -1;
	return change && recover_all(ret, &count) < 0 ? -1 : 0;
}

void oak_package_session_done(struct oak_package_session *s)
{
	oak_journal_close(s->job.journal);
	s->job.journal = NULL;
	oak_pkgs_close(&s->pkgs);
	oak_lock_release(&s->lock);
}

int oak_package_recover(struct oak_context *ctx, bool finish, size_t *count)
{
	OAK_AUTO(oak_package_session_done) struct oak_package_session s;
	const char *dir = oak_package_store_dir(ctx);
	init(ctx, &s);
	s.job.rebooted = finish;
	if (!oak_fs_is_dir(oak_arena_printf(ctx->arena, "%s/pkgs", dir)))
		return 0;
	if (oak_node_id(ctx, &s.node_id) < 0 || detect_host(&s) < 0)
		return -1;
	s.job.node_id = s.node_id;
	return open_store(&s, true) < 0 ? -1 : recover_all(&s, count);
}

int oak_package_session_record(struct oak_package_session *s, const char *name, struct oak_package_record **ret)
{
	struct oak_context *ctx = s->ctx;
	bool rebuilt;
	if (oak_package_is_pending(&s->pkgs, name))
		return oak_fail(&ctx->err, OAK_TRANSIENT, "package.pending", 0, "a run of package '%s' has not ended (reboot if it asked for that, then run 'oakum resume')",
				name);
	if (oak_record_load(&s->pkgs, name, ret, &rebuilt, &ctx->err) < 0)
		return -1;
	if (rebuilt)
		oak_warn(&ctx->out, "the state of package '%s' was lost; it was taken from the generation that is current", name);
	return 0;
}

int oak_package_session_new_run(struct oak_package_session *s, enum oak_package_verb verb, const char *name,
				const struct oak_package_record *record)
{
	struct oak_context *ctx = s->ctx;
	struct oak_package_run *run = OAK_NEW(ctx->arena, struct oak_package_run);
	*run = (struct oak_package_run){.id = oak_package_run_id(ctx), .name = name, .verb = verb,
					.started_at = oak_ctx_now(ctx), .ended_at = OAK_TIME_NONE, .status = OAK_PACKAGE_RUN_RUNNING,
					.rollback = "none"};
	s->job.run = run;
	if (!record)
		return 0;
	run->from = record->version;
	run->from_generation = record->generation;
	run->model = record->model;
	run->args = record->args;
	run->args_digest = record->args_digest;
	return oak_generation_load(&s->pkgs, name, record->generation, &s->job.from, &ctx->err);
}

/* ------------------------------------------------------------------------------------------- window, history */

static int not_run(struct oak_package_session *s, enum oak_package_status status, const char *why)
{
	struct oak_context *ctx = s->ctx;
	s->job.run->status = status;
	s->job.run->detail = why;
	s->job.run->ended_at = oak_ctx_now(ctx);
	tell_end(s);
	if (oak_package_session_store(s) < 0)
		return -1;
	oak_notify_flush(ctx);
	oak_note(&ctx->out, "%s: %s", oak_package_status_to_string(status), why);
	return 75;
}

int oak_package_session_gate(struct oak_package_session *s)
{
	enum oak_package_gate gate;
	const char *why = NULL;
	if (s->ctx->dry_run)
		return 0;
	if (oak_package_gate_ask(s->ctx, s->node_id, &gate, &why) < 0)
		return -1;
	if (gate == OAK_PACKAGE_GATE_OPEN)
		return 0;
	return not_run(s, gate == OAK_PACKAGE_GATE_PAUSED ? OAK_PACKAGE_RUN_SKIPPED : OAK_PACKAGE_RUN_MISSED_WINDOW, why);
}

int oak_package_session_store(struct oak_package_session *s)
{
	struct oak_context *ctx = s->ctx;
	const struct oak_package_run *run = s->job.run;
	const struct oak_store_options options = {.dir = ctx->state_dir, .now = oak_ctx_now(ctx)};
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	OAK_AUTO(oak_store_close_p) struct oak_store *store = NULL;
	struct oak_sink sink;
	oak_buf_init(&text, DOCUMENT_MAX);
	oak_sink_json_compact(&sink, &text);
	oak_package_run_format(run, &sink);
	const struct oak_run_row row = {.id = run->id, .node_id = s->node_id, .kind = "package", .status = oak_package_status_to_string(run->status),
					.started_at = run->started_at, .ended_at = run->ended_at, .document = oak_buf_text(&text)};
	if (oak_store_open(&options, &store, &ctx->err) < 0)
		return -1;
	return oak_store_put_run(store, &row, &ctx->err);
}

int oak_package_session_begin(struct oak_package_session *s)
{
	struct oak_context *ctx = s->ctx;
	const struct oak_package_run *run = s->job.run;
	const char *event = oak_arena_printf(ctx->arena, "package.%s", oak_package_verb_to_string(run->verb));
	const char *what = oak_arena_printf(ctx->arena, "%s%s%s", run->name, run->to ? "@" : "", run->to ? run->to : "");
	const char *detail = oak_arena_printf(ctx->arena, "run %s on '%s', from %s", run->id, ctx->root, run->from ? run->from : "nothing");
	if (oak_ctx_audit(ctx, event, what, detail) < 0)
		return -1;
	oak_fault_point("package.audited");
	return oak_package_session_store(s);
}

/* ------------------------------------------------------------------------------------------- telling */

static void headline(struct oak_context *ctx, const struct oak_package_run *run, struct oak_buf *buf)
{
	oak_buf_addf(buf, "%s %s: %s%s%s, %s", oak_package_verb_to_string(run->verb), run->name, run->from ? run->from : "",
		     run->from && run->to ? " -> " : "", run->to ? run->to : run->from ? " -> gone" : "nothing", oak_package_status_to_string(run->status));
	oak_buf_addf(buf, " (%s model, rollback %s)\n", oak_package_model_to_string(run->model), run->rollback);
	for (size_t i = 0; i < run->dependencies.n; i++) {
		const struct oak_package_brought *d = &run->dependencies.v[i];
		oak_buf_addf(buf, "needs %s: %s%s%s, %s%s\n", d->name, d->from ? d->from : "", d->from ? " -> " : "", d->to,
			     oak_package_status_to_string(d->status), d->taken_back ? ", taken back" : "");
	}
	if (run->detail)
		oak_buf_addf(buf, "%s\n", run->detail);
	if (run->reboot_required)
		oak_buf_addf(buf, "a reboot is required\n");
	(void)ctx;
}

static void table(struct oak_context *ctx, const struct oak_package_run *run, struct oak_buf *buf)
{
	static const char *const headers[] = {"step", "status", "exitCode", "detail"};
	struct oak_table *t;
	if (ctx->out.format != OAK_OUT_CSV)
		headline(ctx, run, buf);
	if (!run->steps.n && ctx->out.format != OAK_OUT_CSV)
		return;
	t = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
	for (size_t i = 0; i < run->steps.n; i++) {
		const struct oak_package_step *step = &run->steps.v[i];
		oak_table_cell(t, step->name);
		oak_table_cell(t, step->status);
		oak_table_cell(t, step->exit_code >= 0 ? oak_arena_printf(ctx->arena, "%d", step->exit_code) : NULL);
		oak_table_cell(t, step->detail);
	}
	oak_table_print(t, buf);
	for (size_t i = 0; i < run->steps.n && ctx->out.format != OAK_OUT_CSV; i++)
		if (run->steps.v[i].output && (ctx->verbose || oak_streq(run->steps.v[i].status, "FAILED")))
			oak_buf_addf(buf, "\noutput of %s:\n%s%s", run->steps.v[i].name, run->steps.v[i].output,
				     oak_ends_with(run->steps.v[i].output, "\n") ? "" : "\n");
}

static int print(struct oak_package_session *s)
{
	struct oak_context *ctx = s->ctx;
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	oak_out_buf(&buf);
	if (oak_out_document(&ctx->out, &sink, &buf))
		oak_package_run_format(s->job.run, &sink);
	else
		table(ctx, s->job.run, &buf);
	return oak_out_end(&buf, &ctx->err);
}

void oak_package_session_told(struct oak_package_session *s)
{
	oak_notify_flush(s->ctx);
}

int oak_package_session_end(struct oak_package_session *s)
{
	struct oak_context *ctx = s->ctx;
	const struct oak_package_run *run = s->job.run;
	bool bad = run->status == OAK_PACKAGE_RUN_FAILED || run->status == OAK_PACKAGE_RUN_INTERRUPTED;
	bool whole = run->status == OAK_PACKAGE_RUN_SUCCESS; /* told when it ended, or there was nothing to do */
	if (!whole && !ctx->dry_run)
		tell_end(s);
	if (!ctx->dry_run && !(whole && s->stored == run) && oak_package_session_store(s) < 0)
		return -1;
	if (print(s) < 0)
		return -1;
	oak_notify_flush(ctx);
	if (bad)
		oak_message("", oak_arena_printf(ctx->arena, "%s of package '%s' failed: %s", oak_package_verb_to_string(run->verb), run->name, run->detail));
	return bad;
}

int oak_package_session_plan(struct oak_package_session *s)
{
	struct oak_package_run *run = s->job.run;
	run->status = OAK_PACKAGE_RUN_PLANNED;
	run->rollback = !run->to ? "none" : run->model == OAK_MODEL_TREE ? "exact" : "compensated";
	static const char *const installing[] = {"verify", "unpack"};
	for (size_t i = 0; run->verb <= OAK_VERB_UPDATE && i < 2; i++)
		*oak_push(s->ctx->arena, &run->steps) = (struct oak_package_step){.name = installing[i], .status = "PLANNED", .exit_code = -1,
										 .started_at = OAK_TIME_NONE, .ended_at = OAK_TIME_NONE};
	struct oak_package_ops ops = {0};
	if (run->verb > OAK_VERB_UPDATE)
		oak_package_plan(&s->job, &ops);
	for (size_t i = 0; i < ops.v.n; i++)
		*oak_push(s->ctx->arena, &run->steps) = (struct oak_package_step){.name = ops.v.v[i].label, .status = "PLANNED", .exit_code = -1,
										 .started_at = OAK_TIME_NONE, .ended_at = OAK_TIME_NONE};
	return print(s) < 0 ? -1 : 0;
}
