/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of oakum setup share: the configuration as it will be, and what changes in it. */
#ifndef OAK_CLI_SETUP_H
#define OAK_CLI_SETUP_H

#include "cli/timers.h"

/* One key that setup sets; as text, NULL = absent. */
struct oak_setup_change {
	const char *path, *before, *after;
};

struct oak_setup {
	struct oak_context *ctx;
	const char *file;
	struct oak_value config; /* as it will be */
	OAK_VEC(struct oak_setup_change) changes;
	struct oak_timer_state timers[OAK_TIMER_COUNT];
	bool have_timers, interactive;
	const char *tags, *baseline, *window, *duration, *cutoff, *timezone, *reboot, *tell;
};

/* Set the key KEYS (DEPTH of them, one below the other); VALUE NULL takes it away. What is so already is no change. */
void oak_setup_set(struct oak_setup *setup, const char *const *keys, size_t depth, const struct oak_value *value);

/* Who is told: --notify-mail, --notify-webhook, --notify-command, or the answer to the question (setup->tell).
 * Errors: setup.notify (INVALID). */
bool oak_setup_notify_given(const struct oak_context *ctx);
int oak_setup_notify(struct oak_setup *setup) OAK_MUST_USE;
/* Once ctx->config is the new one: every target of it can be used. Errors: notify.*, trust.*, file.*. */
int oak_setup_notify_check(struct oak_setup *setup) OAK_MUST_USE;
/* The targets: member 'notify' of the document; lines for a person. */
void oak_setup_notify_put(struct oak_setup *setup, struct oak_sink *sink);
void oak_setup_notify_show(struct oak_setup *setup, struct oak_buf *buf);

#endif
