/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading OnCalendar texts: weekdays, date, time and zone, each optional. */
#include "baseline/oncalendar.h"

#include <stdio.h>

#include "core/port.h"

enum part { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND };

static const struct {
	const char *name;
	int min, max;
} parts[] = {
	[YEAR] = {"year", OAK_YEAR_FIRST, OAK_YEAR_LAST},
	[MONTH] = {"month", 1, 12},
	[DAY] = {"day", 1, 31},
	[HOUR] = {"hour", 0, 23},
	[MINUTE] = {"minute", 0, 59},
	[SECOND] = {"second", 0, 59},
};

static const char *const weekday_names[] = {"Sunday",	"Monday", "Tuesday", "Wednesday",
					    "Thursday", "Friday", "Saturday"};

static const struct {
	const char *word, *meaning;
} words[] = {
	{"minutely", "*-*-* *:*:00"},		    {"hourly", "*-*-* *:00:00"},
	{"daily", "*-*-* 00:00:00"},		    {"weekly", "Mon *-*-* 00:00:00"},
	{"monthly", "*-*-01 00:00:00"},		    {"quarterly", "*-01,04,07,10-01 00:00:00"},
	{"semiannually", "*-01,07-01 00:00:00"},    {"semi-annually", "*-01,07-01 00:00:00"},
	{"biannually", "*-01,07-01 00:00:00"},	    {"bi-annually", "*-01,07-01 00:00:00"},
	{"yearly", "*-01-01 00:00:00"},		    {"annually", "*-01-01 00:00:00"},
	{"anually", "*-01-01 00:00:00"},
};

struct reader {
	struct oak_arena *arena;
	struct oak_wall *wall;
	struct oak_str whole;
	bool from_end; /* "~" before the day */
	struct oak_error *err;
};

static int bad(const struct reader *r, const char *what)
{
	return oak_fail(r->err, OAK_INVALID, "oncalendar.invalid", 0, "'%.*s' is no calendar event: %s",
			(int)(r->whole.n < 80 ? r->whole.n : 80), r->whole.p, what);
}

