/* SPDX-License-Identifier: GPL-3.0-or-later */
/* systemd's calendar events (OnCalendar=): "Mon..Fri *-*-* 03:00", "*-*~01", "weekly Europe/Berlin". */
#ifndef OAK_BASELINE_ONCALENDAR_H
#define OAK_BASELINE_ONCALENDAR_H

#include "baseline/wall.h"
#include "core/str.h"
#include "core/zone.h"

/* *ret_zone is the zone at the end of the text, NULL if there is none. Fractions of a second are refused.
 * Errors: oncalendar.invalid (INVALID), zone.unknown. Source: systemd.time(7); docs/formats/schedule.md. */
int oak_oncalendar_parse(struct oak_arena *arena, struct oak_str text, const struct oak_zones *zones,
			 struct oak_wall *ret, const struct oak_zone **ret_zone, struct oak_error *err) OAK_MUST_USE;

#endif
