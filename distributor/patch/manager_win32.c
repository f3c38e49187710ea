/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows: the update agent works in a service of its own, which knows by itself what is under way. */
#include "distributor/patch/manager.h"

bool oak_manager_works(const struct oak_patch_host *host)
{
	(void)host;
	return false;
}

int oak_manager_wait(const struct oak_patch_host *host, struct oak_error *err)
{
	(void)host;
	(void)err;
	return 0;
}
