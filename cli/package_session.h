/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every command on installed packages begins and ends with: locks, store, host facts, window, history, the document. */
#ifndef OAK_CLI_PACKAGE_SESSION_H
#define OAK_CLI_PACKAGE_SESSION_H

#include "cli/cmd.h"
#include "distributor/package/install.h"

#define OAK_PACKAGE_RUN_OPTS                                                                                                       \
	{"window", 0, OAK_OPT_TEXT, "NAME|FILE", "only while this window is open, instead of the configured ones", 0},             \
	{"now", 0, OAK_OPT_FLAG, NULL, "whatever the windows say", OAK_OPT_NO_CONFIG},                                             \
	{"wait-lock", 0, OAK_OPT_TEXT, "DURATION", "wait so long for another run to end (not at all)", 0}

struct oak_package_session {
	struct oak_context *ctx;
	int lock;                      /* of the host; -1 = not held */
	struct oak_pkgs pkgs;
	struct oak_package_job job;
	const char *node_id;
	const struct oak_package_run *stored; /* the run whose end is in the history already; NULL */
};

/* Open. CHANGE: take the host's and the store's lock, tidy up, and take up runs that did not end (unless --dry-run).
 * Errors: lock.held, store.unsafe, package.platform, and those of recovery. */
int oak_package_session_open(struct oak_context *ctx, bool change, struct oak_package_session *ret) OAK_MUST_USE;
void oak_package_session_done(struct oak_package_session *session); /* for OAK_AUTO */

/* The state of NAME before a run; *ret NULL = not installed. Errors: package.pending (TRANSIENT: it waits for a reboot). */
int oak_package_session_record(struct oak_package_session *s, const char *name, struct oak_package_record **ret) OAK_MUST_USE;

/* A new run in job->run: id, times, from RECORD (may be NULL) with its generation. */
int oak_package_session_new_run(struct oak_package_session *s, enum oak_package_verb verb, const char *name,
				const struct oak_package_record *record) OAK_MUST_USE;

/* The window and the pause: 0 = go on; else the exit code of a run that did not happen (recorded, told). */
int oak_package_session_gate(struct oak_package_session *s) OAK_MUST_USE;

/* Audit line, row in the history. */
int oak_package_session_begin(struct oak_package_session *s) OAK_MUST_USE;
/* The row as it is now, the document or the lines for a person; the exit code. */
int oak_package_session_end(struct oak_package_session *s) OAK_MUST_USE;
/* Only the row. */
int oak_package_session_store(struct oak_package_session *s) OAK_MUST_USE;
/* Send what the run's end left to be told; failures are warnings. */
void oak_package_session_told(struct oak_package_session *s);
/* --dry-run: the steps that would be done. */
int oak_package_session_plan(struct oak_package_session *s) OAK_MUST_USE;

#endif
