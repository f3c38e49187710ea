/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The word tables themselves, for document tables (baseline/reader.h). */
#ifndef OAK_BASELINE_VERDICT_NAMES_H
#define OAK_BASELINE_VERDICT_NAMES_H

#include "baseline/verdict.h"

extern const char *const oak_state_names[OAK_STATE_COUNT];
extern const char *const oak_level_names[OAK_LEVEL_COUNT];
extern const char *const oak_status_names[OAK_STATUS_COUNT];
extern const char *const oak_operation_names[OAK_OPERATION_COUNT];
extern const char *const oak_reason_names[OAK_REASON_COUNT]; /* [NONE] is "" */
extern const char *const oak_basis_names[OAK_BASIS_COUNT];   /* [NONE] is "" */

#endif
