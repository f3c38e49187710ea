/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Limits of the running process, by setrlimit(2). */
#include "core/limit.h"

#include <sys/resource.h>

/* glibc's functions take an enum of its own there, the standard's an int. */
#ifdef __GLIBC__
typedef __rlimit_resource_t resource_type;
#else
typedef int resource_type;
#endif

void oak_limit(int what, uint64_t most)
{
	struct rlimit now;
	if (getrlimit((resource_type)what, &now) < 0 || (now.rlim_max != RLIM_INFINITY && now.rlim_max <= most))
		return;
	now.rlim_cur = now.rlim_max = (rlim_t)most;
	setrlimit((resource_type)what, &now);
}
