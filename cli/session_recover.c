/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs that did not end: found by their journals, repaired, carried on, or ended with what a person must know. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "cli/session.h"
#include "core/fs.h"
#include "core/str.h"

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What is left over, and the end of it. */
static int end_as(struct oak_session *s, enum oak_run_status status, const char *detail)
{
	s->run.status = status;
	s->run.detail = detail;
	return oak_session_end(s);
}

static int repair(struct oak_session *s)
{
	struct oak_context *ctx = s->ctx;
	oak_text_list did = {0};
	if (oak_apply_intent(&s->apply, OAK_WORK_REPAIR, 0, NULL, NULL, &ctx->err) < 0)
		return -1;
	int rc = s->apply.installer->repair(&s->apply.host, ctx->arena, &did, &ctx->err);
	for (size_t i = 0; i < did.n; i++) {
		*oak_push(ctx->arena, &s->run.notes) = did.v[i];
		oak_note(&ctx->out, "repaired: %s", did.v[i]);
	}
	struct oak_error failure = ctx->err;
	if (oak_apply_outcome(&s->apply, OAK_WORK_REPAIR, 0, rc == 0 ? "DONE" : "FAILED", rc == 0 ? NULL : failure.cause, &ctx->err) < 0)
		return -1;
	ctx->err = failure;
	return rc;
}

/* The scan that the second half of a run needs. */
static int scan_again(struct oak_session *s)
{
	struct oak_context *ctx = s->ctx;
	oak_scan_run_done(&s->plan.scan);
	if (oak_scan_run_inventory(ctx, &s->plan.scan) < 0)
		return -1;
	struct oak_baseline *baseline;
	if (s->options.baseline && oak_fs_exists(s->options.baseline)) {
		if (oak_baselines_load(ctx, s->options.baseline, &baseline) < 0)
			return -1;
		s->plan.scan.chosen = (struct oak_chosen){baseline, "as the run was begun"};
	} else if (oak_scan_run_choose(&s->plan.scan) < 0) {
		return -1;
	}
	return oak_scan_run_recall(&s->plan.scan, true);
}

static int load_override(struct oak_session *s)
{
	struct oak_context *ctx = s->ctx;
	const struct oak_value *doc;
	struct oak_override *override;
	const struct oak_value_limits limits = {.bytes = OAK_OVERRIDE_LIST_MAX * 2};
	if (!s->options.override)
		return 0;
	if (oak_value_load(ctx->arena, s->options.override, &limits, &doc, &ctx->err) < 0 ||
	    oak_override_parse(ctx->arena, doc, s->options.override, &override, &ctx->err) < 0)
		return -1;
	s->plan.override = override;
	return 0;
}

static int carry_on(struct oak_session *s, bool finish)
{
	struct oak_context *ctx = s->ctx;
	const char *why = NULL;
	if (!finish && !oak_streq(s->run.kind, "rollback")) {
		if (oak_apply_look(&s->apply, &s->run, &ctx->err) < 0)
			return -1;
		return end_as(s, OAK_RUN_INTERRUPTED, "it did not end; the package database was put in order, a later run goes on");
	}
	s->gate.given = s->options.window;
	if (oak_streq(s->run.kind, "patch") && (oak_window_gate_init(&s->gate, s->options.now) < 0))
		return -1;
	if (oak_streq(s->run.kind, "patch") && oak_window_gate_ask(&s->gate, ctx->arena, 0, &why) != OAK_APPLY_OPEN) {
		if (oak_apply_look(&s->apply, &s->run, &ctx->err) < 0)
			return -1;
		return end_as(s, OAK_RUN_INTERRUPTED, oak_arena_printf(ctx->arena, "it did not end, and may not go on now: %s", why));
	}
	return oak_session_execute(s);
}

static int after_reboot(struct oak_session *s)
{
	struct oak_context *ctx = s->ctx;
	const struct oak_platform *p = &s->plan.scan.inventory->node.platform;
	const char *then = s->apply.before.boot_id;
	bool booted = then && p->boot_id ? !oak_streq(then, p->boot_id) : p->booted_at != OAK_TIME_NONE && p->booted_at > s->apply.before.begun_at;
	s->run.reboot.boot_id = p->boot_id;
	if (!booted) {
		oak_note(&ctx->out, "run %s waits for a reboot that has not happened yet", s->run.id);
		return 0;
	}
	s->run.reboot.booted = true;
	if (oak_apply_outcome(&s->apply, OAK_WORK_REBOOT, 0, "DONE", NULL, &ctx->err) < 0 || oak_apply_look(&s->apply, &s->run, &ctx->err) < 0)
		return -1;
	s->run.status = OAK_RUN_SUCCESS;
	for (size_t i = 0; i < s->run.actions.n; i++)
		if (s->run.actions.v[i].status != OAK_DONE_INSTALLED) {
			s->run.status = OAK_RUN_PARTIAL;
			s->run.detail = "not everything is installed";
		}
	if (s->options.reboot == OAK_REBOOT_ALWAYS)
		s->options.reboot = OAK_REBOOT_IF_NEEDED; /* it has happened */
	return oak_session_finish(s);
}

