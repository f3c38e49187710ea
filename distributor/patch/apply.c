/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order of a run. */
#include "distributor/patch/apply_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/map.h"
#include "core/str.h"
#include "core/trustfile.h"
#include "distributor/patch/tool.h"

enum { SHORT_DOWNLOAD = 64 * 1024 * 1024 };

int oak_apply_intent(struct oak_apply *apply, enum oak_work work, int batch, const char *subject, const char *boot_id,
		     struct oak_error *err)
{
	struct oak_journal_entry entry = {.kind = OAK_JOURNAL_INTENT, .step = work, .batch = batch, .subject = subject,
					  .boot_id = boot_id, .at = oak_clock_now(&apply->clock)};
	return oak_journal_append(apply->journal, &entry, err);
}

int oak_apply_outcome(struct oak_apply *apply, enum oak_work work, int batch, const char *status, const char *detail,
		      struct oak_error *err)
{
	struct oak_journal_entry entry = {.kind = OAK_JOURNAL_OUTCOME, .step = work, .batch = batch, .status = status,
					  .detail = detail, .at = oak_clock_now(&apply->clock)};
	return oak_journal_append(apply->journal, &entry, err);
}

const char *oak_apply_words(struct oak_arena *arena, const struct oak_error *err)
{
	char text[1100];
	return oak_arena_strdup(arena, oak_error_text(err, text, sizeof(text)));
}

void oak_apply_note(struct oak_patch_run *run, const char *text)
{
	for (size_t i = 0; i < run->notes.n; i++)
		if (oak_streq(run->notes.v[i], text)) /* each batch finds the same package broken again */
			return;
	*oak_push(run->arena, &run->notes) = text;
}

/* One step with its intent and its outcome; a failing act is an outcome too. */
static int step(struct oak_apply *apply, struct oak_patch_run *run, enum oak_work work,
		int (*act)(struct oak_apply *apply, struct oak_patch_run *run, struct oak_error *err), struct oak_error *err)
{
	if (apply->before.step[work] == OAK_WORK_DONE)
		return 0;
	if (oak_apply_intent(apply, work, 0, NULL, NULL, err) < 0)
		return -1;
	int rc = act(apply, run, err);
	struct oak_error unwritten = {0};
	if (oak_apply_outcome(apply, work, 0, rc == 0 ? "DONE" : "FAILED", rc == 0 ? NULL : oak_apply_words(run->arena, err), &unwritten) < 0 && rc == 0) {
		*err = unwritten;
		rc = -1;
	}
	return rc;
}

/* ------------------------------------------------------------------------------------------- which actions */

struct oak_action_list oak_apply_list(struct oak_apply *apply, struct oak_patch_run *run, int batch, bool undone_only)
{
	const struct oak_plan *plan = apply->plan;
	const struct oak_plan_action **v = oak_arena_alloc(run->arena, plan->actions.n * sizeof(*v));
	size_t n = 0;
	for (size_t i = 0; i < plan->actions.n; i++) {
		bool done = undone_only && i < run->actions.n && run->actions.v[i].status == OAK_DONE_INSTALLED;
		if ((batch == 0 || plan->actions.v[i].batch == batch) && !done)
			v[n++] = &plan->actions.v[i];
	}
	return (struct oak_action_list){v, n};
}

static const struct oak_installed *find_version(const struct oak_installed_list *list, const struct oak_map *index,
						const struct oak_plan_action *a, const char *evr)
{
	const struct oak_installed *first = oak_map_find(index, a->patch);
	for (const struct oak_installed *p = first; p && p < list->v.v + list->v.n; p++)
		if (oak_streq(p->id, a->patch) && oak_streq(p->evr, evr))
			return p;
	return NULL;
}

static void index_installed(struct oak_arena *arena, const struct oak_installed_list *list, struct oak_map *ret)
{
	oak_map_init(ret, arena, list->v.n);
	for (size_t i = list->v.n; i-- > 0;) /* the first of several versions is found */
		oak_map_put(ret, list->v.v[i].id, &list->v.v[i]);
}

