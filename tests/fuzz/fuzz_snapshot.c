/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Snapshots from any bytes, as they come from files: what reads is written and reads again as the same. */
#include "document.h"

#include "baseline/snapshot.h"

FUZZ_ROUND_TRIP(oak_snapshot, oak_snapshot_parse, oak_snapshot_format)
