/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Is there power enough to begin a change? */
#ifndef OAK_DISTRIBUTOR_PATCH_POWER_H
#define OAK_DISTRIBUTOR_PATCH_POWER_H

#include "core/mem.h"

/* What speaks against it, in words (ARENA); NULL = nothing: mains, no battery at all, or a battery of 30 % and more.
 * Read from ROOT/sys/class/power_supply. */
const char *oak_power_problem(struct oak_arena *arena, const char *root);

#endif