int oak_apply_look(struct oak_apply *apply, struct oak_patch_run *run, struct oak_error *err)
{
	struct oak_installed_list list = {0};
	struct oak_map index;
	if (apply->installer->installed(&apply->host, run->arena, &list, err) < 0)
		return -1;
	index_installed(run->arena, &list, &index);
	if (!apply->first.v.n)
		apply->first = list;
	apply->newest = list;
	apply->broken = 0;
	for (size_t i = 0; i < list.v.n; i++)
		apply->broken += list.v.v[i].broken;
	for (size_t i = 0; i < apply->plan->actions.n; i++) {
		const struct oak_plan_action *a = &apply->plan->actions.v[i];
		if (run->actions.n <= i)
			*oak_push(run->arena, &run->actions) = (struct oak_run_action){
				.patch = a->patch, .from = a->from, .to = a->to, .status = OAK_DONE_NOT_STARTED,
				.started_at = OAK_TIME_NONE, .ended_at = OAK_TIME_NONE};
		const struct oak_installed *p = a->to ? find_version(&list, &index, a, a->to) : NULL;
		bool done = a->to ? p && !p->broken : !oak_map_has(&index, a->patch);
		struct oak_run_action *r = &run->actions.v[i];
		if (done)
			r->status = OAK_DONE_INSTALLED;
		else if (r->status == OAK_DONE_INSTALLED)
			r->status = OAK_DONE_NOT_STARTED;
	}
	return 0;
}

/* ------------------------------------------------------------------------------------------- steps */

static int act_stage(struct oak_apply *apply, struct oak_patch_run *run, struct oak_error *err)
{
	return apply->installer->stage(&apply->host, oak_apply_list(apply, run, 0, true), err);
}

static int act_secure(struct oak_apply *apply, struct oak_patch_run *run, struct oak_error *err)
{
	if (apply->installer->marks_save(&apply->host, err) < 0)
		return -1;
	return apply->installer->secure(&apply->host, oak_apply_list(apply, run, 0, true), err);
}

struct secure {
	struct oak_apply *apply;
	struct oak_patch_run *run;
};

static int work_secure(void *arg, struct oak_error *err)
{
	struct secure *s = arg;
	s->apply->host.progress = NULL; /* the bar is the other process's */
	return s->apply->installer->secure(&s->apply->host, oak_apply_list(s->apply, s->run, 0, true), err);
}

int oak_apply_secure_begin(struct oak_apply *apply, struct oak_patch_run *run, struct oak_error *err)
{
	struct secure work = {apply, run};
	if (apply->installer->marks_save(&apply->host, err) < 0 || oak_apply_intent(apply, OAK_WORK_SECURE, 0, NULL, NULL, err) < 0)
		return -1;
	return oak_aside_start(&apply->aside, work_secure, &work, err);
}

int oak_apply_secure_end(struct oak_apply *apply, struct oak_patch_run *run, struct oak_error *err)
{
	struct oak_error unwritten = {0};
	if (!apply->aside.busy)
		return 0;
	int rc = oak_aside_wait(&apply->aside, err);
	const char *why = rc < 0 ? oak_apply_words(run->arena, err) : NULL;
	if (oak_apply_outcome(apply, OAK_WORK_SECURE, 0, rc < 0 ? "FAILED" : "DONE", why, &unwritten) < 0 && rc == 0) {
		*err = unwritten;
		rc = -1;
	}
	return rc;
}

int oak_apply_secure_drop(struct oak_apply *apply, struct oak_error *err)
{
	if (!apply->aside.busy)
		return 0;
	oak_aside_end(&apply->aside);
	return oak_apply_outcome(apply, OAK_WORK_SECURE, 0, "FAILED", "ended: nothing is going to be changed", err);
}

static int act_marks(struct oak_apply *apply, struct oak_patch_run *run, struct oak_error *err)
{
	struct oak_action_list all = oak_apply_list(apply, run, 0, false);
	const struct oak_plan_action **v = oak_arena_alloc(run->arena, all.n * sizeof(*v));
	size_t n = 0;
	for (size_t i = 0; i < all.n; i++)
		if (run->actions.v[i].status == OAK_DONE_INSTALLED)
			v[n++] = all.v[i];
	return apply->installer->marks_restore(&apply->host, (struct oak_action_list){v, n}, err);
}

