/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum.why/1: every rule, filter and list entry that an item met, and which of them decided. Pure. */
#ifndef OAK_BASELINE_WHY_H
#define OAK_BASELINE_WHY_H

#include "baseline/evaluate.h"
#include "baseline/judge.h"

struct oak_why_step {
	enum oak_step_kind kind;
	const char *ref;      /* "rule 1", "approvedPatches[3]", "globalFilters[0]" */
	bool matched, decided;
	const char *detail;
	const char *patch;    /* name.arch, or the KB */
	const char *version;  /* which version met it */
	const char *advisory; /* under which advisory; NULL = none */
};

struct oak_why {
	struct oak_arena *arena;
	const char *item;
	const struct oak_verdict *verdict; /* of the whole inventory */
	const struct oak_patch *patch;     /* the worst row that has to do with it; NULL = none */
	/* The answer: the row's own for a package; of an id that the row does not remedy, that of the versions carrying it. */
	enum oak_state decision; /* NOT_APPLICABLE = nothing installed here has to do with it */
	enum oak_reason reason;
	const char *reason_detail;
	oak_time approved_at;
	OAK_VEC(const struct oak_patch *) patches; /* all rows that have to do with it */
	OAK_VEC(struct oak_why_step) steps;
};

/* Why ITEM (a package, NAME.ARCH, NAME:ARCH, a CVE, an advisory, a bug, a KB; any case) is judged as it is. It runs
 * the evaluation itself with an observer, so what it tells is what decided. */
struct oak_why *oak_why(struct oak_arena *arena, const struct oak_evaluation *input, const char *item);

/* Write oakum.why/1. */
void oak_why_format(const struct oak_why *why, struct oak_sink *sink);

/* "RULE", "GLOBAL_FILTER" … */
const char *oak_step_kind_to_string(enum oak_step_kind kind);

#endif
