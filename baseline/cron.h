/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AWS's cron() dialect: Quartz fields without seconds or with, six or seven of them. */
#ifndef OAK_BASELINE_CRON_H
#define OAK_BASELINE_CRON_H

#include "baseline/wall.h"
#include "core/error.h"
#include "core/str.h"

/* The text between the brackets of cron(…): minutes hours day-of-month month day-of-week year, with seconds before
 * them or not. Exactly one of the two day fields is '?'. Errors: cron.invalid (INVALID) names the field.
 * Source: patch-semantics (e.2); Quartz where AWS is silent; docs/formats/schedule.md. */
int oak_cron_parse(struct oak_arena *arena, struct oak_str fields, struct oak_wall *ret, struct oak_error *err)
	OAK_MUST_USE;

#endif
