/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The second half of a run: what the scan says afterwards, whether to boot, and the end. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/forecast.h"
#include "cli/journal.h"
#include "cli/notify.h"
#include "cli/pending_boot.h"
#include "cli/session.h"
#include "cli/show.h"
#include "core/fault.h"
#include "core/fs.h"
#include "core/str.h"
#include "core/system.h"
#include "distributor/patch/boot.h"

enum { DEFAULT_REBOOT_LIMIT = 3 };

static void note(struct oak_session *s, const char *text)
{
	*oak_push(s->ctx->arena, &s->run.notes) = text;
}

static const char *error_words(struct oak_session *s, const struct oak_error *err)
{
	char text[1100];
	return oak_arena_strdup(s->ctx->arena, oak_error_text(err, text, sizeof(text)));
}

/* ------------------------------------------------------------------------------------------- document and row */

static void list_logs(struct oak_session *s)
{
	static const char *const names[] = {"check", "download", "secure", "snapshot", "install", "repair", "marks", "rollback",
					    "services", "hook-pre-install", "hook-post-install", "hook-pre-reboot", "hook-on-exit"};
	s->run.logs.n = 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (oak_fs_exists(oak_arena_printf(s->ctx->arena, "%s/logs/%s.log", s->dir, names[i])))
			*oak_push(s->ctx->arena, &s->run.logs) = oak_arena_printf(s->ctx->arena, "%s.log", names[i]);
}

int oak_session_store(struct oak_session *s)
{
	struct oak_context *ctx = s->ctx;
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_sink sink;
	oak_buf_init(&text, OAK_RUN_MAX);
	list_logs(s);
	oak_sink_json_compact(&sink, &text);
	oak_patch_run_format(&s->run, &sink);
	if (oak_fs_write_atomic(oak_arena_printf(ctx->arena, "%s/run.json", s->dir), oak_buf_text(&text), text.n, 0600, &ctx->err) < 0)
		return -1;
	OAK_AUTO(oak_store_close_p) struct oak_store *own = NULL;
	struct oak_store *store = s->plan.scan.store;
	const struct oak_store_options options = {.dir = ctx->state_dir, .now = oak_ctx_now(ctx)};
	if (!store && oak_store_open(&options, &own, &ctx->err) < 0)
		return -1;
	const struct oak_run_row row = {.id = s->run.id, .node_id = s->node_id, .kind = s->run.kind,
					.status = oak_run_status_to_string(s->run.status), .started_at = s->run.started_at,
					.ended_at = s->run.ended_at, .document = oak_buf_text(&text)};
	return oak_store_put_run(store ? store : own, &row, &ctx->err);
}

/* ------------------------------------------------------------------------------------------- pending reboots */

/* Those of memory that no boot has ended yet. */
static void load_pending(struct oak_session *s)
{
	const struct oak_memory *memory = s->plan.scan.memory;
	const struct oak_inventory *inventory = s->plan.scan.inventory;
	oak_time booted = inventory ? inventory->node.platform.booted_at : OAK_TIME_NONE;
	if (s->pending_loaded || !memory)
		return;
	s->pending_loaded = true;
	s->pending = oak_arena_alloc(s->ctx->arena, (memory->pending.n + 1) * sizeof(*s->pending));
	for (size_t i = 0; i < memory->pending.n; i++) {
		const struct oak_pending_reboot *p = &memory->pending.v[i];
		if (booted != OAK_TIME_NONE && p->installed_at != OAK_TIME_NONE && booted >= p->installed_at)
			continue;
		s->pending[s->pending_count++] = (struct oak_pending_reboot){
			oak_arena_strdup(s->ctx->arena, p->name), oak_arena_strdup(s->ctx->arena, p->arch),
			oak_arena_strdup(s->ctx->arena, p->evr), p->installed_at};
	}
}

struct pending_list {
	struct oak_pending_reboot *v;
	size_t n;
};

/* The old ones, and what this run installed. */
static struct pending_list with_changes(struct oak_session *s)
{
	const struct oak_plan *plan = s->run.plan;
	size_t most = s->pending_count + (plan ? plan->actions.n : 0) + 1;
	struct pending_list list = {oak_arena_alloc(s->ctx->arena, most * sizeof(*list.v)), 0};
	for (size_t i = 0; i < s->pending_count; i++)
		list.v[list.n++] = s->pending[i];
	for (size_t i = 0; plan && i < plan->actions.n && i < s->run.actions.n; i++) {
		const struct oak_plan_action *a = &plan->actions.v[i];
		const struct oak_run_action *r = &s->run.actions.v[i];
		if (r->status == OAK_DONE_INSTALLED && r->started_at != OAK_TIME_NONE && r->to)
			list.v[list.n++] = (struct oak_pending_reboot){a->name, a->arch, r->to, oak_ctx_now(s->ctx)};
	}
	return list;
}

