/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of module "ical" share. */
#ifndef OAK_CORE_ICAL_IMPL_H
#define OAK_CORE_ICAL_IMPL_H

#include "core/ical.h"
#include "core/map.h"

/* The module's entrance; same signature as oak_ical_read. */
typedef int oak_ical_read_fn(struct oak_arena *arena, const char *text, size_t n, const char *name,
			     const struct oak_ical_options *options, struct oak_ical *ret, struct oak_error *err);
oak_ical_read_fn oak_ical_module_read;

/* A terminated copy of the text with its folded lines joined. */
char *oak_ical_unfold(struct oak_arena *arena, const char *text, size_t n, size_t *ret_n);

/* Check that BEGIN and END lines nest and that the text is whole; libical takes a torn one without a word.
 * TEXT is unfolded. */
int oak_ical_check_frame(const char *text, size_t n, const char *name, struct oak_error *err) OAK_MUST_USE;

#ifdef LIBICAL_ICAL_H
/* A DATE or DATE-TIME with what it is relative to. */
struct oak_moment {
	oak_time local; /* as if UTC */
	bool date;	/* no time of day */
	const struct oak_zone *zone;
};
static inline oak_time oak_moment_instant(const struct oak_moment *m)
{
	return oak_zone_instant(m->zone, m->local, m->date ? OAK_GAP_END : OAK_GAP_BEFORE);
}

/* A VCALENDAR being read. */
struct oak_ical_reader {
	struct oak_arena *arena;
	const struct oak_ical_options *options;
	icalcomponent *calendar;
	struct oak_map zones; /* TZID -> const struct oak_zone, of this calendar */
	const struct oak_zone *floating;
	const char *uid; /* of the event being read */
	OAK_VEC(struct oak_span) spans;
	oak_time known_until;
	size_t events;
	int64_t work; /* what all rules together may still look at */
	struct oak_error *err;
};

int oak_ical_bad(const struct oak_ical_reader *r, enum oak_error_kind kind, const char *fmt, ...) OAK_PRINTF(3, 4);

/* Refuse PART if libical dropped a property of it that decides about times. */
int oak_ical_check_dropped(const struct oak_ical_reader *r, icalcomponent *part);

/* Check T and give it as local time. */
int oak_ical_local(const struct oak_ical_reader *r, struct icaltimetype t, const char *what, oak_time *ret);

/* Zone TZID: the calendar's own VTIMEZONE, else the system's. */
const struct oak_zone *oak_ical_zone(struct oak_ical_reader *r, const char *tzid);

/* Call EACH with every local start of RULE from DTSTART on, in order, until it returns false. SKIP_TO: starts before it may be
 * left out (only where the rule does not count). *ret_horizon: the rule goes on after the last year that is looked at. */
typedef bool oak_ical_each_fn(void *arg, oak_time local);
int oak_ical_rule(struct oak_ical_reader *r, const struct icalrecurrencetype *rule, const struct oak_moment *dtstart,
		  oak_time skip_to, oak_ical_each_fn *each, void *arg, bool *ret_horizon);
#endif

#endif
