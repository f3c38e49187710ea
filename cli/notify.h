/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notifications from commands: targets of the configuration, events of scans and runs. */
#ifndef OAK_CLI_NOTIFY_H
#define OAK_CLI_NOTIFY_H

#include "baseline/verdict.h"
#include "cli/cmd.h"
#include "fleet/notify/notify.h"
#include "fleet/store/store.h"

struct oak_targets {
	OAK_VEC(struct oak_target) list;
};
/* The list 'notify' of the configuration. Errors: notify.config (INVALID: which target, what is wrong). */
int oak_notify_targets(struct oak_context *ctx, struct oak_targets *ret) OAK_MUST_USE;
/* STATE/notify. */
const char *oak_notify_dir(const struct oak_context *ctx);

/* Spool an event for every target that wants it; nothing is sent yet. Does nothing without targets and with --dry-run.
 * Never fails its caller: what is wrong becomes a warning. */
void oak_notify_event(struct oak_context *ctx, const struct oak_event *event);
/* Send what is due; failures are warnings. */
void oak_notify_flush(struct oak_context *ctx);

/* Before a scan is stored: the status of the newest one of the same series, NULL = there is none. */
const char *oak_notify_previous(struct oak_context *ctx, struct oak_store *store, const struct oak_verdict *verdict);
/* After it: an event when the status changed. */
void oak_notify_scan(struct oak_context *ctx, const char *previous, const struct oak_verdict *verdict);

#endif
