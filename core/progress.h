/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How far a long piece of work is, in memory that two processes share: one writes, the other shows. */
#ifndef OAK_CORE_PROGRESS_H
#define OAK_CORE_PROGRESS_H

#include <stdint.h>

/* Each number is read alone and may be a moment old; nothing else depends on them. Zeroed = nothing known. */
enum oak_progress_step { OAK_PROGRESS_START, OAK_PROGRESS_FETCH, OAK_PROGRESS_READ };
struct oak_progress_state {
	int step;             /* enum oak_progress_step */
	int64_t done, total;  /* bytes or pieces; total 0 = not known */
	int64_t seconds_left; /* -1 or 0 = not known */
};

static inline void oak_progress_set(volatile struct oak_progress_state *p, int step, int64_t done, int64_t total,
				    int64_t seconds_left)
{
	if (!p)
		return;
	p->step = step;
	p->done = done;
	p->total = total;
	p->seconds_left = seconds_left;
}

#endif
