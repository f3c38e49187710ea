/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of what a child answered: every pointer must lie in the shared arena, every text must end there. */
#ifndef OAK_SCANNERS_ANSWER_H
#define OAK_SCANNERS_ANSWER_H

#include <stddef.h>

#include "scanners/scanner.h"

/* Also trims the capacity of each array to its length, which no sender can lie about.
 * DELTA: every pointer is moved by it first: a recorded answer lies elsewhere than it was written (0 for a child's).
 * Errors: scan.bad-answer (BUG). */
int oak_answer_check_inventory(const struct oak_arena *arena, struct oak_inventory *inventory, ptrdiff_t delta,
			       struct oak_error *err) OAK_MUST_USE;
int oak_answer_check_transaction(const struct oak_arena *arena, struct oak_transaction *transaction,
				 struct oak_error *err) OAK_MUST_USE;

#endif
