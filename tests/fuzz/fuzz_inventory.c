/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inventories from any bytes: what reads is written and reads again as the same. */
#include "document.h"

#include "baseline/inventory.h"

FUZZ_ROUND_TRIP(oak_inventory, oak_inventory_parse, oak_inventory_format)
