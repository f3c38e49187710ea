/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One candidate against one baseline: approved or not, by what, since when; with a trace for those who ask why. */
#ifndef OAK_BASELINE_JUDGE_H
#define OAK_BASELINE_JUDGE_H

#include "baseline/approval.h"
#include "baseline/evaluate.h"
#include "baseline/filter.h"
#include "baseline/match.h"

enum oak_step_kind {
	OAK_STEP_RULE,
	OAK_STEP_GLOBAL_FILTER,
	OAK_STEP_APPROVED,
	OAK_STEP_REJECTED,
	OAK_STEP_EXCEPTION,
	OAK_STEP_COUNT
};

/* Hears of every filter, rule and list entry that a candidate meets. The judge asks for details only if there is one.
 * MATCHED of a rule: its filters and its wish for security updates fit; whether the delay is over is in the detail.
 * CANDIDATE may be an installed version by itself, asked against the rejected list; it lives during the call only. */
struct oak_judgement;
struct oak_observer {
	void (*step)(void *arg, const struct oak_candidate *candidate, enum oak_step_kind kind, const char *ref,
		     bool matched, const char *detail);
	void (*judged)(void *arg, const struct oak_judgement *judgement); /* what became of a candidate */
	void *arg;
};

/* What one evaluation needs, built once. */
struct oak_judge {
	struct oak_arena *arena;
	const struct oak_evaluation *input;
	const struct oak_observer *observer; /* NULL = nobody listens */
	oak_evr_compare compare;
	struct oak_filter_context filters;
	struct oak_evidence evidence;
	const char **rule_refs; /* "rule 1" … */
	struct oak_matcher *approved, *rejected;
	struct oak_hits hits;
	struct oak_map installed_modules; /* package name -> its module label */
};

/* What becomes of a candidate. Texts are static or in the judge's arena. */
struct oak_judgement {
	struct oak_candidate candidate;
	bool approved;
	enum oak_level level;    /* highest of all sources that approve */
	const char *rule;        /* "rule 1", "approvedPatches[3]": the source of that level; for a pending one the earliest */
	struct oak_release release;
	oak_time approved_at;    /* earliest instant at which a rule approves or will; NONE = at once or never */
	enum oak_reason reason;  /* why not approved */
	const char *detail;
	oak_time until;          /* of a reason that ends by itself */
};

void oak_judge_init(struct oak_judge *judge, struct oak_arena *arena, const struct oak_evaluation *input,
		    const struct oak_observer *observer);

/* How many candidates UPDATE is (its advisories; 1 if it is in none), and the i-th. */
size_t oak_candidate_count(const struct oak_update *update);
struct oak_candidate oak_candidate_of(const struct oak_judge *judge, const struct oak_update *update, size_t i);

/* Source: patch-semantics (b.0) 2 to 4, (b.6); DESIGN §5. */
struct oak_judgement oak_judge_candidate(struct oak_judge *judge, const struct oak_candidate *candidate);

/* True if a rejected entry names this package version itself; then *RET_REASON, *RET_DETAIL and *RET_UNTIL say why. */
bool oak_judge_rejects_package(struct oak_judge *judge, const char *name, const char *arch, const char *evr,
			       enum oak_reason *ret_reason, const char **ret_detail, oak_time *ret_until);

/* oak_evaluate with an observer (NULL = none). */
struct oak_verdict *oak_evaluate_observed(struct oak_arena *arena, const struct oak_evaluation *input,
					  const struct oak_observer *observer);

/* True if the vendor's words for a classification mean a security update. */
bool oak_is_security_class(const char *classification);

#endif
