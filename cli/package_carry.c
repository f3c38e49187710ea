/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One package after the other: those that are needed first, and back again in reverse. */
#include "cli/package_carry.h"

#include "core/str.h"
#include "distributor/package/script.h"

static void show_progress(void *arg, int64_t at, int64_t total)
{
	const struct oak_context *ctx = arg;
	oak_progress(&ctx->out, "unpacking", at >> 20, total >> 20, -1);
}

/* How it was vouched for. */
static const char *vouched(struct oak_context *ctx, const struct oak_package_item *item)
{
	const struct oak_verification *v = &item->loaded.verification;
	if (item->place.client && v->unsigned_allowed)
		return oak_arena_printf(ctx->arena, "vouched for by '%s'", item->place.source.manifest_path);
	if (v->unsigned_allowed)
		return "no signature was asked for; hashes hold";
	return oak_arena_printf(ctx->arena, "signed by %zu trusted %s", v->good, v->good == 1 ? "key" : "keys");
}

/* What the new version brings decides how: an update script is used by update unless told otherwise. */
static int choose_way(struct oak_package_session *s, const struct oak_package_item *item)
{
	struct oak_package_job *job = &s->job;
	const char *path = NULL;
	if (item->verb != OAK_VERB_UPDATE || item->in_place || item->reinstall || !job->from || job->run->model != OAK_MODEL_SCRIPT)
		return 0;
	if (oak_script_find(job->arena, job->to, OAK_PACKAGE_UPDATE, &path, &s->ctx->err) < 0)
		return -1;
	job->run->in_place = path != NULL;
	return path ? oak_package_run_save(job->pkgs, job->run, &s->ctx->err) : 0;
}

static int unpack(struct oak_package_session *s, const struct oak_package_item *item)
{
	struct oak_context *ctx = s->ctx;
	struct oak_package_job *job = &s->job;
	oak_time at = oak_ctx_now(ctx);
	job->strict = item->strict;
	if (oak_package_note_step(job, OAK_WORK_VERIFY, "verify", vouched(ctx, item), at, &ctx->err) < 0)
		return -1;
	if (oak_package_unpack(job, &item->loaded, ctx->out.progress ? show_progress : NULL, ctx, &ctx->err) < 0)
		return -1;
	oak_progress_end(&ctx->out);
	oak_phase_end(ctx, "unpack");
	if (oak_package_note_step(job, OAK_WORK_UNPACK, "unpack", job->to->unpacked, at, &ctx->err) < 0 || choose_way(s, item) < 0)
		return -1;
	return oak_package_precheck(job, &ctx->err);
}

/* Nothing of the host was changed: what was unpacked goes, the error stays. */
static int give_up(struct oak_package_session *s)
{
	struct oak_context *ctx = s->ctx;
	struct oak_error cause = ctx->err, err = {.kind = OAK_OK};
	char text[1100];
	const char *why = oak_arena_strdup(ctx->arena, oak_error_text(&cause, text, sizeof(text)));
	s->job.run->rollback = "none";
	if (oak_package_abandon(&s->job, cause.kind == OAK_INTERRUPTED ? OAK_PACKAGE_RUN_INTERRUPTED : OAK_PACKAGE_RUN_FAILED, why, cause.id, &err) < 0)
		oak_warn(&ctx->out, "%s (run 'oakum resume')", err.cause);
	else if (oak_package_session_store(s) < 0)
		oak_warn(&ctx->out, "%s", ctx->err.cause);
	oak_package_session_told(s);
	ctx->err = cause;
	return -1;
}

int oak_package_carry_out(struct oak_package_session *s, const struct oak_package_item *item)
{
	struct oak_context *ctx = s->ctx;
	if (oak_package_session_begin(s) < 0 || oak_package_begin(&s->job, &ctx->err) < 0)
		return -1;
	if (unpack(s, item) < 0)
		return give_up(s);
	if (oak_package_execute(&s->job, 1, &ctx->err) < 0)
		return -1;
	oak_phase_end(ctx, "install");
	return 0;
}

/* ------------------------------------------------------------------------------------------- a run */

static int check_attempts(struct oak_context *ctx, const struct oak_package_item *item)
{
	int64_t most = oak_opt_count(ctx, "max-attempts", 0);
	const char *key = oak_arena_printf(ctx->arena, "%s %s", item->loaded.version, item->args_digest);
	if (most <= 0 || !item->record || item->record->attempts < most || !oak_streq(item->record->attempted, key))
		return 0;
	return oak_fail(&ctx->err, OAK_CONFLICT, "package.attempts", 0, "version %s of package '%s' failed %d times with these arguments: not tried again (give another version, or a larger --max-attempts)",
			item->loaded.version, item->loaded.name, item->record->attempts);
}

int oak_package_carry_fill(struct oak_package_session *s, const struct oak_package_item *item)
{
	struct oak_package_run *run = s->job.run;
	int generation;
	if (check_attempts(s->ctx, item) < 0 || oak_package_next_generation(&s->pkgs, item->loaded.name, &generation, &s->ctx->err) < 0)
		return -1;
	run->to = item->loaded.version;
	run->to_generation = generation;
	run->model = item->loaded.manifest->traits.model;
	run->rollback = run->model == OAK_MODEL_TREE ? "exact" : "compensated";
	run->args = item->args;
	run->args_digest = item->args_digest;
	run->in_place = item->in_place;
	return 0;
}