/* The same, with the piece that is wrong and where it stands. */
static int bad_at(const struct reader *r, struct oak_str piece, const char *what)
{
	char text[200];
	bool inside = piece.n && piece.p >= r->whole.p && piece.p < r->whole.p + r->whole.n;
	if (!inside)
		return bad(r, what);
	snprintf(text, sizeof(text), "'%.*s' (character %zu): %s", (int)(piece.n < 40 ? piece.n : 40), piece.p,
		 (size_t)(piece.p - r->whole.p) + 1, what);
	return bad(r, text);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool word_is(struct oak_str s, const char *word, size_t n)
{
	if (s.n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (lower(s.p[i]) != lower(word[i]))
			return false;
	return true;
}

static void set(const struct reader *r, enum part part, int v)
{
	switch (part) {
	case YEAR:
		oak_wall_set_year(r->wall, v);
		break;
	case MONTH:
		r->wall->month |= (uint32_t)1 << v;
		break;
	case HOUR:
		r->wall->hour |= (uint32_t)1 << v;
		break;
	case MINUTE:
		r->wall->minute |= (uint64_t)1 << v;
		break;
	case SECOND:
		r->wall->second |= (uint64_t)1 << v;
		break;
	case DAY:
		break;
	}
}

static int number(const struct reader *r, enum part part, struct oak_str s, int *ret)
{
	int64_t v;
	if (part == SECOND && s.n && memchr(s.p, '.', s.n))
		return bad_at(r, s, "fractions of a second are not supported");
	char why[80];
	snprintf(why, sizeof(why), "%s: a number from %d to %d, or *", parts[part].name, parts[part].min, parts[part].max);
	if (!s.n || s.p[0] == '-' || s.p[0] == '+' || !oak_parse_int(s, 0, 9999, &v))
		return bad_at(r, s, why);
	if (part == YEAR && v < 100)
		v += v < 70 ? 2000 : 1900;
	if (v < parts[part].min || v > parts[part].max)
		return bad_at(r, s, why);
	*ret = (int)v;
	return 0;
}

/* "*", "a", "a..b", each with "/step" or not. */
static int item(const struct reader *r, enum part part, struct oak_str s)
{
	const char *slash = s.n ? memchr(s.p, '/', s.n) : NULL;
	struct oak_str range = {s.p, slash ? (size_t)(slash - s.p) : s.n};
	const char *dots = range.n ? memmem(range.p, range.n, "..", 2) : NULL;
	int low = parts[part].min, high = parts[part].max, step = 1;
	int64_t given;
	bool all = range.n == 1 && *range.p == '*', from_end = part == DAY && r->from_end;
	if (slash) {
		struct oak_str text = {slash + 1, s.n - range.n - 1};
		if (!text.n || *text.p == '+' || !oak_parse_int(text, 1, 9999, &given))
			return bad_at(r, s, "the step after '/' is no number above 0");
		step = (int)given;
	}
	if (!all) {
		struct oak_str first = {range.p, dots ? (size_t)(dots - range.p) : range.n};
		struct oak_str second = {dots ? dots + 2 : NULL, dots ? range.n - first.n - 2 : 0};
		if (number(r, part, first, &low) < 0 || (dots && number(r, part, second, &high) < 0))
			return -1;
		if (!dots && !slash)
			high = low;
		if (from_end && !dots)
			high = slash ? 1 : low; /* towards the end of the month */
		if (from_end && high > low) { /* "~01..03" of systemd, "~03..01" too: the earlier day first */
			int later = low;
			low = high, high = later;
		}
		if (!from_end && high < low)
			return bad_at(r, s, "a range ends before it begins");
	}
	if (part == DAY && !(all && from_end)) {
		*oak_push(r->arena, &r->wall->days) = (struct oak_day_rule){
			from_end ? OAK_DAY_STEP_FROM_END : OAK_DAY_STEP, low, high, step};
		return 0;
	}
	if (part == DAY)
		return bad(r, "'~' needs a day");
	for (int v = low; v <= high; v += step)
		set(r, part, v);
	return 0;
}

static int list(const struct reader *r, enum part part, struct oak_str s)
{
	struct oak_str one;
	if (!s.n)
		return bad(r, "a part is empty");
	while (oak_str_next(&s, ',', &one))
		if (item(r, part, one) < 0)
			return -1;
	return 0;
}

/* Index of the weekday that S names, in full or by three letters; -1. */
static int weekday(struct oak_str s)
{
	for (int i = 0; i < 7; i++)
		if (word_is(s, weekday_names[i], 3) || word_is(s, weekday_names[i], strlen(weekday_names[i])))
			return i;
	return -1;
}

/* "Mon,Wed..Fri"; *ret_is false if S does not begin with a weekday. */
static int weekdays(const struct reader *r, struct oak_str s, bool *ret_is)
{
	struct oak_str one;
	*ret_is = s.n && ((*s.p >= 'A' && *s.p <= 'Z') || (*s.p >= 'a' && *s.p <= 'z'));
	if (!*ret_is)
		return 0;
	if (s.p[s.n - 1] == ',') /* systemd takes it */
		s.n--;
	while (oak_str_next(&s, ',', &one)) {
		const char *dots = one.n ? memmem(one.p, one.n, "..", 2) : NULL;
		const char *dash = one.n ? memchr(one.p, '-', one.n) : NULL;
		size_t cut = dots ? (size_t)(dots - one.p) : dash ? (size_t)(dash - one.p) : one.n;
		int first = weekday((struct oak_str){one.p, cut}), last = first;
		if (dots || dash) {
			size_t skip = cut + (dots ? 2 : 1);
			last = weekday((struct oak_str){one.p + skip, one.n - skip});
		}
		if (first < 0 || last < 0)
			return bad_at(r, one, "neither a weekday (Mon, Mon..Fri) nor a word such as 'daily'; cron() goes by 'cron(…)'");
		for (int day = first;; day = (day + 1) % 7) {
			r->wall->weekday |= (uint32_t)1 << day;
			if (day == last)
				break;
		}
	}
	return 0;
}

/* "Y-M-D", "M-D", "M~D", "Y-M~D" */
static int date(struct reader *r, struct oak_str s)
{
	struct oak_str piece[3];
	size_t n = 0, start = 0;
	for (size_t i = 0; i <= s.n; i++) {
		if (i < s.n && s.p[i] != '-' && s.p[i] != '~')
			continue;
		if (n == 3 || (r->from_end && i < s.n))
			return bad_at(r, s, "a date is year-month-day or month-day, such as *-*-01");
		piece[n++] = (struct oak_str){s.p + start, i - start};
		if (i < s.n && s.p[i] == '~')
			r->from_end = true;
		start = i + 1;
	}
	if (n < 2)
		return bad_at(r, s, "a date is year-month-day or month-day, such as *-*-01");
	struct oak_str year = n == 3 ? piece[0] : OAK_STR("*");
	return list(r, YEAR, year) < 0 || list(r, MONTH, piece[n - 2]) < 0 || list(r, DAY, piece[n - 1]) < 0 ? -1 : 0;
}

static int clock_time(const struct reader *r, struct oak_str s)
{
	struct oak_str piece[3] = {{NULL, 0}, {NULL, 0}, OAK_STR("00")}, whole = s, one;
	size_t n = 0;
	while (oak_str_next(&s, ':', &one)) {
		if (n == 3)
			return bad_at(r, whole, "a time is hour:minute or hour:minute:second");
		piece[n++] = one;
	}
	if (n < 2)
		return bad_at(r, whole, "a time is hour:minute or hour:minute:second");
	return list(r, HOUR, piece[0]) < 0 || list(r, MINUTE, piece[1]) < 0 || list(r, SECOND, piece[2]) < 0 ? -1 : 0;
}

static bool next_word(struct oak_str *rest, struct oak_str *ret)
{
	*rest = oak_str_trim(*rest);
	if (!rest->n)
		return false;
	const char *blank = memchr(rest->p, ' ', rest->n);
	size_t n = blank ? (size_t)(blank - rest->p) : rest->n;
	*ret = (struct oak_str){rest->p, n};
	*rest = (struct oak_str){rest->p + n, rest->n - n};
	return true;
}

/* The zone at the end: a word that contains no ':' '*' digit-first, and is not the only word. */
static int split_zone(struct oak_arena *arena, struct oak_str *text, const struct oak_zones *zones,
		      const struct oak_zone **ret_zone, struct oak_error *err)
{
	size_t at = text->n;
	while (at && text->p[at - 1] != ' ')
		at--;
	struct oak_str last = {text->p + at, text->n - at};
	bool letter = last.n && ((*last.p >= 'A' && *last.p <= 'Z') || (*last.p >= 'a' && *last.p <= 'z'));
	*ret_zone = NULL;
	if (!at || !letter || memchr(last.p, ':', last.n) || memchr(last.p, '.', last.n) || weekday(last) >= 0)
		return 0;
	*ret_zone = zones->find(zones->arg, oak_arena_strndup(arena, last.p, last.n), err);
	*text = oak_str_trim((struct oak_str){text->p, at});
	return *ret_zone ? 0 : -1;
}

/* "@1700000000" */
static int epoch(const struct reader *r, struct oak_str s)
{
	int64_t t;
	struct oak_civil c;
	if (!oak_parse_int((struct oak_str){s.p + 1, s.n - 1}, 0, INT64_C(7258118399), &t))
		return bad(r, "'@' needs seconds since 1970");
	oak_time_to_civil(t, &c);
	set(r, YEAR, c.year);
	set(r, MONTH, c.month);
	set(r, HOUR, c.hour);
	set(r, MINUTE, c.minute);
	set(r, SECOND, c.second);
	*oak_push(r->arena, &r->wall->days) = (struct oak_day_rule){OAK_DAY_STEP, c.day, c.day, 1};
	r->wall->weekday = 0x7f;
	return 0;
}

/* Weekdays, date and time in this order, at least one of them. */
static int read_parts(struct reader *r, struct oak_str rest)
{
	struct oak_str word = {NULL, 0};
	bool more = next_word(&rest, &word), is;
	if (!more)
		return bad(r, "it is empty");
	if (weekdays(r, word, &is) < 0)
		return -1;
	if (is)
		more = next_word(&rest, &word);
	else
		r->wall->weekday = 0x7f;
	const char *t = more && memchr(word.p, ':', word.n) ? memchr(word.p, 'T', word.n) : NULL;
	if (t) { /* 2026-11-23T05:40 */
		rest = (struct oak_str){t + 1, rest.n + (size_t)(word.p + word.n - t - 1)};
		word.n = (size_t)(t - word.p);
	}
	bool is_date = more && !memchr(word.p, ':', word.n);
	if (date(r, is_date ? word : OAK_STR("*-*-*")) < 0)
		return -1;
	if (is_date)
		more = next_word(&rest, &word);
	if (clock_time(r, more ? word : OAK_STR("00:00:00")) < 0)
		return -1;
	rest = oak_str_trim(rest);
	return rest.n ? bad_at(r, rest, "something follows the time (a schedule of five fields is crontab's: write cron(…))") : 0;
}

int oak_oncalendar_parse(struct oak_arena *arena, struct oak_str text, const struct oak_zones *zones,
			 struct oak_wall *ret, const struct oak_zone **ret_zone, struct oak_error *err)
{
	struct oak_wall wall = {0};
	struct reader r = {arena, &wall, text, false, err};
	text = oak_str_trim(text);
	r.whole = text;
	if (text.n > 256)
		return bad(&r, "it is longer than 256 characters");
	if (split_zone(arena, &text, zones, ret_zone, err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (word_is(text, words[i].word, strlen(words[i].word)))
			text = oak_str_of(words[i].meaning);
	if (text.n && *text.p == '@') {
		if (epoch(&r, text) < 0)
			return -1;
		*ret_zone = oak_zone_utc();
	} else if (read_parts(&r, text) < 0) {
		return -1;
	}
	*ret = wall;
	return 0;
}