static size_t installed_count(const struct oak_session *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->run.actions.n; i++)
		n += s->run.actions.v[i].status == OAK_DONE_INSTALLED && s->run.actions.v[i].started_at != OAK_TIME_NONE;
	return n;
}

/* ------------------------------------------------------------------------------------------- outcomes */

struct outcome_list {
	struct oak_last_outcome *v;
	size_t n;
};

static struct outcome_list outcomes_of(struct oak_session *s)
{
	const struct oak_plan *plan = s->run.plan;
	size_t most = (plan ? plan->actions.n + plan->refused.n : 0) + 1;
	struct outcome_list list = {oak_arena_alloc(s->ctx->arena, most * sizeof(*list.v)), 0};
	for (size_t i = 0; plan && i < plan->actions.n && i < s->run.actions.n; i++) {
		const struct oak_plan_action *a = &plan->actions.v[i];
		const struct oak_run_action *r = &s->run.actions.v[i];
		if (r->status == OAK_DONE_NOT_STARTED)
			continue;
		const char *good = a->asked && !s->plan.override ? "INSTALLED" : "INSTALLED_OTHER";
		list.v[list.n++] = (struct oak_last_outcome){a->name, a->arch, a->to ? a->to : a->from,
							     r->status == OAK_DONE_INSTALLED ? good : "FAILED", r->error};
	}
	for (size_t i = 0; plan && i < plan->refused.n; i++) {
		const struct oak_plan_refusal *r = &plan->refused.v[i];
		const char *name, *arch;
		oak_patch_id_split(s->ctx->arena, r->patch, &name, &arch);
		const struct oak_patch *patch = NULL;
		for (size_t j = 0; s->plan.scan.verdict && j < s->plan.scan.verdict->patches.n; j++)
			if (oak_streq(s->plan.scan.verdict->patches.v[j].id, r->patch))
				patch = &s->plan.scan.verdict->patches.v[j];
		list.v[list.n++] = (struct oak_last_outcome){name, arch, patch && patch->available ? patch->available : "", "FAILED",
							     oak_arena_printf(s->ctx->arena, "%s: %s", r->reason, r->detail ? r->detail : "")};
	}
	return list;
}

/* ------------------------------------------------------------------------------------------- rescan */

static int save_memory(struct oak_session *s, const struct pending_list *pending, bool no_reboot, const struct outcome_list *outcomes)
{
	struct oak_store *store = s->plan.scan.store;
	oak_time last = no_reboot ? oak_ctx_now(s->ctx) : s->plan.scan.memory ? s->plan.scan.memory->last_no_reboot_install : OAK_TIME_NONE;
	const struct oak_inventory *inventory = s->plan.scan.inventory;
	if (!store)
		return 0;
	if (oak_pending_boot_save(s->ctx, s->node_id, pending->n && inventory ? inventory->node.platform.boot_id : NULL) < 0)
		return -1;
	if (oak_store_set_pending(store, s->node_id, pending->v, pending->n, pending->n ? last : OAK_TIME_NONE, &s->ctx->err) < 0)
		return -1;
	return oak_store_set_outcomes(store, s->node_id, outcomes->v, outcomes->n, oak_ctx_now(s->ctx), &s->ctx->err);
}

/* A loop of boots ends here. */
static bool is_last_boot(struct oak_session *s)
{
	const char *text = oak_config_text(s->ctx, "runs.rebootLimit");
	int64_t limit = DEFAULT_REBOOT_LIMIT;
	int reboots = s->apply.before.reboots;
	if (text)
		oak_parse_int(oak_str_of(text), 0, INT64_MAX, &limit);
	if (reboots < limit)
		return false;
	note(s, reboots ? oak_arena_printf(s->ctx->arena, "it has rebooted the system %d times, and does so no more (runs.rebootLimit)", reboots)
			: "runs.rebootLimit is 0: it reboots nothing");
	return true;
}

