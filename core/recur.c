/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recurrence rules, period by period: the days of a period that match, times the times of day, then BYSETPOS. */
#include "core/recur.h"

#include <stdlib.h>

struct walk {
	const struct oak_recur *rule;
	struct oak_civil first; /* of START */
	oak_time start;
	int weekday;		       /* of START */
	bool own_month, own_day, own_weekday; /* what START gives because the rule does not */
	int64_t left;		       /* of COUNT; -1 = endless */
	int64_t *work;
	oak_time days[7 * 54]; /* midnights of the period being read, ascending */
	size_t day_n;
	int *times; /* seconds of the day, ascending */
	size_t time_n;
	oak_recur_each_fn *each;
	void *arg;
	enum oak_recur_end end;
};

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b != 0 && a < 0);
}

static oak_time midnight(oak_time t)
{
	return floor_div(t, OAK_DAY) * OAK_DAY;
}

static oak_time day_of(int year, int month, int day)
{
	const struct oak_civil c = {.year = year, .month = month, .day = day};
	return oak_time_from_civil(&c);
}

/* True if LIST holds V, or V counted from the end of SIZE (0 = no such counting). */
static bool holds(struct oak_recur_list list, int v, int size)
{
	for (size_t i = 0; i < list.n; i++)
		if (list.v[i] == v || (size && list.v[i] < 0 && list.v[i] + size + 1 == v))
			return true;
	return false;
}

static bool allows(struct oak_recur_list list, int v, int size)
{
	return !list.n || holds(list, v, size);
}

/* Day 1 of week 1 of YEAR: the week that holds 4 January. */
static oak_time week_one(int year, int week_start)
{
	oak_time day = day_of(year, 1, 4);
	return day - (oak_time)((oak_weekday(day) - week_start + 7) % 7) * OAK_DAY;
}

static int week_year(oak_time day, int week_start)
{
	struct oak_civil c;
	oak_time_to_civil(day, &c);
	int year = c.year + 1;
	while (day < week_one(year, week_start))
		year--;
	return year;
}

static bool week_allowed(const struct walk *w, oak_time day)
{
	int start = w->rule->week_start, year = week_year(day, start);
	oak_time first = week_one(year, start);
	int weeks = (int)((week_one(year + 1, start) - first) / (7 * OAK_DAY));
	return holds(w->rule->week_no, (int)((day - first) / (7 * OAK_DAY)) + 1, weeks);
}

/* BYDAY: a number counts within the month, in a yearly rule without BYMONTH within the year. */
static bool weekday_allowed(const struct walk *w, oak_time day, const struct oak_civil *c)
{
	const struct oak_recur *rule = w->rule;
	bool of_year = rule->freq == OAK_RECUR_YEARLY && !rule->month.n;
	int weekday = oak_weekday(day);
	for (size_t i = 0; i < rule->day_count; i++) {
		if (rule->day[i].weekday != weekday)
			continue;
		int in = of_year ? (int)((day - day_of(c->year, 1, 1)) / OAK_DAY) : c->day - 1;
		int size = of_year ? (int)((day_of(c->year + 1, 1, 1) - day_of(c->year, 1, 1)) / OAK_DAY)
				   : oak_month_days(c->year, c->month);
		int nth = rule->day[i].nth;
		if (!nth || (nth > 0 ? in / 7 + 1 == nth : (size - 1 - in) / 7 + 1 == -nth))
			return true;
	}
	return false;
}

static bool day_allowed(const struct walk *w, oak_time day)
{
	const struct oak_recur *rule = w->rule;
	struct oak_civil c;
	--*w->work;
	oak_time_to_civil(day, &c);
	if (!allows(rule->month, c.month, 0) || (w->own_month && c.month != w->first.month) ||
	    (w->own_day && c.day != w->first.day) || (w->own_weekday && oak_weekday(day) != w->weekday) ||
	    !allows(rule->month_day, c.day, oak_month_days(c.year, c.month)))
		return false;
	if (rule->year_day.n) {
		oak_time first = day_of(c.year, 1, 1);
		int size = (int)((day_of(c.year + 1, 1, 1) - first) / OAK_DAY);
		if (!holds(rule->year_day, (int)((day - first) / OAK_DAY) + 1, size))
			return false;
	}
	return (!rule->week_no.n || week_allowed(w, day)) && (!rule->day_count || weekday_allowed(w, day, &c));
}

