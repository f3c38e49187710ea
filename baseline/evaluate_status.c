/* SPDX-License-Identifier: GPL-3.0-or-later */
/* May the answer be trusted, and what does it come to: freshness of the metadata, counts, status. */
#include <stdlib.h>

#include "baseline/candidate.h"
#include "baseline/evaluation.h"

/* True if every way to be approved asks for a security update or an advisory. */
static bool needs_advisories_only(const struct oak_run *run)
{
	const struct oak_baseline *baseline = run->input->baseline;
	bool any = baseline->rules.n || baseline->approved.n;

	if (run->judge.filters.flavour == OAK_FLAVOUR_SUSE || run->judge.filters.flavour == OAK_FLAVOUR_WINDOWS)
		return false;
	if (baseline->approved.n && baseline->approved_enable_non_security)
		return false;
	for (size_t i = 0; i < baseline->rules.n; i++)
		if (baseline->rules.v[i].enable_non_security)
			return false;
	return any;
}

static oak_time fetched_at(const struct oak_run *run, const struct oak_repository *r)
{
	return r->fetched_at != OAK_TIME_NONE || r->error ? r->fetched_at : run->input->inventory->metadata_at;
}

static bool is_old(const struct oak_run *run, oak_time fetched)
{
	int64_t limit = run->input->baseline->metadata_max_age;

	return fetched != OAK_TIME_NONE && fetched < run->input->now && run->input->now - fetched > limit;
}

/* What is wrong with a repository's metadata; NULL = nothing. */
static const char *flaw(const struct oak_run *run, const struct oak_repository *r, const char **ret_kind)
{
	struct oak_arena *arena = run->arena;
	oak_time fetched = fetched_at(run, r);
	char text[OAK_TIME_TEXT], age[OAK_DURATION_TEXT];

	*ret_kind = "repository-failed";
	if (r->error)
		return oak_arena_printf(arena, "it could not be read or refreshed: %s", r->error);
	*ret_kind = "metadata-missing";
	if (fetched == OAK_TIME_NONE)
		return "it has no metadata";
	*ret_kind = "metadata-old";
	if (is_old(run, fetched))
		return oak_arena_printf(arena, "its metadata was fetched %s, longer ago than metadataMaxAge %s",
					oak_time_format(fetched, text),
					oak_duration_format(run->input->baseline->metadata_max_age, age));
	if (r->valid_until != OAK_TIME_NONE && r->valid_until < run->input->now)
		return oak_arena_printf(arena, "its metadata was valid until %s", oak_time_format(r->valid_until, text));
	return NULL;
}

static bool is_needed(const struct oak_run *run, const struct oak_repository *r, bool advisories_only)
{
	if (!r->enabled)
		return false;
	return !advisories_only || oak_carries_advisories(&run->judge, r) ||
	       (r->error && r->fetched_at == OAK_TIME_NONE); /* nobody knows what it carries */
}

static bool already_said(const struct oak_run *run, const char *kind, const char *subject)
{
	for (size_t i = 0; i < run->verdict->problems.n; i++)
		if (oak_streq(run->verdict->problems.v[i].kind, kind) && oak_streq(run->verdict->problems.v[i].subject, subject))
			return true;
	return false;
}

static bool check_repository(struct oak_run *run, const struct oak_repository *r)
{
	const char *kind, *detail = flaw(run, r, &kind);

	if (detail && !already_said(run, kind, r->id))
		oak_run_problem(run, kind, r->id, detail, "refresh it ('oakum scan --refresh')");
	return !detail;
}

/* Windows asks one service, and a recorded inventory may name no repository: then its own metadataAt counts. */
static bool check_without_repositories(struct oak_run *run)
{
	const struct oak_inventory *inventory = run->input->inventory;
	const struct oak_repository whole = {.fetched_at = inventory->metadata_at, .valid_until = OAK_TIME_NONE};
	bool said = run->judge.filters.flavour == OAK_FLAVOUR_WINDOWS || !inventory->repositories.n;
	const char *kind, *detail;

	if (said && inventory->metadata_at != OAK_TIME_NONE) {
		detail = flaw(run, &whole, &kind);
		if (detail)
			oak_run_problem(run, kind, "repositories", detail, "record a newer inventory");
		return !detail;
	}
	oak_run_problem(run, "metadata-missing", "repositories", "no enabled repository has metadata, so nothing can be said about updates",
			"configure and refresh the repositories");
	return false;
}

bool oak_metadata_usable(struct oak_run *run)
{
	const struct oak_inventory *inventory = run->input->inventory;
	bool advisories_only = needs_advisories_only(run), usable = true;
	size_t enabled = 0, needed = 0;

	for (size_t i = 0; i < inventory->repositories.n; i++) {
		const struct oak_repository *r = &inventory->repositories.v[i];

		enabled += r->enabled;
		if (!is_needed(run, r, advisories_only))
			continue;
		needed++;
		usable = check_repository(run, r) && usable;
	}
	if (!enabled)
		return check_without_repositories(run);
	if (!needed) {
		oak_run_problem(run, "no-security-metadata", "repositories",
				"no enabled repository carries advisories, so nothing tells which updates are security updates",
				"enable a repository with advisories, or let the baseline enable non-security updates");
		return false;
	}
	return usable;
}

static int compare_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int compare_rows(const void *a, const void *b)
{
	const struct oak_patch *x = a, *y = b;
	int order = (x->state > y->state) - (x->state < y->state);

	if (!order)
		order = compare_text(x->id, y->id);
	if (!order)
		order = compare_text(x->name, y->name);
	return order ? order : compare_text(x->available, y->available);
}

static bool is_non_compliant(const struct oak_run *run, const struct oak_patch *patch)
{
	return oak_state_is_bad(patch->state) || (patch->state == OAK_STATE_AVAILABLE_SECURITY_UPDATE &&
						  run->input->baseline->available_security_status == OAK_NON_COMPLIANT);
}

static void count(struct oak_run *run, const struct oak_patch *patch)
{
	struct oak_summary *s = &run->verdict->summary;
	bool critical = patch->level == OAK_LEVEL_CRITICAL, security = oak_is_security_class(patch->classification);

	s->count[patch->state]++;
	if (!is_non_compliant(run, patch))
		return;
	s->status = OAK_NON_COMPLIANT;
	s->critical_non_compliant += critical;
	s->security_non_compliant += security;
	s->other_non_compliant += !critical && !security;
	s->non_compliant_by_level[patch->level]++;
	if (patch->level > s->severity)
		s->severity = patch->level;
}

void oak_summarise(struct oak_run *run, bool metadata_usable)
{
	struct oak_verdict *verdict = run->verdict;

	verdict->summary.status = metadata_usable ? OAK_COMPLIANT : OAK_UNKNOWN;
	for (size_t i = 0; i < verdict->patches.n; i++)
		count(run, &verdict->patches.v[i]);
	if (verdict->patches.n)
		qsort(verdict->patches.v, verdict->patches.n, sizeof(*verdict->patches.v), compare_rows);
}