/* What a boot would end, and whether one is to be asked for. Sets run.reboot. */
static bool decide_reboot(struct oak_session *s, const struct oak_inventory *after)
{
	struct oak_run_reboot *r = &s->run.reboot;
	r->reasons.n = 0;
	for (size_t i = 0; i < after->reboot_reasons.n; i++)
		*oak_push(s->ctx->arena, &r->reasons) = oak_arena_strdup(s->ctx->arena, after->reboot_reasons.v[i]);
	if (s->pending_count)
		*oak_push(s->ctx->arena, &r->reasons) = oak_arena_printf(s->ctx->arena, "%zu packages of earlier runs wait for a boot", s->pending_count);
	r->needed = after->reboot_required || s->pending_count > 0;
	bool changed = installed_count(s) > 0;
	if (s->options.reboot == OAK_REBOOT_ALWAYS && (changed || s->pending_count)) {
		r->needed = true;
		if (!r->reasons.n)
			*oak_push(s->ctx->arena, &r->reasons) = "packages were installed, and the policy is always";
	}
	if (s->options.reboot == OAK_REBOOT_NEVER || !r->needed)
		return false;
	bool ours = changed || s->pending_count > 0 || s->apply.before.begun; /* somebody else's reboot is not ours to do */
	return ours && !is_last_boot(s);
}

static void copy_verdict(struct oak_session *s)
{
	s->run.verdict = s->plan.scan.verdict;
}

static int rescan(struct oak_session *s, bool *ret_boot)
{
	struct oak_context *ctx = s->ctx;
	load_pending(s);
	bool back = oak_streq(s->run.kind, "rollback");
	s->plan.going_back = back;
	struct outcome_list outcomes = back ? (struct outcome_list){0} : outcomes_of(s);
	struct pending_list none = {NULL, 0}, all = with_changes(s);
	struct pending_list old = {s->pending, s->pending_count};
	/* First look: is a boot needed at all? */
	if (oak_plan_run_rescan(ctx, &s->plan, old.v, old.n, outcomes.v, outcomes.n) < 0)
		return -1;
	bool never = s->options.reboot == OAK_REBOOT_NEVER && !back, own = oak_streq(ctx->root, "/");
	*ret_boot = decide_reboot(s, s->plan.scan.inventory);
	/* As if booted where our caller boots on 194, or where an always meets a folder that has nothing to boot. */
	bool as_if = (*ret_boot && s->options.aws) || (*ret_boot && !own && !s->plan.scan.inventory->reboot_required);
	bool waits = never ? all.n > 0 : *ret_boot && !as_if;
	const struct pending_list *pending = as_if ? &none : waits ? &all : &old;
	if (pending->n != old.n || as_if) {
		s->plan.scan.memory->pending.n = 0;
		for (size_t i = 0; i < pending->n; i++)
			*oak_push(ctx->arena, &s->plan.scan.memory->pending) = pending->v[i];
		const struct oak_evaluation input = {.inventory = s->plan.scan.inventory, .baseline = s->plan.scan.chosen.baseline,
						     .memory = s->plan.scan.memory, .operation = OAK_INSTALL, .now = oak_ctx_now(ctx),
						     .limited = s->plan.override != NULL};
		if (!s->plan.snapshot)
			s->plan.scan.verdict = oak_evaluate(ctx->arena, &input);
	}
	copy_verdict(s);
	if (ctx->dry_run)
		return 0;
	/* What memory keeps: a caller that boots on 194 may never do so, then the packages still wait. */
	struct pending_list kept = *pending;
	if (as_if && s->options.aws && own)
		kept = all;
	if (save_memory(s, &kept, never && all.n > 0, &outcomes) < 0)
		return -1;
	return oak_scan_run_save(&s->plan.scan);
}

/* ------------------------------------------------------------------------------------------- status */

static bool is_dependency_refusal(const char *reason)
{
	return oak_streq(reason, "BROKEN_DEPENDENCY") || oak_streq(reason, "BLOCKED_DEPENDENCY");
}

static size_t dependency_refusals(const struct oak_session *s)
{
	size_t n = 0;
	for (size_t i = 0; s->run.plan && i < s->run.plan->refused.n; i++)
		n += is_dependency_refusal(s->run.plan->refused.v[i].reason);
	return n;
}

