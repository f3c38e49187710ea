/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Beginning and loading a run: lock, folder, what it was begun with. */
#include "cli/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "baseline/reader.h"
#include "cli/node.h"
#include "cli/recovery.h"
#include "cli/snapshots.h"
#include "core/fault.h"
#include "core/fs.h"
#include "core/lock.h"
#include "core/str.h"
#include "core/system.h"
#include "core/port.h"

enum { OPTIONS_MAX = 64 * 1024, DEFAULT_LOCK_WAIT = 600 };

static const char *const policies[] = {"never", "if-needed", "always"};
_Static_assert(sizeof(policies) / sizeof(*policies) == OAK_REBOOT_POLICY_COUNT, "one name a policy");
static const char *const restarts[] = {"none", "list", "auto"};
static const char *const conffiles[] = {"keep", "new"};

const char *oak_reboot_policy_to_string(enum oak_reboot_policy policy)
{
	return policies[policy];
}

#define OPTION(member) OAK_AT(struct oak_session_options, member)
static const struct oak_field option_fields[] = {
	{.key = "reboot", .kind = OAK_FIELD_ENUM, OPTION(reboot), OAK_NAMES(policies)},
	{.key = "restart", .kind = OAK_FIELD_ENUM, OPTION(restart), OAK_NAMES(restarts)},
	{.key = "conffiles", .kind = OAK_FIELD_ENUM, OPTION(conffiles), OAK_NAMES(conffiles)},
	{.key = "aws", .kind = OAK_FIELD_BOOL, OPTION(aws)},
	{.key = "downloadOnly", .kind = OAK_FIELD_BOOL, OPTION(download_only)},
	{.key = "refreshed", .kind = OAK_FIELD_BOOL, OPTION(refreshed)},
	{.key = "now", .kind = OAK_FIELD_BOOL, OPTION(now)},
	{.key = "judgeByActions", .kind = OAK_FIELD_BOOL, OPTION(judge_by_actions)},
	{.key = "window", .kind = OAK_FIELD_STRING, OPTION(window), .flags = OAK_OPTIONAL},
	{.key = "baseline", .kind = OAK_FIELD_STRING, OPTION(baseline), .flags = OAK_OPTIONAL},
	{.key = "override", .kind = OAK_FIELD_STRING, OPTION(override), .flags = OAK_OPTIONAL},
	{.key = "rollbackOf", .kind = OAK_FIELD_STRING, OPTION(rollback_of), .flags = OAK_OPTIONAL},
};
static const struct oak_shape option_shape = OAK_SHAPE(struct oak_session_options, option_fields);

const char *oak_session_path(const struct oak_context *ctx, const char *id)
{
	return id ? oak_arena_printf(ctx->arena, "%s/runs/%s", ctx->state_dir, id)
		  : oak_arena_printf(ctx->arena, "%s/runs", ctx->state_dir);
}

int oak_session_init(struct oak_context *ctx, struct oak_session *session)
{
	*session = (struct oak_session){.ctx = ctx, .lock = -1};
	session->gate.ctx = ctx;
	session->options.restart = OAK_RESTART_LIST;
	session->options.reboot = OAK_REBOOT_IF_NEEDED;
	if (oak_node_id(ctx, &session->node_id) < 0)
		return -1;
	session->gate.node_id = session->node_id;
	return ctx->dry_run ? 0 : oak_fs_mkdirs(oak_session_path(ctx, NULL), 0700, &ctx->err);
}

int oak_session_open(struct oak_context *ctx, struct oak_session *session)
{
	*session = (struct oak_session){.ctx = ctx, .lock = -1};
	if (!ctx->dry_run && oak_host_lock(ctx, &session->lock) < 0)
		return -1;
	int lock = session->lock, rc = oak_session_init(ctx, session);
	session->lock = lock;
	return rc;
}

void oak_session_done(struct oak_session *session)
{
	oak_journal_close(session->apply.journal);
	session->apply.journal = NULL;
	oak_plan_run_done(&session->plan);
	if (session->ctx)
		oak_lock_release(&session->lock);
}

static int choice(const struct oak_context *ctx, const char *name, const char *const *names, size_t n, int fallback)
{
	const char *text = oak_opt_text(ctx, name);
	int found = text ? oak_names_find(names, n, text) : -1;
	for (size_t i = 0; text && i < n; i++)
		if (oak_streq(names[i], text))
			found = (int)i;
	return found >= 0 ? found : fallback;
}

