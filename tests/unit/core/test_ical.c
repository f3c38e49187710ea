/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calendars: recurrence vectors of a peer, our own tables for every property that decides about times, what is refused,
 * and no crash on 190 nasty files. The module is opened here by hand, since tests do not lie beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/buf.h"
#include "core/fs.h"
#include "core/ical_impl.h"

static oak_ical_read_fn *read_module;
static struct oak_arena *arena;

static oak_time at(const char *text)
{
	oak_time t = 0;
	if (!oak_time_parse(text, &t))
		fail_msg("'%s' is no time", text);
	return t;
}

static int read_text(const char *text, size_t n, const char *zone, oak_time from, struct oak_ical *ret, struct oak_error *err)
{
	struct oak_zones zones = oak_zones_system(arena);
	const struct oak_ical_options options = {zones.find(zones.arg, zone, err), zones, from};
	text = oak_ical_unfold(arena, text, n, &n);
	if (oak_ical_check_frame(text, n, "test", err) < 0)
		return -1;
	return read_module(arena, text, n, "test", &options, ret, err);
}

/* "20260329T023000" or "20260329" from a vector's way of writing it */
static void compact(const char *text, char *out)
{
	for (; *text; text++)
		if (*text != '-' && *text != ':')
			*out++ = *text;
	*out = '\0';
}

static oak_time vector_time(const char *text)
{
	char full[40];
	size_t n = strlen(text);
	snprintf(full, sizeof(full), "%s%s", text, n == 10 || text[n - 1] == 'Z' ? "" : "Z");
	return at(full);
}

static size_t bad_vectors;
static size_t listed_max; /* a list of that many may go on; 0 = any list may */

enum { STARTS_MAX = 4000 };

/* Starts of a calendar from FROM on, reading on where a reading ends, until there are MOST or no more. */
static int starts_of(const char *text, size_t n, oak_time from, size_t most, oak_time *ret, size_t *ret_n, struct oak_error *err)
{
	struct oak_ical ical = {0};
	for (*ret_n = 0; *ret_n < most && from < OAK_ICAL_HORIZON; from = ical.known_until) {
		if (read_text(text, n, "UTC", from, &ical, err) < 0)
			return -1;
		for (size_t i = 0; i < ical.count && *ret_n < STARTS_MAX; i++)
			if (!*ret_n || ical.spans[i].start > ret[*ret_n - 1])
				ret[(*ret_n)++] = ical.spans[i].start;
	}
	return 0;
}

/* What the peer of ../shared/data has wrong, or forgives. */
static bool peer_is_wrong(const char *rule)
{
	return strcmp(rule, "FREQ=MONTHLY;INTERVAL=1;BYDAY=SU;BYSETPOS=3;COUNT=3") == 0 || /* it leaves out 2017-08-20, a third Sunday */
	       strstr(rule, "BYWEEKNO=-28") || /* week -28 of 52 is week 25; it takes week 23 */
	       strstr(rule, "WEEKLY;BYWEEKNO"); /* RFC 5545 forbids it */
}

/* One vector: all dates listed, in order; and no more where the rule ends by itself. */
static void vector(const char *rule, const char *start, char *dates)
{
	char text[2048], begin[40], got[OAK_TIME_TEXT];
	bool date = strlen(start) == 10;
	oak_time starts[STARTS_MAX], wanted[STARTS_MAX];
	size_t count, n = 0, i = 0;
	struct oak_error err = {0};
	char *save = NULL;
	for (char *one = strtok_r(dates, ",", &save); one; one = strtok_r(NULL, ",", &save))
		wanted[n++] = vector_time(one);
	compact(start, begin);
	int length = snprintf(text, sizeof(text),
			      "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:v\r\nDTSTART%s:%s\r\nDURATION:%s\r\nRRULE:%s\r\n"
			      "END:VEVENT\r\nEND:VCALENDAR\r\n",
			      date ? ";VALUE=DATE" : "", begin, date ? "P1D" : "PT1S", rule);
	if (peer_is_wrong(rule))
		return;
	if (starts_of(text, (size_t)length, vector_time(start) - 1, n + 2, starts, &count, &err) < 0) {
		if (n || strcmp(err.id, "ical.invalid") != 0) { /* else: a rule that never comes true */
			print_message("%s: %s\n", rule, err.cause);
			bad_vectors++;
		}
		return;
	}
	/* DTSTART is an occurrence even if the rule does not give it (RFC 5545, 3.8.5.3) */
	if (count && (!n || starts[0] != wanted[0]))
		assert_int_equal(starts[i++], vector_time(start));
	for (size_t k = 0; k < n; k++, i++) {
		if (i < count && starts[i] == wanted[k])
			continue;
		print_message("%s from %s: %s instead of date %zu\n", rule, start,
			      i < count ? oak_time_format(starts[i], got) : "nothing", k + 1);
		bad_vectors++;
		return;
	}
	if ((strstr(rule, "COUNT=") || strstr(rule, "UNTIL=")) && n && i < count && n < listed_max) {
		print_message("%s from %s: %s is more than listed\n", rule, start, oak_time_format(starts[i], got));
		bad_vectors++;
	}
}

