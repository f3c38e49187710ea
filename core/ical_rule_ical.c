/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recurrence rules as libical's parser gives them, checked and turned into core/recur.h. libical's own iterator is not used: it
 * is wrong on a fifth of random rules (docs/adr/0115). */
#include <libical/ical.h>

#include "core/ical_impl.h"
#include "core/recur.h"

static bool any(const short *list)
{
	return list[0] != ICAL_RECURRENCE_ARRAY_MAX;
}

static struct oak_recur_list list_of(const short *list, size_t max)
{
	struct oak_recur_list result = {list, 0};
	while (result.n < max && list[result.n] != ICAL_RECURRENCE_ARRAY_MAX)
		result.n++;
	return result;
}

/* What RFC 5545 forbids or nobody here understands. */
static int check(const struct oak_ical_reader *r, const struct icalrecurrencetype *rule, bool date)
{
	bool yearly = rule->freq == ICAL_YEARLY_RECURRENCE;
	if (rule->rscale && strcmp(rule->rscale, "GREGORIAN") != 0)
		return oak_ical_bad(r, OAK_UNSUPPORTED, "RSCALE=%.20s in RRULE is not supported (only GREGORIAN)",
				    rule->rscale);
	if (rule->freq == ICAL_NO_RECURRENCE)
		return oak_ical_bad(r, OAK_INVALID, "RRULE without FREQ");
	if (any(rule->by_week_no) && !yearly)
		return oak_ical_bad(r, OAK_UNSUPPORTED, "BYWEEKNO in RRULE goes with YEARLY only");
	if (date && rule->freq <= ICAL_HOURLY_RECURRENCE) /* SECONDLY is the first of the enumeration */
		return oak_ical_bad(r, OAK_INVALID, "an all-day event repeats within the day");
	for (size_t i = 0; i < ICAL_BY_DAY_SIZE && rule->by_day[i] != ICAL_RECURRENCE_ARRAY_MAX; i++)
		if (icalrecurrencetype_day_position(rule->by_day[i]) != 0 &&
		    ((!yearly && rule->freq != ICAL_MONTHLY_RECURRENCE) || any(rule->by_week_no)))
			return oak_ical_bad(r, OAK_INVALID,
					    "a numbered BYDAY in an RRULE that is neither MONTHLY nor YEARLY, or has BYWEEKNO");
	return 0;
}

/* The last local time that counts. A date means the whole day. */
static int end_of(const struct oak_ical_reader *r, const struct icalrecurrencetype *rule,
		  const struct oak_moment *dtstart, oak_time *ret_last)
{
	*ret_last = OAK_TIME_NEVER;
	if (icaltime_is_null_time(rule->until))
		return 0;
	if (oak_ical_local(r, rule->until, "UNTIL", ret_last) < 0)
		return -1;
	if (rule->until.is_date || dtstart->date)
		*ret_last = *ret_last - ((*ret_last % OAK_DAY) + OAK_DAY) % OAK_DAY + OAK_DAY - 1;
	else if (icaltime_is_utc(rule->until))
		*ret_last = oak_zone_local(dtstart->zone, *ret_last);
	return 0;
}

static void convert(struct oak_arena *arena, const struct icalrecurrencetype *rule, oak_time last, struct oak_recur *ret)
{
	static const enum oak_recur_freq freqs[] = {
		[ICAL_SECONDLY_RECURRENCE] = OAK_RECUR_SECONDLY, [ICAL_MINUTELY_RECURRENCE] = OAK_RECUR_MINUTELY,
		[ICAL_HOURLY_RECURRENCE] = OAK_RECUR_HOURLY,	 [ICAL_DAILY_RECURRENCE] = OAK_RECUR_DAILY,
		[ICAL_WEEKLY_RECURRENCE] = OAK_RECUR_WEEKLY,	 [ICAL_MONTHLY_RECURRENCE] = OAK_RECUR_MONTHLY,
		[ICAL_YEARLY_RECURRENCE] = OAK_RECUR_YEARLY};
	struct oak_recur_list days = list_of(rule->by_day, ICAL_BY_DAY_SIZE);
	struct oak_recur_day *day = oak_arena_alloc(arena, days.n * sizeof(*day) + 1);
	for (size_t i = 0; i < days.n; i++)
		day[i] = (struct oak_recur_day){(int)icalrecurrencetype_day_day_of_week(days.v[i]) - 1,
						icalrecurrencetype_day_position(days.v[i])};
	*ret = (struct oak_recur){
		.freq = freqs[rule->freq],
		.interval = rule->interval > 0 ? rule->interval : 1,
		.count = rule->count,
		.until = last,
		.week_start = rule->week_start ? (int)rule->week_start - 1 : 1,
		.month = list_of(rule->by_month, ICAL_BY_MONTH_SIZE),
		.month_day = list_of(rule->by_month_day, ICAL_BY_MONTHDAY_SIZE),
		.year_day = list_of(rule->by_year_day, ICAL_BY_YEARDAY_SIZE),
		.week_no = list_of(rule->by_week_no, ICAL_BY_WEEKNO_SIZE),
		.hour = list_of(rule->by_hour, ICAL_BY_HOUR_SIZE),
		.minute = list_of(rule->by_minute, ICAL_BY_MINUTE_SIZE),
		.second = list_of(rule->by_second, ICAL_BY_SECOND_SIZE),
		.set_pos = list_of(rule->by_set_pos, ICAL_BY_SETPOS_SIZE),
		.day = day,
		.day_count = days.n,
	};
}

struct counted {
	oak_ical_each_fn *each;
	void *arg;
	size_t given;
};

static bool count_one(void *arg, oak_time local)
{
	struct counted *c = arg;
	c->given++;
	return c->each && c->each(c->arg, local);
}

int oak_ical_rule(struct oak_ical_reader *r, const struct icalrecurrencetype *rule, const struct oak_moment *dtstart,
		  oak_time skip_to, oak_ical_each_fn *each, void *arg, bool *ret_horizon)
{
	struct oak_recur recur;
	struct counted counted = {each, arg, 0}, probe = {0};
	oak_time last;
	if (check(r, rule, dtstart->date) < 0 || end_of(r, rule, dtstart, &last) < 0)
		return -1;
	convert(r->arena, rule, last, &recur);
	enum oak_recur_end end = oak_recur_walk(r->arena, &recur, dtstart->local, skip_to, &r->work, count_one, &counted);
	*ret_horizon = end == OAK_RECUR_HORIZON;
	if (end == OAK_RECUR_HORIZON && !counted.given)
		end = oak_recur_walk(r->arena, &recur, dtstart->local, dtstart->local, &r->work, count_one, &probe);
	if (end == OAK_RECUR_TIRED)
		return oak_ical_bad(r, OAK_UNSUPPORTED, "an RRULE repeats too often up to the time asked for");
	if (end == OAK_RECUR_HORIZON && !counted.given && !probe.given)
		return oak_ical_bad(r, OAK_INVALID, "an RRULE can never come true");
	return 0;
}
