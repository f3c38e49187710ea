/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compliance over time, and how long patches took, against what was promised for their level. */
#ifndef OAK_FLEET_REPORT_TREND_H
#define OAK_FLEET_REPORT_TREND_H

#include "baseline/verdict.h"

/* What is known of the past, in any order. Strings are borrowed. */
struct oak_trend_point {
	const char *node;
	oak_time at;
	enum oak_status status;
	int64_t missing;
};
struct oak_trend_patch {
	const char *node, *patch;
	enum oak_level level;
	oak_time since, until; /* not compliant from … to; UNTIL NONE = still */
	oak_time approved_at;  /* NONE = not known; the clock of a promise starts here, else at SINCE */
};
struct oak_trend_input {
	OAK_VEC(struct oak_trend_point) points;
	OAK_VEC(struct oak_trend_patch) patches;
	oak_time from, until;         /* days of [from, until] */
	int64_t sla[OAK_LEVEL_COUNT]; /* seconds, 0 = none promised */
};

struct oak_trend_day {
	oak_time at; /* 00:00:00Z of the day; the numbers are those at its end, or at UNTIL */
	int64_t nodes, by_status[OAK_STATUS_COUNT], missing;
};
struct oak_trend_level {
	int64_t sla;
	int64_t closed, within, late; /* patches installed in the time: in time, too late */
	int64_t open, overdue;        /* not yet: of these, too late already */
	int64_t mean, median, p90;    /* seconds of the closed ones */
};
struct oak_trend_overdue {
	const char *node, *patch;
	enum oak_level level;
	oak_time since, due;
};
struct oak_trend {
	oak_time from, until;
	OAK_VEC(struct oak_trend_day) days;
	struct oak_trend_level levels[OAK_LEVEL_COUNT];
	OAK_VEC(struct oak_trend_overdue) overdue; /* longest first */
};

/* Days count a node from its first scan on, with its last scan until then. Everything in ARENA or borrowed. */
void oak_trend_make(struct oak_arena *arena, struct oak_trend_input *input, struct oak_trend *ret);

#endif
