/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of the model's structs that more than one document holds. */
#ifndef OAK_BASELINE_SHAPES_H
#define OAK_BASELINE_SHAPES_H

#include "baseline/reader.h"

extern const struct oak_shape oak_shape_node;       /* struct oak_node */
extern const struct oak_shape oak_shape_repository; /* struct oak_repository */
extern const struct oak_shape oak_shape_problem;    /* struct oak_problem */
extern const struct oak_shape oak_shape_summary;    /* struct oak_summary */
extern const struct oak_shape oak_shape_inventory;  /* struct oak_inventory, the whole document */

#endif
