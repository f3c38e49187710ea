/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Instants, civil dates and durations. Pure: no clock, no zone (core/clock.h, core/zone.h). */
#ifndef OAK_CORE_TIME_H
#define OAK_CORE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "core/str.h"

/* Seconds since 1970-01-01T00:00:00Z, no leap seconds. */
typedef int64_t oak_time;
#define OAK_TIME_NONE INT64_MIN  /* not known */
#define OAK_TIME_NEVER INT64_MAX /* will not happen */
#define OAK_DAY 86400

/* Proleptic Gregorian date and time of day, no zone. */
struct oak_civil {
	int year;   /* 1..9999 */
	int month;  /* 1..12 */
	int day;    /* 1..31 */
	int hour;   /* 0..23 */
	int minute; /* 0..59 */
	int second; /* 0..59 */
};

oak_time oak_time_from_civil(const struct oak_civil *civil); /* as if UTC; day and time may overflow */
void oak_time_to_civil(oak_time t, struct oak_civil *ret_civil);
int oak_weekday(oak_time t); /* of the UTC day: 0 = Sunday … 6 = Saturday */
int oak_month_days(int year, int month);

/* RFC 3339 with zone ("2026-11-23T12:00:00Z", "+01:00", fractions, date alone = midnight UTC).
 * A fraction is dropped by parse, rounded up by parse_ceil (an instant "now": release < now stays exact).
 * False if TEXT is anything else; *ret untouched. */
bool oak_time_parse(const char *text, oak_time *ret);
bool oak_time_parse_ceil(const char *text, oak_time *ret);

/* "2026-11-23T12:00:00Z" into OUT (21 bytes at least); NONE and NEVER give "-". Returns OUT. */
enum { OAK_TIME_TEXT = 24 };
const char *oak_time_format(oak_time t, char out[OAK_TIME_TEXT]);

/* "10m", "2h", "7d", "90s", "1h30m", "0": seconds. False if malformed or over 100 years. */
bool oak_duration_parse(const char *text, int64_t *ret_seconds);
enum { OAK_DURATION_TEXT = 32 };
const char *oak_duration_format(int64_t seconds, char out[OAK_DURATION_TEXT]); /* the same, largest units first */

#endif