static size_t vector_file(const char *path)
{
	static char line[65536];
	FILE *file = fopen(path, "r");
	size_t count = 0;
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\r\n")] = '\0';
		char *start = strchr(line, '\t'), *from = start ? strchr(start + 1, '\t') : NULL,
		     *dates = from ? strchr(from + 1, '\t') : NULL;
		if (!dates || *line == '#')
			continue;
		*start++ = *from++ = *dates++ = '\0';
		vector(line, start, dates);
		count++;
	}
	fclose(file);
	return count;
}

/* Random rules of every frequency and BY part; the dates are python-dateutil's (tests/data/recurrence/make_rrule.py). */
static void test_dateutil(void **state)
{
	(void)state;
	bad_vectors = 0, listed_max = 8;
	const char *more = getenv("OAKUM_RRULE_VECTORS"); /* a larger set, made by the same script */
	size_t count = vector_file(more ? more : TEST_SOURCE "/tests/data/recurrence/rrule.tsv");
	print_message("%zu vectors\n", count);
	assert_int_equal(bad_vectors, 0);
	assert_true(count >= 400);
}

static void test_vectors(void **state)
{
	(void)state;
	bad_vectors = 0, listed_max = 0;
	const char *corpus = getenv("OAKUM_CORPUS");
	char path[1024];
	snprintf(path, sizeof(path), "%s/ical-icaljs/rrule-vectors.tsv", corpus ? corpus : TEST_SOURCE "/../shared/data");
	size_t count = vector_file(path);
	if (!count) {
		print_message("skipped: no corpus\n");
		return;
	}
	print_message("%zu vectors\n", count);
	assert_int_equal(bad_vectors, 0);
	assert_true(count > 100);
}

#define ZONE                                                                                                           \
	"BEGIN:VTIMEZONE\nTZID:Mars\nBEGIN:STANDARD\nDTSTART:16011028T030000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\n"   \
	"TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010325T020000\n"                    \
	"RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT\nEND:VTIMEZONE\n"

static const char *event(const char *lines)
{
	static char text[8192];
	if (strncmp(lines, "BEGIN:VCALENDAR", 15) == 0)
		return lines;
	bool whole = strstr(lines, "BEGIN:VEVENT") != NULL;
	snprintf(text, sizeof(text), "BEGIN:VCALENDAR\n%s%s%s%sEND:VCALENDAR\n", ZONE, whole ? "" : "BEGIN:VEVENT\nUID:u\n", lines,
		 whole ? "" : "END:VEVENT\n");
	return text;
}

