/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps from a scan to a plan. */
#include "cli/plan_run.h"

#include <stdio.h>

#include "baseline/judge.h"
#include "cli/forecast.h"
#include "cli/snapshots.h"
#include "core/str.h"
#include "distributor/patch/facts.h"
#include "scanners/apt_lists.h"

enum { ROUNDS = 50 };

void oak_plan_run_done(struct oak_plan_run *run)
{
	oak_arena_free(run->resolved);
	oak_arena_free(run->first);
	oak_scan_run_done(&run->scan);
	*run = (struct oak_plan_run){0};
}

/* ------------------------------------------------------------------------------------------- inputs */

static int load_override(struct oak_context *ctx, struct oak_plan_run *run)
{
	const char *file = oak_opt_text(ctx, "override-list");
	const struct oak_value *doc;
	struct oak_override *override;
	if (!file)
		return 0;
	if (oak_opt_text(ctx, "baseline-override"))
		return oak_fail(&ctx->err, OAK_INVALID, "patch.both-overrides", 0,
				"--override-list and --baseline-override exclude each other (give one of them)");
	if (oak_input_load(ctx, file, OAK_OVERRIDE_LIST_MAX, &doc) < 0 ||
	    oak_override_parse(ctx->arena, doc, file, &override, &ctx->err) < 0)
		return -1;
	run->override = override;
	return 0;
}

static int load_snapshot(struct oak_context *ctx, struct oak_plan_run *run)
{
	const char *name = oak_opt_text(ctx, "snapshot");
	struct oak_snapshot *snapshot;
	if (!name)
		return 0;
	if (oak_snapshot_find(ctx, name, &snapshot) < 0)
		return -1;
	run->snapshot = snapshot;
	return 0;
}

static void judge(struct oak_context *ctx, struct oak_plan_run *run, enum oak_operation operation)
{
	struct oak_scan_run *scan = &run->scan;
	struct oak_inventory *inventory = scan->inventory;
	struct oak_baseline *baseline = scan->chosen.baseline;
	if (run->snapshot)
		oak_snapshot_offer(ctx, run->snapshot, run);
	if (run->snapshot)
		oak_snapshot_view(ctx->arena, run->snapshot, scan->inventory, scan->chosen.baseline, &inventory, &baseline);
	const struct oak_evaluation input = {.inventory = inventory, .baseline = baseline, .memory = scan->memory,
					     .operation = operation, .now = oak_ctx_now(ctx), .limited = run->override != NULL};
	scan->verdict = oak_evaluate(ctx->arena, &input);
	if (run->snapshot) {
		oak_snapshot_mark(run->snapshot, scan->inventory, run->kept, scan->verdict);
		scan->verdict->baseline_digest = oak_baseline_digest(ctx->arena, scan->chosen.baseline);
	}
	if (!scan->verdict->baseline_digest)
		scan->verdict->baseline_digest = oak_baseline_digest(ctx->arena, scan->chosen.baseline);
}

static void set_host(struct oak_context *ctx, struct oak_plan_run *run)
{
	const struct oak_scan_request *q = &run->scan.request;
	struct oak_patch_host *host = &run->host;
	*host = (struct oak_patch_host){.root = ctx->root, .run_dir = q->cache_dir, .no_network = ctx->no_network, .stop = &oak_stop_signal};
	host->conffiles = oak_streq(oak_opt_text(ctx, "conffiles"), "new") ? OAK_CONFFILES_NEW : OAK_CONFFILES_KEEP;
#ifndef _WIN32
	if (oak_streq(run->installer->name, "apt")) {
		struct oak_apt_lists lists = {0};
		oak_apt_lists_choose(ctx->arena, q->root, q->cache_dir, &lists);
		host->lists = lists.own ? lists.dir : NULL;
		return;
	}
#endif
	if (q->refresh)
		host->lists = q->cache_dir;
}

