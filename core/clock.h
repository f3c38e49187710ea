/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The clock is a parameter: only cli/ and fleet/ make one from the system's time. */
#ifndef OAK_CORE_CLOCK_H
#define OAK_CORE_CLOCK_H

#include "core/time.h"

struct oak_clock {
	oak_time (*now)(void *arg);
	void *arg;
};

static inline oak_time oak_clock_now(const struct oak_clock *clock)
{
	return clock->now(clock->arg);
}

/* The machine's own clock. */
struct oak_clock oak_clock_system(void);
/* A clock that stands still at *T; the caller moves it. */
struct oak_clock oak_clock_fixed(oak_time *t);

#endif