static const struct {
	const char *lines;
	const char *spans[5]; /* "start end" */
} spans_rows[] = {
	{"DTSTART:20260601T100000Z\nDTEND:20260601T110000Z\n", {"2026-06-01T10:00:00Z 2026-06-01T11:00:00Z"}},
	{"DTSTART:20260601T100000\nDURATION:PT1H\n", {"2026-06-01T08:00:00Z 2026-06-01T09:00:00Z"}},
	{"DTSTART;TZID=Mars:20260601T100000\nDURATION:PT1H\n", {"2026-06-01T08:00:00Z 2026-06-01T09:00:00Z"}},
	{"DTSTART;TZID=America/New_York:20260601T100000\nDURATION:PT1H\n", {"2026-06-01T14:00:00Z 2026-06-01T15:00:00Z"}},
	{"DTSTART;TZID=Eastern Standard Time:20260601T100000\nDURATION:PT1H\n", {"2026-06-01T14:00:00Z 2026-06-01T15:00:00Z"}},
	{"DTSTART;TZID=/mozilla.org/20050126_1/America/New_York:20260601T100000\nDURATION:PT1H\n",
	 {"2026-06-01T14:00:00Z 2026-06-01T15:00:00Z"}},
	/* all-day: one day, several, over the change of clocks */
	{"DTSTART;VALUE=DATE:20260601\n", {"2026-05-31T22:00:00Z 2026-06-01T22:00:00Z"}},
	{"DTSTART;VALUE=DATE:20260329\nDTEND;VALUE=DATE:20260330\n", {"2026-03-28T23:00:00Z 2026-03-29T22:00:00Z"}},
	{"DTSTART;VALUE=DATE:20261025\nDURATION:P1W\n", {"2026-10-24T22:00:00Z 2026-10-31T23:00:00Z"}},
	/* a nominal duration is in days, an exact one in seconds; DTEND is exact */
	{"DTSTART:20260328T120000\nDURATION:P1D\n", {"2026-03-28T11:00:00Z 2026-03-29T10:00:00Z"}},
	{"DTSTART:20260328T120000\nDURATION:PT24H\n", {"2026-03-28T11:00:00Z 2026-03-29T11:00:00Z"}},
	{"DTSTART:20260328T120000\nDURATION:P1DT1H\n", {"2026-03-28T11:00:00Z 2026-03-29T11:00:00Z"}},
	{"DTSTART:20260327T120000\nDTEND:20260328T120000\nRRULE:FREQ=DAILY;COUNT=2\n",
	 {"2026-03-27T11:00:00Z 2026-03-28T11:00:00Z", "2026-03-28T11:00:00Z 2026-03-29T11:00:00Z"}},
	/* gap and overlap as RFC 5545 says: the offset before the gap; the first of two */
	{"DTSTART:20260329T023000\nDURATION:PT1H\n", {"2026-03-29T01:30:00Z 2026-03-29T02:30:00Z"}},
	{"DTSTART:20261025T023000\nDURATION:PT1H\n", {"2026-10-25T00:30:00Z 2026-10-25T01:30:00Z"}},
	/* no length: no time */
	{"DTSTART:20260601T100000Z\n", {NULL}},
	{"DTSTART:20260601T100000Z\nDTEND:20260601T100000Z\n", {NULL}},
	/* recurrence in the zone; UNTIL in UTC is inclusive */
	{"DTSTART;TZID=Mars:20260328T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20260330T080000Z\n",
	 {"2026-03-28T09:00:00Z 2026-03-28T10:00:00Z", "2026-03-29T08:00:00Z 2026-03-29T09:00:00Z",
	  "2026-03-30T08:00:00Z 2026-03-30T09:00:00Z"}},
	{"DTSTART:20260601T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=20260602\n",
	 {"2026-06-01T08:00:00Z 2026-06-01T09:00:00Z", "2026-06-02T08:00:00Z 2026-06-02T09:00:00Z"}},
	{"DTSTART;VALUE=DATE:20260601\nRRULE:FREQ=MONTHLY;COUNT=2\n",
	 {"2026-05-31T22:00:00Z 2026-06-01T22:00:00Z", "2026-06-30T22:00:00Z 2026-07-01T22:00:00Z"}},
	/* EXDATE: same instant in another zone, a date for a timed event, several in a line */
	{"DTSTART:20260601T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4\nEXDATE;TZID=Mars:20260602T120000,20260603T120000\n",
	 {"2026-06-01T10:00:00Z 2026-06-01T11:00:00Z", "2026-06-04T10:00:00Z 2026-06-04T11:00:00Z"}},
	{"DTSTART:20260601T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE;VALUE=DATE:20260601\n",
	 {"2026-06-02T10:00:00Z 2026-06-02T11:00:00Z"}},
	{"DTSTART;VALUE=DATE:20260601\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE;VALUE=DATE:20260602\n",
	 {"2026-05-31T22:00:00Z 2026-06-01T22:00:00Z"}},
	/* RDATE: with a zone, as periods, excluded */
	{"DTSTART:20260601T100000Z\nDURATION:PT1H\nRDATE;TZID=America/New_York:20260701T100000,20260702T100000\n"
	 "EXDATE:20260702T140000Z\n",
	 {"2026-06-01T10:00:00Z 2026-06-01T11:00:00Z", "2026-07-01T14:00:00Z 2026-07-01T15:00:00Z"}},
	{"DTSTART:20260601T100000Z\nDURATION:PT1H\nRDATE;VALUE=PERIOD:20260701T100000Z/PT5M,20260702T100000Z/20260702T120000Z\n",
	 {"2026-06-01T10:00:00Z 2026-06-01T11:00:00Z", "2026-07-01T10:00:00Z 2026-07-01T10:05:00Z",
	  "2026-07-02T10:00:00Z 2026-07-02T12:00:00Z"}},
	/* a changed occurrence, a cancelled one, an advisory one, one without its series */
	{"BEGIN:VEVENT\nUID:u\nDTSTART;TZID=Mars:20260601T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\nEND:VEVENT\n"
	 "BEGIN:VEVENT\nUID:u\nRECURRENCE-ID:20260602T080000Z\nDTSTART:20260610T080000Z\nDURATION:PT2H\nEND:VEVENT\n"
	 "BEGIN:VEVENT\nUID:u\nRECURRENCE-ID;TZID=Mars:20260603T100000\nDTSTART:20260603T080000Z\nDURATION:PT2H\n"
	 "STATUS:CANCELLED\nEND:VEVENT\n",
	 {"2026-06-01T08:00:00Z 2026-06-01T09:00:00Z", "2026-06-10T08:00:00Z 2026-06-10T10:00:00Z"}},
	{"BEGIN:VEVENT\nUID:u\nRECURRENCE-ID:20260602T080000Z\nDTSTART:20260610T080000Z\nDURATION:PT2H\nEND:VEVENT\n",
	 {"2026-06-10T08:00:00Z 2026-06-10T10:00:00Z"}},
	{"DTSTART:20260601T100000Z\nDURATION:PT1H\nX-EVENT-TYPE:ADVISORY\n", {NULL}},
	{"DTSTART:20260601T100000Z\nDURATION:PT1H\nSTATUS:CANCELLED\n", {NULL}},
	{"BEGIN:VTODO\nUID:t\nDTSTART:20260601T100000Z\nDUE:20260701T100000Z\nEND:VTODO\nBEGIN:VEVENT\nUID:u\n"
	 "DTSTART;VALUE=DATE:20260601\nEND:VEVENT\n",
	 {"2026-05-31T22:00:00Z 2026-06-01T22:00:00Z"}},
	/* within the day */
	{"DTSTART:20260601T103015Z\nDURATION:PT1M\nRRULE:FREQ=HOURLY;INTERVAL=5;BYDAY=MO,TU;COUNT=3\n",
	 {"2026-06-01T10:30:15Z 2026-06-01T10:31:15Z", "2026-06-01T15:30:15Z 2026-06-01T15:31:15Z",
	  "2026-06-01T20:30:15Z 2026-06-01T20:31:15Z"}},
	{"DTSTART:20260601T100000Z\nDURATION:PT1M\nRRULE:FREQ=HOURLY;BYMINUTE=0,20;COUNT=3\n",
	 {"2026-06-01T10:00:00Z 2026-06-01T10:01:00Z", "2026-06-01T10:20:00Z 2026-06-01T10:21:00Z",
	  "2026-06-01T11:00:00Z 2026-06-01T11:01:00Z"}},
	{"DTSTART:20260601T100000Z\nDURATION:PT1M\nRRULE:FREQ=MINUTELY;BYHOUR=10;BYMINUTE=0,7;UNTIL=20260602T100000Z\n",
	 {"2026-06-01T10:00:00Z 2026-06-01T10:01:00Z", "2026-06-01T10:07:00Z 2026-06-01T10:08:00Z",
	  "2026-06-02T10:00:00Z 2026-06-02T10:01:00Z"}},
	{"DTSTART:19980101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY;INTERVAL=21600;UNTIL=20260101T060000Z\n",
	 {"2026-01-01T00:00:00Z 2026-01-01T00:00:01Z", "2026-01-01T06:00:00Z 2026-01-01T06:00:01Z"}},
	/* a folded line */
	{"DTSTART:20260601T1000\n 00Z\nDTEND:20260601T11000\r\n\t0Z\n", {"2026-06-01T10:00:00Z 2026-06-01T11:00:00Z"}},
	/* two calendars in one file; a zone of its own */
	{"BEGIN:VCALENDAR\nX-WR-TIMEZONE:America/New_York\nBEGIN:VEVENT\nUID:a\nDTSTART;VALUE=DATE:20260601\nEND:VEVENT\n"
	 "END:VCALENDAR\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:b\nDTSTART;VALUE=DATE:20260701\nEND:VEVENT\nEND:VCALENDAR\n",
	 {"2026-06-01T04:00:00Z 2026-06-02T04:00:00Z", "2026-06-30T22:00:00Z 2026-07-01T22:00:00Z"}},
};

