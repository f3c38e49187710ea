/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operation by operation: intent, act, outcome; and back again when one fails. */
#include "distributor/package/engine.h"

#include "core/fault.h"
#include "core/fs.h"
#include "core/str.h"
#include "distributor/package/detect.h"
#include "distributor/package/engine_impl.h"
#include "distributor/package/health.h"
#include "distributor/package/left.h"

static oak_time now(const struct oak_package_job *job)
{
	return oak_clock_now(&job->clock);
}

enum oak_work oak_op_work(enum oak_op_kind kind)
{
	static const enum oak_work works[OAK_OP_KIND_COUNT] = {[OAK_OP_SCRIPT] = OAK_WORK_SCRIPT,   [OAK_OP_SWITCH] = OAK_WORK_SWITCH,
							      [OAK_OP_VALIDATE] = OAK_WORK_HEALTH, [OAK_OP_DETECT] = OAK_WORK_HEALTH,
							      [OAK_OP_HEALTH] = OAK_WORK_HEALTH};
	return works[kind];
}

/* ------------------------------------------------------------------------------------------- what an operation does */

static void fail_with(struct oak_package_job *job, struct oak_op_outcome *o, const struct oak_error *err)
{
	char text[1100];
	o->failed = true;
	o->error_id = err->id;
	o->detail = oak_arena_strdup(job->arena, oak_error_text(err, text, sizeof(text)));
}

/* The intent of what ran was the last thing written to the journal. */
static int note_left(struct oak_package_job *job, struct oak_generation *g, struct oak_error *err)
{
	return oak_generation_left_take(job->pkgs, g, oak_pkgs_path(job->pkgs, job->run->name, "journal"), err);
}

static void act_script(struct oak_package_job *job, const struct oak_package_op *op, struct oak_op_outcome *o)
{
	struct oak_generation *g = op->old ? job->from : job->to;
	struct oak_script_result result = {.code = -1};
	struct oak_error err = {.kind = OAK_OK};
	const char *file = NULL, *action = oak_package_action_to_string(op->action);
	if (oak_script_find(job->arena, g, op->action, &file, &err) < 0) {
		fail_with(job, o, &err);
		return;
	}
	if (!file) {
		o->failed = true;
		o->error_id = "package.no-script";
		o->detail = oak_arena_printf(job->arena, "version %s has no script '%s' (E_SCRIPT)", g->version, action);
		return;
	}
	int64_t timeout = g->manifest->traits.timeouts[op->action];
	const struct oak_script_call call = {.generation = g, .file = file, .action = action, .timeout_s = timeout > 0 ? timeout : OAK_PACKAGE_TIMEOUT};
	if (oak_script_run(job, &call, &result, &err) < 0 || note_left(job, g, &err) < 0) {
		fail_with(job, o, &err);
		return;
	}
	o->code = result.code;
	o->output = result.output;
	o->failed = result.detail != NULL;
	o->detail = result.detail;
	o->error_id = result.timed_out ? "package.timeout" : result.detail ? "package.script" : NULL;
	o->reboot = result.reboot;
}

static void act_switch(struct oak_package_job *job, const struct oak_package_op *op, struct oak_op_outcome *o)
{
	struct oak_error err = {.kind = OAK_OK};
	int generation = op->old ? job->run->from_generation : job->to ? job->run->to_generation : 0;
	if (oak_pkgs_switch(job->pkgs, job->run->name, generation, &err) < 0)
		fail_with(job, o, &err);
}

static void act_detect(struct oak_package_job *job, const struct oak_package_op *op, struct oak_op_outcome *o)
{
	const char *why;
	(void)op;
	if (oak_detect(job->arena, job->pkgs->root, job->host.platform, &job->to->manifest->traits, &why))
		return;
	o->failed = true;
	o->error_id = "package.not-detected";
	o->detail = oak_arena_printf(job->arena, "it is not there: %s (E_DETECT)", why);
}

static void act_health(struct oak_package_job *job, const struct oak_package_op *op, struct oak_op_outcome *o)
{
	(void)op;
	struct oak_error err = {.kind = OAK_OK};
	oak_health_check(job, job->to, o);
	if (note_left(job, job->to, &err) < 0)
		fail_with(job, o, &err);
}