void oak_session_read_options(struct oak_session *session)
{
	struct oak_context *ctx = session->ctx;
	struct oak_session_options *o = &session->options;
	o->reboot = (enum oak_reboot_policy)choice(ctx, "reboot", policies, 3, OAK_REBOOT_IF_NEEDED);
	o->restart = (enum oak_restart)choice(ctx, "restart", restarts, 3, OAK_RESTART_LIST);
	o->conffiles = (enum oak_conffiles)choice(ctx, "conffiles", conffiles, 2, OAK_CONFFILES_KEEP);
	o->aws = oak_opt_flag(ctx, "aws-exit-codes");
	o->download_only = oak_opt_flag(ctx, "download-only");
	o->refreshed = oak_opt_flag(ctx, "refresh");
	o->now = oak_opt_flag(ctx, "now");
	o->window = oak_opt_text(ctx, "window");
}

/* ------------------------------------------------------------------------------------------- hooks */

static void read_hook(struct oak_context *ctx, const char *key, struct oak_hooks *hooks, enum oak_hook hook)
{
	const struct oak_value *v = oak_config_get(ctx, key);
	if (oak_value_string(v))
		*oak_push(ctx->arena, &hooks->paths[hook]) = oak_value_string(v);
	for (size_t i = 0; v && v->kind == OAK_VALUE_ARRAY && i < v->array.n; i++)
		if (oak_value_string(&v->array.v[i]))
			*oak_push(ctx->arena, &hooks->paths[hook]) = oak_value_string(&v->array.v[i]);
}

static void read_hooks(struct oak_context *ctx, struct oak_hooks *hooks)
{
	static const char *const keys[OAK_HOOK_COUNT] = {"hooks.preInstall", "hooks.postInstall", "hooks.preReboot", "hooks.onExit"};
	const char *timeout = oak_config_text(ctx, "hooks.timeout");
	for (int h = 0; h < OAK_HOOK_COUNT; h++)
		read_hook(ctx, keys[h], hooks, (enum oak_hook)h);
	if (timeout)
		oak_duration_parse(timeout, &hooks->timeout_s);
}

static void show_progress(void *arg, const char *what, int permille)
{
	const struct oak_context *ctx = arg;
	static struct { /* of the one bar on the one terminal */
		const char *what;
		oak_time began;
	} bar;
	struct oak_clock real = oak_clock_system();
	oak_time now = oak_clock_now(&real);
	if (bar.what != what) {
		bar.what = what;
		bar.began = now;
	}
	int64_t spent = now - bar.began;
	oak_progress(&ctx->out, what, permille, 1000, permille > 20 ? spent * (1000 - permille) / permille : -1);
}

void oak_session_equip(struct oak_session *session, const struct oak_plan *plan)
{
	struct oak_context *ctx = session->ctx;
	struct oak_apply *a = &session->apply;
	const char *state = oak_fs_is_dir(session->dir) ? realpath(session->dir, NULL) : NULL;
	a->host = session->plan.host;
	a->host.run_dir = state ? oak_arena_strdup(ctx->arena, state) : session->dir;
	free((void *)(uintptr_t)state);
	a->host.lock_wait_s = oak_opt_duration(ctx, "wait-lock", DEFAULT_LOCK_WAIT);
	a->host.conffiles = session->options.conffiles;
	const char *eulas = oak_config_text(ctx, "runs.acceptEulas");
	a->host.decline_eulas = oak_streq(eulas, "false");
	a->host.stop = &oak_stop_signal;
	if (ctx->out.progress) {
		a->host.progress = show_progress;
		a->host.progress_arg = ctx;
	}
	a->installer = session->plan.installer;
	a->plan = plan;
	a->plan_path = oak_arena_printf(ctx->arena, "%s/plan.json", a->host.run_dir);
	a->node_id = session->node_id;
	a->restart = session->options.restart;
	a->download_only = session->options.download_only;
	a->snapshot_command = oak_config_text(ctx, "runs.snapshotCommand");
	a->clock = ctx->clock;
	a->gate = oak_window_gate_ask;
	a->gate_arg = &session->gate;
	memset(&a->hooks, 0, sizeof(a->hooks));
	read_hooks(ctx, &a->hooks);
}

/* ------------------------------------------------------------------------------------------- the run's folder */

static int write_shape(struct oak_context *ctx, const char *path, const struct oak_shape *shape, const void *record)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_sink sink;
	oak_buf_init(&text, OPTIONS_MAX);
	oak_sink_json(&sink, &text);
	oak_shape_write(shape, record, NULL, &sink);
	return oak_fs_write_atomic(path, oak_buf_text(&text), text.n, 0600, &ctx->err);
}

