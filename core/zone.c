/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Zones: which offset holds when, and which instant a wall clock means. */
#include "core/zone.h"

#include <string.h>

#include "core/zone_impl.h"

const struct oak_zone *oak_zone_utc(void)
{
	static const struct oak_zone utc = {.name = "UTC"};
	return &utc;
}

const struct oak_zone *oak_zone_of_steps(struct oak_arena *arena, const char *name, int first,
					 const struct oak_zone_step *steps, size_t n)
{
	struct oak_zone *zone = OAK_NEW(arena, struct oak_zone);
	struct oak_zone_step *copy = oak_arena_alloc(arena, n * sizeof(*copy) + 1);
	if (n)
		memcpy(copy, steps, n * sizeof(*copy));
	*zone = (struct oak_zone){.name = oak_arena_strdup(arena, name), .first = first, .steps = copy, .count = n};
	return zone;
}

const char *oak_zone_name(const struct oak_zone *zone)
{
	return zone->name;
}

/* Instant of a rule's change in YEAR, as local time in the offset before it. */
static oak_time rule_local(const struct oak_zone_rule *rule, int year)
{
	struct oak_civil c = {.year = year, .month = 1, .day = 1};
	oak_time start = oak_time_from_civil(&c);
	if (rule->kind == OAK_RULE_DAY0)
		return start + (oak_time)rule->day * OAK_DAY + rule->time;
	if (rule->kind == OAK_RULE_DAY1) { /* 29 February is never counted */
		bool leap = oak_month_days(year, 2) == 29;
		return start + (oak_time)(rule->day - 1 + (leap && rule->day >= 60)) * OAK_DAY + rule->time;
	}
	c.month = rule->month;
	oak_time first = oak_time_from_civil(&c);
	int day = 1 + (rule->day - oak_weekday(first) + 7) % 7 + (rule->week - 1) * 7;
	while (day > oak_month_days(year, rule->month))
		day -= 7;
	return first + (oak_time)(day - 1) * OAK_DAY + rule->time;
}

struct change {
	oak_time at;
	int offset;
};

/* The changes of a year, in order of time. */
static void year_changes(const struct oak_zone_posix *posix, int year, struct change ret[2])
{
	struct change to_dst = {rule_local(&posix->start, year) - posix->standard, posix->daylight};
	struct change to_std = {rule_local(&posix->end, year) - posix->daylight, posix->standard};
	bool dst_first = to_dst.at <= to_std.at;
	ret[0] = dst_first ? to_dst : to_std;
	ret[1] = dst_first ? to_std : to_dst;
}

/* The stretch of constant offset around T in the footer's rules. */
static struct oak_zone_span posix_span(const struct oak_zone_posix *posix, oak_time t)
{
	struct oak_zone_span span = {OAK_TIME_NONE, OAK_TIME_NEVER, posix->standard};
	if (!posix->has_dst)
		return span;
	struct oak_civil c;
	oak_time_to_civil(t, &c);
	for (int year = c.year - 1; year <= c.year + 1; year++) {
		struct change changes[2];
		year_changes(posix, year, changes);
		for (int i = 0; i < 2; i++) {
			if (changes[i].at <= t) {
				span.start = changes[i].at;
				span.offset = changes[i].offset;
			} else if (span.end == OAK_TIME_NEVER) {
				span.end = changes[i].at;
			}
		}
	}
	return span;
}

struct oak_zone_span oak_zone_span(const struct oak_zone *zone, oak_time t)
{
	size_t low = 0, high = zone->count; /* steps[low - 1].at <= t < steps[low].at */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (zone->steps[middle].at <= t)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == zone->count && zone->posix) {
		struct oak_zone_span span = posix_span(zone->posix, t);
		if (low && span.start < zone->steps[low - 1].at)
			span.start = zone->steps[low - 1].at;
		return span;
	}
	return (struct oak_zone_span){
		low ? zone->steps[low - 1].at : OAK_TIME_NONE,
		low < zone->count ? zone->steps[low].at : OAK_TIME_NEVER,
		low ? zone->steps[low - 1].offset : zone->first,
	};
}

int oak_zone_offset(const struct oak_zone *zone, oak_time t)
{
	return oak_zone_span(zone, t).offset;
}

oak_time oak_zone_instant(const struct oak_zone *zone, oak_time local, enum oak_gap gap)
{
	/* no zone is further from UTC than 26 hours (RFC 9636 asks for less): start safely before */
	struct oak_zone_span span = oak_zone_span(zone, local - 26 * 3600);
	for (;;) {
		oak_time t = local - span.offset;
		if (t < span.end && (span.start == OAK_TIME_NONE || t >= span.start))
			return t;
		if (span.end == OAK_TIME_NEVER)
			return t;
		struct oak_zone_span next = oak_zone_span(zone, span.end);
		if (t >= span.end && local - next.offset < span.end)
			return gap == OAK_GAP_END ? span.end : t;
		span = next;
	}
}

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("+-_", c);
}

bool oak_zone_name_check(const char *name)
{
	size_t n = strlen(name);
	if (!n || n > OAK_ZONE_NAME_MAX || name[0] == '/' || name[n - 1] == '/')
		return false;
	for (size_t i = 0; i < n; i++)
		if (name[i] == '/' ? name[i + 1] == '/' : !name_char(name[i]))
			return false;
	return true;
}
