/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs that did not end, of every kind: one row a kind, so that resume knows nothing of what a run does. */
#ifndef OAK_CLI_RECOVERY_H
#define OAK_CLI_RECOVERY_H

#include "cli/cmd.h"

struct oak_recovery_kind {
	const char *name; /* "patch" "package", for messages */
	/* Find the unfinished runs of this kind on ctx->root by their journals, bring each to a clean state, and with FINISH
	 * carry it on to its end. The host lock is held by the caller. *COUNT grows by the runs taken up.
	 * Returns the worst exit code of the runs, -1 with ctx->err set where one could not even be read or recorded. */
	int (*recover)(struct oak_context *ctx, bool finish, size_t *count);
};
extern const struct oak_recovery_kind oak_recovery_kinds[]; /* ended by a NULL name; in the order in which they are taken up */

/* All kinds, one after the other; the first error ends it. */
int oak_recover_all(struct oak_context *ctx, bool finish, size_t *count) OAK_MUST_USE;

/* The lock that allows one run at a time on the system ctx->root, whatever its kind; waits as --wait-lock says (not at all
 * without it). Makes the state folder. oak_lock_release lets go. Errors: lock.held (TRANSIENT), patch.root, file.mkdir. */
int oak_host_lock(struct oak_context *ctx, int *ret_fd) OAK_MUST_USE;

#endif