static const char *broken_words(struct oak_session *s)
{
	const struct oak_installed_list *list = &s->apply.newest;
	OAK_AUTO(oak_buf_done) struct oak_buf names;
	oak_buf_init(&names, 200);
	for (size_t i = 0; i < list->v.n; i++)
		if (list->v.v[i].broken)
			oak_buf_addf(&names, "%s%s", names.n ? ", " : "", list->v.v[i].id);
	return oak_arena_printf(s->ctx->arena, "%zu packages are not whole, see the notes: %s", s->apply.broken, oak_buf_text(&names));
}

/* Success is what the scan says. */
static void settle_status(struct oak_session *s)
{
	const struct oak_verdict *v = s->run.verdict;
	bool judged = s->run.status == OAK_RUN_SUCCESS && v && !s->options.judge_by_actions && oak_streq(s->run.kind, "patch");
	int64_t failed = judged ? v->summary.count[OAK_STATE_FAILED] : 0;
	if (judged && !s->options.download_only) {
		if (failed) {
			s->run.status = OAK_RUN_PARTIAL;
			s->run.detail = oak_arena_printf(s->ctx->arena, "%lld approved patches are still missing%s", (long long)failed,
							 s->run.plan->refused.n ? ", see what the plan refused" : "");
		} else if (v->summary.status == OAK_UNKNOWN) {
			s->run.status = OAK_RUN_PARTIAL;
			s->run.detail = "the scan afterwards is not sure: some repository has no usable metadata";
		}
	}
	if (s->run.status == OAK_RUN_SUCCESS && s->apply.broken && !s->options.download_only) {
		s->run.status = OAK_RUN_PARTIAL; /* their versions may be the approved ones, but they do not work */
		s->run.detail = broken_words(s);
	}
	if (s->run.status == OAK_RUN_SUCCESS && oak_streq(s->run.kind, "patch") && dependency_refusals(s)) {
		s->run.status = OAK_RUN_PARTIAL;
		s->run.detail = "some updates were refused because of their dependencies";
	}
}

static bool waits_for_boot(const struct oak_session *s, bool boot)
{
	const struct oak_verdict *v = s->run.verdict;
	return boot || (v && v->summary.count[OAK_STATE_INSTALLED_PENDING_REBOOT] > 0) || s->run.reboot.needed;
}

/* ------------------------------------------------------------------------------------------- reboot */

int oak_session_reboot_now(struct oak_session *s)
{
	struct oak_context *ctx = s->ctx;
	const char *delay = oak_config_text(ctx, "runs.rebootDelay");
	struct oak_boot_request boot = {.command = oak_config_text(ctx, "runs.rebootCommand"), .run_id = s->run.id,
					 .message = oak_config_text(ctx, "runs.rebootMessage")};
	if (delay)
		oak_duration_parse(delay, &boot.delay_s);
	if (!boot.message)
		boot.message = oak_arena_printf(ctx->arena, "oakum: rebooting after patch run %s", s->run.id);
	oak_fault_point("session.before-reboot");
	return oak_boot_ask(&s->apply.host, ctx->arena, &boot, &ctx->err);
}

/* What could only be found out after the change is found out before it. */
static int check_reboot(const struct oak_session *s)
{
	const char *command = oak_config_text(s->ctx, "runs.rebootCommand");
	bool may = s->options.reboot != OAK_REBOOT_NEVER && !s->options.aws && !s->options.download_only && oak_streq(s->ctx->root, "/");
	return may && command ? oak_boot_check(command, &s->ctx->err) : 0;
}

static bool can_reboot(const struct oak_session *s)
{
	return oak_streq(s->ctx->root, "/") && (oak_boot_possible() || oak_config_text(s->ctx, "runs.rebootCommand"));
}

