/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything that a scan's answer rests on, so that an unchanged host is not looked through again. */
#ifndef OAK_SCANNERS_RPM_INPUTS_H
#define OAK_SCANNERS_RPM_INPUTS_H

#include "scanners/rpm/world.h"

/* Add to RET: database, configuration, metadata and keys of the host that WORLD was read from, the module that CODE lies
 * in, and the libraries that it asks. RET stays empty where a link's target cannot be told: nothing is kept then. */
void oak_rpm_inputs(struct oak_arena *arena, const struct oak_scan_request *request, const struct oak_rpm_world *world,
		    const void *code, struct oak_paths *ret);

#endif
