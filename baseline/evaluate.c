/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The evaluation from end to end: groups, rows, status. */
#include "baseline/evaluate.h"

#include "baseline/evaluation.h"
#include "baseline/kernel.h"

void oak_run_problem(struct oak_run *run, const char *kind, const char *subject, const char *detail, const char *remedy)
{
	*oak_push(run->arena, &run->verdict->problems) = (struct oak_problem){kind, subject, detail, remedy};
}

struct oak_patch *oak_run_row(struct oak_run *run, const char *id, const char *name, const char *arch)
{
	struct oak_patch *patch = oak_push(run->arena, &run->verdict->patches);

	*patch = (struct oak_patch){.id = id, .name = name, .arch = arch, .until = OAK_TIME_NONE,
				    .released = OAK_TIME_NONE, .approved_at = OAK_TIME_NONE};
	return patch;
}

void oak_row_of_judgement(struct oak_patch *patch, const struct oak_judgement *judgement)
{
	const struct oak_update *update = judgement->candidate.update;
	const char *classification = judgement->candidate.classification, *severity = judgement->candidate.severity;

	patch->classification = classification && *classification ? classification : NULL;
	patch->severity = severity && *severity ? severity : NULL;
	patch->released = judgement->release.at;
	patch->basis = judgement->release.basis;
	patch->approved_at = judgement->approved_at;
	patch->rule = judgement->rule;
	patch->repository = update->origins.n ? update->origins.v[0] : NULL;
}

void oak_remedied_init(struct oak_remedied *remedied, struct oak_arena *arena)
{
	oak_map_init(&remedied->advisories, arena, 0);
	oak_map_init(&remedied->cves, arena, 0);
	oak_map_init(&remedied->known_exploited, arena, 0);
}

/* True the first time: a kernel has thousands of CVEs, and each advisory repeats them. */
static bool is_new(struct oak_map *seen, const char *text)
{
	void **slot = oak_map_slot(seen, text);
	bool fresh = !*slot;

	*slot = seen;
	return fresh;
}

void oak_row_add_advisory(struct oak_arena *arena, struct oak_patch *patch, struct oak_remedied *remedied,
			  const struct oak_advisory *advisory)
{
	if (is_new(&remedied->advisories, advisory->id))
		*oak_push(arena, &patch->advisories) = advisory->id;
	for (size_t i = 0; i < advisory->cves.n; i++)
		if (is_new(&remedied->cves, advisory->cves.v[i]))
			*oak_push(arena, &patch->cves) = advisory->cves.v[i];
	for (size_t i = 0; i < advisory->known_exploited.n; i++)
		if (is_new(&remedied->known_exploited, advisory->known_exploited.v[i]))
			*oak_push(arena, &patch->known_exploited) = advisory->known_exploited.v[i];
}

static void note_expired(struct oak_run *run, const struct oak_entry *entries, size_t n, const char *list)
{
	for (size_t i = 0; i < n; i++) {
		char until[OAK_TIME_TEXT];

		if (entries[i].expires == OAK_TIME_NONE || entries[i].expires > run->input->now)
			continue;
		oak_run_problem(run, "exception-expired", entries[i].pattern,
				oak_arena_printf(run->arena, "%s[%zu] expired %s and counts no longer%s%s", list, i,
						 oak_time_format(entries[i].expires, until),
						 entries[i].owner ? ", owner " : "", entries[i].owner ? entries[i].owner : ""),
				"renew or remove the entry");
	}
}

static void note_inputs(struct oak_run *run)
{
	const struct oak_inventory *inventory = run->input->inventory;
	const struct oak_baseline *baseline = run->input->baseline;

	for (size_t i = 0; i < inventory->problems.n; i++)
		*oak_push(run->arena, &run->verdict->problems) = inventory->problems.v[i];
	note_expired(run, baseline->approved.v, baseline->approved.n, "approvedPatches");
	note_expired(run, baseline->rejected.v, baseline->rejected.n, "rejectedPatches");
	if (run->input->memory && run->input->memory->lost)
		oak_run_problem(run, "memory-lost", "first-seen times",
				"the record of first-seen times is new or was replaced; versions without an advisory date "
				"count as released at the first scan since",
				NULL);
}

