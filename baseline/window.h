/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Maintenance windows: oakum.window/1 and AWS's create form; when they open, and until when something may start. Pure. */
#ifndef OAK_BASELINE_WINDOW_H
#define OAK_BASELINE_WINDOW_H

#include "baseline/calendar.h"
#include "baseline/schedule.h"
#include "core/sink.h"
#include "core/value.h"

enum { OAK_WINDOW_MAX = 1024 * 1024, OAK_WINDOW_HOURS_MAX = 24, OAK_WINDOW_OPENINGS_MAX = 100000 };

struct oak_window {
	const char *name;
	const char *schedule, *timezone; /* as written */
	int offset;			 /* days */
	oak_time start, end;		 /* NONE = not given */
	int64_t duration, cutoff;	 /* seconds */
	bool enabled;
	OAK_VEC(const char *) calendars; /* files, URLs, repo:… */
	struct oak_schedule due;	 /* schedule, zone, offset, start and end together */
};

/* Read either form (found out from the keys). Limits of DESIGN §5; AWS's own ones bind AWS's form.
 * All errors of the document are in ERR. Errors: window.invalid (INVALID). Source: docs/formats/window.md. */
int oak_window_parse(struct oak_arena *arena, const struct oak_value *doc, const char *name,
		     const struct oak_zones *zones, struct oak_window **ret, struct oak_error *err) OAK_MUST_USE;

/* A window put together by hand: check it and fill DUE. AWS: with AWS's limits. Errors: window.invalid, schedule.*. */
int oak_window_finish(struct oak_arena *arena, struct oak_window *window, const struct oak_zones *zones, bool aws,
		      struct oak_error *err) OAK_MUST_USE;

/* Hours as a number ("3", "1.5") or a duration ("90m") in seconds. */
bool oak_window_hours(const char *text, int64_t *ret_seconds);

void oak_window_format(const struct oak_window *window, struct oak_sink *sink);

/* One opening: something may start in [opens, cutoff), the window ends at CLOSES. */
struct oak_opening {
	oak_time opens, closes, cutoff;
};

/* First opening strictly after AFTER at which the calendars let something start: it begins late, and its cut-off comes
 * early, where they say so. ANCHOR is for rate() without a start (oak_schedule_next). False = none any more, or none up to
 * *ret_unknown: an opening whose calendars must be read anew from then on; OAK_TIME_NEVER if there is no such. */
bool oak_window_next(const struct oak_window *window, const struct oak_calendars *calendars, oak_time anchor,
		     oak_time after, struct oak_opening *ret, oak_time *ret_unknown);

enum oak_window_state {
	OAK_WINDOW_OPEN,
	OAK_WINDOW_CUT_OFF,  /* within the window, but nothing new may start */
	OAK_WINDOW_CALENDAR, /* within the window, but a calendar is closed */
	OAK_WINDOW_CLOSED,
	OAK_WINDOW_DISABLED,
	OAK_WINDOW_STATE_COUNT
};
const char *oak_window_state_to_string(enum oak_window_state state);

/* What holds at T. *ret is the opening around T (cut-off shortened by a calendar that closes, or of which no
 * more is known; CALENDARS are read from T on) for the first three. A
 * rate() without a start has no fixed openings: CLOSED. */
enum oak_window_state oak_window_check(const struct oak_window *window, const struct oak_calendars *calendars, oak_time t,
				       struct oak_opening *ret);

#endif