int oak_package_carry_new(struct oak_package_session *s, const struct oak_package_item *item)
{
	if (oak_package_session_new_run(s, item->verb, item->loaded.name, item->record) < 0)
		return -1;
	return oak_package_carry_fill(s, item);
}

/* ------------------------------------------------------------------------------------------- what is needed */

static struct oak_package_brought *note_needed(struct oak_package_session *s, const struct oak_package_item *item, struct oak_package_run *run)
{
	struct oak_package_brought *b = oak_push(s->ctx->arena, &run->dependencies);
	*b = (struct oak_package_brought){.name = item->loaded.name, .from = item->record ? item->record->version : NULL, .to = item->loaded.version,
					  .status = OAK_PACKAGE_RUN_FAILED};
	return b;
}

/* 0: it is there; else the exit code; -1. */
static int bring(struct oak_package_session *s, const struct oak_package_item *item, struct oak_package_run *run)
{
	struct oak_context *ctx = s->ctx;
	struct oak_package_job *job = &s->job;
	const struct oak_package_loaded *l = &item->loaded;
	struct oak_package_brought *b = note_needed(s, item, run);
	job->from = job->to = NULL;
	if (oak_package_carry_new(s, item) < 0 || oak_package_relations(&s->pkgs, l->name, l->version, &l->manifest->traits, &ctx->err) < 0)
		return -1;
	b->run_id = job->run->id;
	if (oak_package_carry_out(s, item) < 0 || oak_package_session_store(s) < 0)
		return -1;
	b->status = job->run->status;
	if (b->status == OAK_PACKAGE_RUN_SUCCESS) {
		oak_note(&ctx->out, "package '%s' %s, which '%s' needs, is installed", l->name, l->version, run->name);
		return 0;
	}
	bool waits = b->status == OAK_PACKAGE_RUN_PENDING_REBOOT;
	run->detail = oak_arena_printf(ctx->arena, "package '%s' %s, which it needs, %s: %s", l->name, l->version,
				       waits ? "waits" : "failed", job->run->detail ? job->run->detail : "");
	run->reboot_required = run->reboot_required || job->run->reboot_required;
	return waits ? 75 : 4;
}

int oak_package_carry_needs(struct oak_package_session *s, const oak_package_items *needs, struct oak_package_run *run)
{
	struct oak_package_job *job = &s->job;
	struct oak_generation *from = job->from;
	int code = 0;
	for (size_t i = 0; code == 0 && i < needs->n; i++)
		code = bring(s, needs->v[i], run);
	if (code < 0)
		code = oak_context(&s->ctx->err, "package '%s', which '%s' needs", run->dependencies.v[run->dependencies.n - 1].name, run->name);
	job->run = run;
	job->from = from;
	job->to = NULL;
	return code;
}

static int one_back(struct oak_package_session *s, const struct oak_package_item *item)
{
	struct oak_context *ctx = s->ctx;
	struct oak_package_job *job = &s->job;
	struct oak_package_record *now = NULL;
	job->from = job->to = NULL;
	if (oak_package_session_record(s, item->loaded.name, &now) < 0)
		return -1;
	if (!now)
		return 0;
	if (oak_package_session_new_run(s, item->record ? OAK_VERB_ROLLBACK : OAK_VERB_UNINSTALL, item->loaded.name, now) < 0)
		return -1;
	if (item->record) {
		if (oak_generation_load(&s->pkgs, item->loaded.name, item->record->generation, &job->to, &ctx->err) < 0)
			return -1;
		job->run->to = job->to->version;
		job->run->to_generation = job->to->number;
		job->run->model = job->to->model;
		job->run->args = item->record->args;
		job->run->args_digest = item->record->args_digest;
	}
	if (oak_package_precheck(job, &ctx->err) < 0 || oak_package_session_begin(s) < 0 || oak_package_begin(job, &ctx->err) < 0 ||
	    oak_package_execute(job, 1, &ctx->err) < 0 || oak_package_session_store(s) < 0)
		return -1;
	if (job->run->status == OAK_PACKAGE_RUN_SUCCESS)
		return 0;
	return oak_fail(&ctx->err, OAK_IO, "package.take-back", 0, "%s", job->run->detail ? job->run->detail : "it failed");
}

void oak_package_take_back(struct oak_package_session *s, const oak_package_items *needs, struct oak_package_run *run)
{
	struct oak_context *ctx = s->ctx;
	struct oak_error cause = ctx->err;
	for (size_t i = run->dependencies.n; i-- > 0;) {
		struct oak_package_brought *b = &run->dependencies.v[i];
		if (b->status != OAK_PACKAGE_RUN_SUCCESS)
			continue; /* it undid itself */
		ctx->err = (struct oak_error){.kind = OAK_OK};
		b->taken_back = one_back(s, needs->v[i]) == 0;
		if (b->taken_back)
			oak_note(&ctx->out, "package '%s' is %s%s again", b->name, b->from ? "at " : "gone", b->from ? b->from : "");
		else
			oak_warn(&ctx->out, "package '%s' %s, which was installed for '%s', stays: %s", b->name, b->to, run->name, ctx->err.cause);
	}
	ctx->err = cause;
	s->job.run = run;
	s->job.from = s->job.to = NULL;
}
