/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When windows are open: openings of the schedule, cut by calendars. */
#include "baseline/window.h"

static const char *const states[OAK_WINDOW_STATE_COUNT] = {"OPEN", "CUT_OFF", "CALENDAR_CLOSED", "CLOSED", "DISABLED"};

const char *oak_window_state_to_string(enum oak_window_state state)
{
	return states[state];
}

static struct oak_opening opening_at(const struct oak_window *w, oak_time opens)
{
	oak_time closes = opens + w->duration;
	return (struct oak_opening){opens, closes, closes - w->cutoff};
}

/* Bring the cut-off forward to where a calendar closes, or to where nothing is known of it any more. */
static void shorten(const struct oak_calendars *calendars, oak_time from, struct oak_opening *o)
{
	oak_time known, change = oak_calendars_next(calendars, from, &known);
	change = change < known ? change : known;
	if (change < o->cutoff)
		o->cutoff = change;
}

/* Cut an opening to the first stretch in which the calendars are open; false if there is none before its cut-off. */
static bool cut(const struct oak_calendars *calendars, struct oak_opening *o)
{
	oak_time known;
	if (!calendars->n)
		return true;
	if (!oak_calendars_are_open(calendars, o->opens)) {
		oak_time change = oak_calendars_next(calendars, o->opens, &known);
		if (change >= o->cutoff)
			return false;
		o->opens = change;
	}
	shorten(calendars, o->opens, o);
	return true;
}

bool oak_window_next(const struct oak_window *w, const struct oak_calendars *calendars, oak_time anchor,
		     oak_time after, struct oak_opening *ret, oak_time *ret_unknown)
{
	oak_time known = oak_calendars_known(calendars);
	*ret_unknown = OAK_TIME_NEVER;
	if (!w->enabled)
		return false;
	oak_time from = calendars->n ? after - w->duration : after; /* a calendar may make an earlier opening late */
	for (int i = 0; i < OAK_WINDOW_OPENINGS_MAX; i++) {
		oak_time opens = oak_schedule_next(&w->due, anchor, from);
		if (opens == OAK_TIME_NEVER)
			return false;
		struct oak_opening o = opening_at(w, opens);
		if (o.cutoff > known) {
			*ret_unknown = opens;
			return false;
		}
		if (cut(calendars, &o) && o.opens > after) {
			*ret = o;
			return true;
		}
		from = opens;
	}
	return false;
}

enum oak_window_state oak_window_check(const struct oak_window *w, const struct oak_calendars *calendars, oak_time t,
				       struct oak_opening *ret)
{
	oak_time latest = OAK_TIME_NEVER;
	if (!w->enabled)
		return OAK_WINDOW_DISABLED;
	if (w->due.kind == OAK_SCHEDULE_RATE && w->due.start == OAK_TIME_NONE)
		return OAK_WINDOW_CLOSED;
	/* of overlapping openings the latest counts: it stays open longest */
	for (oak_time at = t - w->duration; (at = oak_schedule_next(&w->due, w->due.start, at)) <= t;)
		latest = at;
	if (latest == OAK_TIME_NEVER)
		return OAK_WINDOW_CLOSED;
	struct oak_opening o = opening_at(w, latest);
	bool open = oak_calendars_are_open(calendars, t);
	if (t < o.cutoff && open)
		shorten(calendars, t, &o);
	*ret = o;
	return t >= o.cutoff ? OAK_WINDOW_CUT_OFF : open ? OAK_WINDOW_OPEN : OAK_WINDOW_CALENDAR;
}
