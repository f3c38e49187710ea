/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Change calendars: open or closed at an instant, and when that changes. Pure: made of what core/ical.h read. */
#ifndef OAK_BASELINE_CALENDAR_H
#define OAK_BASELINE_CALENDAR_H

#include "core/ical.h"

enum oak_calendar_type { OAK_CALENDAR_DEFAULT_OPEN, OAK_CALENDAR_DEFAULT_CLOSED, OAK_CALENDAR_TYPE_COUNT };

const char *oak_calendar_type_to_string(enum oak_calendar_type type);
int oak_calendar_type_from_string(const char *text); /* case-insensitive; -1 = unknown */

struct oak_calendar {
	const char *name;
	bool open_during; /* DEFAULT_CLOSED: open during events */
	bool open_always; /* it has no event at all: it blocks nothing */
	const struct oak_span *spans; /* as read, for saying which event it is */
	size_t count;
	const struct oak_span *merged; /* without overlaps and touching ends, in order */
	size_t merged_count;
	oak_time known_until;
};

/* A calendar of that type from what was read of it; borrows ICAL's spans. */
void oak_calendar_init(struct oak_arena *arena, const char *name, enum oak_calendar_type type,
		       const struct oak_ical *ical, struct oak_calendar *ret);

bool oak_calendar_is_open(const struct oak_calendar *calendar, oak_time t);
/* The event around T, that which ends last; NULL = none. */
const struct oak_span *oak_calendar_event_at(const struct oak_calendar *calendar, oak_time t);

struct oak_calendars {
	const struct oak_calendar *v;
	size_t n;
};

/* Several calendars are open only if all are; none are open. */
bool oak_calendars_are_open(const struct oak_calendars *calendars, oak_time t);
/* The instant up to which all of them are known; OAK_TIME_NEVER = for ever. */
oak_time oak_calendars_known(const struct oak_calendars *calendars);
/* First instant after T at which oak_calendars_are_open changes. OAK_TIME_NEVER: not before *ret_known (which is
 * OAK_TIME_NEVER if all is known). */
oak_time oak_calendars_next(const struct oak_calendars *calendars, oak_time t, oak_time *ret_known);

#endif