static int find_installer(struct oak_context *ctx, struct oak_plan_run *run)
{
	if (run->scan.recorded)
		return 0;
	run->installer = oak_installer_detect(ctx->root, run->scan.inventory->node.platform.family, &ctx->err);
	if (!run->installer)
		return -1;
	set_host(ctx, run);
	return 0;
}

/* ------------------------------------------------------------------------------------------- the transaction */

/* A recorded inventory has no solver: each wanted version stands for itself. */
static void imagine(struct oak_context *ctx, struct oak_plan_run *run)
{
	const struct oak_inventory *inventory = run->scan.inventory;
	run->transaction = OAK_NEW(ctx->arena, struct oak_transaction);
	for (size_t i = 0; i < run->wants.wants.n; i++) {
		const struct oak_want *w = &run->wants.wants.v[i];
		struct oak_action action = {.kind = OAK_ACTION_UPGRADE, .name = w->name, .arch = w->arch, .to = w->evr, .asked = true};
		for (size_t j = 0; j < inventory->packages.n; j++)
			if (oak_streq(inventory->packages.v[j].name, w->name) && oak_streq(inventory->packages.v[j].arch, w->arch))
				action.from = inventory->packages.v[j].evr;
		for (size_t j = 0; j < inventory->updates.n; j++) {
			const struct oak_update *u = &inventory->updates.v[j];
			if ((!oak_streq(u->name, w->name) && !oak_streq(u->kb, w->name)) || !oak_streq(u->evr, w->evr))
				continue;
			action.download_bytes = u->size;
			action.repository = u->origins.n ? u->origins.v[0] : NULL;
		}
		if (!action.from)
			action.kind = OAK_ACTION_INSTALL;
		*oak_push(ctx->arena, &run->transaction->actions) = action;
	}
}

static int resolve(struct oak_context *ctx, struct oak_plan_run *run)
{
	if (run->scan.recorded) {
		imagine(ctx, run);
		return 0;
	}
	oak_arena_free(run->resolved);
	run->resolved = NULL;
	return oak_resolve(&run->scan.request, run->wants.wants.v, run->wants.wants.n, &run->resolved, &run->transaction, &ctx->err);
}

struct forbidden {
	OAK_VEC(const char *) removed, rejected;
};

/* What the transaction must not do: remove anything, bring in what the baseline blocks. */
static void find_forbidden(struct oak_context *ctx, struct oak_plan_run *run, struct forbidden *ret)
{
	const struct oak_baseline *baseline = run->scan.chosen.baseline;
	struct oak_judge judge_of;
	const struct oak_evaluation input = {.inventory = run->scan.inventory, .baseline = baseline, .memory = run->scan.memory,
					     .operation = OAK_INSTALL, .now = oak_ctx_now(ctx)};
	bool block = baseline && baseline->block_rejected && !run->override;
	if (block)
		oak_judge_init(&judge_of, ctx->arena, &input, NULL);
	for (size_t i = 0; i < run->transaction->actions.n; i++) {
		const struct oak_action *a = &run->transaction->actions.v[i];
		const char *id = a->arch ? oak_arena_printf(ctx->arena, "%s.%s", a->name, a->arch) : a->name;
		enum oak_reason reason;
		const char *detail;
		oak_time until;
		if (a->kind == OAK_ACTION_REMOVE)
			*oak_push(ctx->arena, &ret->removed) = id;
		else if (block && !a->asked && oak_judge_rejects_package(&judge_of, a->name, a->arch, a->to, &reason, &detail, &until))
			*oak_push(ctx->arena, &ret->rejected) = id;
	}
}

static int resolve_allowed(struct oak_context *ctx, struct oak_plan_run *run)
{
	for (int round = 0; round < ROUNDS; round++) {
		struct forbidden forbidden = {0};
		if (resolve(ctx, run) < 0)
			return -1;
		find_forbidden(ctx, run, &forbidden);
		size_t moved = oak_plan_forbid(ctx->arena, &run->wants, run->transaction, forbidden.removed.v, forbidden.removed.n,
					       OAK_REASON_BROKEN_DEPENDENCY);
		moved += oak_plan_forbid(ctx->arena, &run->wants, run->transaction, forbidden.rejected.v, forbidden.rejected.n,
					 OAK_REASON_BLOCKED_DEPENDENCY);
		if (moved == 0 && forbidden.removed.n + forbidden.rejected.n == 0)
			return 0;
		if (moved == 0)
			break;
	}
	return oak_fail(&ctx->err, OAK_UNSUPPORTED, "plan.removal", 0,
			"the package manager's solver would remove or bring in what nobody asked for, and does not say for which update");
}