static void take_days(struct walk *w, oak_time from, oak_time to)
{
	for (oak_time day = from; day < to; day += OAK_DAY)
		if (day_allowed(w, day))
			w->days[w->day_n++] = day;
}

/* Seconds of a day, one bit each of what is allowed of hours, minutes and seconds. */
static void make_times(struct walk *w, uint64_t hours, uint64_t minutes, uint64_t seconds)
{
	w->time_n = 0;
	for (int h = 0; h < 24; h++)
		for (int m = 0; m < 60 && (hours >> h & 1); m++)
			for (int s = 0; s < 60 && (minutes >> m & 1); s++)
				if (seconds >> s & 1)
					w->times[w->time_n++] = h * 3600 + m * 60 + s;
}

/* The bits of a list; of START's own value where the rule has none. 60 seconds are 59 (RFC 5545: no leap seconds here). */
static uint64_t bits(struct oak_recur_list list, int own)
{
	uint64_t mask = list.n ? 0 : (uint64_t)1 << own;
	for (size_t i = 0; i < list.n; i++)
		if (list.v[i] >= 0 && list.v[i] <= 60)
			mask |= (uint64_t)1 << (list.v[i] == 60 ? 59 : list.v[i]);
	return mask;
}

/* How many values that makes, at least one. */
static size_t count(struct oak_recur_list list)
{
	return (size_t)__builtin_popcountll(bits(list, 0)) + 1;
}

static int64_t unit_of(enum oak_recur_freq freq)
{
	return freq == OAK_RECUR_HOURLY ? 3600 : freq == OAK_RECUR_MINUTELY ? 60 : 1;
}

/* Which period an instant lies in: a number that grows by one from each to the next. */
static int64_t period_of(const struct walk *w, oak_time t)
{
	const struct oak_recur *rule = w->rule;
	struct oak_civil c;
	oak_time_to_civil(t, &c);
	switch (rule->freq) {
	case OAK_RECUR_YEARLY:
		return rule->week_no.n ? week_year(midnight(t), rule->week_start) : c.year;
	case OAK_RECUR_MONTHLY:
		return (int64_t)c.year * 12 + c.month - 1;
	case OAK_RECUR_WEEKLY: /* 1970-01-01 was a Thursday */
		return floor_div(floor_div(t, OAK_DAY) + 4 - rule->week_start, 7);
	case OAK_RECUR_DAILY:
		return floor_div(t, OAK_DAY);
	case OAK_RECUR_HOURLY:
	case OAK_RECUR_MINUTELY:
	case OAK_RECUR_SECONDLY:
		break;
	}
	return floor_div(t, unit_of(rule->freq));
}

static void days_of_year(struct walk *w, int year)
{
	if (w->rule->week_no.n) {
		take_days(w, week_one(year, w->rule->week_start), week_one(year + 1, w->rule->week_start));
		return;
	}
	for (int month = 1; month <= 12; month++)
		if (allows(w->rule->month, month, 0) && (!w->own_month || month == w->first.month))
			take_days(w, day_of(year, month, 1),
				  day_of(year, month, 1) + oak_month_days(year, month) * OAK_DAY);
}

