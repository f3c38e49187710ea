/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state of one installed package: which version is approved, which is to come, what stands in the way. */
#include "baseline/tally.h"

static void set_reason(struct oak_patch *patch, enum oak_reason reason, const char *detail, oak_time until)
{
	patch->reason = reason;
	patch->reason_detail = detail;
	patch->until = until;
}

/* The words of a pin that keeps UPDATE out; NULL = none. Where versions say which of them a pin refuses, the others are
 * free. */
static const char *pin_against(const struct oak_group *group, const struct oak_update *update)
{
	for (size_t i = 0; i < group->updates.n; i++)
		if (group->updates.v[i]->policy)
			return update->policy;
	return group->installed->pin;
}

/* What of the host keeps an approved version from being installed. */
static void set_obstacle(struct oak_patch *patch, const struct oak_group *group, const struct oak_update *update)
{
	const struct oak_package *installed = group->installed;
	const char *pin = pin_against(group, update);
	static const struct {
		const char *kind;
		enum oak_reason reason;
		const char *detail;
	} holds[] = {
		{"versionlock", OAK_REASON_VERSIONLOCK, "the host's versionlock keeps it"},
		{"lock", OAK_REASON_EXCLUDED, "a lock of the host's package manager keeps it"},
		{"exclude", OAK_REASON_EXCLUDED, "an exclude of the host's package manager hides it"},
	};

	if (installed->hold) {
		set_reason(patch, OAK_REASON_HELD, "the host holds the package", OAK_TIME_NONE);
		for (size_t i = 0; i < sizeof(holds) / sizeof(holds[0]); i++)
			if (oak_streq(installed->hold_kind, holds[i].kind))
				set_reason(patch, holds[i].reason, holds[i].detail, OAK_TIME_NONE);
	} else if (pin) {
		set_reason(patch, OAK_REASON_PINNED, pin, OAK_TIME_NONE);
	} else if (update->needs_subscription) {
		set_reason(patch, OAK_REASON_NEEDS_SUBSCRIPTION, update->needs_subscription, OAK_TIME_NONE);
	} else if (update->phased) {
		set_reason(patch, OAK_REASON_PHASED, "the update is phased and this node's turn has not come", OAK_TIME_NONE);
	}
}

static void add_remedied(struct oak_run *run, struct oak_patch *patch, const struct oak_tally *tally, bool successor)
{
	struct oak_remedied remedied;

	oak_remedied_init(&remedied, run->arena);
	for (size_t i = 0; i < tally->approved.n; i++) {
		const struct oak_judgement *j = &tally->approved.v[i];
		const struct oak_update *update = j->candidate.update;

		if (j->candidate.advisory &&
		    (successor || update->successor_of || run->judge.compare(update->evr, patch->available) <= 0))
			oak_row_add_advisory(run->arena, patch, &remedied, j->candidate.advisory);
	}
}

static void set_missing(struct oak_run *run, struct oak_patch *patch, const struct oak_group *group, const struct oak_tally *tally)
{
	const struct oak_update *update = tally->chosen.candidate.update;
	bool successor = update->successor_of && !oak_streq(update->name, group->name);

	oak_row_of_judgement(patch, &tally->chosen);
	patch->state = OAK_STATE_MISSING;
	patch->available = update->evr;
	patch->level = tally->chosen.level;
	set_obstacle(patch, group, update);
	if (successor && patch->reason == OAK_REASON_NONE)
		patch->reason_detail = oak_arena_printf(run->arena, "it would bring the new package '%s'", update->name);
	add_remedied(run, patch, tally, successor);
	if (oak_kernel_live_patched(run, patch, &patch->reason_detail)) {
		patch->state = OAK_STATE_INSTALLED;
		patch->reason = OAK_REASON_LIVE_PATCHED;
		return;
	}
	oak_mark_missing(run, patch);
}

/* The next version after the vanished one that only lacks its age. */
static const struct oak_judgement *successor_of(const struct oak_run *run, const struct oak_group *group, const struct oak_tally *tally)
{
	return oak_tally_has(&tally->pending) && run->judge.compare(oak_tally_evr(&tally->pending), group->vanished->evr) > 0 ? &tally->pending
													       : NULL;
}

static void set_vanished(struct oak_run *run, struct oak_patch *patch, const struct oak_group *group, struct oak_tally *tally)
{
	const struct oak_judgement *next = successor_of(run, group, tally);
	int level = group->vanished->level ? oak_level_from_string(group->vanished->level) : -1;
	char then[OAK_TIME_TEXT];

	if (next && run->input->baseline->inherit_approval) {
		struct oak_judgement inherited = *next;

		inherited.approved = true;
		inherited.rule = oak_arena_printf(run->arena, "inherited from %s", group->vanished->evr);
		inherited.approved_at = group->vanished->approved_at;
		tally->chosen = inherited;
		*oak_push(run->arena, &tally->approved) = inherited;
		set_missing(run, patch, group, tally);
		return;
	}
	if (next)
		oak_row_of_judgement(patch, next);
	patch->state = OAK_STATE_MISSING;
	patch->available = group->vanished->evr;
	patch->level = level < 0 ? OAK_LEVEL_UNSPECIFIED : (enum oak_level)level;
	if (!next)
		patch->approved_at = group->vanished->approved_at;
	if (next)
		set_reason(patch, OAK_REASON_SUPERSEDED_BEFORE_INSTALL,
			   oak_arena_printf(run->arena, "%s was approved and is no longer offered; its successor %s is approved after %s",
					    group->vanished->evr, oak_tally_evr(next), oak_time_format(next->approved_at, then)),
			   next->approved_at);
	else
		set_reason(patch, OAK_REASON_NO_LONGER_OFFERED,
			   oak_arena_printf(run->arena, "%s was approved, and no repository offers it or a successor",
					    group->vanished->evr),
			   OAK_TIME_NONE);
	oak_mark_missing(run, patch);
}

