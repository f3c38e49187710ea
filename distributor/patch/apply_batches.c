/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The batches of a run: asked whether they may begin, done, looked at, and what failed tried one by one. */
#include "core/str.h"
#include "core/system.h"
#include "distributor/patch/apply_inside.h"
#include "distributor/patch/power.h"

/* ------------------------------------------------------------------------------------------- the gate */

static const char *size_text(struct oak_arena *arena, int64_t bytes)
{
	bool large = bytes >= 10 << 20;
	return oak_arena_printf(arena, "%lld %s", (long long)(bytes >> (large ? 20 : 10)), large ? "MB" : "kB");
}

static const char *disk_problem(struct oak_apply *apply, struct oak_arena *arena)
{
	for (size_t i = 0; i < apply->plan->disk.n; i++) {
		const struct oak_plan_disk *d = &apply->plan->disk.v[i];
		const char *path = oak_arena_printf(arena, "%s%s", oak_streq(apply->host.root, "/") ? "" : apply->host.root, d->path);
		int64_t free_bytes;
		uint64_t device;
		if (oak_disk_space(path, &free_bytes, &device) == 0 && d->needs > free_bytes)
			return oak_arena_printf(arena, "no room on the disk: '%s' has %s free and the plan needs %s", d->path, size_text(arena, free_bytes),
						size_text(arena, d->needs));
	}
	return NULL;
}

static enum oak_apply_gate ask_gate(struct oak_apply *apply, struct oak_arena *arena, int64_t seconds, const char **ret_why)
{
	if (apply->host.stop && *apply->host.stop) {
		*ret_why = "asked to stop";
		return OAK_APPLY_STOPPED;
	}
	*ret_why = disk_problem(apply, arena);
	if (!*ret_why)
		*ret_why = oak_power_problem(arena, apply->host.root);
	if (*ret_why)
		return OAK_APPLY_UNFIT;
	return apply->gate ? apply->gate(apply->gate_arg, arena, seconds, ret_why) : OAK_APPLY_OPEN;
}

static void set_times(struct oak_patch_run *run, const struct oak_plan *plan, int batch, oak_time start, oak_time end)
{
	for (size_t i = 0; i < plan->actions.n; i++)
		if (plan->actions.v[i].batch == batch) {
			if (run->actions.v[i].started_at == OAK_TIME_NONE)
				run->actions.v[i].started_at = start;
			run->actions.v[i].ended_at = end;
		}
}

/* What is still undone after a failure, one by one: a bad package must not keep the good ones back. */
static void retry_singly(struct oak_apply *apply, struct oak_patch_run *run, int batch)
{
	struct oak_action_list left = oak_apply_list(apply, run, batch, true);
	for (size_t i = 0; i < left.n; i++) {
		struct oak_error err = {0};
		struct oak_action_list one = {&left.v[i], 1};
		size_t at = (size_t)(left.v[i] - apply->plan->actions.v);
		if (run->actions.v[at].status == OAK_DONE_INSTALLED || (apply->host.stop && *apply->host.stop))
			continue;
		if (apply->installer->commit(&apply->host, one, &err) < 0)
			run->actions.v[at].error = oak_apply_words(run->arena, &err);
		if (oak_apply_look(apply, run, &err) < 0)
			return;
	}
}

static void repair_after(struct oak_apply *apply, struct oak_patch_run *run)
{
	struct oak_error err = {0};
	oak_text_list did = {0};
	if (apply->installer->repair(&apply->host, run->arena, &did, &err) < 0)
		oak_apply_note(run, oak_apply_words(run->arena, &err));
	for (size_t i = 0; i < did.n; i++)
		oak_apply_note(run, did.v[i]);
}

/* ------------------------------------------------------------------------------------------- one batch */

struct change {
	struct oak_apply *apply;
	struct oak_patch_run *run;
	int batch, batches;
	bool begun;  /* the intent is in the journal: from here on the host may be changed */
	bool closed; /* the gate closed while it downloaded */
	oak_time start; /* of the change itself, without downloads where we are asked in between */
};

static bool set_closed(struct change *c, enum oak_apply_gate gate, const char *why)
{
	struct oak_patch_run *run = c->run;
	if (gate == OAK_APPLY_OPEN)
		return false;
	bool some = false;
	for (size_t i = 0; i < run->actions.n; i++)
		some = some || run->actions.v[i].status == OAK_DONE_INSTALLED;
	enum oak_run_status unfit = some ? OAK_RUN_PARTIAL : OAK_RUN_FAILED;
	run->status = gate == OAK_APPLY_CUT_OFF ? OAK_RUN_CUT_OFF : gate == OAK_APPLY_STOPPED ? OAK_RUN_INTERRUPTED : unfit;
	run->detail = oak_arena_printf(run->arena, "batch %d of %d was not started: %s", c->batch, c->batches, why ? why : "closed");
	return true;
}

