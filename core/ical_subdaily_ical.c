/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SECONDLY, MINUTELY and HOURLY rules: BY parts limit the steps (or expand them below the step's unit). Days that cannot
 * match are stepped over as a whole, which libical does not do. */
#include <libical/ical.h>

#include "core/ical_impl.h"

struct subdaily {
	const struct icalrecurrencetype *rule;
	oak_time unit; /* 1, 60, 3600 */
	oak_time dtstart, last;
	int left; /* of COUNT; -1 = endless */
	size_t steps;
	oak_ical_each_fn *each;
	void *arg;
};

static bool day_matches(const struct icalrecurrencetype *rule, oak_time day)
{
	struct oak_civil c, first;
	oak_time_to_civil(day, &c);
	first = (struct oak_civil){.year = c.year, .month = 1, .day = 1};
	int year_days = oak_month_days(c.year, 2) == 29 ? 366 : 365;
	int year_day = (int)((day - oak_time_from_civil(&first)) / OAK_DAY) + 1;
	return oak_ical_in_list(rule->by_month, ICAL_BY_MONTH_SIZE, c.month, 0) &&
	       oak_ical_in_list(rule->by_month_day, ICAL_BY_MONTHDAY_SIZE, c.day, oak_month_days(c.year, c.month)) &&
	       oak_ical_in_list(rule->by_year_day, ICAL_BY_YEARDAY_SIZE, year_day, year_days) &&
	       oak_ical_in_list(rule->by_day, ICAL_BY_DAY_SIZE, oak_weekday(day) + 1, 0);
}

/* The starts within one step of the rule; false when there is no more to do. */
static bool one_step(struct subdaily *s, oak_time step)
{
	const struct icalrecurrencetype *rule = s->rule;
	oak_time offset = s->dtstart - s->dtstart / s->unit * s->unit; /* minute and second of DTSTART below the unit */
	bool minutes = s->unit == 3600 && rule->by_minute[0] != ICAL_RECURRENCE_ARRAY_MAX;
	bool seconds = s->unit >= 60 && rule->by_second[0] != ICAL_RECURRENCE_ARRAY_MAX;
	oak_time until = step + s->unit;
	for (oak_time t = minutes || seconds ? step : step + offset; t < until; t++) {
		int minute = (int)(t / 60 % 60), second = (int)(t % 60);
		if (!oak_ical_in_list(rule->by_hour, ICAL_BY_HOUR_SIZE, (int)(t / 3600 % 24), 0))
			return true;
		bool wanted = t >= s->dtstart;
		wanted = wanted && (minutes || s->unit < 3600 ? oak_ical_in_list(rule->by_minute, ICAL_BY_MINUTE_SIZE, minute, 0)
							      : minute == (int)(s->dtstart / 60 % 60));
		wanted = wanted && (seconds || s->unit < 60 ? oak_ical_in_list(rule->by_second, ICAL_BY_SECOND_SIZE, second, 0)
							    : second == (int)(s->dtstart % 60));
		if (wanted && (t > s->last || s->left == 0 || !s->each(s->arg, t)))
			return false;
		if (wanted && s->left > 0)
			s->left--;
		if (!minutes && !seconds)
			return true;
	}
	return true;
}

int oak_ical_subdaily(const struct oak_ical_reader *r, const struct icalrecurrencetype *rule, oak_time dtstart,
		      oak_time skip_to, oak_ical_each_fn *each, void *arg)
{
	static const oak_time units[] = {[ICAL_SECONDLY_RECURRENCE] = 1, [ICAL_MINUTELY_RECURRENCE] = 60,
					 [ICAL_HOURLY_RECURRENCE] = 3600};
	struct subdaily s = {rule, units[rule->freq], dtstart, 0, rule->count ? rule->count : -1, 0, each, arg};
	for (size_t i = 0; i < ICAL_BY_DAY_SIZE && rule->by_day[i] != ICAL_RECURRENCE_ARRAY_MAX; i++)
		if (icalrecurrencetype_day_position(rule->by_day[i]) != 0)
			return oak_ical_bad(r, OAK_INVALID, "a numbered BYDAY in an RRULE that repeats within the day");
	if (oak_ical_local(r, rule->until, "UNTIL", &s.last) < 0)
		return -1;
	oak_time interval = s.unit * (rule->interval > 0 ? rule->interval : 1), step = dtstart / s.unit * s.unit;
	if (dtstart < 0)
		return oak_ical_bad(r, OAK_UNSUPPORTED, "an RRULE repeats within the day since before 1970");
	if (s.left < 0 && skip_to > step)
		step += (skip_to - step) / interval * interval;
	while (step <= s.last) {
		if (++s.steps > OAK_ICAL_STEPS_MAX)
			return oak_ical_bad(r, OAK_UNSUPPORTED, "an RRULE repeats more than %d times",
					    OAK_ICAL_STEPS_MAX);
		oak_time day = step / OAK_DAY * OAK_DAY, hour = step / 3600 * 3600;
		if (!day_matches(rule, day)) /* on to the first step of the next day */
			step += (day + OAK_DAY - step + interval - 1) / interval * interval;
		else if (!oak_ical_in_list(rule->by_hour, ICAL_BY_HOUR_SIZE, (int)(step / 3600 % 24), 0))
			step += (hour + 3600 - step + interval - 1) / interval * interval;
		else if (!one_step(&s, step))
			return 0;
		else
			step += interval;
	}
	return 0;
}
