/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The decision: (inventory, baseline, memory, operation, now) -> verdict. Pure. */
#ifndef OAK_BASELINE_EVALUATE_H
#define OAK_BASELINE_EVALUATE_H

#include "baseline/baseline.h"
#include "baseline/inventory.h"
#include "baseline/memory.h"
#include "baseline/verdict.h"

struct oak_evaluation {
	const struct oak_inventory *inventory;
	const struct oak_baseline *baseline;
	const struct oak_memory *memory; /* NULL = none */
	enum oak_operation operation;
	oak_time now;
	bool limited; /* INSTALL under an override list: what it did not try stays MISSING */
};

/* Everything of the verdict lives in ARENA or in the inputs, which must outlive it. Cannot fail: what is odd about the
 * input becomes a problem or a reason. Source: patch-semantics (b), (c); DESIGN §5. */
struct oak_verdict *oak_evaluate(struct oak_arena *arena, const struct oak_evaluation *input);

/* Which version comparison a platform uses: <0, 0, >0. */
typedef int (*oak_evr_compare)(const char *a, const char *b);
oak_evr_compare oak_evr_for_family(const char *family);
int oak_evr_compare_deb(const char *a, const char *b);
int oak_evr_compare_rpm(const char *a, const char *b);
int oak_evr_compare_windows(const char *a, const char *b);

#endif
