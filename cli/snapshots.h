/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Snapshots in the state folder. */
#ifndef OAK_CLI_SNAPSHOTS_H
#define OAK_CLI_SNAPSHOTS_H

#include "cli/plan_run.h"

struct oak_snapshots {
	OAK_VEC(struct oak_snapshot *) list; /* by name */
};

/* STATE/snapshots/NAME.json; the folder for NULL. In ctx->arena. */
const char *oak_snapshot_path(const struct oak_context *ctx, const char *name);

/* snapshot_archives.c: before the cut is saved, the archives that RUN's host would need for it now, into SNAPSHOT and beside its document. */
int oak_snapshot_keep(struct oak_context *ctx, struct oak_plan_run *run, struct oak_snapshot *snapshot) OAK_MUST_USE;

/* Of the archives kept with SNAPSHOT those that no repository of RUN's inventory offers and that are what they were: on offer to the
 * solver from now on. Others become warnings of RUN. */
void oak_snapshot_offer(struct oak_context *ctx, const struct oak_snapshot *snapshot, struct oak_plan_run *run);

/* The offered ones that RUN's plan needs, into RUN_DIR/kept/, hashed as they are copied there. Errors: snapshot.archive (UNTRUSTED). */
int oak_snapshot_stage(struct oak_context *ctx, const struct oak_plan_run *run, const struct oak_plan *plan, const char *run_dir) OAK_MUST_USE;

/* All of them. Errors: snapshot.invalid, snapshot.digest. */
int oak_snapshots_all(struct oak_context *ctx, struct oak_snapshots *ret) OAK_MUST_USE;

/* True if RING gets SNAPSHOT, one of ALL: no other was promoted to it later. */
bool oak_snapshot_has_ring(const struct oak_snapshots *all, const struct oak_snapshot *snapshot, const char *ring);

/* The instant of a promotion to RING: now, but after the last one to it; else the second of two within a second would be lost. */
int oak_snapshot_promotion(struct oak_context *ctx, const char *ring, oak_time *ret_at) OAK_MUST_USE;

#endif
