/* SPDX-License-Identifier: GPL-3.0-or-later */
/* List entries against packages: one index of patterns, asked for every spelling of a package. */
#include "baseline/match.h"

#include <stdio.h>

#include "baseline/evaluate.h"
#include "baseline/glob.h"
#include "baseline/spelling.h"

/* "name op version op version": the versions that an entry is limited to. */
struct limit {
	const char *op, *version;
};

struct pattern {
	const char *text; /* what the index holds: the entry without limits and "patch:" */
	OAK_VEC(struct limit) limits;
	bool matched; /* something matched it once */
};

struct oak_matcher {
	struct oak_arena *arena;
	enum oak_flavour flavour;
	struct pattern *patterns;
	size_t n;
	struct oak_glob_set *set;
	/* of the question being answered */
	struct oak_hits *hits;
	const char *by, *evr;
	bool by_name; /* the spelling is a name without a version: limits may apply */
};

static const char *const operators[] = {"==", "!=", "<=", ">=", "=", "<", ">"};

static const char *operator_at(const char *p)
{
	for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (oak_starts_with(p, operators[i]))
			return operators[i];
	return NULL;
}

/* First operator in P that is not inside a set of a glob; NULL if none. */
static const char *find_operator(const char *p)
{
	for (; *p; p++) {
		const char *close = *p == '[' && p[1] ? strchr(p + 2, ']') : NULL; /* "[]a]" holds a "]" */

		if (close)
			p = close;
		else if (operator_at(p))
			return p;
	}
	return NULL;
}

static const char *trimmed(struct oak_arena *arena, const char *p, size_t n)
{
	struct oak_str s = oak_str_trim((struct oak_str){p, n});

	return oak_arena_strndup(arena, s.p ? s.p : "", s.n);
}

static void parse_pattern(struct oak_arena *arena, const char *entry, struct pattern *out)
{
	const char *text = oak_starts_with(entry, "patch:") ? entry + 6 : entry;
	const char *at = find_operator(text);

	out->text = trimmed(arena, text, at ? (size_t)(at - text) : strlen(text));
	while (at) {
		const char *op = operator_at(at), *version = at + strlen(op), *next = find_operator(version);
		struct limit *limit = oak_push(arena, &out->limits);

		limit->op = op;
		limit->version = trimmed(arena, version, next ? (size_t)(next - version) : strlen(version));
		at = next;
	}
}

struct oak_matcher *oak_matcher_new(struct oak_arena *arena, const struct oak_entry *entries, size_t n,
				    enum oak_flavour flavour)
{
	struct oak_matcher *matcher = OAK_NEW(arena, struct oak_matcher);
	const char **texts = oak_arena_alloc(arena, (n + 1) * sizeof(*texts));

	*matcher = (struct oak_matcher){.arena = arena, .flavour = flavour, .n = n};
	matcher->patterns = oak_arena_alloc(arena, (n + 1) * sizeof(*matcher->patterns));
	for (size_t i = 0; i < n; i++) {
		parse_pattern(arena, entries[i].pattern, &matcher->patterns[i]);
		texts[i] = matcher->patterns[i].text;
	}
	matcher->set = oak_glob_set_new(arena, texts, n);
	return matcher;
}

/* The candidate's version as far as WANTED says one: without its release when WANTED has none (rpm). */
static int compare_versions(const struct oak_matcher *matcher, const char *evr, const char *wanted)
{
	char cut[512];
	const char *dash = strrchr(evr, '-');

	if (matcher->flavour == OAK_FLAVOUR_DEB)
		return oak_evr_compare_deb(evr, wanted);
	if (matcher->flavour == OAK_FLAVOUR_WINDOWS)
		return oak_evr_compare_windows(evr, wanted);
	if (!strchr(wanted, '-') && dash && (size_t)(dash - evr) < sizeof(cut)) {
		snprintf(cut, sizeof(cut), "%.*s", (int)(dash - evr), evr);
		evr = cut;
	}
	return oak_evr_compare_rpm(evr, wanted);
}

