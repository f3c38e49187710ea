/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Civil calendar arithmetic (days from civil, after Howard Hinnant's published algorithm) and RFC 3339. */
#include "core/time.h"

#include <stdio.h>

static int64_t days_from_civil(int64_t y, int m, int64_t d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

oak_time oak_time_from_civil(const struct oak_civil *c)
{
	return days_from_civil(c->year, c->month, c->day) * OAK_DAY + c->hour * 3600 + c->minute * 60 + c->second;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

void oak_time_to_civil(oak_time t, struct oak_civil *ret)
{
	int64_t days = floor_div(t, OAK_DAY), seconds = t - days * OAK_DAY;
	days += 719468;
	int64_t era = floor_div(days, 146097), doe = days - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	ret->day = (int)(doy - (153 * mp + 2) / 5 + 1);
	ret->month = (int)(mp < 10 ? mp + 3 : mp - 9);
	ret->year = (int)(yoe + era * 400 + (ret->month <= 2));
	ret->hour = (int)(seconds / 3600);
	ret->minute = (int)(seconds / 60 % 60);
	ret->second = (int)(seconds % 60);
}

int oak_weekday(oak_time t)
{
	int64_t days = floor_div(t, OAK_DAY) + 4;
	return (int)(days - floor_div(days, 7) * 7);
}

int oak_month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

/* N digits at *P, within [min, max]. */
static bool digits(const char **p, int n, int min, int max, int *ret)
{
	int value = 0;
	for (int i = 0; i < n; i++) {
		if ((*p)[i] < '0' || (*p)[i] > '9')
			return false;
		value = value * 10 + ((*p)[i] - '0');
	}
	*p += n;
	*ret = value;
	return value >= min && value <= max;
}

static bool literal(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

static bool date_part(const char **p, struct oak_civil *c)
{
	return digits(p, 4, 1, 9999, &c->year) && literal(p, '-') && digits(p, 2, 1, 12, &c->month) &&
	       literal(p, '-') && digits(p, 2, 1, 31, &c->day) && c->day <= oak_month_days(c->year, c->month);
}

static bool clock_part(const char **p, struct oak_civil *c, bool *fraction)
{
	if (!(digits(p, 2, 0, 23, &c->hour) && literal(p, ':') && digits(p, 2, 0, 59, &c->minute) &&
	      literal(p, ':') && digits(p, 2, 0, 60, &c->second)))
		return false;
	if (!literal(p, '.'))
		return true;
	const char *start = *p;
	for (; **p >= '0' && **p <= '9'; (*p)++)
		*fraction |= **p != '0';
	return *p > start;
}

static bool zone_part(const char **p, int *offset_minutes)
{
	*offset_minutes = 0;
	if (literal(p, 'Z') || literal(p, 'z'))
		return true;
	int sign = **p == '-' ? -1 : 1, hours, minutes;
	if (!literal(p, '+') && !literal(p, '-'))
		return false;
	if (!(digits(p, 2, 0, 23, &hours) && literal(p, ':') && digits(p, 2, 0, 59, &minutes)))
		return false;
	*offset_minutes = sign * (hours * 60 + minutes);
	return true;
}

static bool parse(const char *text, bool up, oak_time *ret)
{
	struct oak_civil c = {0};
	bool fraction = false;
	int offset = 0;
	const char *p = text;
	if (!date_part(&p, &c))
		return false;
	if (*p) {
		if (!literal(&p, 'T') && !literal(&p, 't') && !literal(&p, ' '))
			return false;
		if (!clock_part(&p, &c, &fraction) || !zone_part(&p, &offset) || *p)
			return false;
	}
	*ret = oak_time_from_civil(&c) - offset * 60 + (up && fraction);
	return true;
}

bool oak_time_parse(const char *text, oak_time *ret)
{
	return parse(text, false, ret);
}

bool oak_time_parse_ceil(const char *text, oak_time *ret)
{
	return parse(text, true, ret);
}

const char *oak_time_format(oak_time t, char out[OAK_TIME_TEXT])
{
	const oak_time first = -62135596800, last = 253402300799; /* years 1 and 9999 */
	struct oak_civil c;
	if (t < first || t > last) {
		snprintf(out, OAK_TIME_TEXT, "-");
		return out;
	}
	oak_time_to_civil(t, &c);
	snprintf(out, OAK_TIME_TEXT, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)c.year % 10000,
		 (unsigned)c.month % 100, (unsigned)c.day % 100, (unsigned)c.hour % 100,
		 (unsigned)c.minute % 100, (unsigned)c.second % 100);
	return out;
}

static const struct {
	char unit;
	int64_t seconds;
} units[] = {{'d', OAK_DAY}, {'h', 3600}, {'m', 60}, {'s', 1}};

bool oak_duration_parse(const char *text, int64_t *ret_seconds)
{
	const int64_t limit = (int64_t)36525 * OAK_DAY;
	int64_t total = 0;
	size_t next_unit = 0;
	if (oak_streq(text, "0")) {
		*ret_seconds = 0;
		return true;
	}
	for (const char *p = text; *p || p == text;) {
		int64_t value = 0;
		const char *start = p;
		for (; *p >= '0' && *p <= '9' && value <= limit; p++)
			value = value * 10 + (*p - '0');
		while (next_unit < sizeof(units) / sizeof(*units) && units[next_unit].unit != *p)
			next_unit++;
		if (p == start || next_unit == sizeof(units) / sizeof(*units) || value > limit)
			return false;
		total += value * units[next_unit++].seconds;
		if (total > limit)
			return false;
		p++;
	}
	*ret_seconds = total;
	return true;
}

const char *oak_duration_format(int64_t seconds, char out[OAK_DURATION_TEXT])
{
	size_t used = 0;
	out[0] = '0';
	out[1] = '\0';
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		int64_t count = seconds / units[i].seconds;
		if (count > 0 && used < OAK_DURATION_TEXT - 1)
			used += (size_t)snprintf(out + used, OAK_DURATION_TEXT - used, "%lld%c", (long long)count,
						 units[i].unit);
		seconds -= count * units[i].seconds;
	}
	return out;
}