/* Fill days of period P, for DAILY and longer; false past the last year. */
static bool fill_days(struct walk *w, int64_t p)
{
	oak_time from = 0;
	int year = 0, month = 0;
	w->day_n = 0;
	switch (w->rule->freq) {
	case OAK_RECUR_YEARLY:
		if (p > OAK_RECUR_YEAR_LAST)
			return false;
		days_of_year(w, (int)p);
		return true;
	case OAK_RECUR_MONTHLY:
		year = (int)floor_div(p, 12), month = (int)(p - (int64_t)year * 12) + 1;
		if (year > OAK_RECUR_YEAR_LAST)
			return false;
		if (allows(w->rule->month, month, 0))
			take_days(w, day_of(year, month, 1), day_of(year, month, 1) + oak_month_days(year, month) * OAK_DAY);
		--*w->work;
		return true;
	case OAK_RECUR_WEEKLY:
		from = (p * 7 - 4 + w->rule->week_start) * OAK_DAY;
		take_days(w, from, from + 7 * OAK_DAY);
		break;
	case OAK_RECUR_DAILY:
		from = p * OAK_DAY;
		take_days(w, from, from + OAK_DAY);
		break;
	case OAK_RECUR_HOURLY:
	case OAK_RECUR_MINUTELY:
	case OAK_RECUR_SECONDLY:
		break;
	}
	return from < day_of(OAK_RECUR_YEAR_LAST + 1, 1, 1);
}

/* One time that the rule gives; false when that was all. */
static bool give(struct walk *w, oak_time t)
{
	--*w->work;
	if (t < w->start)
		return true;
	w->end = OAK_RECUR_DONE;
	if (t > w->rule->until || w->left == 0)
		return false;
	w->end = OAK_RECUR_STOPPED;
	if (!w->each(w->arg, t))
		return false;
	w->left -= w->left > 0;
	return true;
}

