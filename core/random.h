/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random numbers that nobody can guess. */
#ifndef OAK_CORE_RANDOM_H
#define OAK_CORE_RANDOM_H

#include <stdint.h>

uint64_t oak_random(void);

#endif
