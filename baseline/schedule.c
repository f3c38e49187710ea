/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Schedules: one table of kinds, and the way from wall clock times to instants. */
#include "baseline/schedule.h"

#include "baseline/cron.h"
#include "baseline/oncalendar.h"

static const struct {
	const char *unit, *units;
	int64_t seconds;
} rates[] = {{"minute", "minutes", 60}, {"hour", "hours", 3600}, {"day", "days", OAK_DAY}};

static int invalid(const char *text, const char *why, struct oak_error *err)
{
	return oak_fail(err, OAK_INVALID, "schedule.invalid", 0, "'%.80s' is no schedule: %s", text, why);
}

/* rate(1 hour), rate(5 minutes) */
static int parse_rate(struct oak_str body, struct oak_schedule *s, struct oak_error *err)
{
	struct oak_str number;
	int64_t n;
	body = oak_str_trim(body);
	if (!oak_str_next(&body, ' ', &number) || !number.n || *number.p == '+' ||
	    !oak_parse_int(number, 1, 1000000, &n) || !body.p)
		return invalid(s->text, "rate() needs a number above 0, a blank and a unit, as in 'rate(7 days)'", err);
	body = oak_str_trim(body);
	for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++) {
		if (!oak_str_eq(body, oak_str_of(n == 1 ? rates[i].unit : rates[i].units)))
			continue;
		s->interval = n * rates[i].seconds;
		if (s->interval > (int64_t)36525 * OAK_DAY)
			break;
		return 0;
	}
	return invalid(s->text,
		       "the unit of rate() is minutes, hours or days (without 's' exactly for 1), at most 100 years",
		       err);
}

/* at(2026-11-23T15:00:00) */
static int parse_at(struct oak_arena *arena, struct oak_str body, struct oak_schedule *s, struct oak_error *err)
{
	body = oak_str_trim(body);
	if (body.n != 19 || body.p[10] != 'T' ||
	    !oak_time_parse(oak_arena_printf(arena, "%.19sZ", body.p), &s->at))
		return invalid(s->text, "at() needs a local time as in 'at(2026-11-23T15:00:00)'", err);
	return 0;
}

static int parse_cron(struct oak_arena *arena, struct oak_str body, struct oak_schedule *s, struct oak_error *err)
{
	if (oak_cron_parse(arena, body, &s->wall, err) == 0)
		return 0;
	return oak_context(err, "schedule '%.80s'", s->text);
}

static const struct {
	const char *prefix;
	enum oak_schedule_kind kind;
} prefixes[] = {{"cron(", OAK_SCHEDULE_CRON}, {"rate(", OAK_SCHEDULE_RATE}, {"at(", OAK_SCHEDULE_AT}};

static const char on_calendar[] = "OnCalendar=";

bool oak_schedule_is_text(const char *text)
{
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (oak_starts_with(text, prefixes[i].prefix))
			return true;
	return oak_starts_with(text, on_calendar);
}

/* The kind and what is between the brackets. */
static int split(struct oak_str text, struct oak_schedule *s, struct oak_str *ret_body, struct oak_error *err)
{
	s->kind = OAK_SCHEDULE_ONCALENDAR;
	*ret_body = text;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
		size_t n = strlen(prefixes[i].prefix);
		if (text.n < n || memcmp(text.p, prefixes[i].prefix, n) != 0)
			continue;
		if (text.p[text.n - 1] != ')')
			return invalid(s->text, "the closing bracket is missing", err);
		s->kind = prefixes[i].kind;
		*ret_body = (struct oak_str){text.p + n, text.n - n - 1};
	}
	return 0;
}

