/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state database: what is remembered between scans, for any number of nodes. */
#ifndef OAK_FLEET_STORE_STORE_H
#define OAK_FLEET_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "baseline/baseline.h"
#include "baseline/inventory.h"
#include "baseline/memory.h"
#include "baseline/verdict.h"
#include "core/error.h"
#include "core/mem.h"
#include "core/time.h"

/* How a scan uses it:
 *   oak_store_open → oak_scan → oak_store_recall → oak_evaluate → oak_store_save_scan → oak_store_close
 * Two processes may do so at once: each writes in one transaction, the second one waits for the first. */
struct oak_store;

struct oak_store_options {
	const char *dir; /* the state folder; made when missing; holds state.db (mode 0600) and first-seen/ (readable) */
	/* As an ordinary user: the state folder of root ("/var/lib/oakum"), whose first-seen times count; NULL = none. */
	const char *shared_dir;
	bool read_only; /* nothing is made or written; for reports */
	oak_time now;
};

/* Errors: store.absent (NOT_FOUND, only read_only), store.newer (UNSUPPORTED: written by a newer major version),
 * store.damaged (IO: the file was put aside as state.db.corrupt-TIME, which the message names; the next call starts a new
 * one and says so in problems), and those of core/db.h. Any function below may give store.damaged. */
int oak_store_open(const struct oak_store_options *options, struct oak_store **ret, struct oak_error *err) OAK_MUST_USE;
void oak_store_close(struct oak_store *store); /* NULL accepted */
OAK_DEFINE_AUTO(oak_store_close, struct oak_store *);

const char *oak_store_path(const struct oak_store *store); /* of state.db; borrowed */

/* Before the evaluation: what is known about this node. Sets watched_since of the inventory's repositories and
 * first_seen of its updates, adds problems (database lost or replaced, shared times unreadable), and makes the memory in
 * ARENA: first-seen times of every update that the inventory offers (those met for the first time now get NOW, written
 * only by oak_store_save_scan), vanished approved versions under BASELINE_ID (NULL = none), pending reboots, outcomes.
 * Errors: as oak_store_open. */
int oak_store_recall(struct oak_store *store, struct oak_inventory *inventory, const char *baseline_id, oak_time now,
		     struct oak_arena *arena, struct oak_memory **ret, struct oak_error *err) OAK_MUST_USE;

/* After it: one scan in one transaction. Unchanged since the last scan of the same (node, baseline, operation): one row.
 * Otherwise the intervals of the patches that changed are ended and begun. MEMORY is that of oak_store_recall; NULL = no
 * first-seen times are kept (a recorded inventory). *ret_scan (may be NULL) gets its number. */
int oak_store_save_scan(struct oak_store *store, const struct oak_verdict *verdict, const struct oak_memory *memory,
			int64_t *ret_scan, struct oak_error *err) OAK_MUST_USE;

/* What a run leaves for later verdicts. */
int oak_store_set_pending(struct oak_store *store, const char *node_id, const struct oak_pending_reboot *pending,
			  size_t n, oak_time last_no_reboot_install, struct oak_error *err) OAK_MUST_USE; /* replaces */
int oak_store_set_outcomes(struct oak_store *store, const char *node_id, const struct oak_last_outcome *outcomes,
			   size_t n, oak_time at, struct oak_error *err) OAK_MUST_USE; /* replaces those of the same patch */

/* Runs: their documents (oakum.run/1, oakum.packageRun/1) as they are, found by id or newest first. */
struct oak_run_row {
	const char *id, *node_id, *kind; /* kind: "patch" or "package" */
	const char *status;
	oak_time started_at, ended_at; /* NONE while it runs */
	const char *document;          /* JSON text */
};
int oak_store_put_run(struct oak_store *store, const struct oak_run_row *run, struct oak_error *err) OAK_MUST_USE;
/* NULL in *ret = absent. */
int oak_store_find_run(struct oak_store *store, struct oak_arena *arena, const char *id, const struct oak_run_row **ret,
		       struct oak_error *err) OAK_MUST_USE;
struct oak_run_rows {
	OAK_VEC(struct oak_run_row) list; /* newest first; document is NULL */
};
int oak_store_list_runs(struct oak_store *store, struct oak_arena *arena, const char *node_id, size_t limit,
			struct oak_run_rows *ret, struct oak_error *err) OAK_MUST_USE; /* NODE_ID NULL = all; LIMIT 0 = all */
/* The newest patch run of each node that has one; documents are NULL. */
int oak_store_newest_runs(struct oak_store *store, struct oak_arena *arena, struct oak_run_rows *ret, struct oak_error *err)
	OAK_MUST_USE;

/* Care of the file. */
struct oak_store_prune {
	size_t scans, spans, first_seen, runs; /* rows removed */
};
/* Forget scans, ended intervals, first-seen times of versions gone, and runs that ended before BEFORE. The newest scan of
 * each series, open intervals and first-seen times of what is still offered always stay. */
int oak_store_prune(struct oak_store *store, oak_time before, struct oak_store_prune *ret, struct oak_error *err)
	OAK_MUST_USE;
int oak_store_check(struct oak_store *store, struct oak_arena *arena, struct oak_problems *ret,
		    struct oak_error *err) OAK_MUST_USE;
int oak_store_vacuum(struct oak_store *store, int64_t *ret_before, int64_t *ret_after, struct oak_error *err)
	OAK_MUST_USE; /* sizes of the file in bytes */

#endif
