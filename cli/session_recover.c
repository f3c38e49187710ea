/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs that did not end: found by their journals, repaired, carried on, or ended with what a person must know. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "cli/session.h"
#include "core/fs.h"
#include "core/str.h"
#include "distributor/patch/manager.h"

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What is left over, and the end of it. */
static int end_as(struct oak_session *s, enum oak_run_status status, const char *detail)
{
	s->run.status = status;
	s->run.detail = detail;
	oak_note(&s->ctx->out, "run %s: %s: %s", s->run.id, oak_run_status_to_string(status), detail);
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

/* What it was begun with is lost in part: what it did decides, and a person is told. */
static void judge_by_actions(struct oak_session *s, const char *what)
{
	struct oak_context *ctx = s->ctx;
	*oak_push(ctx->arena, &s->run.notes) = oak_arena_printf(ctx->arena, "%s: %s", what, ctx->err.cause);
	oak_warn(&ctx->out, "run %s: %s: %s", s->run.id, what, ctx->err.cause);
	s->options.judge_by_actions = true;
	ctx->err = (struct oak_error){0};
}

int oak_session_scan(struct oak_session *s)
{
	struct oak_context *ctx = s->ctx;
	oak_scan_run_done(&s->plan.scan);
	if (oak_scan_run_inventory(ctx, &s->plan.scan) < 0)
		return -1;
	struct oak_baseline *baseline;
	bool given = s->options.baseline && oak_fs_exists(s->options.baseline);
	if (given && oak_baselines_load(ctx, s->options.baseline, &baseline) < 0) {
		judge_by_actions(s, "the rules that it was begun with cannot be read");
		given = false;
	}
	if (given) {
		s->plan.scan.chosen = (struct oak_chosen){baseline, "as the run was begun"};
	} else if (oak_scan_run_choose(&s->plan.scan) < 0) {
		return -1;
	}
	return oak_scan_run_recall(&s->plan.scan, true);
}

static void load_override(struct oak_session *s)
{
	struct oak_context *ctx = s->ctx;
	const struct oak_value *doc;
	struct oak_override *override;
	const struct oak_value_limits limits = {.bytes = OAK_OVERRIDE_LIST_MAX * 2};
	if (!s->options.override)
		return;
	if (oak_value_load(ctx->arena, s->options.override, &limits, &doc, &ctx->err) < 0 ||
	    oak_override_parse(ctx->arena, doc, s->options.override, &override, &ctx->err) < 0)
		judge_by_actions(s, "the override list that it was begun with cannot be read");
	else
		s->plan.override = override;
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
		oak_note(&ctx->out, "run %s waits for a reboot that has not happened yet (it ends when 'oakum resume' runs after the boot)", s->run.id);
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

/* ------------------------------------------------------------------------------------------- one run */

struct found {
	const char *path;           /* of the journal */
	struct oak_run_state state;
	enum oak_recovery recovery;
	const char *lost;           /* what of it is damaged, so that it cannot be gone on with; NULL */
	struct oak_plan *plan;      /* NULL = none, or none that can be read */
};

/* A journal that says nothing, of a run whose document says that it was under way: how far it came nobody knows. */
static void find_lost(struct oak_session *s, const char *dir, struct found *f)
{
	struct oak_context *ctx = s->ctx;
	const struct oak_value_limits limits = {.bytes = OAK_RUN_MAX};
	const struct oak_value *doc;
	struct oak_error ignored = {0};
	const char *path = oak_arena_printf(ctx->arena, "%s/run.json", dir);
	if (!oak_fs_exists(path))
		return; /* not begun */
	if (oak_value_load(ctx->arena, path, &limits, &doc, &ignored) == 0) {
		const char *status = oak_value_string(oak_value_get(doc, "status")), *at = oak_value_string(oak_value_get(doc, "startedAt"));
		if (!oak_streq(status, "RUNNING"))
			return;
		f->state.kind = oak_value_string(oak_value_get(doc, "kind"));
		if (!at || !oak_time_parse(at, &f->state.begun_at))
			f->state.begun_at = OAK_TIME_NONE;
	}
	f->lost = oak_fs_exists(f->path) ? "its journal cannot be read (a copy is 'journal.damaged')" : "its journal is gone";
	f->recovery = OAK_RECOVER_REPAIR;
}

static int find(struct oak_session *s, const char *dir, struct found *f)
{
	struct oak_context *ctx = s->ctx;
	struct oak_journal_entries entries = {0};
	f->path = oak_arena_printf(ctx->arena, "%s/journal", dir);
	if (oak_fs_exists(f->path) && oak_journal_load(ctx->arena, f->path, &entries, &ctx->err) < 0)
		return -1;
	oak_journal_fold(&entries, &f->state);
	f->recovery = oak_run_recovery(&f->state);
	if (!f->state.begun)
		find_lost(s, dir, f);
	else if (entries.torn && (entries.damaged || f->recovery == OAK_RECOVER_FORGET) && f->recovery != OAK_RECOVER_NOTHING)
		f->recovery = OAK_RECOVER_REPAIR; /* it may have come further than what can be read */
	return 0;
}

/* Of another system in the same state folder, as the history has it. */
static bool is_anothers(struct oak_session *s, const char *id)
{
	struct oak_context *ctx = s->ctx;
	const struct oak_store_options options = {.dir = ctx->state_dir, .read_only = true, .now = oak_ctx_now(ctx)};
	OAK_AUTO(oak_store_close_p) struct oak_store *store = NULL;
	const struct oak_run_row *row = NULL;
	struct oak_error ignored = {0};
	if (oak_store_open(&options, &store, &ignored) < 0 || oak_store_find_run(store, ctx->arena, id, &row, &ignored) < 0)
		return false;
	return row && row->node_id && !oak_streq(row->node_id, s->node_id);
}

/* Its plan, and all that a session knows of a run. 1 = it is another system's. */
static int take(struct oak_session *s, const char *id, struct found *f)
{
	struct oak_context *ctx = s->ctx;
	const char *dir = oak_session_path(ctx, id);
	bool planned = oak_fs_exists(oak_arena_printf(ctx->arena, "%s/plan.json", dir));
	if (planned && oak_session_load(s, id, &f->plan) < 0) {
		f->plan = NULL;
		f->lost = oak_arena_printf(ctx->arena, "its plan cannot be read: %s", ctx->err.cause);
		ctx->err = (struct oak_error){0};
	}
	if (f->plan ? !oak_streq(f->plan->node_id, s->node_id) : is_anothers(s, id))
		return 1;
	if (!f->plan) {
		s->dir = dir;
		s->run = (struct oak_patch_run){.arena = ctx->arena, .id = id, .ended_at = OAK_TIME_NONE};
		oak_session_equip(s, NULL);
	}
	if (s->options_lost)
		*oak_push(ctx->arena, &s->run.notes) = oak_arena_printf(ctx->arena, "its options cannot be read, so it goes on without a reboot: %s", s->options_lost);
	s->run.kind = oak_streq(f->state.kind, "rollback") ? "rollback" : "patch";
	s->run.started_at = f->state.begun_at;
	s->apply.before = f->state;
	s->apply.clock = ctx->clock;
	return 0;
}

/* The package manager that it began may have outlived it: what it does is waited for, never guessed. */
static int wait_for_manager(struct oak_session *s)
{
	struct oak_context *ctx = s->ctx;
	if (oak_manager_works(&s->apply.host))
		oak_note(&ctx->out, "the package manager that run %s began is still at work: waiting for its end", s->run.id);
	return oak_manager_wait(&s->apply.host, &ctx->err);
}

static int look_at_host(struct oak_session *s)
{
	struct oak_context *ctx = s->ctx;
	load_override(s);
	if (oak_session_scan(s) < 0)
		return -1;
	s->plan.installer = oak_installer_detect(ctx->root, s->plan.scan.inventory->node.platform.family, &ctx->err);
	s->apply.installer = s->plan.installer;
	s->apply.host.root = s->plan.host.root = ctx->root;
	if (!s->apply.installer)
		return -1;
	s->run.installer = s->apply.installer->name;
	return 0;
}

/* The database in order, or the end of the run: what a person must do is the error. A lock that is held is no end: the run stays open. */
static int put_in_order(struct oak_session *s)
{
	struct oak_context *ctx = s->ctx;
	if (repair(s) == 0)
		return 0;
	struct oak_error failure = ctx->err;
	bool waits = failure.kind == OAK_TRANSIENT || failure.kind == OAK_INTERRUPTED;
	if (!waits && end_as(s, OAK_RUN_FAILED, oak_arena_strdup(ctx->arena, failure.cause)) < 0)
		oak_warn(&ctx->out, "run %s: %s", s->run.id, ctx->err.cause);
	ctx->err = failure;
	return -1;
}

/* Its run has ended; what it left behind has not. */
static int clean_up(struct oak_session *s, const char *id)
{
	struct oak_context *ctx = s->ctx;
	oak_note(&ctx->out, "run %s left packages that are not whole", id);
	return look_at_host(s) < 0 || repair(s) < 0 ? -1 : 0;
}

static int recover_one(struct oak_session *s, const char *id, bool finish, size_t *count)
{
	struct oak_context *ctx = s->ctx;
	struct found f = {0};
	if (find(s, oak_session_path(ctx, id), &f) < 0)
		return oak_context(&ctx->err, "run '%s'", id);
	if (f.recovery == OAK_RECOVER_NOTHING || (f.recovery == OAK_RECOVER_UNCLEAN && !finish) || take(s, id, &f) > 0)
		return 0;
	++*count;
	if (s->run.started_at == OAK_TIME_NONE)
		s->run.started_at = oak_ctx_now(ctx);
	const char *began = f.state.begun_at == OAK_TIME_NONE ? "" : oak_arena_printf(ctx->arena, " of %s", oak_time_format(f.state.begun_at, (char[OAK_TIME_TEXT]){0}));
	if (f.recovery != OAK_RECOVER_UNCLEAN)
		oak_note(&ctx->out, "run %s%s did not end", id, began);
	if (wait_for_manager(s) < 0 || oak_journal_open(f.path, &s->apply.journal, &ctx->err) < 0)
		return -1;
	if (f.recovery == OAK_RECOVER_UNCLEAN)
		return clean_up(s, id);
	if (!f.state.begun && oak_apply_intent(&s->apply, OAK_WORK_RUN, 0, s->run.kind, NULL, &ctx->err) < 0)
		return -1;
	if (f.recovery == OAK_RECOVER_FORGET)
		return end_as(s, OAK_RUN_INTERRUPTED, "it did not end; nothing had been changed");
	if (look_at_host(s) < 0)
		return -1;
	if (f.recovery == OAK_RECOVER_REBOOTED && f.plan)
		return after_reboot(s);
	if ((f.recovery == OAK_RECOVER_REPAIR || f.lost) && put_in_order(s) < 0)
		return -1;
	if (f.lost || !f.plan)
		return end_as(s, OAK_RUN_INTERRUPTED,
			      oak_arena_printf(ctx->arena, "it did not end, and %s; the package database was put in order, a later run goes on (what is installed: 'oakum scan')",
					       f.lost ? f.lost : "its plan is gone"));
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
	s->options_lost = NULL;
	s->dir = NULL;
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