/* What an explicit list names besides what is here: ask it for every installed package, then count the rest. */
static void count_named_elsewhere(struct oak_run *run)
{
	const struct oak_inventory *inventory = run->input->inventory;

	if (!oak_matcher_unmatched_names(run->judge.approved))
		return;
	for (size_t i = 0; i < inventory->packages.n; i++) {
		const struct oak_package *p = &inventory->packages.v[i];

		oak_matcher_package(run->judge.approved, p->name, p->arch, p->evr, &run->judge.hits);
	}
	run->verdict->summary.count[OAK_STATE_NOT_APPLICABLE] += (int64_t)oak_matcher_unmatched_names(run->judge.approved);
}

/* A vendor's patch that concerns nothing installed here though this baseline would approve it: counted, never a row. */
static void count_patches_elsewhere(struct oak_run *run)
{
	const struct oak_inventory *inventory = run->input->inventory;
	const struct oak_observer *observer = run->judge.observer;

	run->judge.observer = NULL;
	for (size_t i = 0; i < inventory->patches.n; i++) {
		struct oak_vendor_patch *patch = &inventory->patches.v[i];
		struct oak_update update;

		if (!oak_streq(patch->status, "NOT_APPLICABLE"))
			continue;
		oak_update_init(&update);
		update.name = patch->advisory.id;
		update.arch = update.evr = "";
		update.security = oak_is_security_class(patch->advisory.classification);
		update.advisories.v = &patch->advisory;
		update.advisories.n = update.advisories.cap = 1;
		update.origins.v = &patch->repository;
		update.origins.n = update.origins.cap = patch->repository ? 1 : 0;
		struct oak_candidate candidate = oak_candidate_of(&run->judge, &update, 0);
		run->verdict->summary.count[OAK_STATE_NOT_APPLICABLE] += oak_judge_candidate(&run->judge, &candidate).approved;
	}
	run->judge.observer = observer;
}

static struct oak_verdict *begin(struct oak_arena *arena, const struct oak_evaluation *input)
{
	struct oak_verdict *verdict = OAK_NEW(arena, struct oak_verdict);

	verdict->arena = arena;
	verdict->inventory = input->inventory;
	verdict->baseline_id = input->baseline->id;
	verdict->baseline_name = input->baseline->name;
	verdict->baseline_digest = oak_baseline_digest(arena, input->baseline);
	verdict->operation = input->operation;
	verdict->evaluated_at = input->now;
	return verdict;
}

struct oak_verdict *oak_evaluate_observed(struct oak_arena *arena, const struct oak_evaluation *input,
					  const struct oak_observer *observer)
{
	struct oak_run run = {.arena = arena, .input = input};

	run.verdict = begin(arena, input);
	oak_judge_init(&run.judge, arena, input, observer);
	note_inputs(&run);
	bool usable = oak_metadata_usable(&run);
	if (run.judge.filters.flavour == OAK_FLAVOUR_WINDOWS) {
		oak_evaluate_windows(&run);
	} else {
		oak_groups_build(&run);
		run.waiting_kernel = oak_kernel_not_booted(input->inventory);
		for (size_t i = 0; i < run.groups.list.n; i++)
			oak_evaluate_group(&run, run.groups.list.v[i]);
	}
	count_named_elsewhere(&run);
	count_patches_elsewhere(&run);
	oak_summarise(&run, usable);
	return run.verdict;
}

struct oak_verdict *oak_evaluate(struct oak_arena *arena, const struct oak_evaluation *input)
{
	return oak_evaluate_observed(arena, input, NULL);
}
