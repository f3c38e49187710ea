/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading cron() fields: one table row a field, one small grammar for all, and the special days. */
#include "baseline/cron.h"

#include <stdio.h>

enum field { SECOND, MINUTE, HOUR, DAY, MONTH, WEEKDAY, YEAR, FIELD_COUNT };

static const char *const month_names[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
					  "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
static const char *const day_names[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

static const struct {
	const char *name;
	int min, max, max_step;
	const char *const *names; /* of min, min + 1 … */
	int name_count;
} fields[FIELD_COUNT] = {
	[SECOND] = {"seconds", 0, 59, 59, NULL, 0},
	[MINUTE] = {"minutes", 0, 59, 59, NULL, 0},
	[HOUR] = {"hours", 0, 23, 23, NULL, 0},
	[DAY] = {"day-of-month", 1, 31, 31, NULL, 0},
	[MONTH] = {"month", 1, 12, 12, month_names, 12},
	[WEEKDAY] = {"day-of-week", 1, 7, 7, day_names, 7},
	[YEAR] = {"year", OAK_YEAR_FIRST, OAK_YEAR_LAST, OAK_YEAR_LAST - OAK_YEAR_FIRST, NULL, 0},
};

struct reader {
	struct oak_arena *arena;
	struct oak_wall *wall;
	enum field field;
	struct oak_str item; /* being read */
	struct oak_error *err;
};

static int bad(const struct reader *r, const char *why)
{
	return oak_fail(r->err, OAK_INVALID, "cron.invalid", 0, "%s '%.*s': %s", fields[r->field].name,
			(int)(r->item.n < 60 ? r->item.n : 60), r->item.p ? r->item.p : "", why);
}

static int out_of_range(const struct reader *r)
{
	char why[64];
	snprintf(why, sizeof(why), "only %d to %d", fields[r->field].min, fields[r->field].max);
	return bad(r, why);
}

static int no_value(const struct reader *r, struct oak_str s)
{
	char why[120], names[32] = "";
	const char *const *words = fields[r->field].names;
	if (words)
		snprintf(names, sizeof(names), " and no name (%s to %s)", words[0], words[fields[r->field].name_count - 1]);
	snprintf(why, sizeof(why), "'%.*s' is no number from %d to %d%s", (int)(s.n < 30 ? s.n : 30), s.n ? s.p : "",
		 fields[r->field].min, fields[r->field].max, names);
	return bad(r, why);
}

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
}

static bool word_is(struct oak_str s, const char *word)
{
	size_t n = strlen(word);
	if (s.n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (upper(s.p[i]) != word[i])
			return false;
	return true;
}

/* A number or a name of the field. */
static int value(const struct reader *r, struct oak_str s, int *ret)
{
	int64_t number;
	for (int i = 0; i < fields[r->field].name_count; i++) {
		if (word_is(s, fields[r->field].names[i])) {
			*ret = fields[r->field].min + i;
			return 0;
		}
	}
	if (!s.n || s.p[0] == '-' || s.p[0] == '+' || !oak_parse_int(s, 0, 9999, &number))
		return no_value(r, s);
	if (number < fields[r->field].min || number > fields[r->field].max)
		return out_of_range(r);
	*ret = (int)number;
	return 0;
}

static void set(const struct reader *r, int v)
{
	struct oak_wall *wall = r->wall;
	switch (r->field) {
	case SECOND:
		wall->second |= (uint64_t)1 << v;
		break;
	case MINUTE:
		wall->minute |= (uint64_t)1 << v;
		break;
	case HOUR:
		wall->hour |= (uint32_t)1 << v;
		break;
	case MONTH:
		wall->month |= (uint32_t)1 << v;
		break;
	case WEEKDAY:
		wall->weekday |= (uint32_t)1 << (v - 1);
		break;
	case YEAR:
		oak_wall_set_year(wall, v);
		break;
	case DAY:
		*oak_push(r->arena, &wall->days) = (struct oak_day_rule){OAK_DAY_STEP, v, v, 1};
		break;
	case FIELD_COUNT:
		break;
	}
}

static struct oak_str from(struct oak_str s, size_t at)
{
	return (struct oak_str){s.p + at, s.n - at};
}

/* Index of C in S; s.n if absent. */
static size_t index_of(struct oak_str s, char c)
{
	const char *p = s.n ? memchr(s.p, c, s.n) : NULL;
	return p ? (size_t)(p - s.p) : s.n;
}

/* "*", "a", "a-b", each with "/step" or not; "/step" alone is "*" with it. A range may wrap round (not of years). */
static int plain(const struct reader *r, struct oak_str s)
{
	size_t slash = index_of(s, '/'), dash;
	struct oak_str range = {s.p, slash};
	int low = fields[r->field].min, high = fields[r->field].max, span = high - low + 1;
	int64_t step = 1;
	if (slash < s.n && !(s.n > slash + 1 && s.p[slash + 1] != '+' &&
			     oak_parse_int(from(s, slash + 1), 1, fields[r->field].max_step, &step)))
		return bad(r, "the step after '/' must be a number from 1 to the size of the field");
	if (range.n && !(range.n == 1 && *range.p == '*')) {
		dash = index_of(range, '-');
		if (value(r, (struct oak_str){range.p, dash}, &low) < 0)
			return -1;
		if (dash < range.n && value(r, from(range, dash + 1), &high) < 0)
			return -1;
		if (dash == range.n && slash == s.n)
			high = low;
		if (high < low && r->field == YEAR)
			return bad(r, "years do not wrap round");
		if (high < low)
			high += span;
	} else if (!range.n && slash == s.n) {
		return bad(r, "empty");
	}
	for (int v = low; v <= high; v += (int)step)
		set(r, v > fields[r->field].max ? v - span : v);
	return 0;
}

static int add_day(const struct reader *r, enum oak_day_kind kind, int a, int b)
{
	*oak_push(r->arena, &r->wall->days) = (struct oak_day_rule){kind, a, b, 1};
	return 0;
}

/* L, LW, L-3, L-3W, 15W */
static int special_day(const struct reader *r, struct oak_str s)
{
	bool workday = s.n && upper(s.p[s.n - 1]) == 'W';
	struct oak_str body = {s.p, s.n - workday};
	int64_t back = 0;
	if (body.n && upper(*body.p) == 'L') {
		if (body.n > 1 && !(body.n > 2 && body.p[1] == '-' && body.p[2] != '+' && body.p[2] != '-' &&
				    oak_parse_int(from(body, 2), 0, 30, &back)))
			return bad(r, "after 'L' only '-0' to '-30' and 'W' may stand");
		return add_day(r, workday ? OAK_DAY_LAST_WORKDAY : OAK_DAY_LAST, (int)back, 0);
	}
	int day;
	if (!workday)
		return plain(r, s);
	if (value(r, body, &day) < 0)
		return -1;
	return add_day(r, OAK_DAY_WORKDAY, day, 0);
}

/* L, 6L, FRIL, TUE#3 */
static int special_weekday(const struct reader *r, struct oak_str s)
{
	size_t hash = index_of(s, '#');
	int weekday;
	int64_t nth;
	if (hash < s.n) {
		if (value(r, (struct oak_str){s.p, hash}, &weekday) < 0)
			return -1;
		if (!(s.n == hash + 2 && oak_parse_int(from(s, hash + 1), 1, 5, &nth)))
			return bad(r, "after '#' only 1 to 5");
		return add_day(r, OAK_DAY_NTH_WEEKDAY, weekday - 1, (int)nth);
	}
	if (word_is(s, "L")) { /* Quartz: alone it is Saturday */
		set(r, 7);
		return 0;
	}
	if (s.n > 1 && upper(s.p[s.n - 1]) == 'L') {
		if (value(r, (struct oak_str){s.p, s.n - 1}, &weekday) < 0)
			return -1;
		return add_day(r, OAK_DAY_LAST_WEEKDAY, weekday - 1, 0);
	}
	return plain(r, s);
}

static int read_field(struct reader *r, struct oak_str text)
{
	r->item = text;
	bool day_field = r->field == DAY || r->field == WEEKDAY;
	if (text.n == 1 && *text.p == '?')
		return day_field ? 0 : bad(r, "'?' may stand in a day field only");
	struct oak_str rest = text, item;
	if (text.p[text.n - 1] == ',')
		return bad(r, "the list ends with a comma");
	while (oak_str_next(&rest, ',', &item)) {
		r->item = item;
		int result = r->field == DAY	   ? special_day(r, item)
			     : r->field == WEEKDAY ? special_weekday(r, item)
						   : plain(r, item);
		if (result < 0)
			return -1;
	}
	return 0;
}

/* Weekdays as such and special ones ("FRIL") may stand in one list: both become day rules then. */
static void join_weekdays(struct oak_arena *arena, struct oak_wall *wall)
{
	if (!wall->days.n) {
		*oak_push(arena, &wall->days) = (struct oak_day_rule){OAK_DAY_STEP, 1, 31, 1};
		return;
	}
	for (int weekday = 0; weekday < 7; weekday++)
		for (int nth = 1; nth <= 5 && (wall->weekday >> weekday & 1); nth++)
			*oak_push(arena, &wall->days) =
				(struct oak_day_rule){OAK_DAY_NTH_WEEKDAY, weekday, nth, 1};
	wall->weekday = 0x7f;
}

/* Cut the next field off; false at the end. */
static bool next_field(struct oak_str *rest, struct oak_str *ret)
{
	*rest = oak_str_trim(*rest);
	if (!rest->n)
		return false;
	size_t n = 0;
	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t' && rest->p[n] != '\n' && rest->p[n] != '\r')
		n++;
	*ret = (struct oak_str){rest->p, n};
	*rest = from(*rest, n);
	return true;
}

/* Crontab's own five: the year is missing, one day field must be '?', and its weekdays count from 0. */
static int five_fields(const struct oak_str *part, struct oak_error *err)
{
	bool any_weekday = part[4].n == 1 && *part[4].p == '*', digits = false;
	for (size_t i = 0; i < part[4].n; i++)
		digits = digits || (part[4].p[i] >= '0' && part[4].p[i] <= '9');
	char text[200];
	snprintf(text, sizeof(text), "cron(%.*s %.*s %.*s %.*s %.*s *)", (int)part[0].n, part[0].p, (int)part[1].n, part[1].p,
		 (int)(any_weekday ? part[2].n : 1), any_weekday ? part[2].p : "?", (int)part[3].n, part[3].p,
		 (int)(any_weekday ? 1 : part[4].n), any_weekday ? "?" : part[4].p);
	return oak_fail(err, OAK_INVALID, "cron.invalid", 0,
			"cron() has too few fields, it needs six: minutes hours day-of-month month day-of-week year; a crontab's five "
			"are '%s' here%s",
			text, !any_weekday && digits ? " (with weekdays from 1 = SUN to 7 = SAT)" : "");
}

int oak_cron_parse(struct oak_arena *arena, struct oak_str text, struct oak_wall *ret, struct oak_error *err)
{
	struct oak_str part[FIELD_COUNT + 1];
	size_t n = 0;
	while (n <= FIELD_COUNT && next_field(&text, &part[n]))
		n++;
	if (n == 5)
		return five_fields(part, err);
	if (n != 6 && n != 7)
		return oak_fail(err, OAK_INVALID, "cron.invalid", 0,
				"cron() has too %s fields, it needs six: minutes hours day-of-month month day-of-week year "
				"(or seconds before them)",
				n < 6 ? "few" : "many");
	struct oak_wall wall = {.second = n == 6};
	struct reader r = {arena, &wall, SECOND, {NULL, 0}, err};
	for (size_t i = 0; i < n; i++) {
		r.field = (enum field)(i + (n == 6));
		if (read_field(&r, part[i]) < 0)
			return -1;
	}
	bool any_day = word_is(part[n - 4], "?"), any_weekday = word_is(part[n - 2], "?");
	if (any_day == any_weekday)
		return oak_fail(err, OAK_INVALID, "cron.invalid", 0,
				"cron() needs '?' in %s of day-of-month and day-of-week, such as 'cron(0 2 %s)'",
				any_day ? "only one" : "one", any_day || word_is(part[n - 2], "*") ? "* * ? *" : "? * MON *");
	if (any_day)
		join_weekdays(arena, &wall);
	else
		wall.weekday = 0x7f;
	*ret = wall;
	return 0;
}
