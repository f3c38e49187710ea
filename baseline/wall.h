/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recurring times of a wall clock: what cron() and OnCalendar both compile into. Pure; knows no zone. */
#ifndef OAK_BASELINE_WALL_H
#define OAK_BASELINE_WALL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/mem.h"
#include "core/time.h"

enum { OAK_YEAR_FIRST = 1970, OAK_YEAR_LAST = 2199 };

/* Which days of a month. */
enum oak_day_kind {
	OAK_DAY_STEP,         /* a, a+step … up to b */
	OAK_DAY_STEP_FROM_END,/* the same counted from the end of the month: 1 is the last day; a >= b */
	OAK_DAY_LAST,         /* the last day minus a */
	OAK_DAY_LAST_WORKDAY, /* the working day nearest to that */
	OAK_DAY_WORKDAY,      /* the working day nearest to day a, in the same month */
	OAK_DAY_NTH_WEEKDAY,  /* the b-th weekday a (0 = Sunday) */
	OAK_DAY_LAST_WEEKDAY  /* the last weekday a */
};

struct oak_day_rule {
	enum oak_day_kind kind;
	int a, b, step;
};

/* A time matches when every part of it does; a day when one of the day rules names it and its weekday is set. */
struct oak_wall {
	uint64_t second, minute; /* bits 0..59 */
	uint32_t hour;           /* bits 0..23 */
	uint32_t month;          /* bits 1..12 */
	uint32_t weekday;        /* bits 0..6, Sunday first */
	uint64_t year[4];        /* bit y - OAK_YEAR_FIRST */
	OAK_VEC(struct oak_day_rule) days;
};

void oak_wall_set_year(struct oak_wall *wall, int year); /* out of range: ignored */

/* First matching local time strictly after AFTER (both as if UTC); OAK_TIME_NEVER if there is none any more. */
oak_time oak_wall_next(const struct oak_wall *wall, oak_time after);

#endif