/* The package manager stands right before its first change: the old archives are there, the gate is still open, and the
 * journal knows. */
static int on_ready(void *arg, struct oak_error *err)
{
	struct change *c = arg;
	const char *why = NULL;
	if (c->begun)
		return 0;
	if (oak_apply_secure_end(c->apply, c->run, err) < 0)
		return -1;
	enum oak_apply_gate gate = c->apply->staged ? OAK_APPLY_OPEN : ask_gate(c->apply, c->run->arena, 0, &why);
	c->closed = set_closed(c, gate, why);
	if (c->closed)
		return oak_fail(err, OAK_CONFLICT, "patch.not-now", 0, "not started: %s", why ? why : "closed");
	if (oak_apply_intent(c->apply, OAK_WORK_COMMIT, c->batch, NULL, NULL, err) < 0)
		return -1;
	c->begun = true;
	c->start = oak_clock_now(&c->apply->clock);
	return 0;
}

/* Nothing was changed by a failed first batch: the run ends as after a failed download. */
static bool ends_run(const struct change *c, const struct oak_error *failure)
{
	bool waits = failure->kind == OAK_TRANSIENT || failure->kind == OAK_INTERRUPTED;
	return !c->begun && (!c->apply->staged || waits);
}

static void name_failures(struct oak_apply *apply, struct oak_patch_run *run, int batch, const char *why, size_t *ret_undone)
{
	*ret_undone = 0;
	for (size_t i = 0; i < apply->plan->actions.n; i++) {
		struct oak_run_action *r = &run->actions.v[i];
		if (apply->plan->actions.v[i].batch != batch || r->status == OAK_DONE_INSTALLED)
			continue;
		++*ret_undone;
		r->status = OAK_DONE_FAILED;
		if (!r->error)
			r->error = why ? why : "the package manager reported success, but the version is not installed";
	}
}

static int run_batch(struct change *c, struct oak_action_list list, struct oak_error *err)
{
	struct oak_apply *apply = c->apply;
	struct oak_patch_run *run = c->run;
	struct oak_error failure = {0};
	apply->host.ready = apply->installer->asks ? on_ready : NULL;
	apply->host.ready_arg = c;
	int rc = apply->installer->asks ? 0 : on_ready(c, &failure);
	if (rc == 0)
		rc = apply->installer->commit(&apply->host, list, &failure);
	apply->host.ready = NULL;
	if (rc < 0 && !c->begun && oak_apply_secure_drop(apply, err) < 0)
		return -1;
	if (c->closed)
		return 0;
	if (rc < 0 && ends_run(c, &failure)) {
		*err = failure;
		return -1;
	}
	if (!c->begun && on_ready(c, err) < 0) /* it had nothing to do, or refused */
		return -1;
	if (rc < 0)
		repair_after(apply, run);
	if (oak_apply_look(apply, run, err) < 0)
		return -1;
	bool waits = rc < 0 && failure.kind == OAK_TRANSIENT; /* no network, a lock: for one package as for all */
	if (rc < 0 && list.n > 1 && !waits) {
		retry_singly(apply, run, c->batch);
		repair_after(apply, run);
		if (oak_apply_look(apply, run, err) < 0)
			return -1;
	}
	set_times(run, apply->plan, c->batch, c->start, oak_clock_now(&apply->clock));
	const char *why = rc < 0 ? oak_apply_words(run->arena, &failure) : NULL;
	size_t undone;
	name_failures(apply, run, c->batch, why, &undone);
	if (oak_apply_outcome(apply, OAK_WORK_COMMIT, c->batch, undone ? "FAILED" : "DONE", why, err) < 0)
		return -1;
	bool ends = waits || (rc < 0 && failure.kind == OAK_UNTRUSTED);
	if (!ends || undone < list.n || c->batch > 1)
		return 0;
	*err = failure;
	return -1;
}

int oak_apply_batches(struct oak_apply *apply, struct oak_patch_run *run, struct oak_error *err)
{
	struct change c = {.apply = apply, .run = run, .batches = oak_plan_batches(apply->plan)};
	for (c.batch = 1; c.batch <= c.batches && !c.closed; c.batch++) {
		const char *why = NULL;
		struct oak_action_list list = oak_apply_list(apply, run, c.batch, true);
		if (!list.n)
			continue;
		c.begun = false;
		enum oak_apply_gate gate = ask_gate(apply, run->arena, oak_plan_batch_seconds(apply->plan, c.batch), &why);
		if (set_closed(&c, gate, why))
			return 0;
		if (run_batch(&c, list, err) < 0)
			return -1;
	}
	return 0;
}
