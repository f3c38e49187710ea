/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Schedules against a brute-force matcher that walks minute by minute and asks the C library for local times, against
 * tables of known answers, and over every expression of the corpus. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "baseline/schedule.h"

static struct oak_arena *arena;
static struct oak_zones zones;

static oak_time at(const char *text)
{
	oak_time t = 0;
	if (!oak_time_parse(text, &t))
		fail_msg("'%s' is no time", text);
	return t;
}

static int parse(const char *text, const char *zone, struct oak_schedule *ret, struct oak_error *err)
{
	const struct oak_zone *z = zones.find(zones.arg, zone, err);
	assert_non_null(z);
	return oak_schedule_parse(arena, text, z, &zones, ret, err);
}

static struct oak_schedule good(const char *text, const char *zone)
{
	struct oak_schedule s;
	struct oak_error err = {0};
	char message[1100];
	if (parse(text, zone, &s, &err) < 0)
		fail_msg("%s: %s", text, oak_error_text(&err, message, sizeof(message)));
	return s;
}

/* ---- the brute force: its own reading of the fields, no code shared with baseline/ ---- */

static int brute_value(const char *s, const char *names)
{
	if (s[0] >= '0' && s[0] <= '9')
		return (int)strtol(s, NULL, 10);
	char word[4] = {0};
	for (int i = 0; i < 3 && s[i]; i++)
		word[i] = (char)(s[i] & ~0x20);
	const char *found = names ? strstr(names, word) : NULL;
	return found ? (int)(found - names) / 3 + 1 : -1;
}

/* Is V in a field of numbers? Tries every element by walking it step by step. */
static bool brute_in(const char *field, int v, int min, int max, const char *names)
{
	char copy[128], *save = NULL;
	snprintf(copy, sizeof(copy), "%s", field);
	for (char *one = strtok_r(copy, ",", &save); one; one = strtok_r(NULL, ",", &save)) {
		char *slash = strchr(one, '/');
		int step = slash ? (int)strtol(slash + 1, NULL, 10) : 1, low = min, high = max;
		if (slash)
			*slash = '\0';
		if (strcmp(one, "*") != 0 && *one) {
			char *dash = strchr(one, '-');
			low = brute_value(one, names);
			high = dash ? brute_value(dash + 1, names) : slash ? max : low;
		}
		for (int i = low, left = (high - low + (high < low ? max - min + 1 : 0)) / step; left >= 0; left--) {
			if (i == v)
				return true;
			i += step;
			if (i > max)
				i -= max - min + 1;
		}
	}
	return false;
}

