/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* iCalendar texts (RFC 5545): when their events take place. The work is done in module "ical" (libical). */
#ifndef OAK_CORE_ICAL_H
#define OAK_CORE_ICAL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/time.h"
#include "core/zone.h"

enum {
	OAK_ICAL_MAX = 16 * 1024 * 1024,  /* bytes of a calendar */
	OAK_ICAL_EVENTS_MAX = 100000,	  /* events of a calendar */
	OAK_ICAL_OCCURRENCES_MAX = 10000, /* of one rule in one reading, from the instant asked for */
	OAK_ICAL_WORK_MAX = 10000000	  /* days and times that all rules of a calendar may look at in one reading */
};

/* 2199-12-30: later nothing is known of rules without an end. */
#define OAK_ICAL_HORIZON INT64_C(7257945600)

/* One occurrence: [start, end), never empty. */
struct oak_span {
	oak_time start, end;
	const char *summary; /* of its event; "" if it has none */
};

/* What a calendar says from an instant on. */
struct oak_ical {
	const char *type;	/* X-CALENDAR-TYPE as written; NULL = none */
	size_t events;		/* VEVENT components, those that count for nothing included */
	struct oak_span *spans; /* by start; all that end after the instant and start before known_until */
	size_t count;
	oak_time known_until; /* nothing is known of later starts: read again from here; NEVER = that was all */
};

struct oak_ical_options {
	const struct oak_zone *floating; /* of all-day and floating times, unless X-WR-TIMEZONE names another */
	struct oak_zones zones;		 /* for TZIDs without a VTIMEZONE */
	oak_time from;			 /* occurrences that end at or before it are left out */
};

/* Read a calendar text. Cancelled events, X-EVENT-TYPE:ADVISORY and everything that is no VEVENT take no time.
 * Errors: ical.invalid (INVALID: no calendar, cut off, bad value), ical.unsupported (INVALID: names the property),
 * zone.unknown, module.missing. */
int oak_ical_read(struct oak_arena *arena, const char *text, size_t n, const char *name,
		  const struct oak_ical_options *options, struct oak_ical *ret, struct oak_error *err) OAK_MUST_USE;

#endif