int oak_schedule_parse(struct oak_arena *arena, const char *text, const struct oak_zone *zone,
		       const struct oak_zones *zones, struct oak_schedule *ret, struct oak_error *err)
{
	struct oak_schedule s = {.zone = zone, .start = OAK_TIME_NONE, .end = OAK_TIME_NEVER};
	const struct oak_zone *own = NULL;
	s.text = oak_arena_strdup(arena, text);
	struct oak_str body;
	if (!*text || strlen(text) > OAK_SCHEDULE_TEXT_MAX)
		return invalid(text, "it has 1 to 256 characters", err);
	if (split(oak_str_trim(oak_str_of(s.text)), &s, &body, err) < 0)
		return -1;
	int result = 0;
	switch (s.kind) {
	case OAK_SCHEDULE_CRON:
		result = parse_cron(arena, body, &s, err);
		break;
	case OAK_SCHEDULE_RATE:
		result = parse_rate(body, &s, err);
		break;
	case OAK_SCHEDULE_AT:
		result = parse_at(arena, body, &s, err);
		break;
	case OAK_SCHEDULE_ONCALENDAR:
		if (oak_starts_with(s.text, on_calendar))
			body = oak_str_of(s.text + strlen(on_calendar));
		result = oak_oncalendar_parse(arena, body, zones, &s.wall, &own, err);
		break;
	}
	if (result < 0)
		return -1;
	s.zone = own ? own : zone;
	*ret = s;
	return 0;
}

/* First due instant of a wall clock schedule. Instants never go back where local times go forward, so it is enough to
 * look from the local time of AFTER on. */
static oak_time next_wall(const struct oak_schedule *s, oak_time after)
{
	oak_time shift = (oak_time)s->offset_days * OAK_DAY;
	oak_time local = oak_zone_local(s->zone, after) - shift - 1;
	for (;;) {
		local = oak_wall_next(&s->wall, local);
		if (local == OAK_TIME_NEVER)
			return OAK_TIME_NEVER;
		oak_time due = oak_zone_instant(s->zone, local + shift, OAK_GAP_END);
		if (s->start != OAK_TIME_NONE && oak_zone_instant(s->zone, local, OAK_GAP_END) < s->start)
			continue;
		if (due > after)
			return due;
	}
}

static oak_time next_rate(const struct oak_schedule *s, oak_time anchor, oak_time after)
{
	oak_time begin = s->start != OAK_TIME_NONE ? s->start : anchor;
	if (after < begin)
		return begin + s->interval;
	return begin + ((after - begin) / s->interval + 1) * s->interval;
}

static oak_time next_at(const struct oak_schedule *s, oak_time after)
{
	oak_time due = oak_zone_instant(s->zone, s->at, OAK_GAP_END);
	return due > after && (s->start == OAK_TIME_NONE || due >= s->start) ? due : OAK_TIME_NEVER;
}

oak_time oak_schedule_next(const struct oak_schedule *s, oak_time anchor, oak_time after)
{
	const oak_time last = INT64_C(253402300799); /* the end of year 9999 */
	oak_time due = OAK_TIME_NEVER;
	if (after >= last)
		return due;
	if (s->kind == OAK_SCHEDULE_CRON || s->kind == OAK_SCHEDULE_ONCALENDAR) {
		/* no use in looking before the start: offsets only move a due time later */
		oak_time from = s->start != OAK_TIME_NONE && s->start - 1 > after ? s->start - 1 : after;
		due = next_wall(s, from);
	} else if (s->kind == OAK_SCHEDULE_RATE) {
		due = next_rate(s, anchor, after);
	} else {
		due = next_at(s, after);
	}
	return due < s->end && due <= last ? due : OAK_TIME_NEVER;
}

int64_t oak_schedule_shortest(const struct oak_schedule *s)
{
	if (s->kind == OAK_SCHEDULE_RATE)
		return s->interval;
	if (s->kind == OAK_SCHEDULE_AT)
		return OAK_DAY;
	if (s->wall.second & (s->wall.second - 1))
		return 1;
	bool hours = s->wall.hour & (s->wall.hour >> 1 | s->wall.hour << 23); /* two in a row */
	int first = -1, previous = -1, best = hours ? 60 : 24 * 60;
	for (int m = 0; m < 60; m++) {
		if (!(s->wall.minute >> m & 1))
			continue;
		if (previous >= 0 && m - previous < best)
			best = m - previous;
		first = first < 0 ? m : first;
		previous = m;
	}
	if (hours && first >= 0 && first + 60 - previous < best)
		best = first + 60 - previous;
	return (int64_t)best * 60;
}