/* Which actions cannot be told apart: those that the solver brings for one want. */
static int find_together(struct oak_context *ctx, struct oak_plan_run *run, struct oak_plan_facts *facts)
{
	for (size_t i = 0; i < run->wants.wants.n && !run->scan.recorded; i++) {
		struct oak_arena *arena = NULL;
		struct oak_transaction *one;
		if (oak_resolve(&run->scan.request, &run->wants.wants.v[i], 1, &arena, &one, &ctx->err) < 0)
			return -1;
		for (size_t j = 1; j < one->actions.n; j++)
			for (size_t side = 0; side < 2; side++) {
				const struct oak_action *a = &one->actions.v[side ? j : 0];
				*oak_push(ctx->arena, &facts->together) = a->arch ? oak_arena_printf(ctx->arena, "%s.%s", a->name, a->arch)
										 : oak_arena_strdup(ctx->arena, a->name);
			}
		oak_arena_free(arena);
	}
	return 0;
}

/* ------------------------------------------------------------------------------------------- the plan */

static int make(struct oak_context *ctx, struct oak_plan_run *run)
{
	struct oak_plan_facts *facts = OAK_NEW(ctx->arena, struct oak_plan_facts);
	const char *batches = oak_opt_text(ctx, "batches");
	struct oak_plan_input input = {.verdict = run->scan.verdict, .transaction = run->transaction, .facts = facts,
				       .refused = run->wants.refused.v, .refused_count = run->wants.refused.n,
				       .snapshot = run->snapshot ? run->snapshot->name : NULL, .window = run->window,
				       .batches = batches ? (enum oak_batches)oak_batches_from_string(batches) : OAK_BATCHES_TIMED,
				       .seconds_left = run->seconds_left, .now = oak_ctx_now(ctx)};
	struct oak_forecast known = {0};
	if (run->installer && run->scan.inventory->node.id)
		oak_forecast_load(ctx, run->scan.inventory->node.id, &known);
	facts->bytes_per_second = known.bytes_per_second;
	facts->ms_per_action = known.ms_per_action;
	struct oak_plan *draft = oak_plan_make(ctx->arena, &input);
	if (run->installer && oak_plan_facts_gather(run->installer, &run->host, draft, ctx->arena, facts, &ctx->err) < 0)
		return -1;
	bool small = input.batches == OAK_BATCHES_SMALLEST ||
		     (input.batches == OAK_BATCHES_TIMED && run->seconds_left > 0 && draft->seconds > run->seconds_left);
	if (small && find_together(ctx, run, facts) < 0)
		return -1;
	run->plan = oak_plan_make(ctx->arena, &input);
	oak_phase_end(ctx, "planning");
	return 0;
}

static int judge_here(struct oak_context *ctx, struct oak_plan_run *run, enum oak_operation operation)
{
	if (find_installer(ctx, run) < 0)
		return -1;
	judge(ctx, run, operation);
	oak_phase_end(ctx, "evaluating");
	return 0;
}

static int scan(struct oak_context *ctx, struct oak_plan_run *run, enum oak_operation operation)
{
	struct oak_scan_run *s = &run->scan;
	return oak_scan_run_inventory(ctx, s) < 0 || oak_scan_run_choose(s) < 0 || oak_scan_run_recall(s, true) < 0 ? -1 : judge_here(ctx, run, operation);
}

