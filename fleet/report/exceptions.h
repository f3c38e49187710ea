/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exceptions of baselines: who answers for them, why, until when, and what they cover now. */
#ifndef OAK_FLEET_REPORT_EXCEPTIONS_H
#define OAK_FLEET_REPORT_EXCEPTIONS_H

#include "baseline/baseline.h"
#include "fleet/report/report.h"

enum oak_exception_state { OAK_EXCEPTION_ACTIVE, OAK_EXCEPTION_ENDS_SOON, OAK_EXCEPTION_EXPIRED, OAK_EXCEPTION_STATE_COUNT };
const char *oak_exception_state_to_string(enum oak_exception_state state);

struct oak_exception {
	const char *baseline_id, *baseline_name;
	const char *rule;    /* "rejectedPatches[2]" */
	const char *pattern; /* NULL = the baseline itself is not known here, only verdicts that used it */
	const char *owner, *reason;
	oak_time expires; /* NONE = never */
	enum oak_exception_state state;
	OAK_VEC(const char *) patches; /* ids that it covers now */
	OAK_VEC(const char *) nodes;   /* ids */
};
struct oak_exceptions {
	OAK_VEC(struct oak_exception *) list; /* expired ones first, then by end */
	int64_t by_state[OAK_EXCEPTION_STATE_COUNT];
};

/* Every entry of the approved and rejected lists of BASELINES, and those that only the report's verdicts speak of.
 * SOON: seconds before its end from which an entry is called ENDS_SOON. Everything in the report's arena. */
void oak_exceptions_make(struct oak_report *report, struct oak_baseline *const *baselines, size_t n, int64_t soon,
			 struct oak_exceptions *ret);

#endif