static int act_snapshot(struct oak_apply *apply, struct oak_patch_run *run, struct oak_error *err)
{
	struct oak_argv argv = {.arena = run->arena};
	struct oak_tool tool = {.host = &apply->host, .argv = &argv, .log = "snapshot"};
	int code = 0;
	if (oak_trust_check(apply->snapshot_command, err) < 0)
		return oak_context(err, "snapshot command");
	oak_argv_add_all(&argv, (const char *const[]){apply->snapshot_command, "create", run->id, NULL});
	if (oak_tool_run(&tool, &code, err) < 0)
		return -1;
	if (code != 0)
		return oak_fail(err, OAK_IO, "patch.snapshot", 0, "the snapshot command '%s' failed with %d: %s", apply->snapshot_command, code,
				oak_tool_complaint(&apply->host, run->arena, "snapshot"));
	return 0;
}

static int act_services(struct oak_apply *apply, struct oak_patch_run *run, struct oak_error *err)
{
	(void)err;
	oak_services_find(run->arena, apply->host.root, &run->services);
	if (apply->restart == OAK_RESTART_AUTO)
		oak_services_restart(&apply->host, run->arena, &run->services);
	return 0;
}


int oak_apply_hook(struct oak_apply *apply, struct oak_patch_run *run, enum oak_hook hook, struct oak_error *err)
{
	static const enum oak_work works[OAK_HOOK_COUNT] = {OAK_WORK_PRE_INSTALL, OAK_WORK_POST_INSTALL, OAK_WORK_PRE_REBOOT, OAK_WORK_ON_EXIT};
	enum oak_work work = works[hook];
	if (!apply->hooks.paths[hook].n || apply->before.step[work] == OAK_WORK_DONE)
		return 0;
	struct oak_hook_facts facts = {.run_id = run->id, .kind = run->kind, .node_id = apply->node_id, .plan_path = apply->plan_path,
				       .status = oak_run_status_to_string(run->status), .actions = apply->plan->actions.n,
				       .reboot = run->reboot.asked_for};
	struct oak_error unwritten = {0};
	if (oak_apply_intent(apply, work, 0, oak_hook_to_string(hook), NULL, err) < 0)
		return -1;
	int rc = oak_hooks_run(&apply->hooks, hook, &apply->host, &facts, err);
	if (oak_apply_outcome(apply, work, 0, rc == 0 ? "DONE" : "FAILED", rc == 0 ? NULL : oak_apply_words(run->arena, err), &unwritten) < 0 && rc == 0) {
		*err = unwritten;
		rc = -1;
	}
	return rc;
}

/* ------------------------------------------------------------------------------------------- the whole */

static void judge(struct oak_patch_run *run)
{
	size_t failed = 0, done = 0;
	for (size_t i = 0; i < run->actions.n; i++) {
		failed += run->actions.v[i].status != OAK_DONE_INSTALLED;
		done += run->actions.v[i].status == OAK_DONE_INSTALLED;
	}
	if (run->status != OAK_RUN_RUNNING)
		return; /* cut off, stopped: said already */
	run->status = !failed ? OAK_RUN_SUCCESS : done ? OAK_RUN_PARTIAL : OAK_RUN_FAILED;
	if (failed)
		run->detail = oak_arena_printf(run->arena, "%zu of %zu actions failed", failed, run->actions.n);
}

static bool has_version(const struct oak_installed_list *list, const struct oak_map *index, const struct oak_installed *wanted)
{
	const struct oak_installed *p = oak_map_find(index, wanted->id);
	for (; p && p < list->v.v + list->v.n; p++)
		if (oak_streq(p->id, wanted->id) && oak_streq(p->evr, wanted->evr))
			return true;
	return false;
}

static bool is_planned(const struct oak_apply *apply, const char *id)
{
	for (size_t i = 0; i < apply->plan->actions.n; i++)
		if (oak_streq(apply->plan->actions.v[i].patch, id))
			return true;
	return false;
}

/* What came or went besides the plan, while we worked. */
static void name_extras(struct oak_apply *apply, struct oak_patch_run *run, const struct oak_installed_list *from,
			const struct oak_installed_list *to, const char *what)
{
	struct oak_map index;
	index_installed(run->arena, to, &index);
	for (size_t i = 0; i < from->v.n; i++) {
		const struct oak_installed *p = &from->v.v[i];
		if (!has_version(to, &index, p) && !is_planned(apply, p->id))
			oak_apply_note(run, oak_arena_printf(run->arena, "'%s' %s was %s meanwhile, which the plan does not say", p->id, p->evr, what));
	}
}

