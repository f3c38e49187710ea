/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding the next time of a wall clock: month by month, then by bit masks. */
#include "baseline/wall.h"

void oak_wall_set_year(struct oak_wall *wall, int year)
{
	if (year >= OAK_YEAR_FIRST && year <= OAK_YEAR_LAST)
		wall->year[(year - OAK_YEAR_FIRST) / 64] |= (uint64_t)1 << ((year - OAK_YEAR_FIRST) % 64);
}

static bool has_year(const struct oak_wall *wall, int year)
{
	return wall->year[(year - OAK_YEAR_FIRST) / 64] >> ((year - OAK_YEAR_FIRST) % 64) & 1;
}

/* Quartz: the nearest of Monday to Friday that lies in the same month. */
static int nearest_workday(int day, int first_weekday, int length)
{
	int weekday = (first_weekday + day - 1) % 7;
	if (weekday == 6)
		return day == 1 ? 3 : day - 1;
	if (weekday == 0)
		return day == length ? day - 2 : day + 1;
	return day;
}

static uint32_t bit(int day, int length)
{
	return day >= 1 && day <= length ? (uint32_t)1 << day : 0;
}

/* Bits of the days of a month of LENGTH days, that begins with FIRST_WEEKDAY, which a rule names. */
static uint32_t rule_days(const struct oak_day_rule *rule, int first_weekday, int length)
{
	uint32_t mask = 0;
	int first = 1 + (rule->a - first_weekday + 7) % 7; /* first day with weekday a */
	switch (rule->kind) {
	case OAK_DAY_STEP:
		for (int day = rule->a; day <= rule->b; day += rule->step)
			mask |= bit(day, length);
		break;
	case OAK_DAY_STEP_FROM_END:
		for (int day = length + 1 - rule->a; day <= length + 1 - rule->b; day += rule->step)
			mask |= bit(day, length);
		break;
	case OAK_DAY_LAST:
		mask = bit(length - rule->a, length);
		break;
	case OAK_DAY_LAST_WORKDAY:
		if (rule->a < length)
			mask = bit(nearest_workday(length - rule->a, first_weekday, length), length);
		break;
	case OAK_DAY_WORKDAY:
		if (rule->a <= length)
			mask = bit(nearest_workday(rule->a, first_weekday, length), length);
		break;
	case OAK_DAY_NTH_WEEKDAY:
		mask = bit(first + (rule->b - 1) * 7, length);
		break;
	case OAK_DAY_LAST_WEEKDAY:
		mask = bit(first + (length - first) / 7 * 7, length);
		break;
	}
	return mask;
}

static uint32_t month_days(const struct oak_wall *wall, int year, int month)
{
	struct oak_civil c = {.year = year, .month = month, .day = 1};
	int first_weekday = oak_weekday(oak_time_from_civil(&c)), length = oak_month_days(year, month);
	uint32_t mask = 0, on_weekday = 0;
	for (size_t i = 0; i < wall->days.n; i++)
		mask |= rule_days(&wall->days.v[i], first_weekday, length);
	for (int day = 1; day <= length; day++)
		if (wall->weekday >> ((first_weekday + day - 1) % 7) & 1)
			on_weekday |= (uint32_t)1 << day;
	return mask & on_weekday;
}

/* First set bit at or above FROM; -1 if none. */
static int next_bit(uint64_t mask, int from)
{
	mask = from < 64 ? mask >> from << from : 0;
	return mask ? __builtin_ctzll(mask) : -1;
}

/* First matching second of a day at or after FROM; -1 if none. */
static int next_in_day(const struct oak_wall *wall, int from)
{
	int hour = from / 3600, minute = from / 60 % 60, second = from % 60;
	for (int h = next_bit(wall->hour, hour); h >= 0; h = next_bit(wall->hour, h + 1)) {
		for (int m = next_bit(wall->minute, h > hour ? 0 : minute); m >= 0; m = next_bit(wall->minute, m + 1)) {
			int s = next_bit(wall->second, h > hour || m > minute ? 0 : second);
			if (s >= 0)
				return h * 3600 + m * 60 + s;
		}
	}
	return -1;
}

/* First match in the month at or after FROM (day and second of that day). */
static bool next_in_month(const struct oak_wall *wall, int year, int month, int from_day, int from_second,
			  oak_time *ret)
{
	uint32_t days = month_days(wall, year, month);
	for (int day = next_bit(days, from_day); day >= 0; day = next_bit(days, day + 1)) {
		int second = next_in_day(wall, day == from_day ? from_second : 0);
		if (second < 0)
			continue;
		struct oak_civil c = {.year = year, .month = month, .day = day};
		*ret = oak_time_from_civil(&c) + second;
		return true;
	}
	return false;
}

oak_time oak_wall_next(const struct oak_wall *wall, oak_time after)
{
	const struct oak_civil first = {.year = OAK_YEAR_FIRST, .month = 1, .day = 1};
	const struct oak_civil last = {.year = OAK_YEAR_LAST + 1, .month = 1, .day = 1};
	oak_time begin = oak_time_from_civil(&first), from = after < begin ? begin : after + 1, found;
	if (after >= oak_time_from_civil(&last) - 1)
		return OAK_TIME_NEVER;
	struct oak_civil c;
	oak_time_to_civil(from, &c);
	int second = c.hour * 3600 + c.minute * 60 + c.second;
	for (int year = c.year; year <= OAK_YEAR_LAST; year++) {
		if (!has_year(wall, year))
			continue;
		for (int month = year == c.year ? c.month : 1; month <= 12; month++) {
			bool here = year == c.year && month == c.month;
			if ((wall->month >> month & 1) &&
			    next_in_month(wall, year, month, here ? c.day : 1, here ? second : 0, &found))
				return found;
		}
	}
	return OAK_TIME_NEVER;
}
