/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Judging every candidate of a package, and keeping the best of each kind. */
#include "baseline/tally.h"

/* No origin: an advisory names the version, but no repository offers it (any more). */
static bool obtainable(const struct oak_update *update)
{
	return update->origins.n > 0 && !update->phased && !update->needs_subscription && !update->policy;
}

/* Order of approved candidates: what can be had, then version, then level, then security. */
static int compare_choice(const struct oak_run *run, const struct oak_judgement *a, const struct oak_judgement *b)
{
	int order = obtainable(a->candidate.update) - obtainable(b->candidate.update);

	if (!order)
		order = run->judge.compare(oak_tally_evr(a), oak_tally_evr(b));
	if (!order)
		order = (a->level > b->level) - (a->level < b->level);
	if (!order)
		order = oak_is_security_class(a->candidate.classification) - oak_is_security_class(b->candidate.classification);
	return order;
}

static void prefer(const struct oak_run *run, struct oak_judgement *best, const struct oak_judgement *j)
{
	if (!oak_tally_has(best) || compare_choice(run, j, best) > 0)
		*best = *j;
}

static void prefer_earlier(const struct oak_run *run, struct oak_judgement *best, const struct oak_judgement *j)
{
	if (!oak_tally_has(best) || j->approved_at < best->approved_at ||
	    (j->approved_at == best->approved_at && compare_choice(run, j, best) > 0))
		*best = *j;
}

static void take(struct oak_run *run, struct oak_tally *tally, const struct oak_judgement *j, bool newer)
{
	if (j->approved && newer) {
		*oak_push(run->arena, &tally->approved) = *j;
		prefer(run, &tally->chosen, j);
	} else if (j->approved) {
		prefer(run, &tally->covered, j);
	} else if (newer && j->reason == OAK_REASON_PENDING_APPROVAL) {
		prefer_earlier(run, &tally->pending, j);
	} else if (newer) {
		prefer(run, &tally->blocked, j);
	}
}

/* A version that the host would not take by itself (an archive that is not automatic, as backports) is no update; one
 * that a pin keeps out is, and the pin is what keeps it. */
static void refuse_by_policy(const struct oak_group *group, struct oak_judgement *j)
{
	const char *policy = j->candidate.update->policy;

	if (!policy || !group->installed || group->installed->pin)
		return;
	if (j->approved || j->reason == OAK_REASON_PENDING_APPROVAL) {
		j->approved = false;
		j->reason = OAK_REASON_PINNED;
		j->detail = policy;
		j->rule = NULL;
		j->approved_at = j->until = OAK_TIME_NONE;
	}
}

static void judge_update(struct oak_run *run, const struct oak_group *group, const struct oak_update *update, bool successor,
			 struct oak_tally *tally)
{
	bool newer = !group->installed || successor || run->judge.compare(update->evr, group->installed->evr) > 0;

	for (size_t i = 0; i < oak_candidate_count(update); i++) {
		struct oak_candidate candidate = oak_candidate_of(&run->judge, update, i);
		struct oak_judgement j = oak_judge_candidate(&run->judge, &candidate);

		refuse_by_policy(group, &j);
		take(run, tally, &j, newer);
	}
}

/* The installed version as a candidate, where the scanner says from where it comes or what it remedies. */
static void judge_installed(struct oak_run *run, const struct oak_group *group, struct oak_tally *tally)
{
	const struct oak_package *p = group->installed;
	struct oak_update *itself;

	if (!p || (!p->origins.n && !p->advisories.n))
		return;
	itself = OAK_NEW(run->arena, struct oak_update);
	oak_update_init(itself);
	*itself = (struct oak_update){.name = p->name, .arch = p->arch, .evr = p->evr, .source = p->source, .section = p->section,
				      .priority = p->priority, .module = p->module, .issued = itself->issued,
				      .updated = itself->updated, .built = itself->built, .first_seen = itself->first_seen};
	itself->origins.v = p->origins.v;
	itself->origins.n = p->origins.n;
	itself->advisories.v = p->advisories.v;
	itself->advisories.n = p->advisories.n;
	for (size_t i = 0; i < oak_candidate_count(itself); i++) {
		struct oak_candidate candidate = oak_candidate_of(&run->judge, itself, i);

		candidate.installed = true;
		struct oak_judgement j = oak_judge_candidate(&run->judge, &candidate);
		take(run, tally, &j, false);
	}
}

/* A metapackage's own candidates decide; those of the packages it would bring only where it has none approved. */
void oak_tally_group(struct oak_run *run, const struct oak_group *group, struct oak_tally *ret)
{
	struct oak_tally brought = {.chosen.approved_at = OAK_TIME_NONE}, *tally = ret;

	*tally = brought;
	judge_installed(run, group, tally);
	for (size_t i = 0; i < group->updates.n; i++)
		judge_update(run, group, group->updates.v[i], false, tally);
	for (size_t i = 0; i < group->successors.n; i++)
		judge_update(run, group, group->successors.v[i], true, &brought);
	if (!oak_tally_has(&tally->chosen))
		tally->chosen = brought.chosen;
	if (!oak_tally_has(&tally->pending) && !oak_tally_has(&tally->blocked))
		tally->pending = brought.pending;
	for (size_t i = 0; i < brought.approved.n; i++)
		*oak_push(run->arena, &tally->approved) = brought.approved.v[i];
}