static int finish(struct oak_context *ctx, struct oak_plan_run *run)
{
	if (run->override)
		oak_override_wants(ctx->arena, run->override, run->scan.verdict, &run->wants, &run->warnings);
	else
		oak_plan_wants(ctx->arena, run->scan.verdict, &run->wants);
	if (resolve_allowed(ctx, run) < 0)
		return -1;
	oak_phase_end(ctx, "resolving");
	return make(ctx, run);
}

int oak_plan_run_make(struct oak_context *ctx, enum oak_operation operation, struct oak_plan_run *run)
{
	return load_override(ctx, run) < 0 || load_snapshot(ctx, run) < 0 || scan(ctx, run, operation) < 0 ? -1 : finish(ctx, run);
}

int oak_plan_run_continue(struct oak_context *ctx, enum oak_operation operation, struct oak_plan_run *run)
{
	return judge_here(ctx, run, operation) < 0 ? -1 : finish(ctx, run);
}

/* Archives kept with the snapshot of a plan are on offer for it; a snapshot that is gone offers none. */
static void offer_again(struct oak_context *ctx, const struct oak_plan *old, struct oak_plan_run *run)
{
	struct oak_snapshot *snapshot = NULL;
	const struct oak_error before = ctx->err;
	if (old->snapshot && oak_snapshot_find(ctx, old->snapshot, &snapshot) == 0)
		oak_snapshot_offer(ctx, snapshot, run);
	ctx->err = before;
}

int oak_plan_run_again(struct oak_context *ctx, const struct oak_plan *old, struct oak_plan_run *run)
{
	if (scan(ctx, run, OAK_SCAN) < 0)
		return -1;
	offer_again(ctx, old, run);
	for (size_t i = 0; i < old->actions.n; i++) {
		const struct oak_plan_action *a = &old->actions.v[i];
		if (a->asked && a->to)
			*oak_push(ctx->arena, &run->wants.wants) = (struct oak_want){a->name, a->arch, a->to};
	}
	if (resolve(ctx, run) < 0)
		return -1;
	struct oak_plan_facts *facts = OAK_NEW(ctx->arena, struct oak_plan_facts);
	struct oak_transaction all = *run->transaction;
	struct oak_plan_input input = {.verdict = run->scan.verdict, .transaction = &all, .facts = facts, .refused = old->refused.v,
				       .refused_count = old->refused.n, .snapshot = old->snapshot, .window = old->window,
				       .now = oak_ctx_now(ctx)};
	struct oak_plan *plan = oak_plan_make(ctx->arena, &input);
	plan->baseline_id = old->baseline_id;
	plan->baseline_name = old->baseline_name;
	plan->baseline_digest = old->baseline_digest;
	plan->digest = oak_plan_digest(ctx->arena, plan);
	run->plan = plan;
	return 0;
}

int oak_plan_run_rescan(struct oak_context *ctx, struct oak_plan_run *run, const struct oak_pending_reboot *pending, size_t pending_count,
			const struct oak_last_outcome *outcomes, size_t outcome_count)
{
	struct oak_scan_run *s = &run->scan;
	struct oak_chosen chosen = s->chosen;
	if (!run->first)
		run->first = oak_steal(&s->arena); /* the plan borrows from it */
	oak_scan_run_done(s);
	if (oak_scan_run_inventory(ctx, s) < 0)
		return -1;
	s->chosen = chosen;
	if (!s->chosen.baseline && oak_scan_run_choose(s) < 0)
		return -1;
	if (oak_scan_run_recall(s, true) < 0)
		return -1;
	if (!s->memory)
		s->memory = OAK_NEW(ctx->arena, struct oak_memory);
	s->memory->pending.n = 0;
	if (run->override)
		s->memory->outcomes.n = 0; /* only what this run tried may be FAILED */
	for (size_t i = 0; i < pending_count; i++)
		*oak_push(ctx->arena, &s->memory->pending) = pending[i];
	for (size_t i = 0; i < outcome_count; i++)
		*oak_push(ctx->arena, &s->memory->outcomes) = outcomes[i];
	judge(ctx, run, run->going_back ? OAK_SCAN : OAK_INSTALL);
	return 0;
}
