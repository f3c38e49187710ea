/* SPDX-License-Identifier: GPL-3.0-or-later */
/* May a patch run, or its next batch, begin now: windows, calendars, and a person's pause. */
#ifndef OAK_CLI_WINDOW_GATE_H
#define OAK_CLI_WINDOW_GATE_H

#include "cli/windows.h"
#include "distributor/patch/apply.h"

struct oak_window_gate {
	struct oak_context *ctx;
	struct oak_windows windows;
	bool any;             /* there is a window to keep to */
	const char *given;    /* --window, or what a resumed run was begun with; NULL = the configured ones */
	const char *name;     /* of the window that is open; NULL */
	int64_t seconds_left; /* until its cut-off at the start; 0 = no limit */
	struct oak_gate now;  /* at the start */
	const char *node_id;  /* for the pause */
};

/* Load the windows (GIVEN set: only that) and ask about now. With IGNORE (--now) there are none. */
int oak_window_gate_init(struct oak_window_gate *gate, bool ignore) OAK_MUST_USE;

/* After a failed init: what stands in words if the window's calendars are to blame (they cannot be fetched or read; ctx->err is
 * cleared), so that nobody knows whether it is open; NULL = something else failed. */
const char *oak_window_gate_unknown(struct oak_context *ctx);

/* For struct oak_apply: ARG is the gate. Asks the clock anew; SECONDS must fit before the window closes only where the window's end
 * is near: a batch that began is never cut. */
enum oak_apply_gate oak_window_gate_ask(void *arg, struct oak_arena *arena, int64_t seconds, const char **ret_why);

/* A pause: STATE/pause-NODE.json. */
struct oak_pause {
	oak_time until;
	const char *reason, *by;
	oak_time at;
};
/* False = none, or over at NOW. A pause that cannot be read counts as one without an end. */
bool oak_pause_find(struct oak_context *ctx, const char *node_id, oak_time now, struct oak_pause *ret);
int oak_pause_save(struct oak_context *ctx, const char *node_id, const struct oak_pause *pause) OAK_MUST_USE;

#endif
