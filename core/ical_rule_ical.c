/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Recurrence rules: which are understood, libical's iterator for days and longer, and our own for shorter steps. */
#include <libical/ical.h>

#include "core/ical_impl.h"

#define SHORT_LIST(array) ((array)[0] != ICAL_RECURRENCE_ARRAY_MAX)

static struct icaltimetype to_ical(oak_time local, bool date)
{
	struct oak_civil c;
	struct icaltimetype t = icaltime_null_time();
	oak_time_to_civil(local, &c);
	t.year = c.year, t.month = c.month, t.day = c.day;
	t.is_date = date;
	if (!date)
		t.hour = c.hour, t.minute = c.minute, t.second = c.second;
	return t;
}

/* What libical would take and compute wrongly, or not at all. */
static int check(const struct oak_ical_reader *r, const struct icalrecurrencetype *rule)
{
	if (rule->rscale && strcmp(rule->rscale, "GREGORIAN") != 0)
		return oak_ical_bad(r, OAK_UNSUPPORTED, "RSCALE=%.20s in RRULE is not supported (only GREGORIAN)",
				    rule->rscale);
	if (SHORT_LIST(rule->by_set_pos) && rule->freq != ICAL_MONTHLY_RECURRENCE && rule->freq != ICAL_YEARLY_RECURRENCE)
		return oak_ical_bad(r, OAK_UNSUPPORTED, "BYSETPOS in RRULE is supported with MONTHLY and YEARLY only");
	if (SHORT_LIST(rule->by_week_no) && rule->freq != ICAL_YEARLY_RECURRENCE)
		return oak_ical_bad(r, OAK_UNSUPPORTED, "BYWEEKNO in RRULE goes with YEARLY only");
	if (rule->freq == ICAL_NO_RECURRENCE)
		return oak_ical_bad(r, OAK_INVALID, "RRULE without FREQ");
	return 0;
}

/* Is START still within UNTIL? A date means the whole day. */
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

bool oak_ical_in_list(const short *list, size_t max, int v, int size)
{
	if (!SHORT_LIST(list))
		return true;
	for (size_t i = 0; i < max && list[i] != ICAL_RECURRENCE_ARRAY_MAX; i++)
		if (list[i] == v || (size && list[i] < 0 && list[i] + size + 1 == v))
			return true;
	return false;
}

static int iterate(const struct oak_ical_reader *r, icalrecur_iterator *iterator, oak_time last, oak_ical_each_fn *each,
		   void *arg)
{
	for (size_t steps = 0; steps < OAK_ICAL_STEPS_MAX; steps++) {
		struct icaltimetype t = icalrecur_iterator_next(iterator);
		oak_time local;
		if (icaltime_is_null_time(t) || t.year > 2199)
			return 0;
		if (oak_ical_local(r, t, "RRULE", &local) < 0)
			return -1;
		if (local > last || !each(arg, local))
			return 0;
	}
	return oak_ical_bad(r, OAK_UNSUPPORTED, "an RRULE repeats more than %d times", OAK_ICAL_STEPS_MAX);
}

int oak_ical_rule(const struct oak_ical_reader *r, struct icalrecurrencetype rule, const struct oak_moment *dtstart,
		  oak_time skip_to, oak_ical_each_fn *each, void *arg)
{
	oak_time last;
	if (check(r, &rule) < 0 || end_of(r, &rule, dtstart, &last) < 0)
		return -1;
	rule.until = icaltime_null_time();
	if (rule.freq <= ICAL_HOURLY_RECURRENCE) { /* SECONDLY is the first of the enumeration */
		if (dtstart->date)
			return oak_ical_bad(r, OAK_INVALID, "an all-day event repeats within the day");
		rule.until = to_ical(last == OAK_TIME_NEVER ? OAK_ICAL_END - 1 : last, false);
		return oak_ical_subdaily(r, &rule, dtstart->local, skip_to, each, arg);
	}
	if (SHORT_LIST(rule.by_week_no))
		return oak_ical_weekno(r, &rule, dtstart->local, last, each, arg);
	icalrecur_iterator *iterator = icalrecur_iterator_new(rule, to_ical(dtstart->local, dtstart->date));
	if (!iterator)
		return oak_ical_bad(r, OAK_INVALID,
				    "an RRULE can never come true, or combines what is not supported together");
	int result = iterate(r, iterator, last, each, arg);
	icalrecur_iterator_free(iterator);
	return result;
}