/* Spans from 2026-01-01 on, in zone Europe/Berlin where they float. */
static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(spans_rows) / sizeof(*spans_rows); i++) {
		struct oak_ical ical;
		struct oak_error err = {0};
		const char *text = event(spans_rows[i].lines);
		size_t got = 0, wanted = 0;
		oak_time previous = OAK_TIME_NONE;
		if (read_text(text, strlen(text), "Europe/Berlin", at("2026-01-01T00:00:00Z"), &ical, &err) < 0)
			fail_msg("row %zu: %s", i, err.cause);
		for (; got < ical.count; got++) {
			char a[OAK_TIME_TEXT], b[OAK_TIME_TEXT], both[64];
			if (ical.spans[got].start == previous)
				continue; /* DTSTART once more, by the rule */
			previous = ical.spans[got].start;
			snprintf(both, sizeof(both), "%s %s", oak_time_format(ical.spans[got].start, a),
				 oak_time_format(ical.spans[got].end, b));
			if (wanted > 4 || !spans_rows[i].spans[wanted] || strcmp(both, spans_rows[i].spans[wanted]) != 0)
				fail_msg("row %zu: %s instead of %s", i, both, wanted > 4 ? "" : spans_rows[i].spans[wanted]);
			wanted++;
		}
		assert_true(wanted == 5 || !spans_rows[i].spans[wanted]);
	}
}

