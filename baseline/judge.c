/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists, then global filters, then rules: patch-semantics (b.0) with (b.6) decided. */
#include "baseline/judge.h"

#include "baseline/candidate.h"
#include "baseline/explain.h"

void oak_judge_init(struct oak_judge *judge, struct oak_arena *arena, const struct oak_evaluation *input,
		    const struct oak_observer *observer)
{
	const struct oak_platform *platform = &input->inventory->node.platform;
	const struct oak_baseline *baseline = input->baseline;
	enum oak_flavour flavour = oak_flavour_of(platform->family);

	*judge = (struct oak_judge){.arena = arena, .input = input, .observer = observer};
	judge->compare = oak_evr_for_family(platform->family);
	judge->filters = (struct oak_filter_context){flavour, oak_product_of_platform(arena, platform)};
	oak_evidence_init(&judge->evidence, arena, input->inventory, input->memory, input->now);
	judge->approved = oak_matcher_new(arena, baseline->approved.v, baseline->approved.n, flavour);
	judge->rejected = oak_matcher_new(arena, baseline->rejected.v, baseline->rejected.n, flavour);
	judge->rule_refs = oak_arena_alloc(arena, (baseline->rules.n + 1) * sizeof(*judge->rule_refs));
	for (size_t i = 0; i < baseline->rules.n; i++)
		judge->rule_refs[i] = oak_arena_printf(arena, "rule %zu", i + 1);
	oak_map_init(&judge->installed_modules, arena, 0);
	for (size_t i = 0; i < input->inventory->packages.n; i++) {
		const struct oak_package *package = &input->inventory->packages.v[i];

		oak_map_put(&judge->installed_modules, package->name, (void *)(package->module ? package->module : ""));
	}
}

static bool expired(const struct oak_judge *judge, const struct oak_entry *entry)
{
	return entry->expires != OAK_TIME_NONE && entry->expires <= judge->input->now;
}

static bool is_exception(const struct oak_entry *entry)
{
	return entry->owner || entry->reason || entry->expires != OAK_TIME_NONE;
}

static void observe(struct oak_judge *judge, const struct oak_candidate *candidate, enum oak_step_kind kind,
		    const char *ref, bool matched, const char *detail)
{
	if (judge->observer)
		judge->observer->step(judge->observer->arg, candidate, kind, ref, matched, detail);
}

static const char *entry_ref(struct oak_judge *judge, bool rejected, size_t index)
{
	return oak_arena_printf(judge->arena, "%s[%zu]", rejected ? "rejectedPatches" : "approvedPatches", index);
}

/* First entry of judge->hits that counts now; the others are told to the observer too. NULL if none does. */
static const struct oak_entry *first_valid(struct oak_judge *judge, const struct oak_candidate *candidate, bool rejected,
					   size_t *ret_index)
{
	const struct oak_baseline *baseline = judge->input->baseline;
	const struct oak_entry *found = NULL;

	for (size_t i = 0; i < judge->hits.list.n; i++) {
		const struct oak_hit *hit = &judge->hits.list.v[i];
		const struct oak_entry *entry = rejected ? &baseline->rejected.v[hit->entry] : &baseline->approved.v[hit->entry];
		bool counts = !expired(judge, entry);

		if (judge->observer)
			observe(judge, candidate,
				is_exception(entry) ? OAK_STEP_EXCEPTION : rejected ? OAK_STEP_REJECTED : OAK_STEP_APPROVED,
				entry_ref(judge, rejected, hit->entry), counts,
				oak_explain_entry(judge->arena, entry, hit->by, judge->input->now));
		if (counts && !found) {
			found = entry;
			*ret_index = hit->entry;
		}
	}
	return found;
}

static void set_rejected(struct oak_judge *judge, const struct oak_entry *entry, size_t index, enum oak_reason *ret_reason,
			 const char **ret_detail, oak_time *ret_until)
{
	*ret_reason = is_exception(entry) ? OAK_REASON_EXCEPTION : OAK_REASON_REJECTED;
	*ret_until = entry->expires;
	*ret_detail = oak_explain_rejection(judge->arena, entry, entry_ref(judge, true, index));
}

bool oak_judge_rejects_package(struct oak_judge *judge, const char *name, const char *arch, const char *evr,
			       enum oak_reason *ret_reason, const char **ret_detail, oak_time *ret_until)
{
	const struct oak_update installed = {.name = name, .arch = arch, .evr = evr};
	const struct oak_candidate itself = {.update = &installed};
	const struct oak_entry *entry;
	size_t index = 0;

