/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table that the build makes of baseline/predefined/. */
#ifndef OAK_BASELINE_PREDEFINED_H
#define OAK_BASELINE_PREDEFINED_H

#include <stddef.h>

struct oak_predefined {
	const char *name, *text; /* text: JSON */
};

extern const struct oak_predefined oak_predefined_table[]; /* by name */
extern const size_t oak_predefined_table_count;

#endif
