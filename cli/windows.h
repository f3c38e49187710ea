/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows by name, file or expression, with their calendars; and the question "may something start now?". */
#ifndef OAK_CLI_WINDOWS_H
#define OAK_CLI_WINDOWS_H

#include "baseline/window.h"
#include "cli/calendars.h"

struct oak_windows {
	OAK_VEC(const struct oak_window *) list; /* in ctx->arena */
	struct oak_zones zones;
};

/* The windows of the configuration (key "windows": NAME: FILE or the window itself); none is no error.
 * Files named there must be trusted as the configuration is. Errors: window.invalid, window.unknown, trust.*, file.*. */
int oak_windows_configured(struct oak_context *ctx, struct oak_windows *ret) OAK_MUST_USE;

/* NAME|FILE into *RET, added. Errors: window.unknown (INVALID: says what is near) and as above. */
int oak_windows_load(struct oak_context *ctx, const char *name_or_file, struct oak_windows *ret) OAK_MUST_USE;

/* A window with its calendars fetched, read as far as questions need. */
struct oak_window_days {
	const struct oak_window *window;
	struct oak_calendar_set set;
	struct oak_calendars calendars; /* read from FROM on */
	oak_time from;
};
int oak_window_days(struct oak_context *ctx, const struct oak_windows *windows, const struct oak_window *window,
		    struct oak_window_days *ret) OAK_MUST_USE;
/* What holds at T (oak_window_check). */
int oak_window_days_check(struct oak_context *ctx, struct oak_window_days *days, oak_time t, enum oak_window_state *ret_state,
			  struct oak_opening *ret) OAK_MUST_USE;
/* The first opening after AFTER (oak_window_next); *ret_found false if there is none before 2200. */
int oak_window_days_next(struct oak_context *ctx, struct oak_window_days *days, oak_time anchor, oak_time after,
			 struct oak_opening *ret, bool *ret_found) OAK_MUST_USE;

/* --offset, checked against the schedule it is for; 0 when not given. Errors: schedule.offset (INVALID). */
int oak_windows_offset(struct oak_context *ctx, const struct oak_schedule *schedule, int *ret) OAK_MUST_USE;

/* What several windows together say at an instant. */
struct oak_gate {
	const struct oak_window *window; /* that is open, or opens next; NULL = none is left */
	enum oak_window_state state;	 /* OPEN: something may start */
	oak_time cutoff, closes;	 /* if open: until when something may start; when the window ends */
	oak_time next;			 /* if not: when one opens; OAK_TIME_NEVER = none does */
	const char *why;		 /* in words, in ctx->arena: "'nightly' is closed; it opens 2026-…" */
};

/* The window that stays open longest at T, else the one that opens first after it. No windows: state OPEN for ever.
 * A window whose calendars cannot be read is closed: told as a warning where another one is open, else as the error.
 * Source: docs/formats/window.md. */
int oak_windows_gate(struct oak_context *ctx, const struct oak_windows *windows, oak_time t, struct oak_gate *ret)
	OAK_MUST_USE;

#endif
