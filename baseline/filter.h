/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Filters of rules and of a baseline: does a candidate have one of the values? */
#ifndef OAK_BASELINE_FILTER_H
#define OAK_BASELINE_FILTER_H

#include "baseline/baseline.h"
#include "baseline/inventory.h"
#include "baseline/match.h"

/* One version of a package under one advisory: what rules are asked about. */
struct oak_candidate {
	const struct oak_update *update;
	const struct oak_advisory *advisory; /* NULL = in none */
	const char *classification, *severity; /* NULL = none; on Debian from the origin when no advisory says more */
	bool installed; /* the installed version itself: when it was released matters only if an advisory says so */
	bool security; /* counts without EnableNonSecurity: in an advisory with a type; Debian: of the security archive */
};

struct oak_filter_context {
	enum oak_flavour flavour;
	const char *product; /* of the platform, as AWS spells it; NULL = not known */
};

/* The candidate's value for KEY as a filter sees it; NULL = absent (matched by "*" only). Borrowed. */
const char *oak_filter_value(const struct oak_filter_context *context, enum oak_filter_key key,
			     const struct oak_candidate *candidate);

/* True if one of the filter's values is "*" or equals the candidate's. Case and blanks do not count; Medium is Moderate;
 * "None" and "Unspecified" stand for an absent severity; a PRODUCT may be a glob, and "X8.*" is X8 too.
 * Source: patch-semantics (a.3). */
bool oak_filter_match(const struct oak_filter_context *context, const struct oak_filter *filter,
		      const struct oak_candidate *candidate);

/* True if all filters of RULE match. On Windows a rule that names no patch set, product or family is about Windows itself,
 * as AWS's default baseline is: applications are asked for by PATCH_SET APPLICATION or by their product. */
bool oak_filter_match_rule(const struct oak_filter_context *context, const struct oak_rule *rule,
			   const struct oak_candidate *candidate);

#endif