/* Nothing newer exists because no repository has the package, or has its installed version any more. */
static void set_unoffered(struct oak_patch *patch, const struct oak_package *installed)
{
	if (oak_streq(installed->offered, "none"))
		set_reason(patch, OAK_REASON_NO_REPOSITORY, "no repository offers any version of it", OAK_TIME_NONE);
	else if (oak_streq(installed->offered, "other"))
		set_reason(patch, OAK_REASON_NO_LONGER_OFFERED, "no repository offers the installed version", OAK_TIME_NONE);
}

/* Not missing: what the newer versions that exist wait for. */
static void set_waiting(struct oak_patch *patch, const struct oak_tally *tally)
{
	const struct oak_judgement *j = oak_tally_has(&tally->pending) ? &tally->pending : &tally->blocked;

	if (!oak_tally_has(j))
		return;
	if (patch->state == OAK_STATE_INSTALLED_OTHER)
		oak_row_of_judgement(patch, j);
	patch->available = oak_tally_evr(j);
	patch->approved_at = j->approved_at;
	set_reason(patch, j->reason, j->detail, j->until);
}

static void count_waiting(struct oak_run *run, const struct oak_patch *patch, const struct oak_tally *tally)
{
	const struct oak_judgement *j = &tally->pending;

	if (patch->state == OAK_STATE_MISSING || patch->state == OAK_STATE_FAILED || !oak_tally_has(j))
		return;
	if (j->candidate.update->security || oak_is_security_class(j->candidate.classification))
		run->verdict->summary.available_security_update++;
}

/* Approved when a run of ours installed it; nobody offers it as an update any more. */
static bool installed_by_run(const struct oak_run *run, const struct oak_package *p)
{
	const struct oak_memory *memory = run->input->memory;
	bool ours = false;

	for (size_t i = 0; memory && i < memory->outcomes.n; i++) {
		const struct oak_last_outcome *o = &memory->outcomes.v[i];

		if (oak_streq(o->name, p->name) && (!o->arch || oak_streq(o->arch, p->arch)) && o->evr)
			ours = oak_streq(o->status, "INSTALLED") && run->judge.compare(o->evr, p->evr) == 0;
	}
	return ours;
}

static void set_installed(struct oak_run *run, struct oak_patch *patch, const struct oak_group *group, const struct oak_tally *tally)
{
	patch->state = OAK_STATE_INSTALLED_OTHER;
	if (oak_tally_has(&tally->covered)) {
		oak_row_of_judgement(patch, &tally->covered);
		patch->state = OAK_STATE_INSTALLED;
		patch->level = tally->covered.level;
	} else if (installed_by_run(run, group->installed)) {
		patch->state = OAK_STATE_INSTALLED;
		patch->rule = "installed by an earlier run";
	}
	if (oak_tally_has(&tally->pending) || oak_tally_has(&tally->blocked))
		set_waiting(patch, tally);
	else
		set_unoffered(patch, group->installed);
	count_waiting(run, patch, tally);
}

static bool set_rejected(struct oak_run *run, struct oak_patch *patch, const struct oak_group *group, const struct oak_tally *tally)
{
	const struct oak_package *p = group->installed;
	enum oak_reason reason;
	const char *detail;
	oak_time until;

	if (!oak_judge_rejects_package(&run->judge, p->name, p->arch, p->evr, &reason, &detail, &until))
		return false;
	patch->state = run->input->baseline->block_rejected ? OAK_STATE_INSTALLED_REJECTED : OAK_STATE_INSTALLED_OTHER;
	set_waiting(patch, tally);
	patch->approved_at = OAK_TIME_NONE;
	patch->rule = NULL;
	set_reason(patch, reason, detail, until);
	return true;
}

/* A reboot that is due outranks the installed states, not the missing ones. */
static void set_reboot(struct oak_run *run, struct oak_patch *patch, const struct oak_group *group)
{
	const char *detail = NULL;

	if (patch->state > OAK_STATE_INSTALLED_REJECTED)
		return;
	if (oak_kernel_waits(run, group, &detail)) {
		patch->state = OAK_STATE_INSTALLED_PENDING_REBOOT;
		set_reason(patch, OAK_REASON_RUNNING_OLD_KERNEL, detail, OAK_TIME_NONE);
	} else if (oak_reboot_pending(run, group->name, group->installed->arch, group->installed->evr)) {
		patch->state = OAK_STATE_INSTALLED_PENDING_REBOOT;
		set_reason(patch, OAK_REASON_NONE, "installed without the reboot that it asks for", OAK_TIME_NONE);
	}
}

void oak_evaluate_group(struct oak_run *run, const struct oak_group *group)
{
	struct oak_tally tally;

	oak_tally_group(run, group, &tally);
	if (!group->installed) {
		run->verdict->summary.count[OAK_STATE_NOT_APPLICABLE] += oak_tally_has(&tally.chosen);
		return;
	}
	struct oak_patch *patch = oak_run_row(run, oak_arena_printf(run->arena, "%s.%s", group->name, group->arch ? group->arch : ""),
					      group->name, group->arch);
	patch->installed = group->installed->evr;
	if (set_rejected(run, patch, group, &tally))
		;
	else if (oak_tally_has(&tally.chosen))
		set_missing(run, patch, group, &tally);
	else if (group->vanished)
		set_vanished(run, patch, group, &tally);
	else
		set_installed(run, patch, group, &tally);
	set_reboot(run, patch, group);
}
