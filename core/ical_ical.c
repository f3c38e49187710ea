/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Module "ical": events of a calendar as spans of time. libical's parser and types only: its ready-made recurrence loop is
 * wrong on all-day ends and on RDATE with TZID. */
#include <libical/ical.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/ical_impl.h"
#include "core/map.h"
#include "core/module.h"

enum { FAR_DAYS = 5 * 366, NEAR_DAYS = 40, FAR_EVENTS = 2000 };

/* How far a rule is followed at least, and to its next start: the less, the more events there are, for memory's sake. */
static oak_time horizon(const struct oak_ical_reader *r)
{
	oak_time days = r->events > FAR_EVENTS ? (oak_time)FAR_DAYS * FAR_EVENTS / (oak_time)r->events : FAR_DAYS;
	return (days < NEAR_DAYS ? NEAR_DAYS : days) * OAK_DAY;
}

struct oak_times {
	oak_time *v;
	size_t n, cap;
};

/* One VEVENT being turned into spans. */
struct event {
	struct oak_ical_reader *r;
	icalcomponent *component;
	const char *summary;
	struct oak_moment start;
	int64_t days, seconds; /* how long: calendar days, then exact seconds */
	struct oak_times skip_instants, skip_days;
	size_t added;
};

int oak_ical_bad(const struct oak_ical_reader *r, enum oak_error_kind kind, const char *fmt, ...)
{
	char text[300];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	const char *id = kind == OAK_UNSUPPORTED ? "ical.unsupported" : "ical.invalid";
	kind = OAK_INVALID; /* either way it is the input that must change: exit 2 */
	if (!r->uid)
		return oak_fail(r->err, kind, id, 0, "%s", text);
	return oak_fail(r->err, kind, id, 0, "event '%.100s': %s", r->uid, text);
}

int oak_ical_local(const struct oak_ical_reader *r, struct icaltimetype t, const char *what, oak_time *ret)
{
	struct oak_civil c = {t.year, t.month, t.day, 0, 0, 0};
	bool good = t.year >= 1 && t.year <= 9999 && t.month >= 1 && t.month <= 12 && t.day >= 1 &&
		    t.day <= oak_month_days(t.year, t.month);
	if (!t.is_date) {
		c.hour = t.hour, c.minute = t.minute, c.second = t.second;
		good = good && t.hour >= 0 && t.hour <= 23 && t.minute >= 0 && t.minute <= 59 && t.second >= 0 &&
		       t.second <= 60;
	}
	if (!good)
		return oak_ical_bad(r, OAK_INVALID, "%s '%04d-%02d-%02d %02d:%02d:%02d' is no date", what, t.year,
				    t.month, t.day, t.hour, t.minute, t.second);
	*ret = oak_time_from_civil(&c);
	return 0;
}

/* Properties that decide when an event is; one that libical could not read must not be left out silently. */
static const char *const deciding[] = {"DTSTART", "DTEND",	   "DURATION",	    "RRULE",	  "RDATE", "EXDATE",
				       "EXRULE",  "RECURRENCE-ID", "STATUS", "TZOFFSETFROM", "TZOFFSETTO"};

int oak_ical_check_dropped(const struct oak_ical_reader *r, icalcomponent *part)
{
	for (icalproperty *p = icalcomponent_get_first_property(part, ICAL_XLICERROR_PROPERTY); p;
	     p = icalcomponent_get_next_property(part, ICAL_XLICERROR_PROPERTY)) {
		const char *text = icalproperty_get_xlicerror(p);
		if (!text || oak_starts_with(text, "No value for EXDATE") || oak_starts_with(text, "No value for RDATE"))
			continue;
		for (size_t i = 0; i < sizeof(deciding) / sizeof(*deciding); i++) {
			char pattern[64], line[64];
			snprintf(pattern, sizeof(pattern), " %s property", deciding[i]);
			snprintf(line, sizeof(line), ": %s", deciding[i]);
			if (strstr(text, pattern) || strstr(text, line))
				return oak_ical_bad(r, OAK_INVALID, "its %s cannot be read", deciding[i]);
		}
	}
	return 0;
}