void oak_op_act(struct oak_package_job *job, const struct oak_package_op *op, struct oak_op_outcome *ret)
{
	static void (*const acts[OAK_OP_KIND_COUNT])(struct oak_package_job *, const struct oak_package_op *, struct oak_op_outcome *) = {
		[OAK_OP_SCRIPT] = act_script, [OAK_OP_SWITCH] = act_switch, [OAK_OP_VALIDATE] = act_script,
		[OAK_OP_DETECT] = act_detect, [OAK_OP_HEALTH] = act_health};
	*ret = (struct oak_op_outcome){.code = -1};
	acts[op->kind](job, op, ret);
}

/* ------------------------------------------------------------------------------------------- the journal, and what is told */

static int append(struct oak_package_job *job, struct oak_journal_entry entry, struct oak_error *err)
{
	entry.at = now(job);
	return oak_journal_append(job->journal, &entry, err);
}

int oak_op_intent(struct oak_package_job *job, enum oak_work work, size_t index, const char *label, struct oak_error *err)
{
	return append(job, (struct oak_journal_entry){.kind = OAK_JOURNAL_INTENT, .step = work, .batch = (int)index, .subject = label}, err);
}

int oak_op_outcome(struct oak_package_job *job, enum oak_work work, size_t index, const struct oak_package_op *op,
		   const struct oak_op_outcome *o, oak_time started_at, struct oak_error *err)
{
	bool waits = o->reboot && op->kind == OAK_OP_SCRIPT && work != OAK_WORK_UNDO && !op->tolerated;
	const char *status = o->failed && !op->tolerated ? "FAILED" : waits ? "REBOOT" : "DONE";
	*oak_push(job->arena, &job->run->steps) = (struct oak_package_step){
		.name = op->label, .status = o->failed ? "FAILED" : status, .exit_code = o->code, .detail = o->detail, .output = o->output,
		.started_at = started_at, .ended_at = now(job)};
	if (o->reboot)
		job->run->reboot_required = true;
	if (op->kind == OAK_OP_SCRIPT && work != OAK_WORK_UNDO && !op->tolerated)
		job->run->exit_code = o->code >= 0 ? o->code : 1;
	return append(job, (struct oak_journal_entry){.kind = OAK_JOURNAL_OUTCOME, .step = work, .batch = (int)index, .subject = op->label,
						      .status = status, .detail = o->detail, .boot_id = waits ? job->boot_id : NULL}, err);
}

int oak_package_note_step(struct oak_package_job *job, enum oak_work work, const char *name, const char *detail, oak_time started_at,
			  struct oak_error *err)
{
	*oak_push(job->arena, &job->run->steps) = (struct oak_package_step){
		.name = name, .status = "DONE", .exit_code = -1, .detail = detail, .started_at = started_at, .ended_at = now(job)};
	return append(job, (struct oak_journal_entry){.kind = OAK_JOURNAL_OUTCOME, .step = work, .subject = name, .status = "DONE"}, err);
}

/* ------------------------------------------------------------------------------------------- begin, forwards, back */

int oak_package_begin(struct oak_package_job *job, struct oak_error *err)
{
	struct oak_package_run *run = job->run;
	run->status = OAK_PACKAGE_RUN_RUNNING;
	run->rollback = run->model == OAK_MODEL_TREE ? "exact" : "compensated";
	if (oak_pkgs_make_package(job->pkgs, run->name, err) < 0)
		return -1;
	oak_fault_point("package.folder");
	if (oak_package_run_save(job->pkgs, run, err) < 0)
		return -1;
	oak_fault_point("package.run-saved");
	if (oak_journal_open(oak_pkgs_path(job->pkgs, run->name, "journal"), &job->journal, err) < 0)
		return -1;
	return append(job, (struct oak_journal_entry){.kind = OAK_JOURNAL_INTENT, .step = OAK_WORK_RUN, .subject = "package", .boot_id = job->boot_id}, err);
}

static const char *because(struct oak_package_job *job, const struct oak_package_op *op, const struct oak_op_outcome *o)
{
	return oak_arena_printf(job->arena, "%s: %s", op->label, o->detail);
}