static bool within(int order, const char *op)
{
	switch (op[0]) {
	case '!':
		return order != 0;
	case '<':
		return order < 0 || (op[1] == '=' && order == 0);
	case '>':
		return order > 0 || (op[1] == '=' && order == 0);
	}
	return order == 0;
}

static bool limits_hold(const struct oak_matcher *matcher, const struct pattern *pattern)
{
	if (!pattern->limits.n)
		return true;
	if (!matcher->by_name || !matcher->evr)
		return false;
	for (size_t i = 0; i < pattern->limits.n; i++)
		if (!within(compare_versions(matcher, matcher->evr, pattern->limits.v[i].version), pattern->limits.v[i].op))
			return false;
	return true;
}

static void add_hit(void *arg, size_t index)
{
	struct oak_matcher *matcher = arg;
	struct oak_hits *hits = matcher->hits;
	size_t at = hits->list.n;

	if (!limits_hold(matcher, &matcher->patterns[index]))
		return;
	while (at > 0 && hits->list.v[at - 1].entry > index)
		at--;
	if (at > 0 && hits->list.v[at - 1].entry == index)
		return;
	oak_push(matcher->arena, &hits->list);
	memmove(&hits->list.v[at + 1], &hits->list.v[at], (hits->list.n - 1 - at) * sizeof(*hits->list.v));
	hits->list.v[at] = (struct oak_hit){index, oak_arena_strdup(matcher->arena, matcher->by)};
	matcher->patterns[index].matched = true;
}

static void ask_spelling(void *arg, const char *spelling, bool name_only)
{
	struct oak_matcher *matcher = arg;

	matcher->by = spelling;
	matcher->by_name = name_only;
	oak_glob_set_match(matcher->set, spelling, add_hit, matcher);
}

static void ask_id(struct oak_matcher *matcher, const char *id)
{
	if (!id || !*id)
		return;
	matcher->by = id;
	matcher->by_name = false;
	oak_glob_set_literal(matcher->set, id, add_hit, matcher);
}

void oak_matcher_package(struct oak_matcher *matcher, const char *name, const char *arch, const char *evr,
			 struct oak_hits *hits)
{
	hits->list.n = 0;
	if (!matcher->n)
		return;
	matcher->hits = hits;
	matcher->evr = evr;
	oak_spell(matcher->flavour, name, arch, evr, ask_spelling, matcher);
}

static void ask_advisory(struct oak_matcher *matcher, const struct oak_advisory *advisory)
{
	ask_id(matcher, advisory->id);
	for (size_t i = 0; i < advisory->cves.n; i++)
		ask_id(matcher, advisory->cves.v[i]);
	for (size_t i = 0; i < advisory->bugs.n; i++)
		ask_id(matcher, advisory->bugs.v[i]);
}

static void ask_bulletin(void *arg, const char *bulletin)
{
	ask_id(arg, bulletin);
}

static void ask_windows(struct oak_matcher *matcher, const struct oak_update *update)
{
	const char *kb = update->kb ? update->kb : "";
	bool prefixed = oak_strcasestr(kb, "kb") == kb;

	ask_id(matcher, kb);
	ask_id(matcher, prefixed ? kb + 2 : oak_arena_printf(matcher->arena, "KB%s", kb));
	ask_id(matcher, update->update_id);
	oak_spell_bulletins(update->title, ask_bulletin, matcher);
}

void oak_matcher_candidate(struct oak_matcher *matcher, const struct oak_update *update,
			   const struct oak_advisory *advisory, struct oak_hits *hits)
{
	oak_matcher_package(matcher, update->name, update->arch, update->evr, hits);
	if (!matcher->n)
		return;
	if (matcher->flavour == OAK_FLAVOUR_WINDOWS)
		ask_windows(matcher, update);
	if (advisory)
		ask_advisory(matcher, advisory);
}

size_t oak_matcher_unmatched_names(const struct oak_matcher *matcher)
{
	size_t count = 0;

	for (size_t i = 0; i < matcher->n; i++) {
		const struct pattern *pattern = &matcher->patterns[i];

		count += !pattern->matched && !oak_glob_is_pattern(pattern->text) && oak_spell_is_name(pattern->text);
	}
	return count;
}