static int recover_one(struct oak_session *s, const char *id, bool finish, size_t *count)
{
	struct oak_context *ctx = s->ctx;
	struct oak_journal_entries entries = {0};
	struct oak_run_state state;
	const char *path = oak_arena_printf(ctx->arena, "%s/journal", oak_session_path(ctx, id));
	struct oak_plan *plan = NULL;
	if (!oak_fs_exists(path))
		return 0;
	if (oak_journal_load(ctx->arena, path, &entries, &ctx->err) < 0)
		return -1;
	oak_journal_fold(&entries, &state);
	enum oak_recovery recovery = oak_run_recovery(&state);
	if (recovery == OAK_RECOVER_NOTHING)
		return 0;
	const char *plan_path = oak_arena_printf(ctx->arena, "%s/plan.json", oak_session_path(ctx, id));
	if (oak_fs_exists(plan_path)) {
		if (oak_session_load(s, id, &plan) < 0)
			return oak_context(&ctx->err, "run '%s'", id);
		if (!oak_streq(plan->node_id, s->node_id))
			return 0; /* of another system in the same state folder */
	} else {
		s->dir = oak_session_path(ctx, id);
		s->run = (struct oak_patch_run){.arena = ctx->arena, .id = id, .kind = "patch"};
	}
	++*count;
	s->run.kind = oak_streq(state.kind, "rollback") ? "rollback" : "patch";
	s->run.started_at = state.begun_at;
	s->apply.before = state;
	s->apply.clock = ctx->clock;
	if (oak_journal_open(path, &s->apply.journal, &ctx->err) < 0)
		return -1;
	oak_note(&ctx->out, "run %s of %s did not end", id, oak_arena_strdup(ctx->arena, oak_time_format(state.begun_at, (char[OAK_TIME_TEXT]){0})));
	if (!plan || recovery == OAK_RECOVER_FORGET)
		return end_as(s, OAK_RUN_INTERRUPTED, "it did not end; nothing had been changed");
	if (load_override(s) < 0 || scan_again(s) < 0)
		return -1;
	s->plan.installer = oak_installer_detect(ctx->root, s->plan.scan.inventory->node.platform.family, &ctx->err);
	s->apply.installer = s->plan.installer;
	s->apply.host.root = s->plan.host.root = ctx->root;
	if (!s->apply.installer)
		return -1;
	s->run.installer = s->apply.installer->name;
	if (recovery == OAK_RECOVER_REBOOTED)
		return after_reboot(s);
	if (recovery == OAK_RECOVER_REPAIR && repair(s) < 0) {
		struct oak_error failure = ctx->err;
		int code = end_as(s, OAK_RUN_FAILED, oak_arena_strdup(ctx->arena, failure.cause));
		ctx->err = failure;
		return code < 0 ? -1 : -1;
	}
	return carry_on(s, finish);
}

static void reset(struct oak_session *s)
{
	oak_journal_close(s->apply.journal);
	oak_plan_run_done(&s->plan);
	s->apply = (struct oak_apply){0};
	s->run = (struct oak_patch_run){0};
	s->options = (struct oak_session_options){.reboot = OAK_REBOOT_IF_NEEDED, .restart = OAK_RESTART_LIST};
	s->gate = (struct oak_window_gate){.ctx = s->ctx, .node_id = s->node_id};
	s->pending_loaded = false;
	s->pending_count = 0;
}

int oak_session_recover(struct oak_session *s, bool finish, size_t *count)
{
	struct oak_context *ctx = s->ctx;
	OAK_VEC(const char *) ids = {0};
	DIR *dir = opendir(oak_session_path(ctx, NULL));
	int worst = 0;
	for (struct dirent *e; dir && (e = readdir(dir));)
		if (oak_run_id_check(e->d_name))
			*oak_push(ctx->arena, &ids) = oak_arena_strdup(ctx->arena, e->d_name);
	if (dir)
		closedir(dir);
	if (ids.n)
		qsort(ids.v, ids.n, sizeof(*ids.v), by_text);
	for (size_t i = 0; i < ids.n; i++) {
		int code = recover_one(s, ids.v[i], finish, count);
		reset(s);
		if (code < 0)
			return -1;
		worst = oak_exit_worse(worst, code);
	}
	return worst;
}

int oak_patch_recover(struct oak_context *ctx, bool finish, size_t *count)
{
	OAK_AUTO(oak_session_done) struct oak_session session = {.lock = -1};
	return oak_session_init(ctx, &session) < 0 ? -1 : oak_session_recover(&session, finish, count);
}