	oak_matcher_package(judge->rejected, name, arch, evr, &judge->hits);
	entry = first_valid(judge, &itself, true, &index);
	if (entry)
		set_rejected(judge, entry, index, ret_reason, ret_detail, ret_until);
	return entry != NULL;
}

static bool rejected(struct oak_judge *judge, struct oak_judgement *out)
{
	const struct oak_entry *entry;
	size_t index = 0;

	oak_matcher_candidate(judge->rejected, out->candidate.update, out->candidate.advisory, &judge->hits);
	entry = first_valid(judge, &out->candidate, true, &index);
	if (entry)
		set_rejected(judge, entry, index, &out->reason, &out->detail, &out->until);
	return entry != NULL;
}

/* The enabled stream is the one whose packages are installed; an advisory for another stream is none of ours. */
static bool other_module(struct oak_judge *judge, struct oak_judgement *out)
{
	const char *offered = out->candidate.update->module;
	const char *installed = oak_map_find(&judge->installed_modules, out->candidate.update->name);

	if (!offered || !*offered || !installed || oak_candidate_same_stream(offered, installed))
		return false;
	out->reason = OAK_REASON_MODULE_DISABLED;
	out->detail = oak_arena_printf(judge->arena, "it belongs to module '%s', which is not enabled%s%s%s", offered,
				       *installed ? " (installed from '" : "", installed, *installed ? "')" : "");
	return true;
}

static void approve(struct oak_judgement *out, enum oak_level level, const char *rule)
{
	if (!out->approved || level > out->level) {
		out->level = level;
		out->rule = rule;
	}
	if (!out->approved)
		out->approved_at = OAK_TIME_NONE; /* what a rule that is still pending said */
	out->approved = true;
}

static void set_reason(struct oak_judgement *out, enum oak_reason reason, const char *detail)
{
	out->reason = reason;
	out->detail = detail;
}

static void ask_approved_list(struct oak_judge *judge, struct oak_judgement *out)
{
	const struct oak_baseline *baseline = judge->input->baseline;
	size_t index = 0;

	oak_matcher_candidate(judge->approved, out->candidate.update, out->candidate.advisory, &judge->hits);
	const struct oak_entry *entry = first_valid(judge, &out->candidate, false, &index);
	if (!entry)
		return;
	if (baseline->approved_enable_non_security || out->candidate.security)
		approve(out, baseline->approved_level, entry_ref(judge, false, index));
	else
		set_reason(out, OAK_REASON_NOT_SECURITY,
			   "the approved list names it, but approvedPatchesEnableNonSecurity is false");
}

static bool global_filters_pass(struct oak_judge *judge, struct oak_judgement *out)
{
	const struct oak_baseline *baseline = judge->input->baseline;
	bool pass = true;

	for (size_t i = 0; i < baseline->global_filters.n; i++) {
		const struct oak_filter *filter = &baseline->global_filters.v[i];
		bool matched = oak_filter_match(&judge->filters, filter, &out->candidate);

		if (judge->observer)
			observe(judge, &out->candidate, OAK_STEP_GLOBAL_FILTER,
				oak_arena_printf(judge->arena, "globalFilters[%zu]", i), matched,
				oak_explain_filter(judge->arena, &judge->filters, filter, &out->candidate));
		if (!matched && pass && !out->approved)
			set_reason(out, OAK_REASON_NOT_APPROVED, oak_arena_printf(judge->arena, "globalFilters[%zu] excludes it", i));
		pass = pass && matched;
	}
	return pass;
}

/* How far a candidate comes with a rule. */
struct verdict_of_rule {
	bool filters, metadata, reached;
	oak_time at;
};

static struct verdict_of_rule try_rule(struct oak_judge *judge, const struct oak_rule *rule, struct oak_judgement *out)
{
	struct verdict_of_rule v = {.filters = oak_filter_match_rule(&judge->filters, rule, &out->candidate)};

	v.metadata = rule->enable_non_security || out->candidate.security;
	v.at = oak_approval_at(judge->input->baseline, rule, &out->release);
	v.reached = oak_approval_reached(rule, &out->release, v.at, judge->input->now);
	if (out->release.basis == OAK_BASIS_NONE) {
		v.at = OAK_TIME_NONE;
		v.reached = true;
	}
	return v;
}