/* What cannot be read or is not supported is refused, and the message names it. */
static void test_refused(void **state)
{
	(void)state;
	static const struct {
		const char *lines, *id, *named;
	} rows[] = {
		{"DTSTART:20260231T100000Z\n", "ical.invalid", "DTSTART"},
		{"DTSTART:20260601T250000Z\n", "ical.invalid", "DTSTART"},
		{"DURATION:PT1H\n", "ical.invalid", "no DTSTART"},
		{"DTSTART:20260601T100000Z\nDTEND:20260601T090000Z\n", "ical.invalid", "ends before"},
		{"DTSTART:20260601T100000Z\nDTEND;VALUE=DATE:20260602\n", "ical.invalid", "DTEND"},
		{"DTSTART:20260601T100000Z\nDTEND:2026\n", "ical.invalid", "DTEND"},
		{"DTSTART:20260601T100000Z\nDURATION:-PT1H\n", "ical.invalid", "DURATION"},
		{"DTSTART:20260601T100000Z\nDURATION:PT1H\nDTEND:20260601T120000Z\n", "ical.invalid", "DURATION"},
		{"DTSTART:20260601T100000Z\nRRULE:FREQ=DAILLY\n", "ical.invalid", "RRULE"},
		{"DTSTART:20260601T100000Z\nRRULE:INTERVAL=2\n", "ical.invalid", "RRULE"},
		{"DTSTART:20260601T100000Z\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\n", "ical.invalid", "RRULE"},
		{"DTSTART:20260101T000000Z\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\n", "ical.invalid", "never come true"},
		{"DTSTART:20260601T100000Z\nRRULE:RSCALE=CHINESE;FREQ=YEARLY\n", "ical.unsupported", "RSCALE"},
		{"DTSTART:20260601T100000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO;BYSETPOS=3\n", "ical.invalid", "never come true"},
		{"DTSTART:20260601T100000Z\nRRULE:FREQ=WEEKLY;BYDAY=2MO\n", "ical.invalid", "BYDAY"},
		{"DTSTART:20260601T100000Z\nRRULE:FREQ=SECONDLY;INTERVAL=86\n 400\n", "ical.unsupported", "INTERVAL"},
		{"DTSTART:20260601T100000Z\nRRULE:FREQ=WEEKLY;BYWEEKNO=2\n", "ical.unsupported", "BYWEEKNO"},
		{"DTSTART:20260601T100000Z\nEXRULE:FREQ=DAILY\n", "ical.unsupported", "EXRULE"},
		{"DTSTART:20260601T100000Z\nRDATE:x\n", "ical.invalid", "RDATE"},
		{"DTSTART:20260601T100000Z\nEXDATE:20261301T000000Z\n", "ical.invalid", "EXDATE"},
		{"DTSTART:20260601T100000Z\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260601T100000Z\n", "ical.unsupported", "RANGE"},
		{"DTSTART;TZID=Nowhere/Land:20260601T100000\n", "ical.invalid", "Nowhere/Land"},
		{"DTSTART:20260601T100000Z\nDTSTART:20260602T100000Z\n", "ical.invalid", "DTSTART"},
		{"DTSTART;VALUE=DATE:20260601\nRRULE:FREQ=HOURLY\n", "ical.invalid", "all-day"},
		{"BEGIN:VFREEBUSY\nEND:VFREEBUSY\nBEGIN:VEVENT\nUID:u\nDTSTART:20260601T100000Z\nEND:VEVENT\n", "ical.unsupported",
		 "VFREEBUSY"},
		{"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260601T100000Z\nEND:VEVENT\n", "ical.invalid", "cut off"},
		{"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", "ical.invalid", "line 3"},
		{"BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Odd\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:u\nDTSTART;TZID=Odd:20260601T100000\n"
		 "END:VEVENT\nEND:VCALENDAR\n",
		 "ical.invalid", "Odd"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_ical ical;
		struct oak_error err = {0};
		const char *text = event(rows[i].lines);
		if (read_text(text, strlen(text), "UTC", 0, &ical, &err) == 0)
			fail_msg("row %zu was taken", i);
		assert_string_equal(err.id, rows[i].id);
		if (!strstr(err.cause, rows[i].named))
			fail_msg("row %zu: '%s' does not name '%s'", i, err.cause, rows[i].named);
		assert_int_equal(oak_error_exit(&err), 2);
	}
	struct oak_ical ical;
	struct oak_error err = {0};
	assert_int_equal(read_text("", 0, "UTC", 0, &ical, &err), -1);
	assert_int_equal(read_text("<html></html>", 13, "UTC", 0, &ical, &err), -1);
	assert_int_equal(read_text("BEGIN:VCALENDAR\0\nEND:VCALENDAR\n", 31, "UTC", 0, &ical, &err), -1);
}

/* A rule without end is followed only so far, and reading on from there finds the rest. */
static void test_reading_on(void **state)
{
	(void)state;
	const char *text = event("DTSTART:20200101T000000Z\nDURATION:PT30S\nRRULE:FREQ=MINUTELY\n");
	struct oak_ical first, second;
	struct oak_error err = {0};
	assert_int_equal(read_text(text, strlen(text), "UTC", at("2026-01-01T00:00:10Z"), &first, &err), 0);
	assert_int_equal(first.count, OAK_ICAL_OCCURRENCES_MAX);
	assert_int_equal(first.spans[0].start, at("2026-01-01T00:00:00Z"));
	assert_int_equal(first.known_until, first.spans[first.count - 1].start);
	assert_int_equal(read_text(text, strlen(text), "UTC", first.known_until, &second, &err), 0);
	assert_int_equal(second.spans[0].start, first.known_until);
	/* the next start of a rare rule is found however far it is */
	text = event("DTSTART:20240229T000000Z\nDURATION:PT30S\nRRULE:FREQ=YEARLY;INTERVAL=100;BYMONTH=2;BYMONTHDAY=29\n");
	assert_int_equal(read_text(text, strlen(text), "UTC", at("2026-01-01T00:00:10Z"), &first, &err), 0);
	assert_int_equal(first.count, 1);
	assert_int_equal(first.spans[0].start, at("2124-02-29T00:00:00Z"));
}

/* Many events: a reading holds less of the future, so that memory stays small, and reading on finds the rest. */
static void test_many(void **state)
{
	(void)state;
	enum { EVENTS = 30000 };
	struct oak_buf buf;
	struct oak_ical first, second;
	struct oak_error err = {0};
	oak_buf_init(&buf, OAK_ICAL_MAX);
	oak_buf_adds(&buf, "BEGIN:VCALENDAR\r\n");
	for (int i = 0; i < EVENTS; i++)
		oak_buf_addf(&buf, "BEGIN:VEVENT\r\nUID:%d\r\nDTSTART:2016%02d%02dT%02d0000Z\r\nDURATION:PT5M\r\nRRULE:FREQ=%s\r\n"
				   "END:VEVENT\r\n",
			     i, 1 + i % 12, 1 + i % 28, i % 24, i % 2 ? "WEEKLY;BYDAY=MO,WE" : "MONTHLY;BYDAY=2TU");
	oak_buf_adds(&buf, "END:VCALENDAR\r\n");
	assert_int_equal(read_text(oak_buf_text(&buf), buf.n, "UTC", at("2026-11-23T00:00:00Z"), &first, &err), 0);
	assert_true(first.known_until > at("2026-12-31T00:00:00Z") && first.count < 1500000);
	assert_int_equal(read_text(oak_buf_text(&buf), buf.n, "UTC", first.known_until, &second, &err), 0);
	assert_int_equal(second.spans[0].start, first.known_until);
	oak_buf_done(&buf);
}

static void read_folder(const char *folder, size_t *files, size_t *taken)
{
	DIR *dir = opendir(folder);
	for (struct dirent *entry; dir && (entry = readdir(dir));) {
		char path[2048];
		struct stat st;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (entry->d_name[0] == '.' || stat(path, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode)) {
			read_folder(path, files, taken);
			continue;
		}
		size_t n = strlen(path);
		if (n < 4 || strcmp(path + n - 4, ".ics") != 0)
			continue;
		struct oak_buf buf;
		struct oak_ical ical;
		struct oak_error err = {0};
		oak_buf_init(&buf, OAK_ICAL_MAX);
		assert_int_equal(oak_fs_read(path, &buf, &err), 0);
		int result = read_text(oak_buf_text(&buf), buf.n, "UTC", at("2026-11-23T12:00:00Z"), &ical, &err);
		(*files)++;
		*taken += result == 0;
		if (result < 0)
			assert_true(err.cause[0] && oak_error_exit(&err) == 2);
		oak_buf_done(&buf);
	}
	if (dir)
		closedir(dir);
}

static void test_corpus(void **state)
{
	(void)state;
	const char *corpus = getenv("OAKUM_CORPUS");
	char path[1024];
	size_t files = 0, taken = 0;
	snprintf(path, sizeof(path), "%s/ical-collective", corpus ? corpus : TEST_SOURCE "/../shared/data");
	read_folder(path, &files, &taken);
	if (!files) {
		print_message("skipped: no corpus\n");
		return;
	}
	print_message("%zu calendars, %zu taken, %zu refused by name\n", files, taken, files - taken);
	assert_true(files >= 190);
}

static int setup(void **state)
{
	(void)state;
	char path[1024];
	const char *build = getenv("OAKUM_BUILD");
	snprintf(path, sizeof(path), "%s/ical.so", build ? build : "build/release");
	void *module = dlopen(path, RTLD_NOW);
	if (!module) {
		print_message("%s\n", dlerror());
		return -1;
	}
	read_module = (oak_ical_read_fn *)dlsym(module, "oak_ical_module_read");
	arena = oak_arena_new();
	return read_module ? 0 : -1;
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
		cmocka_unit_test(test_vectors), cmocka_unit_test(test_dateutil),	    cmocka_unit_test(test_table),  cmocka_unit_test(test_refused),
		cmocka_unit_test(test_reading_on), cmocka_unit_test(test_corpus), cmocka_unit_test(test_many),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
