/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Change calendars: spans merged once, then binary searches. */
#include "baseline/calendar.h"

#include "core/str.h"

static const char *const types[OAK_CALENDAR_TYPE_COUNT] = {"DEFAULT_OPEN", "DEFAULT_CLOSED"};

const char *oak_calendar_type_to_string(enum oak_calendar_type type)
{
	return types[type];
}

int oak_calendar_type_from_string(const char *text)
{
	for (int i = 0; text && i < OAK_CALENDAR_TYPE_COUNT; i++)
		if (oak_strcaseeq(types[i], text))
			return i;
	return -1;
}

void oak_calendar_init(struct oak_arena *arena, const char *name, enum oak_calendar_type type,
		       const struct oak_ical *ical, struct oak_calendar *ret)
{
	struct oak_span *merged = oak_arena_alloc(arena, ical->count * sizeof(*merged) + 1);
	size_t n = 0;
	for (size_t i = 0; i < ical->count; i++) {
		const struct oak_span *span = &ical->spans[i];
		if (n && span->start <= merged[n - 1].end) {
			if (span->end > merged[n - 1].end)
				merged[n - 1].end = span->end;
		} else {
			merged[n++] = *span;
		}
	}
	*ret = (struct oak_calendar){
		.name = name,
		.open_during = type == OAK_CALENDAR_DEFAULT_CLOSED,
		.open_always = ical->events == 0,
		.spans = ical->spans,
		.count = ical->count,
		.merged = merged,
		.merged_count = n,
		.known_until = ical->known_until,
	};
}

/* Index of the first merged span that ends after T. */
static size_t find(const struct oak_calendar *c, oak_time t)
{
	size_t low = 0, high = c->merged_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (c->merged[middle].end <= t)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool oak_calendar_is_open(const struct oak_calendar *c, oak_time t)
{
	size_t i = find(c, t);
	bool during = i < c->merged_count && c->merged[i].start <= t;
	return c->open_always || during == c->open_during;
}

const struct oak_span *oak_calendar_event_at(const struct oak_calendar *c, oak_time t)
{
	const struct oak_span *best = NULL;
	for (size_t i = 0; i < c->count && c->spans[i].start <= t; i++)
		if (c->spans[i].end > t && (!best || c->spans[i].end > best->end))
			best = &c->spans[i];
	return best;
}

bool oak_calendars_are_open(const struct oak_calendars *calendars, oak_time t)
{
	for (size_t i = 0; i < calendars->n; i++)
		if (!oak_calendar_is_open(&calendars->v[i], t))
			return false;
	return true;
}

/* First instant after T at which one calendar changes. */
static oak_time next_change(const struct oak_calendar *c, oak_time t)
{
	size_t i = find(c, t);
	if (c->open_always || i == c->merged_count)
		return OAK_TIME_NEVER;
	return c->merged[i].start > t ? c->merged[i].start : c->merged[i].end;
}

oak_time oak_calendars_known(const struct oak_calendars *calendars)
{
	oak_time known = OAK_TIME_NEVER;
	for (size_t i = 0; i < calendars->n; i++)
		if (!calendars->v[i].open_always && calendars->v[i].known_until < known)
			known = calendars->v[i].known_until;
	return known;
}

oak_time oak_calendars_next(const struct oak_calendars *calendars, oak_time t, oak_time *ret_known)
{
	bool now = oak_calendars_are_open(calendars, t);
	*ret_known = oak_calendars_known(calendars);
	for (;;) {
		oak_time next = OAK_TIME_NEVER;
		for (size_t i = 0; i < calendars->n; i++) {
			oak_time change = next_change(&calendars->v[i], t);
			next = change < next ? change : next;
		}
		if (next == OAK_TIME_NEVER || next > *ret_known)
			return OAK_TIME_NEVER;
		if (oak_calendars_are_open(calendars, next) != now)
			return next;
		t = next;
	}
}
