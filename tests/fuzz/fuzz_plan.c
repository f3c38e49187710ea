/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans from any bytes, as they come from files: what reads is written and reads again as the same. */
#include "document.h"

#include "baseline/plan.h"

FUZZ_ROUND_TRIP(oak_plan, oak_plan_parse, oak_plan_format)