/* Leaves the run open: resume ends it after the boot. */
static int reboot(struct oak_session *s)
{
	struct oak_context *ctx = s->ctx;
	struct oak_error hook = {0};
	s->run.reboot.asked_for = true;
	s->run.status = OAK_RUN_PENDING_REBOOT;
	s->run.detail = "the system is being rebooted, 'oakum resume' ends the run afterwards";
	if (oak_apply_hook(&s->apply, &s->run, OAK_HOOK_PRE_REBOOT, &hook) < 0) {
		s->run.reboot.asked_for = false;
		note(s, error_words(s, &hook));
		s->run.detail = "the pre-reboot hook failed, so the system was not rebooted";
		return oak_session_end(s);
	}
	if (oak_session_store(s) < 0 || oak_ctx_audit(ctx, "patch.reboot", s->run.id, s->run.reboot.reasons.n ? s->run.reboot.reasons.v[0] : NULL) < 0 ||
	    oak_apply_intent(&s->apply, OAK_WORK_REBOOT, 0, NULL, s->run.reboot.boot_id, &ctx->err) < 0)
		return -1;
	oak_disk_sync();
	if (oak_session_reboot_now(s) < 0) {
		note(s, error_words(s, &ctx->err));
		s->run.reboot.asked_for = false;
		s->run.detail = "the system could not be rebooted";
		if (oak_apply_outcome(&s->apply, OAK_WORK_REBOOT, 0, "FAILED", ctx->err.cause, &ctx->err) < 0)
			return -1;
		return oak_session_end(s);
	}
	return oak_run_exit(s->run.status);
}

/* ------------------------------------------------------------------------------------------- the end */

static int exit_code(struct oak_session *s)
{
	bool bad = s->run.status == OAK_RUN_FAILED || s->run.status == OAK_RUN_INTERRUPTED || s->run.status == OAK_RUN_PARTIAL;
	size_t failed = 0;
	for (size_t i = 0; i < s->run.actions.n; i++)
		failed += s->run.actions.v[i].status == OAK_DONE_FAILED;
	struct oak_aws_exit aws = {.reboots = s->run.reboot.asked_for, .refused = dependency_refusals(s) > 0, .done = installed_count(s) > 0,
				   .failed = failed > 0 || (bad && !dependency_refusals(s))};
	if (oak_stop_signal && s->run.status == OAK_RUN_INTERRUPTED)
		return oak_run_exit(OAK_RUN_INTERRUPTED);
	if (!s->options.aws || oak_run_exit(s->run.status) == 75)
		return oak_run_exit(s->run.status);
	return oak_run_aws_exit(&aws);
}

/* In the spool before the run counts as ended: a crash in between loses no notification, and sends none twice. */
static void notify(struct oak_session *s)
{
	const struct oak_verdict *v = s->run.verdict;
	const char *status = oak_run_status_to_string(s->run.status);
	const struct oak_event event = {
		.id = oak_arena_printf(s->ctx->arena, "run/%s/%s", s->run.id, status),
		.kind = OAK_EVENT_RUN_ENDED,
		.at = s->run.ended_at,
		.node_id = s->node_id,
		.node_name = v ? v->inventory->node.name : oak_notify_node_name(s->ctx),
		.status = status,
		.level = v && v->summary.status == OAK_NON_COMPLIANT ? oak_level_to_string(v->summary.severity) : NULL,
		.run = s->run.id,
		.detail = s->run.detail,
		.missing = v ? v->summary.count[OAK_STATE_MISSING] : 0,
		.failed = v ? v->summary.count[OAK_STATE_FAILED] : 0,
		.pending_reboot = v ? v->summary.count[OAK_STATE_INSTALLED_PENDING_REBOOT] : 0,
	};
	oak_notify_event(s->ctx, &event);
}

int oak_session_end(struct oak_session *s)
{
	struct oak_context *ctx = s->ctx;
	struct oak_error hook = {0};
	s->run.ended_at = oak_ctx_now(ctx);
	if (s->run.plan && !s->options.download_only && oak_apply_hook(&s->apply, &s->run, OAK_HOOK_ON_EXIT, &hook) < 0) {
		note(s, error_words(s, &hook));
		if (s->run.status == OAK_RUN_SUCCESS) {
			s->run.status = OAK_RUN_FAILED;
			s->run.detail = error_words(s, &hook);
		}
	}
	if (oak_streq(s->run.kind, "patch") && s->run.plan && oak_forecast_learn(ctx, s->node_id, &s->run, s->dir) < 0)
		note(s, error_words(s, &ctx->err));
	if (oak_session_store(s) < 0)
		return -1; /* a run that the history does not know to have ended has not: resume takes it up again */
	notify(s);
	const char *status = oak_run_status_to_string(s->run.status);
	oak_journal_run(ctx, s->node_id, s->run.id, s->run.kind, status);
	if (s->apply.broken && oak_apply_outcome(&s->apply, OAK_WORK_REPAIR, 0, "FAILED", "packages are not whole at the end of the run", &ctx->err) < 0)
		return -1; /* resume tries again, when there is room on the disk, say */
	if (oak_ctx_audit(ctx, oak_arena_printf(ctx->arena, "%s.end", s->run.kind), s->run.id, status) < 0 ||
	    oak_apply_outcome(&s->apply, OAK_WORK_RUN, 0, status, s->run.detail, &ctx->err) < 0)
		return -1;
	oak_notify_flush(ctx);
	return exit_code(s);
}

