/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What starts oakum by itself: systemd timers, cron where there is no systemd, scheduled tasks on Windows. */
#ifndef OAK_CLI_TIMERS_H
#define OAK_CLI_TIMERS_H

#include "cli/cmd.h"

enum oak_timer { OAK_TIMER_RESUME, OAK_TIMER_SCAN, OAK_TIMER_PATCH, OAK_TIMER_CONVERGE, OAK_TIMER_COUNT };

struct oak_timer_state {
	enum oak_timer timer;
	const char *name; /* "oakum-scan.timer", "/etc/cron.d/oakum-setup", "oakum\\scan" */
	const char *when; /* in words */
	bool before, wanted;
};

/* How this host starts things: "systemd", "cron" or "tasks"; NULL if by none of them. */
const char *oak_timers_kind(void);

/* The next nightly scan is begun between *RET_FIRST and *RET_LAST, in this machine's local time as its timers have it. */
void oak_timers_next_scan(oak_time now, oak_time *ret_first, oak_time *ret_last);

/* For the two of them: ARGS run, what it said on both outputs, its exit code. Errors: exec.*. */
int oak_timers_run(struct oak_context *ctx, const char *const *args, struct oak_buf *said, int *ret_code) OAK_MUST_USE;

/* STATES (OAK_TIMER_COUNT of them, in order) with what is on now; the caller sets wanted. Errors: exec.*, file.*. */
int oak_timers_look(struct oak_context *ctx, struct oak_timer_state *states) OAK_MUST_USE;

/* Turn on and off what differs. Errors: setup.timer (IO: what the service manager said), exec.*, file.*. */
int oak_timers_apply(struct oak_context *ctx, const struct oak_timer_state *states) OAK_MUST_USE;

#endif