static int write_plan(struct oak_session *session, const struct oak_plan *plan)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_sink sink;
	oak_buf_init(&text, OAK_PLAN_MAX);
	oak_sink_json(&sink, &text);
	oak_plan_format(plan, &sink);
	return oak_fs_write_atomic(oak_arena_printf(session->ctx->arena, "%s/plan.json", session->dir), oak_buf_text(&text), text.n, 0600,
				   &session->ctx->err);
}

/* The rules that the run was judged by, so that resume needs nobody to repeat them. */
static int write_baseline(struct oak_session *session)
{
	const struct oak_baseline *baseline = session->plan.scan.chosen.baseline;
	struct oak_context *ctx = session->ctx;
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_sink sink;
	oak_buf_init(&text, OAK_BASELINE_MAX);
	if (!baseline)
		return 0;
	session->options.baseline = oak_arena_printf(ctx->arena, "%s/baseline.json", session->dir);
	oak_sink_json(&sink, &text);
	oak_baseline_format(baseline, OAK_FORMAT_OAKUM, &sink);
	return oak_fs_write_atomic(session->options.baseline, oak_buf_text(&text), text.n, 0600, &ctx->err);
}

static int write_override(struct oak_session *session)
{
	struct oak_context *ctx = session->ctx;
	const struct oak_override *override = session->plan.override;
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_sink sink;
	oak_buf_init(&text, OAK_OVERRIDE_LIST_MAX * 2);
	if (!override)
		return 0;
	session->options.override = oak_arena_printf(ctx->arena, "%s/override.json", session->dir);
	oak_sink_json(&sink, &text);
	oak_put_begin_object(&sink, NULL);
	oak_put_begin_array(&sink, "patches");
	for (size_t i = 0; i < override->entries.n; i++) {
		oak_put_begin_object(&sink, NULL);
		oak_put_string(&sink, "id", override->entries.v[i].id);
		oak_put_string_opt(&sink, "title", override->entries.v[i].title);
		oak_put_end_object(&sink);
	}
	oak_put_end_array(&sink);
	oak_put_end_object(&sink);
	return oak_fs_write_atomic(session->options.override, oak_buf_text(&text), text.n, 0600, &ctx->err);
}

static int make_folder(struct oak_session *session)
{
	struct oak_context *ctx = session->ctx;
	struct oak_clock real = oak_clock_system();
	for (int tries = 0; tries < 16; tries++) {
		unsigned random;
		oak_random_bytes(&random, sizeof(random));
		session->run.id = oak_run_id_make(ctx->arena, oak_clock_now(&real), random);
		session->dir = oak_session_path(ctx, session->run.id);
		if (oak_fs_mkdir(session->dir, 0700) == 0)
			return oak_fs_mkdirs(oak_arena_printf(ctx->arena, "%s/logs", session->dir), 0700, &ctx->err);
	}
	return oak_fail_errno(&ctx->err, "run.folder", "cannot make the run's folder '%s'", session->dir);
}

int oak_session_begin(struct oak_session *session, const char *kind, const struct oak_plan *plan)
{
	struct oak_context *ctx = session->ctx;
	session->run = (struct oak_patch_run){.arena = ctx->arena, .kind = kind, .plan = plan, .started_at = oak_ctx_now(ctx),
					      .ended_at = OAK_TIME_NONE, .status = OAK_RUN_RUNNING,
					      .rollback_of = session->options.rollback_of,
					      .installer = session->plan.installer ? session->plan.installer->name : NULL};
	session->run.reboot.policy = policies[session->options.reboot];
	if (make_folder(session) < 0 || (plan && write_plan(session, plan) < 0) || write_baseline(session) < 0 ||
	    write_override(session) < 0 ||
	    write_shape(ctx, oak_arena_printf(ctx->arena, "%s/options.json", session->dir), &option_shape, &session->options) < 0)
		return -1;
	if (plan)
		oak_session_equip(session, plan);
	if (plan && oak_snapshot_stage(ctx, &session->plan, plan, session->dir) < 0)
		return -1;
	const struct oak_inventory *inventory = session->plan.scan.inventory;
	session->run.reboot.boot_id = inventory ? inventory->node.platform.boot_id : NULL;
	oak_fault_point("session.before-journal");
	if (oak_journal_open(oak_arena_printf(ctx->arena, "%s/journal", session->dir), &session->apply.journal, &ctx->err) < 0)
		return -1;
	session->apply.clock = ctx->clock;
	if (oak_apply_intent(&session->apply, OAK_WORK_RUN, 0, kind, session->run.reboot.boot_id, &ctx->err) < 0)
		return -1;
	if (oak_ctx_audit(ctx, oak_arena_printf(ctx->arena, "%s.begin", kind), session->run.id,
			  plan ? oak_arena_printf(ctx->arena, "%zu actions on '%s', plan %s", plan->actions.n, ctx->root, plan->digest) : NULL) < 0)
		return -1;
	return oak_session_store(session);
}

