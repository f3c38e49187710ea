/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a verdict to a plan: what plan, apply and patch share. */
#ifndef OAK_CLI_PLAN_RUN_H
#define OAK_CLI_PLAN_RUN_H

#include "baseline/override.h"
#include "baseline/plan.h"
#include "baseline/snapshot.h"
#include "cli/scan_run.h"
#include "distributor/patch/installer.h"

/* Rows for the option table of a command that plans. */
#define OAK_PLAN_OPTS                                                                                                  \
	{"override-list", 0, OAK_OPT_TEXT, "FILE", "install exactly what this AWS InstallOverrideList names", OAK_OPT_NO_CONFIG}, \
	{"snapshot", 0, OAK_OPT_TEXT, "NAME", "what this frozen snapshot, or the newest one promoted to this ring, approves", 0},  \
	{"batches", 0, OAK_OPT_TEXT, "one|timed|smallest", "all at once, as small as can be, or small only when the window is short (timed)", 0}, \
	{"conffiles", 0, OAK_OPT_TEXT, "keep|new", "changed configuration files: keep yours, or take the package's (keep)", 0}

/* Zero-initialise; end with oak_plan_run_done. */
struct oak_plan_run {
	struct oak_scan_run scan;
	const struct oak_override *override;  /* NULL = none */
	const struct oak_snapshot *snapshot;  /* NULL = none */
	struct oak_map *kept; /* "name arch evr" of archives on offer besides the repositories -> struct oak_snapshot_archive; NULL = none */
	const char *kept_in;  /* folder of those archives */
	const struct oak_installer *installer; /* NULL for a recorded inventory */
	struct oak_patch_host host;
	struct oak_plan_wants wants;
	struct oak_problems warnings;
	const char *window;      /* for the plan; NULL */
	int64_t seconds_left;    /* of it; 0 = no limit */
	struct oak_arena *resolved; /* owns the transaction */
	struct oak_arena *first;    /* inventory of the scan that the plan was made from, after a rescan */
	struct oak_transaction *transaction;
	struct oak_plan *plan;   /* in ctx->arena */
	bool going_back;         /* a rollback: its scan afterwards is an ordinary one */
};
void oak_plan_run_done(struct oak_plan_run *run);

/* Scan, judge (by the snapshot where one is given), choose wants, resolve, gather facts, make the plan.
 * Errors: patch.both-overrides (INVALID), snapshot.unknown (INVALID), override.invalid, patch.no-installer, those of scanning. */
int oak_plan_run_make(struct oak_context *ctx, enum oak_operation operation, struct oak_plan_run *run) OAK_MUST_USE;

/* The same where RUN's scan is there already and its baseline chosen. */
int oak_plan_run_continue(struct oak_context *ctx, enum oak_operation operation, struct oak_plan_run *run) OAK_MUST_USE;

/* The transaction that the asked actions of an old plan lead to now, as a plan that differs from it only where the host moved. */
int oak_plan_run_again(struct oak_context *ctx, const struct oak_plan *old, struct oak_plan_run *run) OAK_MUST_USE;

/* The verdict after a run, from a new scan of the same host with the same choices. Needs run->scan done before; replaces it. */
int oak_plan_run_rescan(struct oak_context *ctx, struct oak_plan_run *run, const struct oak_pending_reboot *pending, size_t pending_count,
			const struct oak_last_outcome *outcomes, size_t outcome_count) OAK_MUST_USE;

/* Print: the document, or a table with what a person wants to know. */
void oak_show_plan(struct oak_context *ctx, const struct oak_plan *plan, struct oak_buf *buf);

/* STATE/snapshots/NAME.json; with a ring's name the newest promoted to it. Errors: snapshot.unknown, snapshot.invalid … */
int oak_snapshot_find(struct oak_context *ctx, const char *name, struct oak_snapshot **ret) OAK_MUST_USE;

#endif
