/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VTIMEZONE components as zones, and TZIDs without one. */
#include <libical/ical.h>
#include <stdlib.h>

#include "core/ical_impl.h"

enum { OBSERVANCE_STEPS_MAX = 5000 };

struct steps {
	struct oak_arena *arena;
	OAK_VEC(struct oak_zone_step) list;
	int from, to; /* offsets of the observance being read */
	oak_time first_at;
	int first; /* offset before the earliest change of all */
	size_t in_observance;
};

static bool add_step(void *arg, oak_time local)
{
	struct steps *s = arg;
	if (!s->list.n || local - s->from < s->first_at) {
		s->first_at = local - s->from;
		s->first = s->from;
	}
	*oak_push(s->arena, &s->list) = (struct oak_zone_step){local - s->from, s->to};
	return ++s->in_observance < OBSERVANCE_STEPS_MAX;
}

static int by_time(const void *a, const void *b)
{
	const struct oak_zone_step *x = a, *y = b;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* One STANDARD or DAYLIGHT part. */
static int observance(struct oak_ical_reader *r, icalcomponent *part, const char *tzid, struct steps *s)
{
	icalproperty *from = icalcomponent_get_first_property(part, ICAL_TZOFFSETFROM_PROPERTY);
	icalproperty *to = icalcomponent_get_first_property(part, ICAL_TZOFFSETTO_PROPERTY);
	icalproperty *start = icalcomponent_get_first_property(part, ICAL_DTSTART_PROPERTY);
	if (oak_ical_check_dropped(r, part) < 0)
		return -1;
	if (!from || !to || !start)
		return oak_ical_bad(r, OAK_INVALID, "time zone '%.80s' lacks DTSTART, TZOFFSETFROM or TZOFFSETTO", tzid);
	s->from = icalproperty_get_tzoffsetfrom(from);
	s->to = icalproperty_get_tzoffsetto(to);
	s->in_observance = 0;
	if (abs(s->from) >= 94000 || abs(s->to) >= 94000)
		return oak_ical_bad(r, OAK_INVALID, "time zone '%.80s' is more than a day from UTC", tzid);
	const struct oak_zone *before = oak_zone_of_steps(r->arena, "before", s->from, NULL, 0);
	struct oak_moment dtstart = {0, false, before};
	struct icalrecurrencetype rule;
	bool endless;
	if (oak_ical_local(r, icalproperty_get_dtstart(start), "DTSTART", &dtstart.local) < 0)
		return -1;
	add_step(s, dtstart.local);
	for (icalproperty *p = icalcomponent_get_first_property(part, ICAL_RRULE_PROPERTY); p;
	     p = icalcomponent_get_next_property(part, ICAL_RRULE_PROPERTY)) {
		rule = icalproperty_get_rrule(p);
		if (oak_ical_rule(r, &rule, &dtstart, dtstart.local, add_step, s, &endless) < 0)
			return -1;
	}
	for (icalproperty *p = icalcomponent_get_first_property(part, ICAL_RDATE_PROPERTY); p;
	     p = icalcomponent_get_next_property(part, ICAL_RDATE_PROPERTY)) {
		oak_time local;
		if (oak_ical_local(r, icalproperty_get_rdate(p).time, "RDATE", &local) < 0)
			return -1;
		add_step(s, local);
	}
	return 0;
}

static const struct oak_zone *zone_of_component(struct oak_ical_reader *r, icalcomponent *zone, const char *tzid)
{
	struct steps s = {.arena = r->arena};
	for (icalcomponent *part = icalcomponent_get_first_component(zone, ICAL_ANY_COMPONENT); part;
	     part = icalcomponent_get_next_component(zone, ICAL_ANY_COMPONENT)) {
		icalcomponent_kind kind = icalcomponent_isa(part);
		if (kind != ICAL_XSTANDARD_COMPONENT && kind != ICAL_XDAYLIGHT_COMPONENT)
			continue;
		if (observance(r, part, tzid, &s) < 0)
			return NULL;
	}
	if (!s.list.n) {
		oak_ical_bad(r, OAK_INVALID, "time zone '%.80s' has neither STANDARD nor DAYLIGHT", tzid);
		return NULL;
	}
	qsort(s.list.v, s.list.n, sizeof(*s.list.v), by_time);
	size_t kept = 0; /* two parts may change at the same instant: the later in the list holds */
	for (size_t i = 0; i < s.list.n; i++) {
		if (kept && s.list.v[kept - 1].at == s.list.v[i].at)
			kept--;
		s.list.v[kept++] = s.list.v[i];
	}
	return oak_zone_of_steps(r->arena, tzid, s.first, s.list.v, kept);
}

/* "/mozilla.org/20050126_1/Europe/Berlin" and the like: the longest tail that the system knows. */
static const struct oak_zone *by_name(struct oak_ical_reader *r, const char *tzid)
{
	struct oak_error ignored = {0};
	for (const char *tail = tzid; tail; tail = strchr(tail, '/')) {
		tail += *tail == '/';
		const struct oak_zone *zone = oak_zone_name_check(tail)
						      ? r->options->zones.find(r->options->zones.arg, tail, &ignored)
						      : NULL;
		if (zone)
			return zone;
	}
	const char *iana = oak_zone_of_windows(tzid);
	if (iana)
		return r->options->zones.find(r->options->zones.arg, iana, r->err);
	oak_ical_bad(r, OAK_INVALID, "time zone '%.80s' is defined neither in the calendar nor on this system", tzid);
	return NULL;
}

static const struct oak_zone *look_up(struct oak_ical_reader *r, const char *tzid)
{
	icalcomponent *zone;
	for (icalcompiter i = icalcomponent_begin_component(r->calendar, ICAL_VTIMEZONE_COMPONENT);
	     (zone = icalcompiter_deref(&i)); icalcompiter_next(&i)) {
		icalproperty *name = icalcomponent_get_first_property(zone, ICAL_TZID_PROPERTY);
		if (name && oak_streq(icalproperty_get_tzid(name), tzid))
			return zone_of_component(r, zone, tzid);
	}
	return by_name(r, tzid);
}

const struct oak_zone *oak_ical_zone(struct oak_ical_reader *r, const char *tzid)
{
	const struct oak_zone *zone = oak_map_find(&r->zones, tzid);
	if (zone)
		return zone;
	zone = look_up(r, tzid);
	if (zone)
		oak_map_put(&r->zones, oak_arena_strdup(r->arena, tzid), (void *)zone);
	return zone;
}
