/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Limits of the running process, by setrlimit(2). */
#include "core/limit.h"

#include <sys/resource.h>

void oak_limit(int what, uint64_t most)
{
	struct rlimit now;
	if (getrlimit(what, &now) < 0 || (now.rlim_max != RLIM_INFINITY && now.rlim_max <= most))
		return;
	now.rlim_cur = now.rlim_max = (rlim_t)most;
	setrlimit(what, &now);
}
