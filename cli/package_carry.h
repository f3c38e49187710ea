/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Installing one verified package, and taking back what a call installed. */
#ifndef OAK_CLI_PACKAGE_CARRY_H
#define OAK_CLI_PACKAGE_CARRY_H

#include "cli/package_needs.h"

/* Carry out ITEM's run, which is s->job.run and begun by nobody yet: unpack, execute. 0: run->status says how it ended.
 * -1: nothing of the host was changed, and what was unpacked is gone; the run is recorded. */
int oak_package_carry_out(struct oak_package_session *s, const struct oak_package_item *item) OAK_MUST_USE;

/* A run for ITEM in s->job.run, filled: from what is installed to what was loaded. */
int oak_package_carry_new(struct oak_package_session *s, const struct oak_package_item *item) OAK_MUST_USE;
/* The same for a run that is there, once it is known that it is needed. Errors: package.attempts (CONFLICT), file.*. */
int oak_package_carry_fill(struct oak_package_session *s, const struct oak_package_item *item) OAK_MUST_USE;

/* Install NEEDS in their order, each in a run of its own; RUN (which needs them) tells of them. 0: all are there. Else the exit code:
 * one failed (4) or waits for a reboot (75); run->detail says which and why. -1 with ctx->err where a run could not even begin. */
int oak_package_carry_needs(struct oak_package_session *s, const oak_package_items *needs, struct oak_package_run *run) OAK_MUST_USE;
/* What carry_needs installed for RUN, back in reverse order: gone, or the version before. What cannot be taken back is warned of. */
void oak_package_take_back(struct oak_package_session *s, const oak_package_items *needs, struct oak_package_run *run);

#endif