/* Zone of property P: UTC, its TZID, or the floating one. */
static int moment_of(struct oak_ical_reader *r, icalproperty *p, struct icaltimetype t, const char *what,
		     struct oak_moment *ret)
{
	struct oak_moment m = {0, t.is_date != 0, r->floating};
	icalparameter *tzid = icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER);
	if (oak_ical_local(r, t, what, &m.local) < 0)
		return -1;
	if (icaltime_is_utc(t))
		m.zone = oak_zone_utc();
	else if (!m.date && tzid)
		m.zone = oak_ical_zone(r, icalparameter_get_tzid(tzid));
	if (!m.zone)
		return -1;
	*ret = m;
	return 0;
}

static int duration_of(const struct oak_ical_reader *r, struct icaldurationtype d, struct event *e)
{
	if (d.is_neg)
		return oak_ical_bad(r, OAK_INVALID, "its DURATION is negative");
	e->days = (int64_t)d.days + 7 * (int64_t)d.weeks;
	e->seconds = (int64_t)d.hours * 3600 + (int64_t)d.minutes * 60 + d.seconds;
	return 0;
}

/* How long: DTEND (exact for times, days for dates), DURATION, else a day for a date and nothing for a time. */
static int read_length(struct event *e)
{
	icalproperty *end = icalcomponent_get_first_property(e->component, ICAL_DTEND_PROPERTY);
	icalproperty *duration = icalcomponent_get_first_property(e->component, ICAL_DURATION_PROPERTY);
	struct oak_moment m;
	if (end && duration)
		return oak_ical_bad(e->r, OAK_INVALID, "it has both DTEND and DURATION");
	if (duration)
		return duration_of(e->r, icalproperty_get_duration(duration), e);
	e->days = e->start.date ? 1 : 0;
	if (!end)
		return 0;
	if (moment_of(e->r, end, icalproperty_get_dtend(end), "DTEND", &m) < 0)
		return -1;
	if (m.date != e->start.date)
		return oak_ical_bad(e->r, OAK_INVALID, "one of DTSTART and DTEND is a date, the other a time");
	e->days = m.date ? (m.local - e->start.local) / OAK_DAY : 0;
	e->seconds = m.date ? 0 : oak_moment_instant(&m) - oak_moment_instant(&e->start);
	if (e->days < 0 || e->seconds < 0)
		return oak_ical_bad(e->r, OAK_INVALID, "it ends before it begins");
	return 0;
}

static oak_time end_of(const struct event *e, const struct oak_moment *start)
{
	struct oak_moment end = *start;
	end.local += e->days * OAK_DAY;
	return (e->days ? oak_moment_instant(&end) : oak_moment_instant(start)) + e->seconds;
}

