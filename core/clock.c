/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The two clocks. */
#include "core/clock.h"

#include <time.h>

static oak_time system_now(void *arg)
{
	(void)arg;
	return (oak_time)time(NULL);
}

static oak_time fixed_now(void *arg)
{
	return *(oak_time *)arg;
}

struct oak_clock oak_clock_system(void)
{
	return (struct oak_clock){system_now, NULL};
}

struct oak_clock oak_clock_fixed(oak_time *t)
{
	return (struct oak_clock){fixed_now, t};
}
