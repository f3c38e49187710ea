/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Going back to the versions from before a run. */
#include <stdio.h>

#include "core/map.h"
#include "core/str.h"
#include "distributor/patch/apply_inside.h"

struct look {
	struct oak_installed_list list;
	struct oak_map index;
};

static int look(struct oak_apply *apply, struct oak_arena *arena, struct look *ret, struct oak_error *err)
{
	if (apply->installer->installed(&apply->host, arena, &ret->list, err) < 0)
		return -1;
	oak_map_init(&ret->index, arena, ret->list.v.n);
	for (size_t i = 0; i < ret->list.v.n; i++)
		oak_map_put(&ret->index, oak_arena_printf(arena, "%s %s", ret->list.v.v[i].id, ret->list.v.v[i].evr), &ret->list.v.v[i]);
	for (size_t i = 0; i < ret->list.v.n; i++)
		oak_map_put(&ret->index, ret->list.v.v[i].id, &ret->list.v.v[i]);
	return 0;
}

/* As it was before the action. */
static bool is_back(struct oak_arena *arena, const struct look *l, const struct oak_plan_action *a)
{
	if (a->kind == OAK_ACTION_INSTALL)
		return !oak_map_has(&l->index, a->patch);
	const struct oak_installed *p = oak_map_find(&l->index, oak_arena_printf(arena, "%s %s", a->patch, a->from));
	return p && !p->broken;
}

static bool is_done(struct oak_arena *arena, const struct look *l, const struct oak_plan_action *a)
{
	if (a->kind == OAK_ACTION_REMOVE)
		return !oak_map_has(&l->index, a->patch);
	return oak_map_has(&l->index, oak_arena_printf(arena, "%s %s", a->patch, a->to));
}

int oak_rollback_check(struct oak_apply *apply, struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	struct look l = {0};
	int rc = look(apply, arena, &l, err);
	for (size_t i = 0; rc == 0 && i < apply->plan->actions.n; i++) {
		const struct oak_plan_action *a = &apply->plan->actions.v[i];
		if (is_back(arena, &l, a))
			continue;
		const struct oak_installed *p = oak_map_find(&l.index, a->patch);
		if (!is_done(arena, &l, a) && !(p && p->broken))
			rc = oak_fail(err, OAK_CONFLICT, "rollback.moved", 0,
				      "'%s' is %s now, not %s as the run left it (roll the later change back first)", a->patch,
				      p ? p->evr : "absent", a->to ? a->to : "absent");
		else if (!a->reversible)
			rc = oak_fail(err, OAK_CONFLICT, "rollback.irreversible", 0, "'%s' cannot go back to %s: %s", a->patch,
				      a->from ? a->from : "before it", a->undo ? a->undo : "the plan said so");
	}
	oak_arena_free(arena);
	return rc;
}

static int report(struct oak_apply *apply, struct oak_patch_run *run, oak_time start, struct oak_error *err)
{
	struct look l = {0};
	size_t bad = 0;
	if (look(apply, run->arena, &l, err) < 0)
		return -1;
	run->actions.n = 0;
	for (size_t i = 0; i < apply->plan->actions.n; i++) {
		const struct oak_plan_action *a = &apply->plan->actions.v[i];
		bool back = is_back(run->arena, &l, a);
		*oak_push(run->arena, &run->actions) = (struct oak_run_action){
			.patch = a->patch, .from = a->to, .to = a->from, .status = back ? OAK_DONE_INSTALLED : OAK_DONE_FAILED,
			.error = back ? NULL : "the version from before is not installed", .started_at = start,
			.ended_at = oak_clock_now(&apply->clock)};
		bad += !back;
	}
	run->status = !bad ? OAK_RUN_SUCCESS : bad < run->actions.n ? OAK_RUN_PARTIAL : OAK_RUN_FAILED;
	return 0;
}

int oak_rollback_run(struct oak_apply *apply, struct oak_patch_run *run, struct oak_error *err)
{
	oak_time start = oak_clock_now(&apply->clock);
	const struct oak_plan *plan = apply->plan;
	const struct oak_plan_action **v = oak_arena_alloc(run->arena, plan->actions.n * sizeof(*v)), **kept = oak_arena_alloc(run->arena, plan->actions.n * sizeof(*kept));
	struct look l = {0};
	struct oak_error failure = {0}, marks = {0}, hook = {0};
	size_t n = 0, m = 0;
	oak_text_list did = {0};
	if (oak_hooks_check(&apply->hooks, err) < 0 || look(apply, run->arena, &l, err) < 0)
		return -1;
	for (size_t i = 0; i < plan->actions.n; i++) {
		const struct oak_plan_action *a = &plan->actions.v[i];
		if (!is_back(run->arena, &l, a))
			v[n++] = a;
		if (a->kind != OAK_ACTION_INSTALL)
			kept[m++] = a;
	}
	if ((n && oak_apply_hook(apply, run, OAK_HOOK_PRE_INSTALL, err) < 0) || oak_apply_intent(apply, OAK_WORK_COMMIT, 1, NULL, NULL, err) < 0)
		return -1;
	int rc = n ? apply->installer->undo(&apply->host, (struct oak_action_list){v, n}, &failure) : 0;
	if (rc < 0 && apply->installer->repair(&apply->host, run->arena, &did, &marks) < 0)
		*oak_push(run->arena, &run->notes) = oak_arena_strdup(run->arena, marks.cause);
	if (apply->installer->marks_restore(&apply->host, (struct oak_action_list){kept, m}, &marks) < 0)
		*oak_push(run->arena, &run->notes) = oak_arena_strdup(run->arena, marks.cause);
	if (report(apply, run, start, err) < 0)
		return -1;
	if (rc < 0)
		run->detail = oak_arena_strdup(run->arena, failure.cause);
	if (oak_apply_outcome(apply, OAK_WORK_COMMIT, 1, run->status == OAK_RUN_SUCCESS ? "DONE" : "FAILED", run->detail, err) < 0)
		return -1;
	if (n && run->status != OAK_RUN_FAILED && oak_apply_hook(apply, run, OAK_HOOK_POST_INSTALL, &hook) < 0) {
		run->status = OAK_RUN_FAILED;
		run->detail = oak_apply_words(run->arena, &hook);
	}
	return 0;
}
