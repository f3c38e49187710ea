/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* POSIX TZ rules with the extensions of RFC 9636 (hours from -167 to 167): the footer of a TZif file. */
#include <string.h>

#include "core/zone_impl.h"

static bool number(const char **p, int max, int *ret)
{
	const char *start = *p;
	int value = 0;
	for (; **p >= '0' && **p <= '9' && *p - start < 4; (*p)++)
		value = value * 10 + (**p - '0');
	*ret = value;
	return *p > start && value <= max;
}

/* [+-]hh[:mm[:ss]] */
static bool clock_time(const char **p, int max_hours, int *ret)
{
	int sign = **p == '-' ? -1 : 1, h, m = 0, s = 0;
	if (**p == '-' || **p == '+')
		(*p)++;
	if (!number(p, max_hours, &h))
		return false;
	if (**p == ':' && (++*p, !number(p, 59, &m)))
		return false;
	if (**p == ':' && (++*p, !number(p, 59, &s)))
		return false;
	*ret = sign * (h * 3600 + m * 60 + s);
	return true;
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool abbreviation(const char **p)
{
	const char *start = *p;
	if (**p == '<') {
		*p = strchr(*p, '>');
		if (!*p) {
			*p = start;
			return false;
		}
		(*p)++;
		return *p - start > 4;
	}
	while (letter(**p))
		(*p)++;
	return *p - start >= 3;
}

static bool rule(const char **p, struct oak_zone_rule *ret)
{
	*ret = (struct oak_zone_rule){.time = 7200};
	if (**p != ',')
		return false;
	(*p)++;
	if (**p == 'M') {
		(*p)++;
		ret->kind = OAK_RULE_MONTH;
		if (!number(p, 12, &ret->month) || **p != '.' || (++*p, !number(p, 5, &ret->week)) || **p != '.' ||
		    (++*p, !number(p, 6, &ret->day)) || !ret->month || !ret->week)
			return false;
	} else {
		ret->kind = **p == 'J' ? OAK_RULE_DAY1 : OAK_RULE_DAY0;
		*p += **p == 'J';
		if (!number(p, 365, &ret->day) || (ret->kind == OAK_RULE_DAY1 && !ret->day))
			return false;
	}
	return **p != '/' || (++*p, clock_time(p, 167, &ret->time));
}

bool oak_zone_posix_parse(const char *text, struct oak_zone_posix *ret)
{
	const char *p = text;
	*ret = (struct oak_zone_posix){0};
	if (!abbreviation(&p) || !clock_time(&p, 24, &ret->standard))
		return false;
	ret->standard = -ret->standard; /* POSIX counts west */
	if (!*p)
		return true;
	ret->has_dst = true;
	ret->daylight = ret->standard + 3600;
	if (!abbreviation(&p))
		return false;
	if (*p && *p != ',') {
		if (!clock_time(&p, 24, &ret->daylight))
			return false;
		ret->daylight = -ret->daylight;
	}
	return rule(&p, &ret->start) && rule(&p, &ret->end) && !*p;
}

int oak_zone_posix(struct oak_arena *arena, const char *text, const struct oak_zone **ret, struct oak_error *err)
{
	struct oak_zone_posix posix;
	if (!oak_zone_posix_parse(text, &posix))
		return oak_fail(err, OAK_INVALID, "zone.invalid", 0, "'%s' is no POSIX time zone rule", text);
	struct oak_zone_posix *copy = OAK_NEW(arena, struct oak_zone_posix);
	*copy = posix;
	struct oak_zone *zone = OAK_NEW(arena, struct oak_zone);
	*zone = (struct oak_zone){.name = oak_arena_strdup(arena, text), .first = posix.standard, .posix = copy};
	*ret = zone;
	return 0;
}