static int compare_times(const void *a, const void *b)
{
	const oak_time *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

static bool has_time(const struct oak_times *times, oak_time t)
{
	return times->n && bsearch(&t, times->v, times->n, sizeof(t), compare_times);
}

static bool skipped(const struct event *e, const struct oak_moment *start)
{
	return has_time(&e->skip_instants, oak_moment_instant(start)) ||
	       has_time(&e->skip_days, (start->local - (start->local % OAK_DAY + OAK_DAY) % OAK_DAY));
}

static void add_span(struct event *e, oak_time start, oak_time end)
{
	if (end <= e->r->options->from || end <= start)
		return;
	*oak_push(e->r->arena, &e->r->spans) = (struct oak_span){start, end, e->summary};
	e->added++;
}

static void add(struct event *e, const struct oak_moment *start)
{
	if (!skipped(e, start))
		add_span(e, oak_moment_instant(start), end_of(e, start));
}

/* A start that a rule gives; false when it is followed far enough. */
static bool on_rule(void *arg, oak_time local)
{
	struct event *e = arg;
	struct oak_moment start = {local, e->start.date, e->start.zone};
	oak_time at = oak_moment_instant(&start);
	add(e, &start);
	if (e->added < OAK_ICAL_OCCURRENCES_MAX && (at <= e->r->options->from + horizon(e->r) || !e->added))
		return true;
	if (at < e->r->known_until)
		e->r->known_until = at;
	return false;
}

static int read_rules(struct event *e)
{
	oak_time skip_to = e->r->options->from - e->seconds - (e->days + 3) * OAK_DAY;
	for (icalproperty *p = icalcomponent_get_first_property(e->component, ICAL_RRULE_PROPERTY); p;
	     p = icalcomponent_get_next_property(e->component, ICAL_RRULE_PROPERTY)) {
		struct icalrecurrencetype rule = icalproperty_get_rrule(p);
		bool endless;
		e->added = 0;
		if (oak_ical_rule(e->r, &rule, &e->start, skip_to, on_rule, e, &endless) < 0)
			return -1;
		if (endless && e->r->known_until > OAK_ICAL_HORIZON)
			e->r->known_until = OAK_ICAL_HORIZON;
	}
	return 0;
}

/* RDATE: a start with the event's own length, or a period with one of its own. */
static int read_rdates(struct event *e)
{
	for (icalproperty *p = icalcomponent_get_first_property(e->component, ICAL_RDATE_PROPERTY); p;
	     p = icalcomponent_get_next_property(e->component, ICAL_RDATE_PROPERTY)) {
		struct icaldatetimeperiodtype value = icalproperty_get_rdate(p);
		bool period = icaltime_is_null_time(value.time) != 0;
		struct oak_moment start, end;
		struct event own = {.r = e->r};
		if (moment_of(e->r, p, period ? value.period.start : value.time, "RDATE", &start) < 0)
			return -1;
		if (start.date != e->start.date)
			return oak_ical_bad(e->r, OAK_INVALID, "one of DTSTART and RDATE is a date, the other a time");
		if (!period) {
			add(e, &start);
		} else if (skipped(e, &start)) {
			continue;
		} else if (!icaltime_is_null_time(value.period.end)) {
			if (moment_of(e->r, p, value.period.end, "RDATE", &end) < 0)
				return -1;
			add_span(e, oak_moment_instant(&start), oak_moment_instant(&end));
		} else {
			if (duration_of(e->r, value.period.duration, &own) < 0)
				return -1;
			add_span(e, oak_moment_instant(&start), end_of(&own, &start));
		}
	}
	return 0;
}

static void skip(struct event *e, const struct oak_moment *m)
{
	if (m->date)
		*oak_push(e->r->arena, &e->skip_days) = m->local;
	else
		*oak_push(e->r->arena, &e->skip_instants) = oak_moment_instant(m);
}

static int read_exdates(struct event *e)
{
	for (icalproperty *p = icalcomponent_get_first_property(e->component, ICAL_EXDATE_PROPERTY); p;
	     p = icalcomponent_get_next_property(e->component, ICAL_EXDATE_PROPERTY)) {
		struct oak_moment m;
		if (moment_of(e->r, p, icalproperty_get_exdate(p), "EXDATE", &m) < 0)
			return -1;
		skip(e, &m);
	}
	return 0;
}

/* RECURRENCE-ID of a component that changes one occurrence; *ret_is false if it has none. */
static int recurrence_id(struct oak_ical_reader *r, icalcomponent *component, struct oak_moment *ret, bool *ret_is)
{
	icalproperty *p = icalcomponent_get_first_property(component, ICAL_RECURRENCEID_PROPERTY);
	*ret_is = p != NULL;
	if (!p)
		return 0;
	if (icalproperty_get_first_parameter(p, ICAL_RANGE_PARAMETER))
		return oak_ical_bad(r, OAK_UNSUPPORTED, "RANGE of RECURRENCE-ID is not supported");
	return moment_of(r, p, icalproperty_get_recurrenceid(p), "RECURRENCE-ID", ret);
}

static const char *uid_of(icalcomponent *component)
{
	icalproperty *p = icalcomponent_get_first_property(component, ICAL_UID_PROPERTY);
	const char *uid = p ? icalproperty_get_uid(p) : NULL;
	return uid ? uid : "";
}

/* Value of the extension property NAME of a component; NULL = absent. */
static const char *extension(icalcomponent *component, const char *name)
{
	for (icalproperty *p = icalcomponent_get_first_property(component, ICAL_X_PROPERTY); p;
	     p = icalcomponent_get_next_property(component, ICAL_X_PROPERTY))
		if (oak_strcaseeq(icalproperty_get_x_name(p), name))
			return icalproperty_get_x(p);
	return NULL;
}

static bool counts_for_nothing(const struct oak_ical_reader *r, icalcomponent *component)
{
	icalproperty *status = icalcomponent_get_first_property(component, ICAL_STATUS_PROPERTY);
	const char *type = extension(component, "X-EVENT-TYPE");
	return (status && icalproperty_get_status(status) == ICAL_STATUS_CANCELLED) ||
	       (type && oak_strcaseeq(type, "ADVISORY")) ||
	       icalcomponent_get_method(r->calendar) == ICAL_METHOD_CANCEL;
}

/* UID -> the moments that other components of that UID replace. */
struct replaced {
	OAK_VEC(struct oak_moment) list;
};

static int collect_replaced(struct oak_ical_reader *r, struct oak_map *by_uid)
{
	icalcomponent *c;
	for (icalcompiter i = icalcomponent_begin_component(r->calendar, ICAL_VEVENT_COMPONENT);
	     (c = icalcompiter_deref(&i)); icalcompiter_next(&i)) {
		struct oak_moment m;
		bool is;
		r->uid = uid_of(c);
		if (oak_ical_check_dropped(r, c) < 0 || recurrence_id(r, c, &m, &is) < 0)
			return -1;
		if (!is)
			continue;
		void **slot = oak_map_slot(by_uid, oak_arena_strdup(r->arena, r->uid));
		if (!*slot)
			*slot = OAK_NEW(r->arena, struct replaced);
		*oak_push(r->arena, &((struct replaced *)*slot)->list) = m;
	}
	return 0;
}

static int read_start(struct event *e)
{
	icalproperty *start = icalcomponent_get_first_property(e->component, ICAL_DTSTART_PROPERTY);
	if (!start)
		return oak_ical_bad(e->r, OAK_INVALID, "it has no DTSTART");
	if (icalcomponent_count_properties(e->component, ICAL_DTSTART_PROPERTY) > 1)
		return oak_ical_bad(e->r, OAK_INVALID, "it has more than one DTSTART");
	if (icalcomponent_get_first_property(e->component, ICAL_EXRULE_PROPERTY))
		return oak_ical_bad(e->r, OAK_UNSUPPORTED, "EXRULE is not supported (RFC 5545 dropped it)");
	return moment_of(e->r, start, icalproperty_get_dtstart(start), "DTSTART", &e->start);
}

static int read_event(struct oak_ical_reader *r, icalcomponent *component, const struct oak_map *by_uid)
{
	struct event e = {.r = r, .component = component};
	struct oak_moment own;
	bool is_replacement;
	r->uid = uid_of(component);
	if (read_start(&e) < 0 || read_length(&e) < 0 || recurrence_id(r, component, &own, &is_replacement) < 0)
		return -1;
	const char *summary = icalcomponent_get_summary(component);
	e.summary = oak_arena_strdup(r->arena, summary ? summary : "");
	if (read_exdates(&e) < 0)
		return -1;
	if (counts_for_nothing(r, component))
		return 0;
	const struct replaced *replaced = is_replacement ? NULL : oak_map_find(by_uid, r->uid);
	for (size_t i = 0; replaced && i < replaced->list.n; i++)
		skip(&e, &replaced->list.v[i]);
	if (e.skip_instants.n)
		qsort(e.skip_instants.v, e.skip_instants.n, sizeof(oak_time), compare_times);
	if (e.skip_days.n)
		qsort(e.skip_days.v, e.skip_days.n, sizeof(oak_time), compare_times);
	add(&e, &e.start);
	if (is_replacement)
		return 0;
	return read_rdates(&e) < 0 ? -1 : read_rules(&e);
}

/* Components that mean times and are not understood. */
static int check_components(struct oak_ical_reader *r)
{
	static const struct {
		icalcomponent_kind kind;
		const char *name;
	} refused[] = {{ICAL_VFREEBUSY_COMPONENT, "VFREEBUSY"}, {ICAL_VAVAILABILITY_COMPONENT, "VAVAILABILITY"}};
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if (icalcomponent_get_first_component(r->calendar, refused[i].kind))
			return oak_ical_bad(r, OAK_UNSUPPORTED, "%s is not supported", refused[i].name);
	size_t events = (size_t)icalcomponent_count_components(r->calendar, ICAL_VEVENT_COMPONENT);
	r->events += events;
	if (r->events > OAK_ICAL_EVENTS_MAX)
		return oak_ical_bad(r, OAK_UNSUPPORTED, "it has more than %d events", OAK_ICAL_EVENTS_MAX);
	return 0;
}

static int read_calendar(struct oak_ical_reader *r, icalcomponent *calendar, struct oak_ical *ret)
{
	struct oak_map by_uid;
	r->calendar = calendar;
	r->uid = NULL;
	r->floating = r->options->floating;
	oak_map_init(&r->zones, r->arena, 8);
	if (check_components(r) < 0)
		return -1;
	const char *type = extension(calendar, "X-CALENDAR-TYPE"), *zone = extension(calendar, "X-WR-TIMEZONE");
	if (type && ret->type && !oak_strcaseeq(type, ret->type))
		return oak_ical_bad(r, OAK_INVALID, "X-CALENDAR-TYPE is given twice, and not alike");
	ret->type = type ? oak_arena_strdup(r->arena, type) : ret->type;
	if (zone && !(r->floating = oak_ical_zone(r, zone)))
		return -1;
	oak_map_init(&by_uid, r->arena, 64);
	if (collect_replaced(r, &by_uid) < 0)
		return -1;
	icalcomponent *c;
	for (icalcompiter i = icalcomponent_begin_component(calendar, ICAL_VEVENT_COMPONENT); (c = icalcompiter_deref(&i));
	     icalcompiter_next(&i))
		if (read_event(r, c, &by_uid) < 0)
			return -1;
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct oak_span *x = a, *y = b;
	return x->start < y->start ? -1 : x->start > y->start;
}

static int read_root(struct oak_ical_reader *r, icalcomponent *root, struct oak_ical *ret)
{
	if (icalcomponent_isa(root) == ICAL_VCALENDAR_COMPONENT)
		return read_calendar(r, root, ret);
	for (icalcompiter i = icalcomponent_begin_component(root, ICAL_VCALENDAR_COMPONENT); icalcompiter_deref(&i);
	     icalcompiter_next(&i))
		if (read_calendar(r, icalcompiter_deref(&i), ret) < 0)
			return -1;
	return 0;
}

OAK_EXPORT int oak_ical_module_read(struct oak_arena *arena, const char *text, size_t n, const char *name,
				    const struct oak_ical_options *options, struct oak_ical *ret, struct oak_error *err)
{
	struct oak_ical_reader r = {
		.arena = arena, .options = options, .known_until = OAK_TIME_NEVER, .work = OAK_ICAL_WORK_MAX, .err = err};
	struct oak_ical result = {0};
	bool bom = n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0;
	icalerror_set_errors_are_fatal(0);
	icalcomponent *root = icalparser_parse_string(oak_arena_strndup(arena, text + (bom ? 3 : 0), n - (bom ? 3 : 0)));
	if (!root)
		return oak_fail(err, OAK_INVALID, "ical.invalid", 0, "'%s' is no iCalendar file", name);
	int status = read_root(&r, root, &result);
	icalcomponent_free(root);
	if (status < 0)
		return oak_context(err, "calendar '%.200s'", name);
	if (r.spans.n)
		qsort(r.spans.v, r.spans.n, sizeof(*r.spans.v), by_start);
	result.spans = r.spans.v;
	result.count = r.spans.n;
	result.events = r.events;
	result.known_until = r.known_until;
	*ret = result;
	return 0;
}