static const char week[] = "SUNMONTUEWEDTHUFRISAT", year_months[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";

static int length_of(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : days[month - 1];
}

/* wday: 1 = Sunday of the day D of a month of LENGTH days */
static bool brute_day(const char *dom, const char *dow, int d, int wday, int length)
{
	if (strcmp(dow, "?") == 0) {
		if (strcmp(dom, "L") == 0)
			return d == length;
		size_t n = strlen(dom);
		if (dom[n - 1] != 'W')
			return dom[0] == 'L' ? d == length - (int)strtol(dom + 2, NULL, 10)
					     : brute_in(dom, d, 1, 31, NULL);
		int target = dom[0] == 'L' ? length : (int)strtol(dom, NULL, 10);
		if (target > length || wday == 1 || wday == 7)
			return false;
		/* d is the answer if it is the workday nearest to the target within the month */
		int target_wday = ((wday - 1 + target - d) % 7 + 7) % 7 + 1;
		int wanted = target;
		if (target_wday == 7)
			wanted = target > 1 ? target - 1 : target + 2;
		if (target_wday == 1)
			wanted = target < length ? target + 1 : target - 2;
		return d == wanted;
	}
	const char *hash = strchr(dow, '#');
	if (hash)
		return brute_value(dow, week) == wday && (d - 1) / 7 + 1 == hash[1] - '0';
	size_t n = strlen(dow);
	if (strcmp(dow, "L") == 0)
		return wday == 7;
	if ((dow[n - 1] & ~0x20) == 'L')
		return brute_value(dow, week) == wday && d + 7 > length;
	return brute_in(dow, wday, 1, 7, week);
}

struct brute {
	char f[6][64];
};

static bool brute_matches(const struct brute *b, const struct tm *tm)
{
	return brute_in(b->f[5], tm->tm_year + 1900, 1970, 2199, NULL) &&
	       brute_in(b->f[3], tm->tm_mon + 1, 1, 12, year_months) &&
	       brute_day(b->f[2], b->f[4], tm->tm_mday, tm->tm_wday + 1, length_of(tm->tm_year + 1900, tm->tm_mon + 1)) &&
	       brute_in(b->f[1], tm->tm_hour, 0, 23, NULL) && brute_in(b->f[0], tm->tm_min, 0, 59, NULL);
}

static struct tm local_at(oak_time t)
{
	time_t when = (time_t)t;
	struct tm tm;
	localtime_r(&when, &tm);
	return tm;
}

static bool same_wall(const struct tm *a, const struct tm *b)
{
	return a->tm_min == b->tm_min && a->tm_hour == b->tm_hour && a->tm_yday == b->tm_yday;
}

/* Is the minute that begins at T due? Once if it comes twice; at the end of a gap if a minute in the gap was due. */
static bool brute_due(const struct brute *b, oak_time t)
{
	struct tm now = local_at(t), before = local_at(t - 60);
	if (brute_matches(b, &now)) {
		for (oak_time back = 1800; back <= 3 * 3600; back += 1800) {
			struct tm twin = local_at(t - back);
			if (same_wall(&twin, &now))
				return false;
		}
		return true;
	}
	if (now.tm_gmtoff <= before.tm_gmtoff)
		return false;
	for (long gap = now.tm_gmtoff - before.tm_gmtoff, s = 0; s < gap; s += 60) {
		struct tm missing = local_at(t - 60); /* only its date and minute are walked on */
		time_t wall = timegm(&missing) + 60 + s;
		gmtime_r(&wall, &missing);
		if (brute_matches(b, &missing))
			return true;
	}
	return false;
}

/* Could one of the days around be meant? */
static bool brute_near(const struct brute *b, oak_time t)
{
	for (int k = -1; k <= 1; k++) {
		struct tm tm = local_at(t + k * 86400);
		if (brute_day(b->f[2], b->f[4], tm.tm_mday, tm.tm_wday + 1,
			      length_of(tm.tm_year + 1900, tm.tm_mon + 1)) &&
		    brute_in(b->f[3], tm.tm_mon + 1, 1, 12, year_months))
			return true;
	}
	return false;
}

/* First due minute after FROM, found by trying all of them (whole days that cannot match are stepped over). */
static oak_time brute_next(const char *expression, oak_time from)
{
	struct brute b;
	if (sscanf(expression, "cron(%63s %63s %63s %63s %63s %63[^)])", b.f[0], b.f[1], b.f[2], b.f[3], b.f[4], b.f[5]) != 6)
		fail_msg("the test's own reading of %s", expression);
	oak_time t = from - from % 60 + 60;
	for (oak_time end = from + (oak_time)86400 * 366 * 9; t < end;) {
		struct tm tm = local_at(t);
		bool possible = brute_day(b.f[2], b.f[4], tm.tm_mday, tm.tm_wday + 1,
					  length_of(tm.tm_year + 1900, tm.tm_mon + 1)) &&
				brute_in(b.f[3], tm.tm_mon + 1, 1, 12, year_months);
		if (!possible && tm.tm_hour > 3 && tm.tm_hour < 20) {
			t += 3600 * (20 - tm.tm_hour);
			continue;
		}
		if (!possible && tm.tm_min % 30 == 0 && !brute_near(&b, t)) {
			t += 1800;
			continue;
		}
		if (brute_due(&b, t))
			return t;
		t += 60;
	}
	return OAK_TIME_NEVER;
}

static const char *const expressions[] = {
	"cron(0 20 * * ? *)",	    "cron(30 23 ? * TUE#3 *)",	 "cron(15 10 ? * 6L *)",  "cron(0 0 L * ? *)",
	"cron(0 9 LW * ? *)",	    "cron(0 9 15W * ? *)",	 "cron(0 9 1W * ? *)",	  "cron(0 9 31W * ? *)",
	"cron(0 2 L-3 * ? *)",	    "cron(*/5 * * * ? *)",	 "cron(0/15 * * * ? *)",  "cron(30 */4 * * ? *)",
	"cron(0 8 1 */3 ? *)",	    "cron(0/30 20-23 ? * MON-FRI *)", "cron(1-31/30 1-1 ? * 1,7 *)", "cron(0 22-4/2 ? * FRI-MON *)",
	"cron(5,35 2 ? * sun *)",   "cron(30 2 * * ? *)",	 "cron(0 2 ? * L *)",	  "cron(0 0 29 2 ? *)",
	"cron(59 23 31 12 ? *)",    "cron(0 3 ? nov-FEB WED#5 *)", "cron(10/20 1/7 ? * 2/2 *)", "cron(0 12 ? * FRIL *)",
	"cron(0 0 30 * ? *)",	    "cron(17 1,13 */10 * ? *)",	 "cron(45 1-3 ? 3,10,11 SUN *)", "cron(0 4 ? * 3#2 2027/2)",
	"cron(/10 2 * * ? *)",	    "cron(50-10/10 3 ? * THU *)",
};
static const char *const starts[] = {"2026-11-23T12:00:00Z", "2026-03-28T22:13:00Z", "2026-10-24T23:59:00Z",
				     "2027-02-27T12:00:30Z", "2028-02-29T00:00:00Z", "2026-10-31T23:00:00Z"};
static const char *const zone_names[] = {"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"};

static void test_brute_force(void **state)
{
	(void)state;
	size_t pairs = 0;
	for (size_t z = 0; z < sizeof(zone_names) / sizeof(*zone_names); z++) {
		setenv("TZ", zone_names[z], 1);
		tzset();
		for (size_t e = 0; e < sizeof(expressions) / sizeof(*expressions); e++) {
			struct oak_schedule s = good(expressions[e], zone_names[z]);
			for (size_t f = 0; f < sizeof(starts) / sizeof(*starts); f++) {
				oak_time from = at(starts[f]);
				for (int count = 0; count < 2; count++, pairs++) {
					oak_time wanted = brute_next(expressions[e], from);
					oak_time got = oak_schedule_next(&s, from, from);
					char a[OAK_TIME_TEXT], b[OAK_TIME_TEXT], c[OAK_TIME_TEXT];
					if (wanted != got)
						fail_msg("%s in %s after %s: %s, by brute force %s", expressions[e],
							 zone_names[z], oak_time_format(from, a),
							 oak_time_format(got, b), oak_time_format(wanted, c));
					if (got == OAK_TIME_NEVER)
						break;
					from = got;
				}
			}
		}
	}
	setenv("TZ", "UTC", 1);
	tzset();
	print_message("%zu expression/instant pairs\n", pairs);
	assert_true(pairs >= 300);
}

/* ---- known answers ---- */

static void test_known(void **state)
{
	(void)state;
	static const struct {
		const char *text, *zone, *from, *next[3];
	} rows[] = {
		/* goldens 51 and 52 */
		{"cron(15 10 ? * 6L *)", "UTC", "2026-11-01T00:00:00Z", {"2026-11-27T10:15:00Z", "2026-12-25T10:15:00Z"}},
		{"cron(0 09 ? * WED *)", "America/Los_Angeles", "2021-01-01T08:00:00Z", {"2021-01-06T17:00:00Z"}},
		/* exclusive */
		{"cron(0 0 * * ? *)", "UTC", "2026-11-23T00:00:00Z", {"2026-11-24T00:00:00Z"}},
		/* seconds */
		{"cron(24 30 09 ? * * *)", "UTC", "2026-11-23T09:30:00Z", {"2026-11-23T09:30:24Z", "2026-11-24T09:30:24Z"}},
		{"cron(0 0 */1 * * ? *)", "UTC", "2026-11-23T09:30:00Z", {"2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z"}},
		{"cron(*/20 59 23 31 12 ? 2027)", "UTC", "2026-11-23T09:30:00Z",
		 {"2027-12-31T23:59:00Z", "2027-12-31T23:59:20Z", "2027-12-31T23:59:40Z"}},
		/* the year 2199 is the last */
		{"cron(0 0 1 1 ? 2199)", "UTC", "2026-11-23T09:30:00Z", {"2199-01-01T00:00:00Z", "-"}},
		{"cron(0 0 30 2 ? *)", "UTC", "2026-11-23T09:30:00Z", {"-"}},
		/* Berlin, 2026-03-29: 02:00 to 03:00 does not exist; 2026-10-25: 02:00 to 03:00 twice */
		{"cron(30 2 * * ? *)", "Europe/Berlin", "2026-03-28T12:00:00Z", {"2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"}},
		{"cron(30 2 * * ? *)", "Europe/Berlin", "2026-10-24T12:00:00Z", {"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
		{"cron(*/20 2 29 3 ? *)", "Europe/Berlin", "2026-03-28T12:00:00Z", {"2026-03-29T01:00:00Z", "2027-03-29T00:00:00Z"}},
		{"cron(0 * 25 10 ? 2026)", "Europe/Berlin", "2026-10-24T23:30:00Z",
		 {"2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z", "2026-10-25T03:00:00Z"}},
		/* New York, 2026-03-08 and 2026-11-01 */
		{"cron(0 2 * * ? *)", "America/New_York", "2026-03-07T12:00:00Z", {"2026-03-08T07:00:00Z", "2026-03-09T06:00:00Z"}},
		{"cron(30 1 * * ? *)", "America/New_York", "2026-10-31T12:00:00Z", {"2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"}},
		/* Lord Howe moves by half an hour: 2026-10-04 02:00 to 02:30, 2026-04-05 01:30 to 02:00 twice */
		{"cron(15 2 * * ? *)", "Australia/Lord_Howe", "2026-10-03T12:00:00Z", {"2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"}},
		{"cron(45 1 * * ? *)", "Australia/Lord_Howe", "2026-04-04T12:00:00Z", {"2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"}},
		/* Sao Paulo skipped midnight on 2018-11-04 */
		{"cron(0 0 * * ? *)", "America/Sao_Paulo", "2018-11-03T12:00:00Z", {"2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"}},
		/* Apia skipped the whole of 2011-12-30 */
		{"cron(0 12 30 12 ? *)", "Pacific/Apia", "2011-12-29T00:00:00Z", {"2011-12-30T10:00:00Z", "2012-12-29T22:00:00Z"}},
		/* Casablanca: summer time pauses in Ramadan, 2026-02-15 to 2026-03-22 */
		{"cron(30 2 * * ? *)", "Africa/Casablanca", "2026-03-21T12:00:00Z", {"2026-03-22T02:00:00Z", "2026-03-23T01:30:00Z"}},
		{"cron(30 2 * * ? *)", "Africa/Casablanca", "2026-02-14T12:00:00Z", {"2026-02-15T01:30:00Z", "2026-02-16T02:30:00Z"}},
		/* rates */
		{"rate(7 days)", "UTC", "2026-11-23T12:00:00Z", {"2026-11-30T12:00:00Z", "2026-12-07T12:00:00Z"}},
		{"rate(1 hour)", "UTC", "2026-11-23T12:00:00Z", {"2026-11-23T13:00:00Z"}},
		{"rate(5 minutes)", "Europe/Berlin", "2026-03-29T00:58:00Z", {"2026-03-29T01:03:00Z"}},
		/* once */
		{"at(2026-11-23T15:00:00)", "Europe/Berlin", "2026-11-23T12:00:00Z", {"2026-11-23T14:00:00Z", "-"}},
		{"at(2026-11-23T15:00:00)", "UTC", "2026-11-23T15:00:00Z", {"-"}},
		{"at(2026-03-29T02:30:00)", "Europe/Berlin", "2026-03-01T00:00:00Z", {"2026-03-29T01:00:00Z"}},
		/* OnCalendar */
		{"Mon..Fri *-*-* 03:00", "UTC", "2026-11-20T12:00:00Z", {"2026-11-23T03:00:00Z", "2026-11-24T03:00:00Z"}},
		{"weekly Europe/Berlin", "UTC", "2026-11-20T12:00:00Z", {"2026-11-22T23:00:00Z", "2026-11-29T23:00:00Z"}},
		{"Mon *-05~07/1", "UTC", "2026-11-20T12:00:00Z", {"2027-05-31T00:00:00Z", "2028-05-29T00:00:00Z"}},
		{"*-*~01", "UTC", "2026-11-20T12:00:00Z", {"2026-11-30T00:00:00Z", "2026-12-31T00:00:00Z"}},
		{"*-*~01..03 12:00", "UTC", "2027-02-01T12:00:00Z", {"2027-02-26T12:00:00Z", "2027-02-27T12:00:00Z", "2027-02-28T12:00:00Z"}},
		{"*-*~01..07/3 12:00", "UTC", "2026-11-20T12:00:00Z", {"2026-11-24T12:00:00Z", "2026-11-27T12:00:00Z", "2026-11-30T12:00:00Z"}},
		{"*-*~03..01 12:00", "UTC", "2027-02-01T12:00:00Z", {"2027-02-26T12:00:00Z", "2027-02-27T12:00:00Z", "2027-02-28T12:00:00Z"}},
		{"*:0/15", "UTC", "2026-11-20T12:00:00Z", {"2026-11-20T12:15:00Z", "2026-11-20T12:30:00Z"}},
		{"OnCalendar=quarterly", "UTC", "2026-11-20T12:00:00Z", {"2027-01-01T00:00:00Z", "2027-04-01T00:00:00Z"}},
		{"sat,sun 9..17/4:30:10", "UTC", "2026-11-20T12:00:00Z", {"2026-11-21T09:30:10Z", "2026-11-21T13:30:10Z", "2026-11-21T17:30:10Z"}},
		{"12-25 UTC", "Europe/Berlin", "2026-11-20T12:00:00Z", {"2026-12-25T00:00:00Z"}},
		{"@1800000000", "Europe/Berlin", "2026-11-20T12:00:00Z", {"2027-01-15T08:00:00Z", "-"}},
		{"2027-06-15T05:40", "UTC", "2026-11-20T12:00:00Z", {"2027-06-15T05:40:00Z", "-"}},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_schedule s = good(rows[i].text, rows[i].zone);
		oak_time from = at(rows[i].from), anchor = from;
		for (int k = 0; k < 3 && rows[i].next[k]; k++) {
			char text[OAK_TIME_TEXT];
			oak_time next = oak_schedule_next(&s, anchor, from);
			oak_time_format(next, text);
			if (strcmp(text, rows[i].next[k]) != 0)
				fail_msg("row %zu, %s: %s instead of %s", i, rows[i].text, text, rows[i].next[k]);
			from = next;
		}
	}
}

/* Random expressions, many of them around changes of clocks; answered by others (tests/data/schedules/make_schedules.py). */
static void test_vectors(void **state)
{
	(void)state;
	static char line[4096];
	const char *more = getenv("OAKUM_SCHEDULE_VECTORS"); /* a larger set, made by the same script */
	FILE *file = fopen(more ? more : TEST_SOURCE "/tests/data/schedules/schedules.tsv", "r");
	size_t rows = 0, wrong = 0;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		char *save = NULL, *text = strtok_r(line, "\t\n", &save), *zone = strtok_r(NULL, "\t\n", &save),
		     *from = strtok_r(NULL, "\t\n", &save), *times = strtok_r(NULL, "\t\n", &save), *more_times = NULL;
		assert_non_null(times);
		struct oak_schedule s = good(text, zone);
		oak_time t = at(from);
		rows++;
		for (char *one = strtok_r(times, ",", &more_times); one; one = strtok_r(NULL, ",", &more_times)) {
			char got[OAK_TIME_TEXT];
			t = oak_schedule_next(&s, t, t);
			if (strcmp(oak_time_format(t, got), one) == 0)
				continue;
			if (*one == '-' && (t == OAK_TIME_NEVER || t > at(from) + (oak_time)8 * 365 * 86400))
				break; /* none within nine years */
			print_message("%s in %s after %s: %s instead of %s\n", text, zone, from, got, one);
			wrong++;
			break;
		}
	}
	fclose(file);
	print_message("%zu rows\n", rows);
	assert_int_equal(wrong, 0);
	assert_true(rows >= 500);
}

/* Golden 50, and what start, end and offset do. */
static void test_offset_and_bounds(void **state)
{
	(void)state;
	struct oak_schedule s = good("cron(30 23 ? * TUE#3 *)", "UTC");
	s.offset_days = 2;
	assert_int_equal(oak_schedule_next(&s, 0, at("2026-11-01T00:00:00Z")), at("2026-11-19T23:30:00Z"));
	/* between the cron instant (17th) and the opening (19th) the opening is still to come */
	assert_int_equal(oak_schedule_next(&s, 0, at("2026-11-18T00:00:00Z")), at("2026-11-19T23:30:00Z"));
	/* a start between them skips that period */
	s.start = at("2026-11-18T00:00:00Z");
	assert_int_equal(oak_schedule_next(&s, 0, at("2026-11-01T00:00:00Z")), at("2026-12-17T23:30:00Z"));
	s.end = at("2026-12-17T23:30:00Z");
	assert_int_equal(oak_schedule_next(&s, 0, at("2026-11-01T00:00:00Z")), OAK_TIME_NEVER);
	s.end++;
	assert_int_equal(oak_schedule_next(&s, 0, at("2026-11-01T00:00:00Z")), at("2026-12-17T23:30:00Z"));
	/* offsets are calendar days: over the change of 2026-10-25 in Berlin the wall clock stays */
	s = good("cron(0 12 ? * FRI *)", "Europe/Berlin");
	s.offset_days = 3;
	assert_int_equal(oak_schedule_next(&s, 0, at("2026-10-23T12:00:00Z")), at("2026-10-26T11:00:00Z"));
	/* rates are anchored at their start */
	s = good("rate(2 days)", "UTC");
	s.start = at("2026-11-01T06:00:00Z");
	assert_int_equal(oak_schedule_next(&s, 0, at("2026-10-01T00:00:00Z")), at("2026-11-03T06:00:00Z"));
	assert_int_equal(oak_schedule_next(&s, 0, at("2026-11-03T06:00:00Z")), at("2026-11-05T06:00:00Z"));
	assert_int_equal(oak_schedule_next(&s, 0, at("2026-11-23T12:00:00Z")), at("2026-11-25T06:00:00Z"));
}

static void test_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
		"", "cron(1)", "cron(0 0 * * MON)", "cron(0 1 * * * *)", "cron(71 8 1 * ? *)", "cron(45 6 * * ? 2999)",
		"cron(0 0 ? * ? *)", "cron(0 0 1 * MON *)", "cron(5, 0, 1, *, ?, *)", "cron(0 24 * * ? *)", "cron(0 0 0 * ? *)",
		"cron(0 0 32 * ? *)", "cron(0 0 1 13 ? *)", "cron(0 0 ? * 8 *)", "cron(0 0 ? * 0 *)", "cron(0 0 ? * MON#6 *)",
		"cron(0 0 ? * MON#0 *)", "cron(0 0 ? * XYZ *)", "cron(0 0 1 MON ? *)", "cron(? 0 1 * ? *)", "cron(0/0 * * * ? *)",
		"cron(0/60 * * * ? *)", "cron(-1 * * * ? *)", "cron(1- * * * ? *)", "cron(1,,2 * * * ? *)", "cron(0 0 L-31 * ? *)",
		"cron(0 0 LX * ? *)", "cron(0 0 W * ? *)", "cron(0 0 1 1 ? 2030-2020)", "cron(0 0 1 1 ? 1969)", "cron(0 0 1 1 ? *",
		"cron(0 0 1 1 ? * * *)", "cron(0 0 1 1 ? * extra *)", "CRON(0 0 * * ? *)", "cron(+1 0 * * ? *)",
		"rate(10 seconds)", "rate(10 minutess)", "rate(5minutes)", "rate(160000)", "rate(1 minutes)", "rate(1 days)",
		"rate(10 hour)", "rate(15 minute)", "rate(0 minutes)", "rate(-5 minutes)", "rate(1.5 hours)", "rate()",
		"rate(99999999999 days)", "rate(1000000 days)", "at(2021-12-31)", "at(237)", "at(2024-12-23T00:00)", "at(2022)",
		"at(2021-02-29T00:00:00)", "at(2021-12-31T00:00:00Z)", "at(2021-12-31 00:00:00)", "at()", "hello", "Mon..Xyz",
		"*-13-01", "*-*-* 25:00", "*-*-* 12:60", "12", "*-*-*-*", "*-*~*", "2026-11-23 1:2:3.5", "daily Nowhere/Land",
		"10..5-*-*", "*-*-* 1/0:00", "*-*-* 1:2:3:4", "Mon Tue Wed",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct oak_schedule s;
		struct oak_error err = {0};
		if (parse(bad[i], "UTC", &s, &err) == 0)
			fail_msg("'%s' was taken", bad[i]);
		assert_int_equal(oak_error_exit(&err), 2);
		assert_true(err.cause[0] && err.id);
	}
}

