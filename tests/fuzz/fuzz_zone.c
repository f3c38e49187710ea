/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes TZif files; one that is taken must answer for any time, and local times must come back. */
#include <stdint.h>
#include <stdlib.h>

#include "core/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oak_arena *arena = oak_arena_new();
	const struct oak_zone *zone;
	struct oak_error err = {0};
	if (oak_zone_parse(arena, data, size, "fuzz", &zone, &err) == 0) {
		for (oak_time t = -5000000000; t < 9000000000; t += 333333333) {
			oak_time instant = oak_zone_instant(zone, oak_zone_local(zone, t), OAK_GAP_END);
			if (instant > t + 200000 || instant < t - 400000)
				abort();
		}
	}
	oak_arena_free(arena);
	return 0;
}
