/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes schedule expressions; those that are taken must give rising instants. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "baseline/schedule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct oak_zone *only_utc(void *arg, const char *name, struct oak_error *err)
{
	(void)arg, (void)name, (void)err;
	return oak_zone_utc();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 300 || (size && memchr(data, 0, size)))
		return 0;
	struct oak_arena *arena = oak_arena_new();
	const struct oak_zones zones = {only_utc, NULL};
	struct oak_schedule s;
	struct oak_error err = {0};
	const char *text = oak_arena_strndup(arena, (const char *)data, size);
	const struct oak_zone *zone = oak_zone_utc();
	if (oak_zone_posix(arena, "CET-1CEST,M3.5.0,M10.5.0/3", &zone, &err) < 0)
		abort();
	if (oak_schedule_parse(arena, text, zone, &zones, &s, &err) == 0) {
		oak_time t = 1774742400, anchor = t;
		for (int i = 0; i < 20; i++) {
			oak_time next = oak_schedule_next(&s, anchor, t);
			if (next == OAK_TIME_NEVER)
				break;
			if (next <= t)
				abort();
			t = next;
		}
	} else if (!err.id) {
		abort();
	}
	oak_arena_free(arena);
	return 0;
}
