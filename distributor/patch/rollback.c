/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Going back to the versions from before a run. */
#include <stdio.h>

#include "core/map.h"
#include "core/str.h"
#include "distributor/patch/apply_inside.h"
#include "distributor/patch/old.h"

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
	if (a->kind == OAK_ACTION_INSTALL) /* a kernel's other versions stay */
		return !oak_map_has(&l->index, oak_arena_printf(arena, "%s %s", a->patch, a->to));
	const struct oak_installed *p = oak_map_find(&l->index, oak_arena_printf(arena, "%s %s", a->patch, a->from));
	return p && !p->broken;
}

static bool is_done(struct oak_arena *arena, const struct look *l, const struct oak_plan_action *a)
{
	if (a->kind == OAK_ACTION_REMOVE)
		return !oak_map_has(&l->index, a->patch);
	return oak_map_has(&l->index, oak_arena_printf(arena, "%s %s", a->patch, a->to));
}

/* The archive that brings A's version from before back; NULL = none is needed, or this package manager has none. */
static const char *archive_of(const struct oak_apply *apply, struct oak_arena *arena, const struct oak_plan_action *a)
{
	struct oak_plan_action before = *a;
	before.to = a->from;
	return oak_plan_action_replaces(a) && apply->installer->archive ? apply->installer->archive(arena, &before) : NULL;
}

static const char *archive_obstacle(const struct oak_apply *apply, struct oak_arena *arena, const struct oak_plan_action *a, const char **ret_reason)
{
	const char *file = archive_of(apply, arena, a);
	struct oak_error err = {0};
	if (!file || oak_old_check(&apply->host, arena, file, &err) == 0)
		return NULL;
	*ret_reason = err.kind == OAK_UNTRUSTED ? "ARCHIVE_CHANGED" : "ARCHIVE_ABSENT";
	return oak_arena_printf(arena, "it cannot go back to %s: %s", a->from, oak_apply_words(arena, &err));
}

/* What was asked for came beside a version that was there. If that is gone, removing the new one would leave the host without (a kernel, say).
 * Windows' updates, which have no archives, are each their own. */
static bool is_only_one(const struct oak_apply *apply, const struct look *l, const struct oak_plan_action *a)
{
	size_t n = 0;
	if (a->kind != OAK_ACTION_INSTALL || !a->asked || !apply->installer->archive)
		return false;
	for (size_t i = 0; i < l->list.v.n; i++)
		n += oak_streq(l->list.v.v[i].id, a->patch);
	return n == 1;
}

/* What stands against going back; NULL = nothing. */
static const char *obstacle(const struct oak_apply *apply, struct oak_arena *arena, const struct look *l, const struct oak_plan_action *a,
			    const char **ret_reason)
{
	const struct oak_installed *p = oak_map_find(&l->index, a->patch);
	if (!is_done(arena, l, a) && !(p && p->broken)) {
		*ret_reason = "MOVED";
		return oak_arena_printf(arena, "it is %s now, not %s as the run left it (roll the later change back first)", p ? p->evr : "absent",
					a->to ? a->to : "absent");
	}
	*ret_reason = "IRREVERSIBLE";
	if (is_only_one(apply, l, a))
		return "no other version of it is left, so it stays (install the one from before by hand, then roll back)";
	if (a->reversible)
		return archive_obstacle(apply, arena, a, ret_reason);
	return oak_arena_printf(arena, "it cannot go back to %s: %s", a->from ? a->from : "before it", a->undo ? a->undo : "the plan said so");
}

static struct oak_plan_action reversed(const struct oak_plan_action *a)
{
	static const enum oak_action_kind kinds[OAK_ACTION_COUNT] = {
		[OAK_ACTION_INSTALL] = OAK_ACTION_REMOVE,	[OAK_ACTION_UPGRADE] = OAK_ACTION_DOWNGRADE,
		[OAK_ACTION_DOWNGRADE] = OAK_ACTION_UPGRADE, [OAK_ACTION_REMOVE] = OAK_ACTION_INSTALL,
	};
	return (struct oak_plan_action){.patch = a->patch, .name = a->name, .arch = a->arch, .kind = kinds[a->kind], .from = a->to, .to = a->from,
					.disk = -a->disk, .asked = true, .batch = 1};
}

int oak_rollback_plan(struct oak_apply *apply, const char *run_id, struct oak_arena *arena, struct oak_plan **ret, struct oak_error *err)
{
	const struct oak_plan *then = apply->plan;
	struct oak_plan *plan = OAK_NEW(arena, struct oak_plan);
	struct look l = {0};
	if (look(apply, arena, &l, err) < 0)
		return -1;
	*plan = (struct oak_plan){.arena = arena, .node_id = then->node_id, .node_name = then->node_name, .baseline_id = then->baseline_id,
				  .baseline_name = then->baseline_name, .baseline_digest = then->baseline_digest,
				  .created_at = oak_clock_now(&apply->clock), .metadata_at = OAK_TIME_NONE};
	for (size_t i = 0; i < then->actions.n; i++) {
		const struct oak_plan_action *a = &then->actions.v[i];
		const char *reason, *detail = is_back(arena, &l, a) ? NULL : obstacle(apply, arena, &l, a, &reason);
		if (detail) {
			*oak_push(arena, &plan->refused) = (struct oak_plan_refusal){a->patch, reason, detail};
		} else if (!is_back(arena, &l, a)) {
			struct oak_plan_action *back = oak_push(arena, &plan->actions);
			*back = reversed(a);
			const char *file = archive_of(apply, arena, a);
			back->reason = oak_arena_printf(arena, "undoes run %s (%s%s%s)", run_id, a->undo ? a->undo : "remove", file ? ": " : "", file ? file : "");
			back->reversible = true;
			back->undo = "patch"; /* goes forward again */
			plan->disk_bytes += back->disk;
		}
	}
	plan->digest = oak_plan_digest(arena, plan);
	*ret = plan;
	return 0;
}

int oak_rollback_check(const struct oak_plan *back, struct oak_error *err)
{
	if (!back->refused.n)
		return 0;
	const struct oak_plan_refusal *r = &back->refused.v[0];
	if (oak_streq(r->reason, "ARCHIVE_CHANGED"))
		return oak_fail(err, OAK_UNTRUSTED, "rollback.archive", 0, "'%s': %s", r->patch, r->detail);
	if (oak_streq(r->reason, "ARCHIVE_ABSENT"))
		return oak_fail(err, OAK_CONFLICT, "rollback.archive", 0, "'%s': %s", r->patch, r->detail);
	bool moved = oak_streq(r->reason, "MOVED");
	return oak_fail(err, OAK_CONFLICT, moved ? "rollback.moved" : "rollback.irreversible", 0, "'%s': %s", r->patch, r->detail);
}

static int report(struct oak_apply *apply, struct oak_patch_run *run, oak_time start, struct oak_error *err)
{
	struct look l = {0};
	size_t bad = 0;
	if (look(apply, run->arena, &l, err) < 0)
		return -1;
	run->actions.n = 0;
	apply->broken = 0;
	for (size_t i = 0; i < l.list.v.n; i++)
		apply->broken += l.list.v.v[i].broken;
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
		run->status = hook.kind == OAK_INTERRUPTED ? OAK_RUN_INTERRUPTED : OAK_RUN_FAILED;
		run->detail = oak_apply_words(run->arena, &hook);
	}
	return 0;
}