/* Better reasons replace weaker ones: too young says more than "not security", that more than "no rule". */
static void not_approved_by(struct oak_judge *judge, const struct oak_rule *rule, const char *ref,
			    const struct verdict_of_rule *v, struct oak_judgement *out)
{
	const struct oak_baseline *baseline = judge->input->baseline;

	if (!v->metadata) {
		if (out->reason == OAK_REASON_NONE || out->reason == OAK_REASON_NOT_APPROVED)
			oak_candidate_not_security(judge, &out->candidate, &out->reason, &out->detail);
	} else if (v->at != OAK_TIME_NEVER) {
		if (out->reason != OAK_REASON_PENDING_APPROVAL || v->at < out->approved_at) {
			out->reason = OAK_REASON_PENDING_APPROVAL;
			out->approved_at = out->until = v->at;
			out->rule = ref;
			out->level = rule->level;
			out->detail = oak_explain_pending(judge->arena, &out->release, v->at);
		}
	} else if (out->reason != OAK_REASON_PENDING_APPROVAL) {
		if (out->release.undated && baseline->undated == OAK_UNDATED_HOLD)
			set_reason(out, OAK_REASON_UNDATED, "its advisory has no date and undatedPolicy is HOLD");
		else
			set_reason(out, OAK_REASON_NOT_APPROVED,
				   oak_arena_printf(judge->arena, "released after the ApproveUntilDate %s of %s",
						    rule->approve_until_date ? rule->approve_until_date : "", ref));
	}
}

static void ask_rule(struct oak_judge *judge, size_t i, bool global, struct oak_judgement *out)
{
	const struct oak_rule *rule = &judge->input->baseline->rules.v[i];
	const char *ref = judge->rule_refs[i];
	struct verdict_of_rule v = try_rule(judge, rule, out);
	bool approves = global && v.filters && v.metadata && v.reached;

	if (judge->observer)
		observe(judge, &out->candidate, OAK_STEP_RULE, ref, v.filters && v.metadata,
			oak_explain_rule(judge, rule, &out->candidate, &out->release, v.at, v.reached));
	if (approves) {
		approve(out, rule->level, ref);
		if (v.at != OAK_TIME_NONE && (out->approved_at == OAK_TIME_NONE || v.at < out->approved_at))
			out->approved_at = v.at;
	} else if (global && v.filters && !out->approved) {
		not_approved_by(judge, rule, ref, &v, out);
	}
}

static void ask_rules(struct oak_judge *judge, struct oak_judgement *out)
{
	bool global = global_filters_pass(judge, out);

	for (size_t i = 0; i < judge->input->baseline->rules.n && (global || judge->observer); i++)
		ask_rule(judge, i, global, out);
	if (out->approved || out->reason != OAK_REASON_NONE)
		return;
	if (!out->candidate.security)
		oak_candidate_not_security(judge, &out->candidate, &out->reason, &out->detail);
	if (out->reason != OAK_REASON_NO_ADVISORIES)
		set_reason(out, OAK_REASON_NOT_APPROVED, "no rule or approved entry matches it");
}

static struct oak_judgement judge_candidate(struct oak_judge *judge, const struct oak_candidate *candidate)
{
	struct oak_judgement out = {.candidate = *candidate, .approved_at = OAK_TIME_NONE, .until = OAK_TIME_NONE};
	bool refused;

	out.release = oak_release_of(&judge->evidence, judge->input->baseline, candidate->update, candidate->advisory);
	if (candidate->installed && out.release.undated)
		out.release = (struct oak_release){OAK_TIME_NONE, OAK_BASIS_NONE, true};
	refused = rejected(judge, &out) || other_module(judge, &out);
	if (refused && !judge->observer)
		return out;
	struct oak_judgement rules = out;
	rules.reason = OAK_REASON_NONE;
	ask_approved_list(judge, &rules);
	ask_rules(judge, &rules);
	if (refused)
		return out; /* the rules were asked for the observer alone */
	if (rules.approved) {
		rules.reason = OAK_REASON_NONE;
		rules.detail = NULL;
		rules.until = OAK_TIME_NONE;
	}
	return rules;
}

struct oak_judgement oak_judge_candidate(struct oak_judge *judge, const struct oak_candidate *candidate)
{
	struct oak_judgement judgement = judge_candidate(judge, candidate);

	if (judge->observer)
		judge->observer->judged(judge->observer->arg, &judgement);
	return judgement;
}
