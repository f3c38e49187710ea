/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A zone's inside, for core/zone*.c only. */
#ifndef OAK_CORE_ZONE_IMPL_H
#define OAK_CORE_ZONE_IMPL_H

#include "core/zone.h"

enum oak_rule_kind { OAK_RULE_MONTH, OAK_RULE_DAY0, OAK_RULE_DAY1 };

/* When clocks change: Mm.w.d (week 5 = last), n (0..365) or Jn (1..365), at time seconds after midnight. */
struct oak_zone_rule {
	enum oak_rule_kind kind;
	int month, week, day, time;
};

struct oak_zone_posix {
	int standard, daylight; /* seconds east */
	bool has_dst;
	struct oak_zone_rule start, end;
};

struct oak_zone {
	const char *name;
	int first; /* offset before the first step */
	const struct oak_zone_step *steps;
	size_t count;
	const struct oak_zone_posix *posix; /* after the last step; NULL = the last offset for ever */
};

/* [start, end) with one offset. */
struct oak_zone_span {
	oak_time start, end;
	int offset;
};
struct oak_zone_span oak_zone_span(const struct oak_zone *zone, oak_time t);

/* False if RULE is malformed. */
bool oak_zone_posix_parse(const char *rule, struct oak_zone_posix *ret);

#endif
