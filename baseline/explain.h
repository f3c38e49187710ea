/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sentences of reasonDetail and of "why". */
#ifndef OAK_BASELINE_EXPLAIN_H
#define OAK_BASELINE_EXPLAIN_H

#include "baseline/judge.h"

/* All return text in ARENA. */
const char *oak_explain_entry(struct oak_arena *arena, const struct oak_entry *entry, const char *by, oak_time now);
const char *oak_explain_rejection(struct oak_arena *arena, const struct oak_entry *entry, const char *ref);
const char *oak_explain_filter(struct oak_arena *arena, const struct oak_filter_context *context,
			       const struct oak_filter *filter, const struct oak_candidate *candidate);
const char *oak_explain_release(struct oak_arena *arena, const struct oak_release *release);
const char *oak_explain_pending(struct oak_arena *arena, const struct oak_release *release, oak_time at);
const char *oak_explain_rule(const struct oak_judge *judge, const struct oak_rule *rule, const struct oak_candidate *candidate,
			     const struct oak_release *release, oak_time at, bool reached);

#endif
