/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recurrence rules of RFC 5545 (3.3.10): the local times that a rule gives, all frequencies and BY parts. Pure; knows no zone. */
#ifndef OAK_CORE_RECUR_H
#define OAK_CORE_RECUR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/mem.h"
#include "core/time.h"

enum oak_recur_freq {
	OAK_RECUR_YEARLY,
	OAK_RECUR_MONTHLY,
	OAK_RECUR_WEEKLY,
	OAK_RECUR_DAILY,
	OAK_RECUR_HOURLY,
	OAK_RECUR_MINUTELY,
	OAK_RECUR_SECONDLY
};

enum { OAK_RECUR_YEAR_LAST = 2199 }; /* nothing is looked for after it */

struct oak_recur_list { /* borrowed; n = 0: the part is absent */
	const short *v;
	size_t n;
};
struct oak_recur_day {
	int weekday; /* 0 = Sunday */
	int nth;     /* 0 = each; else of the month or year, negative from its end */
};

struct oak_recur {
	enum oak_recur_freq freq;
	int interval;	   /* 1 or more */
	int64_t count;	   /* 0 = endless */
	oak_time until;	   /* the last local time that counts; OAK_TIME_NEVER */
	int week_start;	   /* 0 = Sunday */
	struct oak_recur_list month, month_day, year_day, week_no, hour, minute, second, set_pos;
	const struct oak_recur_day *day;
	size_t day_count;
};

/* How a walk ended. */
enum oak_recur_end {
	OAK_RECUR_DONE,	   /* by COUNT or UNTIL: there is no more */
	OAK_RECUR_STOPPED, /* EACH said so */
	OAK_RECUR_HORIZON, /* at the end of OAK_RECUR_YEAR_LAST */
	OAK_RECUR_TIRED	   /* *WORK is used up */
};

/* Call EACH with the local times of RULE from START on, in ascending order, until it returns false. Times before SKIP_TO may
 * be left out where nothing is counted. *WORK: how many days and times may still be looked at, counted down; scratch
 * memory is ARENA's. What the rule leaves open comes from START, which itself is given only if the rule gives it. */
typedef bool oak_recur_each_fn(void *arg, oak_time local);
enum oak_recur_end oak_recur_walk(struct oak_arena *arena, const struct oak_recur *rule, oak_time start, oak_time skip_to,
				  int64_t *work, oak_recur_each_fn *each, void *arg);

#endif
