/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notifications from commands: targets of the configuration, events of scans and runs. */
#ifndef OAK_CLI_NOTIFY_H
#define OAK_CLI_NOTIFY_H

#include "cli/cmd.h"
#include "fleet/notify/notify.h"

struct oak_store;
struct oak_verdict;

struct oak_targets {
	OAK_VEC(struct oak_target) list;
};
/* The list 'notify' of the configuration. Errors: notify.config (INVALID: which target, what is wrong). */
int oak_notify_targets(struct oak_context *ctx, struct oak_targets *ret) OAK_MUST_USE;
/* STATE/notify. */
const char *oak_notify_dir(const struct oak_context *ctx);

/* Spool an event for every target that wants it; nothing is sent yet. Does nothing without targets, with --dry-run and --no-notify.
 * Never fails its caller: what is wrong becomes a warning. */
void oak_notify_event(struct oak_context *ctx, const struct oak_event *event);
/* Send what is due; failures are warnings. */
void oak_notify_flush(struct oak_context *ctx);

/* This node's name, for an event; NULL = it has none, or nobody is told. */
const char *oak_notify_node_name(struct oak_context *ctx);

/* The end of a run that is none of patches: spooled under run/ID/STATUS, so told once whoever ends it. */
struct oak_notify_run {
	const char *id, *status, *node_id, *detail;
	oak_time ended_at;
	bool unnamed; /* the id is known to no 'run show' */
};
void oak_notify_run(struct oak_context *ctx, const struct oak_notify_run *run);

/* Before a scan is stored: the status of the newest one of the same series, NULL = there is none. */
const char *oak_notify_previous(struct oak_context *ctx, struct oak_store *store, const struct oak_verdict *verdict);
/* After it: an event when the status changed. */
void oak_notify_scan(struct oak_context *ctx, const char *previous, const struct oak_verdict *verdict);

#endif
