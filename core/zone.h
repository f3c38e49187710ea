/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Time zones: immutable values made of TZif bytes, POSIX rules or tables; no hidden zone database, no TZ variable. */
#ifndef OAK_CORE_ZONE_H
#define OAK_CORE_ZONE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/error.h"
#include "core/mem.h"
#include "core/time.h"

struct oak_zone;

enum { OAK_ZONE_FILE_MAX = 1024 * 1024, OAK_ZONE_NAME_MAX = 128, OAK_ZONE_TRANSITIONS_MAX = 100000 };

const struct oak_zone *oak_zone_utc(void);

/* A zone in ARENA from a TZif file of version 1 to 4 (RFC 9636), its POSIX footer included.
 * Errors: zone.invalid (INVALID), zone.leap-seconds (UNSUPPORTED: the "right/" flavour). */
int oak_zone_parse(struct oak_arena *arena, const void *bytes, size_t n, const char *name,
		   const struct oak_zone **ret, struct oak_error *err) OAK_MUST_USE;

/* A zone from a POSIX TZ rule ("CET-1CEST,M3.5.0,M10.5.0/3"). Errors: zone.invalid. */
int oak_zone_posix(struct oak_arena *arena, const char *rule, const struct oak_zone **ret, struct oak_error *err)
	OAK_MUST_USE;

/* From then on the zone is OFFSET seconds east of UTC. */
struct oak_zone_step {
	oak_time at;
	int offset;
};
/* A zone from steps in ascending order (they are copied); FIRST is the offset before them. */
const struct oak_zone *oak_zone_of_steps(struct oak_arena *arena, const char *name, int first,
					 const struct oak_zone_step *steps, size_t n);

const char *oak_zone_name(const struct oak_zone *zone);
int oak_zone_offset(const struct oak_zone *zone, oak_time t); /* seconds east of UTC at T */

/* Local time as seconds "as if UTC" (oak_time_from_civil of the wall clock). */
static inline oak_time oak_zone_local(const struct oak_zone *zone, oak_time t)
{
	return t + oak_zone_offset(zone, t);
}

/* What a local time means that does not exist because clocks were put forward. */
enum oak_gap {
	OAK_GAP_END,   /* the first instant after the gap: schedules */
	OAK_GAP_BEFORE /* as if clocks had not been changed yet: RFC 5545 */
};

/* Instant of a local time. One that exists twice is the first of the two. */
oak_time oak_zone_instant(const struct oak_zone *zone, oak_time local, enum oak_gap gap);

/* True if NAME can be a zone's name: letters, digits, + - _ and single slashes inside, no dots. */
bool oak_zone_name_check(const char *name);

/* IANA name of a Windows zone ("W. Europe Standard Time"), as Outlook writes them; NULL = not one of them. */
const char *oak_zone_of_windows(const char *name);

/* Where zones come from: find gives the zone NAME, or NULL with ERR set (zone.unknown INVALID, zone.invalid …). */
struct oak_zones {
	const struct oak_zone *(*find)(void *arg, const char *name, struct oak_error *err);
	void *arg;
};

/* The system's database (/usr/share/zoneinfo, on Windows a table in the program; or $TZDIR), each zone read once into ARENA. */
struct oak_zones oak_zones_system(struct oak_arena *arena);

#endif
