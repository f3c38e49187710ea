/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sentences for people, made of the very values that the decision used. */
#include "baseline/explain.h"

#include "baseline/baseline_names.h"

static const char *const basis_words[OAK_BASIS_COUNT] = {
	[OAK_BASIS_NONE] = "without evidence of a date",
	[OAK_BASIS_ADVISORY_UPDATED] = "the advisory's updated date",
	[OAK_BASIS_ADVISORY_ISSUED] = "the advisory's issued date",
	[OAK_BASIS_FIRST_SEEN] = "first seen here, the repository was watched before",
	[OAK_BASIS_BUILD_TIME] = "the package's build time",
	[OAK_BASIS_RELEASE_DATE] = "the date of the repository's Release file",
	[OAK_BASIS_FIRST_SCAN] = "the first scan that saw it",
};

static const char *text_of(struct oak_arena *arena, oak_time t)
{
	char text[OAK_TIME_TEXT];

	return oak_arena_strdup(arena, oak_time_format(t, text));
}

/* " (reason; owner X; until T)", or "" for a plain entry. */
static const char *terms(struct oak_arena *arena, const struct oak_entry *entry)
{
	const char *reason = entry->reason, *owner = entry->owner;
	const char *until = entry->expires != OAK_TIME_NONE ? text_of(arena, entry->expires) : NULL;

	if (!reason && !owner && !until)
		return "";
	return oak_arena_printf(arena, " (%s%s%s%s%s%s%s)", reason ? reason : "", reason && owner ? "; " : "",
				owner ? "owner " : "", owner ? owner : "", (reason || owner) && until ? "; " : "",
				until ? "until " : "", until ? until : "");
}

const char *oak_explain_entry(struct oak_arena *arena, const struct oak_entry *entry, const char *by, oak_time now)
{
	bool expired = entry->expires != OAK_TIME_NONE && entry->expires <= now;

	return oak_arena_printf(arena, "entry '%s' names '%s'%s%s", entry->pattern, by, terms(arena, entry),
				expired ? ": expired, does not count" : "");
}

const char *oak_explain_rejection(struct oak_arena *arena, const struct oak_entry *entry, const char *ref)
{
	return oak_arena_printf(arena, "%s '%s'%s", ref, entry->pattern, terms(arena, entry));
}

const char *oak_explain_filter(struct oak_arena *arena, const struct oak_filter_context *context,
			       const struct oak_filter *filter, const struct oak_candidate *candidate)
{
	const char *value = oak_filter_value(context, filter->key, candidate);
	const char *list = "";

	for (size_t i = 0; i < filter->values.n; i++)
		list = oak_arena_printf(arena, "%s%s%s", list, i ? ", " : "", filter->values.v[i]);
	return oak_arena_printf(arena, "%s is %s%s%s, wanted %s", oak_filter_key_names[filter->key], value ? "'" : "", value ? value : "absent",
				value ? "'" : "", list);
}

const char *oak_explain_release(struct oak_arena *arena, const struct oak_release *release)
{
	return oak_arena_printf(arena, "released %s (%s)", text_of(arena, release->at), basis_words[release->basis]);
}

const char *oak_explain_pending(struct oak_arena *arena, const struct oak_release *release, oak_time at)
{
	return oak_arena_printf(arena, "%s, approved after %s", oak_explain_release(arena, release), text_of(arena, at));
}

static const char *explain_delay(const struct oak_judge *judge, const struct oak_rule *rule, const struct oak_release *release,
				 oak_time at, bool reached)
{
	struct oak_arena *arena = judge->arena;
	const char *released = oak_explain_release(arena, release);

	if (release->basis == OAK_BASIS_NONE)
		return "it is installed already, no delay applies";
	if (at == OAK_TIME_NONE)
		return oak_arena_printf(arena, "%s, no delay applies", released);
	if (rule->approve_until != OAK_TIME_NONE)
		return oak_arena_printf(arena, "%s, %s ApproveUntilDate %s", released, reached ? "not after" : "after",
					rule->approve_until_date ? rule->approve_until_date : "");
	if (at == OAK_TIME_NEVER)
		return oak_arena_printf(arena, "%s, undatedPolicy holds it", released);
	return oak_arena_printf(arena, "%s, approved after %s (%d days), which is %s", released, text_of(arena, at),
				rule->approve_after_days, reached ? "past" : "still to come");
}

const char *oak_explain_rule(const struct oak_judge *judge, const struct oak_rule *rule, const struct oak_candidate *candidate,
			     const struct oak_release *release, oak_time at, bool reached)
{
	struct oak_arena *arena = judge->arena;
	const char *text = "";

	for (size_t i = 0; i < rule->filters.n; i++)
		text = oak_arena_printf(arena, "%s%s%s; ", text,
					oak_explain_filter(arena, &judge->filters, &rule->filters.v[i], candidate),
					oak_filter_match(&judge->filters, &rule->filters.v[i], candidate) ? "" : ": no match");
	if (!rule->enable_non_security)
		text = oak_arena_printf(arena, "%s%s; ", text,
					candidate->security ? "counts as a security update or has an advisory"
							    : "is no security update, and enableNonSecurity is false: no match");
	return oak_arena_printf(arena, "%s%s", text, explain_delay(judge, rule, release, at, reached));
}
