/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verdicts from any bytes, as reports read them: what reads is written and reads again as the same. */
#include "document.h"

#include "baseline/verdict.h"

FUZZ_ROUND_TRIP(oak_verdict, oak_verdict_parse, oak_verdict_format)
