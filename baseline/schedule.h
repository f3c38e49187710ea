/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When something is due: cron(), rate(), at() as AWS writes them, and systemd's OnCalendar. Pure. */
#ifndef OAK_BASELINE_SCHEDULE_H
#define OAK_BASELINE_SCHEDULE_H

#include "baseline/wall.h"
#include "core/error.h"
#include "core/zone.h"

enum oak_schedule_kind { OAK_SCHEDULE_CRON, OAK_SCHEDULE_RATE, OAK_SCHEDULE_AT, OAK_SCHEDULE_ONCALENDAR };

enum { OAK_SCHEDULE_TEXT_MAX = 256, OAK_OFFSET_MAX = 31 };

struct oak_schedule {
	enum oak_schedule_kind kind;
	const char *text;
	const struct oak_zone *zone;
	struct oak_wall wall; /* cron, OnCalendar */
	int64_t interval;     /* rate: seconds */
	oak_time at;          /* at: local time */
	oak_time start;       /* due times with a cron instant before it are skipped; anchor of a rate; NONE = not given */
	oak_time end;         /* no due time at or after it; NEVER = not given */
	int offset_days;      /* calendar days between the cron instant and the due time; cron only */
};

/* TEXT in ZONE (that of an OnCalendar text wins), without start, end and offset. An "OnCalendar=" prefix is taken off.
 * Errors: schedule.invalid, cron.invalid, oncalendar.invalid (INVALID), zone.unknown.
 * Source: patch-semantics (e.1), (e.2); docs/formats/schedule.md. */
int oak_schedule_parse(struct oak_arena *arena, const char *text, const struct oak_zone *zone,
		       const struct oak_zones *zones, struct oak_schedule *ret, struct oak_error *err) OAK_MUST_USE;

/* True if TEXT is meant as a schedule, not as a name or a file: it begins with cron( rate( at( or OnCalendar=. */
bool oak_schedule_is_text(const char *text);

/* First due instant strictly after AFTER. A rate counts from its start, else from ANCHOR; its first is one interval
 * later. A local time that does not exist is the first instant after the gap, one that exists twice the first of both.
 * OAK_TIME_NEVER if there is none any more. */
oak_time oak_schedule_next(const struct oak_schedule *schedule, oak_time anchor, oak_time after);

/* Shortest time between two due times in seconds, as far as the fields tell (for AWS's limit of five minutes). */
int64_t oak_schedule_shortest(const struct oak_schedule *schedule);

#endif
