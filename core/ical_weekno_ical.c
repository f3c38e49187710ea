/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* YEARLY rules with BYWEEKNO, day by day: libical refuses most of their combinations and misses weeks counted from the
 * end of the year. */
#include <libical/ical.h>

#include "core/ical_impl.h"

/* Day 1 of week 1 of YEAR: the week that holds 4 January, weeks beginning on FIRST (0 = Sunday). */
static oak_time week_one(int year, int first)
{
	const struct oak_civil c = {.year = year, .month = 1, .day = 4};
	oak_time day = oak_time_from_civil(&c);
	return day - (oak_time)((oak_weekday(day) - first + 7) % 7) * OAK_DAY;
}

/* The year that the week of DAY belongs to, the number of that week, and how many weeks that year has. */
static void week_of(oak_time day, int first, int *ret_year, int *ret_week, int *ret_weeks)
{
	struct oak_civil c;
	oak_time_to_civil(day, &c);
	int year = c.year + 1;
	while (day < week_one(year, first))
		year--;
	*ret_year = year;
	*ret_week = (int)((day - week_one(year, first)) / (7 * OAK_DAY)) + 1;
	*ret_weeks = (int)((week_one(year + 1, first) - week_one(year, first)) / (7 * OAK_DAY));
}

static bool day_matches(const struct icalrecurrencetype *rule, oak_time day, int start_year, int weekday)
{
	int year, week, weeks, first = rule->week_start ? (int)rule->week_start - 1 : 1;
	struct oak_civil c;
	week_of(day, first, &year, &week, &weeks);
	oak_time_to_civil(day, &c);
	bool any_day = rule->by_month_day[0] != ICAL_RECURRENCE_ARRAY_MAX || rule->by_day[0] != ICAL_RECURRENCE_ARRAY_MAX;
	return (year - start_year) % (rule->interval > 0 ? rule->interval : 1) == 0 &&
	       oak_ical_in_list(rule->by_week_no, ICAL_BY_WEEKNO_SIZE, week, weeks) &&
	       oak_ical_in_list(rule->by_month, ICAL_BY_MONTH_SIZE, c.month, 0) &&
	       oak_ical_in_list(rule->by_month_day, ICAL_BY_MONTHDAY_SIZE, c.day, oak_month_days(c.year, c.month)) &&
	       oak_ical_in_list(rule->by_day, ICAL_BY_DAY_SIZE, oak_weekday(day) + 1, 0) &&
	       (any_day || oak_weekday(day) == weekday);
}

int oak_ical_weekno(const struct oak_ical_reader *r, const struct icalrecurrencetype *rule, oak_time dtstart,
		    oak_time last, oak_ical_each_fn *each, void *arg)
{
	if (rule->by_set_pos[0] != ICAL_RECURRENCE_ARRAY_MAX || rule->by_year_day[0] != ICAL_RECURRENCE_ARRAY_MAX ||
	    rule->by_hour[0] != ICAL_RECURRENCE_ARRAY_MAX || rule->by_minute[0] != ICAL_RECURRENCE_ARRAY_MAX ||
	    rule->by_second[0] != ICAL_RECURRENCE_ARRAY_MAX)
		return oak_ical_bad(r, OAK_UNSUPPORTED,
				    "BYWEEKNO in RRULE goes with BYMONTH, BYMONTHDAY and BYDAY only");
	for (size_t i = 0; i < ICAL_BY_DAY_SIZE && rule->by_day[i] != ICAL_RECURRENCE_ARRAY_MAX; i++)
		if (icalrecurrencetype_day_position(rule->by_day[i]) != 0)
			return oak_ical_bad(r, OAK_INVALID, "a numbered BYDAY beside BYWEEKNO in RRULE");
	oak_time day = dtstart - (dtstart % OAK_DAY + OAK_DAY) % OAK_DAY, end = OAK_ICAL_END;
	int weekday = oak_weekday(day), start_year, week, weeks, left = rule->count ? rule->count : -1;
	week_of(day, rule->week_start ? (int)rule->week_start - 1 : 1, &start_year, &week, &weeks);
	for (oak_time t = dtstart; t <= last && t < end && left; t += OAK_DAY, day += OAK_DAY) {
		if (!day_matches(rule, day, start_year, weekday))
			continue;
		if (!each(arg, t))
			return 0;
		left -= left > 0;
	}
	return 0;
}