static void test_shortest(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t seconds;
	} rows[] = {{"cron(* * * * ? *)", 60},	  {"cron(0/15 * * * ? *)", 900}, {"cron(0,58 * * * ? *)", 120},
		    {"cron(0,58 3 * * ? *)", 3480}, {"cron(0 3 * * ? *)", 86400},	 {"cron(0 * * * ? *)", 3600},
		    {"rate(2 minutes)", 120},	  {"cron(* 0 * * * ? *)", 1}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_schedule s = good(rows[i].text, "UTC");
		assert_int_equal(oak_schedule_shortest(&s), rows[i].seconds);
	}
}

/* Every expression of the corpus gets a verdict, and the verdict that its class and its numbers ask for. */
static void test_corpus(void **state)
{
	(void)state;
	static const char *const refused[] = {"cron(0 1 * * * *)", "cron(71 8 1 * ? *)", "cron(45 6 * * ? 2999)",
					      "cron(5, 0, 1, *, ?, *)"};
	const char *corpus = getenv("OAKUM_CORPUS");
	char path[1024], line[1024];
	snprintf(path, sizeof(path), "%s/cron-expressions/expressions.tsv", corpus ? corpus : TEST_SOURCE "/../shared/data");
	FILE *file = fopen(path, "r");
	if (!file) {
		print_message("skipped: no corpus\n");
		return;
	}
	size_t taken = 0, turned_down = 0;
	while (fgets(line, sizeof(line), file)) {
		char *save = NULL, *text = strtok_r(line, "\t", &save), *class = strtok_r(NULL, "\t", &save);
		if (!class || strcmp(text, "expression") == 0)
			continue;
		bool expected = strcmp(class, "cron-6f") == 0 || strcmp(class, "cron-7f") == 0 ||
				strcmp(class, "rate-ok") == 0 || strcmp(class, "at-ok") == 0;
		for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
			expected = expected && strcmp(text, refused[i]) != 0;
		struct oak_schedule s;
		struct oak_error err = {0};
		bool is = parse(text, "UTC", &s, &err) == 0;
		if (is != expected)
			fail_msg("%s (%s): %s", text, class, is ? "taken" : err.cause);
		taken += is;
		turned_down += !is;
	}
	fclose(file);
	print_message("%zu taken, %zu refused\n", taken, turned_down);
	assert_true(taken + turned_down > 90);
}

static int setup(void **state)
{
	(void)state;
	arena = oak_arena_new();
	zones = oak_zones_system(arena);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	oak_arena_free(arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_brute_force), cmocka_unit_test(test_known), cmocka_unit_test(test_vectors), cmocka_unit_test(test_offset_and_bounds),
		cmocka_unit_test(test_refused),	    cmocka_unit_test(test_shortest), cmocka_unit_test(test_corpus),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