static int ascending(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

/* What BYSETPOS picks of the period, without building the whole set. */
static bool give_positions(struct walk *w)
{
	enum { POSITIONS_MAX = 512 };
	int64_t at[POSITIONS_MAX], total = (int64_t)(w->day_n * w->time_n);
	size_t n = 0;
	for (size_t i = 0; i < w->rule->set_pos.n && n < POSITIONS_MAX; i++) {
		int64_t pos = w->rule->set_pos.v[i];
		pos = pos > 0 ? pos - 1 : total + pos;
		if (pos >= 0 && pos < total)
			at[n++] = pos;
	}
	qsort(at, n, sizeof(*at), ascending);
	for (size_t i = 0; i < n; i++) {
		if (i && at[i] == at[i - 1])
			continue;
		if (!give(w, w->days[(size_t)at[i] / w->time_n] + w->times[(size_t)at[i] % w->time_n]))
			return false;
	}
	return true;
}

/* All of a period; false when the walk is over. */
static bool give_period(struct walk *w)
{
	if (!w->day_n || !w->time_n)
		return true;
	if (w->rule->set_pos.n)
		return give_positions(w);
	for (size_t d = 0; d < w->day_n; d++)
		for (size_t i = 0; i < w->time_n; i++)
			if (!give(w, w->days[d] + w->times[i]))
				return false;
	return true;
}

static void walk_days(struct walk *w, int64_t p)
{
	const struct oak_recur *rule = w->rule;
	make_times(w, bits(rule->hour, w->first.hour), bits(rule->minute, w->first.minute),
		   bits(rule->second, w->first.second));
	for (; *w->work > 0; p += rule->interval) {
		if (!fill_days(w, p)) {
			w->end = OAK_RECUR_HORIZON;
			return;
		}
		if (w->day_n && w->days[0] > rule->until) {
			w->end = OAK_RECUR_DONE;
			return;
		}
		if (!give_period(w))
			return;
	}
}

/* The times of one period within the day, of that hour, minute and second. */
static void times_within(struct walk *w, int hour, int minute, int second)
{
	const struct oak_recur *rule = w->rule;
	uint64_t minutes = (uint64_t)1 << minute, seconds = (uint64_t)1 << second;
	if (rule->freq == OAK_RECUR_HOURLY)
		minutes = bits(rule->minute, w->first.minute);
	else if (rule->minute.n)
		minutes &= bits(rule->minute, 0);
	if (rule->freq != OAK_RECUR_SECONDLY)
		seconds = bits(rule->second, w->first.second);
	else if (rule->second.n)
		seconds &= bits(rule->second, 0);
	make_times(w, (uint64_t)1 << hour, minutes, seconds);
}

/* Give what period [T, …) of DAY holds; *ret_on is where the next one that can match may begin. */
static bool give_within(struct walk *w, oak_time day, oak_time t, oak_time *ret_on)
{
	const struct oak_recur *rule = w->rule;
	int hour = (int)((t - day) / 3600), minute = (int)((t - day) / 60 % 60), second = (int)((t - day) % 60);
	if (!w->day_n) {
		*ret_on = day + OAK_DAY;
	} else if (rule->hour.n && !(bits(rule->hour, 0) >> hour & 1)) {
		*ret_on = day + (hour + 1) * 3600;
	} else if (rule->freq == OAK_RECUR_SECONDLY && rule->minute.n && !(bits(rule->minute, 0) >> minute & 1)) {
		*ret_on = t - second + 60;
	} else {
		times_within(w, hour, minute, second);
		*ret_on = t + unit_of(rule->freq);
		return give_period(w);
	}
	return true;
}

/* Periods within the day: an hour, a minute, a second. Days, hours and minutes that cannot match are stepped over. */
static void walk_times(struct walk *w, int64_t p)
{
	const struct oak_recur *rule = w->rule;
	const int64_t unit = unit_of(rule->freq), interval = rule->interval;
	const oak_time end = day_of(OAK_RECUR_YEAR_LAST + 1, 1, 1);
	oak_time known = OAK_TIME_NONE, on; /* the day that w->days is of */
	for (; (*w->work)-- > 0; p += (floor_div(on + unit - 1, unit) - p + interval - 1) / interval * interval) {
		oak_time t = p * unit, day = midnight(t);
		if (t > rule->until || t >= end) {
			w->end = t >= end ? OAK_RECUR_HORIZON : OAK_RECUR_DONE;
			return;
		}
		if (day != known) {
			w->day_n = 0;
			take_days(w, known = day, day + OAK_DAY);
		}
		if (!give_within(w, day, t, &on))
			return;
	}
}

/* What START gives because the rule does not say it (RFC 5545: "derived from DTSTART"). */
static void derive(struct walk *w)
{
	const struct oak_recur *rule = w->rule;
	bool any_day = rule->week_no.n || rule->year_day.n || rule->month_day.n || rule->day_count;
	bool other_than_week = rule->year_day.n || rule->month_day.n || rule->day_count;
	/* a yearly BYMONTHDAY is of START's month, as libical and ical.js read it (docs/adr/0115) */
	w->own_month = rule->freq == OAK_RECUR_YEARLY && !rule->month.n && !rule->week_no.n && !rule->year_day.n &&
		       (rule->month_day.n || !rule->day_count);
	w->own_day = rule->freq <= OAK_RECUR_MONTHLY && !any_day;
	w->own_weekday = rule->freq == OAK_RECUR_WEEKLY ? !any_day
							: rule->freq == OAK_RECUR_YEARLY && rule->week_no.n && !other_than_week;
}

enum oak_recur_end oak_recur_walk(struct oak_arena *arena, const struct oak_recur *rule, oak_time start, oak_time skip_to,
				  int64_t *work, oak_recur_each_fn *each, void *arg)
{
	struct walk w = {.rule = rule, .start = start, .weekday = oak_weekday(midnight(start)),
			 .left = rule->count ? rule->count : -1, .work = work, .each = each, .arg = arg, .end = OAK_RECUR_TIRED};
	bool within_day = rule->freq >= OAK_RECUR_HOURLY;
	size_t most = (within_day ? 1 : count(rule->hour)) * count(rule->minute) * count(rule->second);
	w.times = oak_arena_alloc(arena, most * sizeof(*w.times) + 1);
	oak_time_to_civil(start, &w.first);
	derive(&w);
	int64_t p = period_of(&w, start);
	if (w.left < 0 && skip_to > start) { /* one period early: weeks and set positions reach over their edges */
		int64_t ahead = (period_of(&w, skip_to) - p) / rule->interval - 1;
		p += ahead > 0 ? ahead * rule->interval : 0;
	}
	if (within_day)
		walk_times(&w, p);
	else
		walk_days(&w, p);
	return w.end;
}
