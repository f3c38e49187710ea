/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every service manager needs: its own program run, and heard. */
#include "cli/timers.h"

#include <time.h>

#include "core/exec.h"

enum { MANAGER_TIMEOUT_S = 60, SCAN_HOUR = 1, SCAN_SPREAD_S = 4 * 3600 };

void oak_timers_next_scan(oak_time now, oak_time *ret_first, oak_time *ret_last)
{
	struct tm local = {0};
	time_t t = (time_t)now;
#ifdef _WIN32
	localtime_s(&local, &t);
#else
	localtime_r(&t, &local);
#endif
	local.tm_hour = SCAN_HOUR, local.tm_min = 0, local.tm_sec = 0, local.tm_isdst = -1;
	if ((t = mktime(&local)) <= (time_t)now) {
		local.tm_mday++, local.tm_hour = SCAN_HOUR, local.tm_isdst = -1;
		t = mktime(&local);
	}
	*ret_first = (oak_time)t;
	*ret_last = *ret_first + SCAN_SPREAD_S;
}

int oak_timers_run(struct oak_context *ctx, const char *const *args, struct oak_buf *said, int *ret_code)
{
	struct oak_exec_result result;
	const struct oak_exec command = {.argv = args, .timeout_s = MANAGER_TIMEOUT_S, .out = said, .err = said};
	if (oak_exec(&command, &result, &ctx->err) < 0)
		return -1;
	*ret_code = result.code;
	return 0;
}
