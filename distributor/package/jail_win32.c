/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Windows has no child that shares our descriptors and gives up its rights: archives are parsed in this process. */
#include "distributor/package/jail.h"

unsigned oak_jail_enter(void)
{
	return 0;
}

const char *oak_jail_text(unsigned jail)
{
	(void)jail;
	return "unpacked by this process: no restricted child on this system";
}