int oak_session_finish(struct oak_session *s)
{
	struct oak_context *ctx = s->ctx;
	bool boot = false;
	if (!s->options.download_only && oak_apply_intent(&s->apply, OAK_WORK_RESCAN, 0, NULL, NULL, &ctx->err) < 0)
		return -1;
	if (!s->options.download_only && rescan(s, &boot) < 0) {
		note(s, oak_arena_printf(ctx->arena, "the scan afterwards failed: %s", error_words(s, &ctx->err)));
		if (s->run.status == OAK_RUN_SUCCESS) {
			s->run.status = OAK_RUN_PARTIAL;
			s->run.detail = s->run.notes.v[s->run.notes.n - 1];
		}
	} else if (!s->options.download_only && oak_apply_outcome(&s->apply, OAK_WORK_RESCAN, 0, "DONE", NULL, &ctx->err) < 0) {
		return -1;
	}
	settle_status(s);
	if (boot && s->options.aws) {
		s->run.reboot.asked_for = true; /* our caller boots on 194 */
		return oak_session_end(s);
	}
	bool good = s->run.status == OAK_RUN_SUCCESS || s->run.status == OAK_RUN_PARTIAL;
	if (boot && good && can_reboot(s))
		return reboot(s);
	if (s->run.status == OAK_RUN_SUCCESS && waits_for_boot(s, boot && (s->run.verdict ? s->run.verdict->summary.count[OAK_STATE_INSTALLED_PENDING_REBOOT] > 0 : true))) {
		bool really = (s->run.verdict && s->run.verdict->summary.count[OAK_STATE_INSTALLED_PENDING_REBOOT] > 0) ||
			      (s->plan.scan.inventory && s->plan.scan.inventory->reboot_required);
		if (really) {
			s->run.status = OAK_RUN_PENDING_REBOOT;
			s->run.detail = "a reboot is needed";
		}
	}
	return oak_session_end(s);
}

int oak_session_not_run(struct oak_session *s, enum oak_run_status status, const char *detail)
{
	if (s->ctx->dry_run)
		return oak_run_exit(status);
	if (oak_session_begin(s, "patch", NULL) < 0)
		return -1;
	s->run.status = status;
	s->run.detail = detail;
	return oak_session_end(s);
}

int oak_session_print(struct oak_session *s, int code)
{
	struct oak_context *ctx = s->ctx;
	struct oak_error failure = ctx->err, unwritten = {0};
	OAK_AUTO(oak_buf_done) struct oak_buf buf = {0};
	bool document = ctx->out.format == OAK_OUT_JSON || ctx->out.format == OAK_OUT_YAML;
	if (code < 0 && !document)
		return -1;
	oak_out_buf(&buf);
	oak_show_run(ctx, &s->run, &buf);
	if (oak_out_end(&buf, code < 0 ? &unwritten : &ctx->err) < 0)
		return -1;
	if (code < 0)
		ctx->err = failure;
	return code;
}

int oak_session_execute(struct oak_session *s)
{
	struct oak_context *ctx = s->ctx;
	bool rollback = oak_streq(s->run.kind, "rollback");
	load_pending(s);
	int rc = check_reboot(s);
	if (rc == 0)
		rc = rollback ? oak_rollback_run(&s->apply, &s->run, &ctx->err) : oak_apply_run(&s->apply, &s->run, &ctx->err);
	oak_progress_end(&ctx->out);
	if (rc == 0)
		return oak_session_finish(s);
	struct oak_error failure = ctx->err;
	s->run.status = failure.kind == OAK_INTERRUPTED ? OAK_RUN_INTERRUPTED : OAK_RUN_FAILED;
	s->run.detail = error_words(s, &failure);
	for (size_t i = 0; i < s->run.actions.n; i++)
		if (s->run.actions.v[i].status == OAK_DONE_NOT_STARTED && !s->run.actions.v[i].error)
			s->run.actions.v[i].error = "the run ended before its turn";
	if (oak_session_end(s) < 0 && ctx->err.kind != OAK_OK)
		return -1;
	ctx->err = failure;
	return -1;
}
