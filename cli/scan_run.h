/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pipeline that scan, inventory, why, plan and patch share: host or recording -> memory -> verdict -> store. */
#ifndef OAK_CLI_SCAN_RUN_H
#define OAK_CLI_SCAN_RUN_H

#include "baseline/evaluate.h"
#include "cli/baselines.h"
#include "fleet/store/store.h"
#include "scanners/scanner.h"

/* Rows for the option table of a command that scans, and of one that judges as well. */
#define OAK_SCAN_OPTS                                                                                                  \
	{"inventory", 0, OAK_OPT_TEXT, "FILE", "evaluate this recorded inventory instead of a host", OAK_OPT_NO_CONFIG}, \
	{"refresh", 0, OAK_OPT_FLAG, NULL, "fetch the repositories' metadata into oakum's own cache first", 0},          \
	{"no-store", 0, OAK_OPT_FLAG, NULL, "remember nothing of this scan", 0},                                         \
	{"offline-catalog", 0, OAK_OPT_TEXT, "CAB", "on Windows, the catalogue wsusscn2.cab instead of a server", 0},       \
	{"timeout", 0, OAK_OPT_TEXT, "DURATION", "give up after this time (10m)", 0}
#define OAK_JUDGE_OPTS                                                                                                 \
	{"baseline", 'b', OAK_OPT_TEXT, "NAME|FILE", "judge by this baseline", 0},                                       \
	{"baseline-override", 0, OAK_OPT_TEXT, "FILE", "judge by the node's entry of an AWS BaselineOverride array", OAK_OPT_NO_CONFIG}

/* Zero-initialise; end with oak_scan_run_done. Everything is NULL until its step has run. */
struct oak_scan_run {
	struct oak_context *ctx;
	bool recorded;                   /* from --inventory: nothing of this host */
	struct oak_scan_request request; /* what was asked of the scanner; for oak_resolve */
	struct oak_arena *arena;         /* owns the inventory */
	struct oak_inventory *inventory;
	struct oak_chosen chosen;
	struct oak_store *store;         /* NULL = none: --no-store and none there */
	struct oak_memory *memory;       /* NULL = none */
	struct oak_verdict *verdict;     /* in ctx->arena */
	int64_t scan_id;                 /* number in the store, 0 = not stored */
};
void oak_scan_run_done(struct oak_scan_run *run);

/* Step 1: the inventory, of ctx->root or --inventory, with node.id, name and tags from the configuration. */
int oak_scan_run_inventory(struct oak_context *ctx, struct oak_scan_run *run) OAK_MUST_USE;
/* Step 2: open the store (WRITE false, or --no-store: only read it, absent is fine) and recall what it knows. Needs
 * run->chosen for vanished versions: call oak_scan_run_choose before, or use oak_scan_run_verdict. */
int oak_scan_run_recall(struct oak_scan_run *run, bool write) OAK_MUST_USE;
int oak_scan_run_choose(struct oak_scan_run *run) OAK_MUST_USE;
/* Steps 1 to 3: choose a baseline, recall, evaluate. */
int oak_scan_run_verdict(struct oak_context *ctx, enum oak_operation operation, struct oak_scan_run *run) OAK_MUST_USE;
/* Step 4: remember the verdict, unless --no-store or ctx->dry_run. */
int oak_scan_run_save(struct oak_scan_run *run) OAK_MUST_USE;

/* Exit code by CLI.md "Exit of a scan": 0, 4 (a repository unreadable or refreshed in vain), 5 (bad signature and no
 * repository left), 75 (refreshed, and none is usable); without --exit-code's 3. */
int oak_scan_run_exit(const struct oak_scan_run *run);

/* Problems as warnings on standard error, at most 20 and a count of the others. */
void oak_scan_run_warn(const struct oak_scan_run *run, const struct oak_problem *problems, size_t n);

#endif
