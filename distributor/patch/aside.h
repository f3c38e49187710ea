/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work done by a forked copy of this process while this one goes on, and its error brought back. */
#ifndef OAK_DISTRIBUTOR_PATCH_ASIDE_H
#define OAK_DISTRIBUTOR_PATCH_ASIDE_H

#include <stdbool.h>

#include "core/error.h"

struct oak_aside {
	bool busy; /* begun and not waited for */
	long pid;
	int fd;
	int rc;    /* where there is no copy (Windows): WORK was done at once */
	struct oak_error err;
};

/* WORK runs in the copy; what it changes in memory stays there. Errors: exec.start. */
int oak_aside_start(struct oak_aside *aside, int (*work)(void *arg, struct oak_error *err), void *arg, struct oak_error *err) OAK_MUST_USE;
/* Wait for it: what WORK returned, with its error. Nothing under way: 0. Errors: WORK's, exec.wait (it was killed). */
int oak_aside_wait(struct oak_aside *aside, struct oak_error *err) OAK_MUST_USE;
/* End it, whatever it is at. */
void oak_aside_end(struct oak_aside *aside);

#endif