/* ------------------------------------------------------------------------------------------- an earlier run */

/* run.json holds the plan too, and comes to the rescue when plan.json was damaged. */
static int load_plan(struct oak_session *session, struct oak_plan **ret_plan)
{
	struct oak_context *ctx = session->ctx;
	const struct oak_value_limits limits = {.bytes = OAK_RUN_MAX};
	const struct oak_value *doc;
	struct oak_error first = {0}, second = {0};
	const char *path = oak_arena_printf(ctx->arena, "%s/plan.json", session->dir), *run = oak_arena_printf(ctx->arena, "%s/run.json", session->dir);
	if (oak_value_load(ctx->arena, path, &limits, &doc, &first) == 0 && oak_plan_parse(ctx->arena, doc, path, ret_plan, &first) == 0)
		return 0;
	if (oak_fs_exists(run) && oak_value_load(ctx->arena, run, &limits, &doc, &second) == 0 && oak_value_get(doc, "plan") &&
	    oak_plan_parse(ctx->arena, oak_value_get(doc, "plan"), run, ret_plan, &second) == 0)
		return 0;
	ctx->err = first;
	return -1;
}

/* Where they cannot be read, a run goes on as carefully as it can: in the configured windows, and without a reboot. */
static void load_options(struct oak_session *session)
{
	struct oak_context *ctx = session->ctx;
	const struct oak_value_limits limits = {.bytes = OAK_RUN_MAX};
	const struct oak_value *doc;
	struct oak_error err = {0};
	struct oak_reader reader = {.arena = ctx->arena};
	const char *path = oak_arena_printf(ctx->arena, "%s/options.json", session->dir);
	bool good = oak_value_load(ctx->arena, path, &limits, &doc, &err) == 0;
	if (good) {
		oak_shape_read(&reader, doc, &option_shape, &session->options);
		good = oak_reader_finish(&reader, path, "run.options", &err) == 0;
	}
	session->options_lost = good ? NULL : oak_arena_strdup(ctx->arena, err.cause);
	if (good)
		return;
	const char *baseline = oak_arena_printf(ctx->arena, "%s/baseline.json", session->dir);
	const char *override = oak_arena_printf(ctx->arena, "%s/override.json", session->dir);
	session->options = (struct oak_session_options){.reboot = OAK_REBOOT_NEVER, .restart = OAK_RESTART_LIST,
							.baseline = oak_fs_exists(baseline) ? baseline : NULL,
							.override = oak_fs_exists(override) ? override : NULL};
	path = oak_arena_printf(ctx->arena, "%s/run.json", session->dir);
	if (oak_fs_exists(path) && oak_value_load(ctx->arena, path, &limits, &doc, &err) == 0)
		session->options.rollback_of = oak_value_string(oak_value_get(doc, "rollbackOf"));
}

int oak_session_load(struct oak_session *session, const char *id, struct oak_plan **ret_plan)
{
	struct oak_context *ctx = session->ctx;
	const char *dir = oak_run_id_check(id) ? oak_session_path(ctx, id) : NULL;
	if (!dir || !oak_fs_exists(oak_arena_printf(ctx->arena, "%s/plan.json", dir)))
		return oak_fail(&ctx->err, OAK_INVALID, "run.unknown", 0, "there is no patch run '%s' (see 'oakum history --runs')", id);
	session->dir = dir;
	if (load_plan(session, ret_plan) < 0)
		return -1;
	load_options(session);
	session->run = (struct oak_patch_run){.arena = ctx->arena, .id = id, .kind = "patch", .plan = *ret_plan, .started_at = OAK_TIME_NONE,
					      .ended_at = OAK_TIME_NONE, .status = OAK_RUN_RUNNING, .rollback_of = session->options.rollback_of};
	session->run.reboot.policy = policies[session->options.reboot];
	oak_session_equip(session, *ret_plan);
	return 0;
}
