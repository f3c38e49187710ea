/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows has no copies of a process: the work is done at once. */
#include "distributor/patch/aside.h"

int oak_aside_start(struct oak_aside *aside, int (*work)(void *arg, struct oak_error *err), void *arg, struct oak_error *err)
{
	(void)err;
	*aside = (struct oak_aside){.busy = true};
	aside->rc = work(arg, &aside->err);
	return 0;
}

int oak_aside_wait(struct oak_aside *aside, struct oak_error *err)
{
	if (!aside->busy)
		return 0;
	aside->busy = false;
	if (aside->rc < 0)
		*err = aside->err;
	return aside->rc;
}

void oak_aside_end(struct oak_aside *aside)
{
	aside->busy = false;
}
