/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calendars named on the command line or by a window: fetched once, read as far as a question needs. */
#ifndef OAK_CLI_CALENDARS_H
#define OAK_CLI_CALENDARS_H

#include "baseline/calendar.h"
#include "cli/cmd.h"

/* Calendar texts and how to read them; in ctx->arena. */
struct oak_calendar_set {
	struct oak_calendar_text *v;
	size_t n;
	const struct oak_zone *floating;
	struct oak_zones zones;
};

/* Fetch SOURCES: files, or http(s)://, webcal:// and file:// URLs; "#DEFAULT_OPEN" or "#DEFAULT_CLOSED" at the end of one gives its type.
 * TYPE (an enum oak_calendar_type) holds for those without, -1: the calendar's own X-CALENDAR-TYPE decides.
 * Errors: file.* as INVALID, those of core/http.h. */
int oak_calendar_set_load(struct oak_context *ctx, const char *const *sources, size_t n, int type,
			  const struct oak_zone *floating, const struct oak_zones *zones,
			  struct oak_calendar_set *ret) OAK_MUST_USE;

/* The calendars from FROM on. Errors: calendar.type (INVALID: no type known), those of core/ical.h. */
int oak_calendar_set_read(struct oak_context *ctx, const struct oak_calendar_set *set, oak_time from,
			  struct oak_calendars *ret) OAK_MUST_USE;

enum { OAK_CALENDAR_READS_MAX = 400 }; /* of a calendar for one question, each further on */

/* State at T and the first instant after it at which that changes (OAK_TIME_NEVER = never, or not before 2200), reading on as
 * needed. */
int oak_calendar_set_ask(struct oak_context *ctx, const struct oak_calendar_set *set, oak_time t, bool *ret_open,
			 oak_time *ret_next) OAK_MUST_USE;

/* "'Year end' in 'freeze.ics'": what closes the calendars at T; "" if they are open. In ctx->arena. */
const char *oak_calendars_why(struct oak_context *ctx, const struct oak_calendars *calendars, oak_time t);

#endif
