/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AWS's InstallOverrideList: exactly these updates of installed packages, whatever the rules say. Pure. */
#ifndef OAK_BASELINE_OVERRIDE_H
#define OAK_BASELINE_OVERRIDE_H

#include "baseline/match.h"
#include "baseline/plan.h"
#include "baseline/verdict.h"

struct oak_override_entry {
	const char *id;    /* glob over the spellings of a package version */
	const char *title; /* the same, must match too; NULL = any */
};

struct oak_override {
	OAK_VEC(struct oak_override_entry) entries; /* OR-ed */
};

enum { OAK_OVERRIDE_LIST_MAX = 4 * 1024 * 1024 };

/* Read {patches: [{id, title?, …}]}; other keys are ignored, as AWS does. An entry without an id, or no patches at
 * all, fails. Errors: override.invalid (INVALID). Source: patch-semantics (a.5). */
int oak_override_parse(struct oak_arena *arena, const struct oak_value *doc, const char *name, struct oak_override **ret,
		       struct oak_error *err) OAK_MUST_USE;

/* True if some entry matches this version: its id and its title each match one of the package's spellings (baseline/match.h),
 * the title also the bare version. */
bool oak_override_matches(const struct oak_override *override, enum oak_flavour flavour, const char *name, const char *arch,
			  const char *evr);

/* What to ask the solver for: of each installed package the highest offered version that an entry matches. Rules,
 * rejections and security do not count; holds, locks and phasing do (they become refusals). A version that the baseline
 * rejects is installed all the same and named in *ret_warnings (override-rejected), as is an entry that fits nothing (override-unmatched;
 * not on Windows, where an update that is no longer offered may be here). */
void oak_override_wants(struct oak_arena *arena, const struct oak_override *override, const struct oak_verdict *verdict,
			struct oak_plan_wants *ret, struct oak_problems *ret_warnings);

#endif