/* What a crash of anybody left half-way, before anything new begins. */
static int act_repair(struct oak_apply *apply, struct oak_patch_run *run, struct oak_error *err)
{
	oak_text_list did = {0};
	int rc = apply->installer->repair(&apply->host, run->arena, &did, err);
	for (size_t i = 0; i < did.n; i++)
		oak_apply_note(run, did.v[i]);
	return rc;
}

/* One call of the package manager for downloads and changes costs half of two: where the whole is one batch, and the call asks
 * after its downloads or they are short. A plan that is taken up again is staged as it was. */
static bool at_once(const struct oak_apply *apply)
{
	bool short_download = apply->plan->download_bytes <= SHORT_DOWNLOAD;
	return !apply->download_only && !apply->before.begun && !apply->snapshot_command && oak_plan_batches(apply->plan) == 1 &&
	       (apply->installer->asks || short_download);
}

/* Downloads and old archives, so far as they are not left to the batch. */
static int get_ready(struct oak_apply *apply, struct oak_patch_run *run, struct oak_error *err)
{
	apply->staged = !at_once(apply);
	if (apply->staged && step(apply, run, OAK_WORK_STAGE, act_stage, err) < 0)
		return -1;
	if (apply->download_only)
		return 0;
	if (!apply->staged && apply->installer->asks)
		return oak_apply_secure_begin(apply, run, err);
	if (step(apply, run, OAK_WORK_SECURE, act_secure, err) < 0)
		return -1;
	return apply->snapshot_command ? step(apply, run, OAK_WORK_SNAPSHOT, act_snapshot, err) : 0;
}

/* Everything before the first change; after a failure here the host is as it was. */
static int prepare(struct oak_apply *apply, struct oak_patch_run *run, struct oak_error *err)
{
	if (oak_apply_look(apply, run, err) < 0)
		return -1;
	if (apply->broken && !apply->download_only) {
		apply->before.step[OAK_WORK_REPAIR] = OAK_WORK_NOT_BEGUN;
		if (step(apply, run, OAK_WORK_REPAIR, act_repair, err) < 0) {
			if (err->kind != OAK_IO)
				return -1;
			oak_apply_note(run, oak_apply_words(run->arena, err)); /* a package that never configures must not keep the others back */
		}
		if (oak_apply_look(apply, run, err) < 0)
			return -1;
	}
	struct oak_action_list left = oak_apply_list(apply, run, 0, true);
	if (!left.n)
		return 0;
	bool known = apply->before.changed || (apply->fresh && apply->installer->sure);
	if (!known && apply->installer->check(&apply->host, left, err) < 0)
		return -1;
	if (!apply->download_only && oak_apply_hook(apply, run, OAK_HOOK_PRE_INSTALL, err) < 0)
		return -1;
	return get_ready(apply, run, err);
}

int oak_apply_run(struct oak_apply *apply, struct oak_patch_run *run, struct oak_error *err)
{
	run->status = OAK_RUN_RUNNING;
	if (oak_hooks_check(&apply->hooks, err) < 0 || prepare(apply, run, err) < 0)
		return -1;
	if (apply->download_only) {
		run->status = OAK_RUN_SUCCESS;
		run->detail = "downloaded only, nothing was installed";
		return 0;
	}
	if (run->actions.n && (oak_apply_batches(apply, run, err) < 0 || oak_apply_secure_drop(apply, err) < 0 || step(apply, run, OAK_WORK_MARKS, act_marks, err) < 0))
		return -1;
	judge(run);
	name_extras(apply, run, &apply->first, &apply->newest, "removed");
	name_extras(apply, run, &apply->newest, &apply->first, "installed");
	struct oak_error hook = {0};
	bool goes_on = run->status != OAK_RUN_FAILED && run->status != OAK_RUN_INTERRUPTED;
	if (run->actions.n && goes_on && oak_apply_hook(apply, run, OAK_HOOK_POST_INSTALL, &hook) < 0) {
		run->status = hook.kind == OAK_INTERRUPTED ? OAK_RUN_INTERRUPTED : OAK_RUN_FAILED;
		run->detail = oak_apply_words(run->arena, &hook);
		return 0; /* a failed step goes straight to the on-exit hook */
	}
	return apply->restart == OAK_RESTART_NONE || !run->actions.n ? 0 : step(apply, run, OAK_WORK_SERVICES, act_services, err);
}
