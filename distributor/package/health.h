/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A package's own question whether it works, asked as often as it says. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_HEALTH_H
#define OAK_DISTRIBUTOR_PACKAGE_HEALTH_H

#include "distributor/package/engine_impl.h"

/* Ask the health check of GENERATION until it says yes or its tries are used up. RET->failed: it does not work. */
void oak_health_check(struct oak_package_job *job, const struct oak_generation *generation, struct oak_op_outcome *ret);

#endif
