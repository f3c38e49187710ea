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

/* All of them. Errors: snapshot.invalid, snapshot.digest. */
int oak_snapshots_all(struct oak_context *ctx, struct oak_snapshots *ret) OAK_MUST_USE;

#endif