int oak_package_undo(struct oak_package_job *job, const struct oak_package_ops *ops, size_t reached, enum oak_package_status status,
		     const char *why, struct oak_error *err)
{
	struct oak_package_ops back = {0};
	struct oak_package_run *run = job->run;
	run->status = status;
	run->detail = why;
	run->exit_code = run->exit_code ? run->exit_code : 1;
	oak_package_plan_undo(job, ops, reached, &back);
	for (size_t i = 0; i < back.v.n; i++) {
		const struct oak_package_op *op = &back.v.v[i];
		struct oak_op_outcome o;
		oak_time at = now(job);
		if (oak_op_intent(job, OAK_WORK_UNDO, i + 1, op->label, err) < 0)
			return -1;
		oak_op_act(job, op, &o);
		if (oak_op_outcome(job, OAK_WORK_UNDO, i + 1, op, &o, at, err) < 0)
			return -1;
		if (!o.failed || op->tolerated)
			continue;
		run->detail = oak_arena_printf(job->arena, "%s; going back failed too: %s", why, because(job, op, &o));
		run->status = OAK_PACKAGE_RUN_FAILED;
		return oak_package_end_broken(job, err);
	}
	run->detail = run->from ? oak_arena_printf(job->arena, "%s; version %s is back (%s)", why, run->from, run->rollback)
				: oak_arena_printf(job->arena, "%s; undone (%s)", why, run->rollback);
	return oak_package_end_undone(job, err);
}

int oak_package_execute(struct oak_package_job *job, size_t first, struct oak_error *err)
{
	struct oak_package_ops ops = {0};
	oak_package_plan(job, &ops);
	for (size_t i = first; i <= ops.v.n; i++) {
		const struct oak_package_op *op = &ops.v.v[i - 1];
		struct oak_op_outcome o;
		oak_time at = now(job);
		enum oak_work work = oak_op_work(op->kind);
		if (oak_op_intent(job, work, i, op->label, err) < 0)
			return -1;
		oak_op_act(job, op, &o);
		if (oak_op_outcome(job, work, i, op, &o, at, err) < 0)
			return -1;
		if (o.failed && !op->tolerated) {
			job->run->error_id = o.error_id;
			return oak_package_undo(job, &ops, i, OAK_PACKAGE_RUN_FAILED, because(job, op, &o), err);
		}
		if (o.reboot && op->kind == OAK_OP_SCRIPT && !op->tolerated) {
			job->run->status = OAK_PACKAGE_RUN_PENDING_REBOOT;
			job->run->detail = oak_arena_printf(job->arena, "%s asked for a reboot (run 'oakum resume' after it)", op->label);
			return 0;
		}
		job->resumed = false;
	}
	return oak_package_commit(job, err);
}

/* ------------------------------------------------------------------------------------------- before anything */

static int need_script(const struct oak_package_job *job, const struct oak_generation *g, enum oak_package_action action, struct oak_error *err)
{
	const char *path;
	if (oak_script_find(job->arena, g, action, &path, err) < 0)
		return -1;
	if (path)
		return 0;
	if (action == OAK_PACKAGE_UPDATE)
		return oak_fail(err, OAK_INVALID, "package.no-update", 0,
				"version %s of package '%s' has no update script, so it cannot be updated in place; nothing was changed (E_NO_UPDATE)", g->version, g->name);
	return oak_fail(err, OAK_INVALID, "package.no-script", 0, "version %s of package '%s' has no script '%s' (E_SCRIPT)", g->version, g->name,
			oak_package_action_to_string(action));
}

/* No script of either version may be ambiguous or of a strange kind. */
static int check_scripts(const struct oak_package_job *job, const struct oak_generation *g, struct oak_error *err)
{
	const char *path;
	for (int i = 0; g && i < OAK_PACKAGE_COUNT; i++)
		if (oak_script_find(job->arena, g, (enum oak_package_action)i, &path, err) < 0)
			return -1;
	return 0;
}

int oak_package_precheck(struct oak_package_job *job, struct oak_error *err)
{
	struct oak_package_run *run = job->run;
	if (check_scripts(job, job->to, err) < 0)
		return -1;
	if (job->from && job->to && job->from->model != job->to->model)
		return oak_fail(err, OAK_CONFLICT, "package.model", 0,
				"package '%s' is installed by the %s model, and version %s is of the %s model (uninstall the old one first)", run->name,
				oak_package_model_to_string(job->from->model), job->to->version, oak_package_model_to_string(job->to->model));
	if (job->to && run->model == OAK_MODEL_SCRIPT &&
	    need_script(job, job->to, run->in_place && job->from ? OAK_PACKAGE_UPDATE : OAK_PACKAGE_INSTALL, err) < 0)
		return -1;
	if (!job->from || run->without_scripts)
		return 0;
	const char *tree = oak_pkgs_generation(job->pkgs, run->name, job->from->number, "tree");
	if (!job->to && run->model == OAK_MODEL_SCRIPT && need_script(job, job->from, OAK_PACKAGE_UNINSTALL, err) < 0)
		return -1;
	return run->model == OAK_MODEL_SCRIPT || !job->to ? oak_seal_check(&job->from->seal, tree, NULL, err) : 0;
}
