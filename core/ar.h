/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The beginning of an ar archive, as which a .deb is written: enough to learn when it was built. */
#ifndef OAK_CORE_AR_H
#define OAK_CORE_AR_H

#include <stdbool.h>
#include <stddef.h>

#include "core/time.h"

enum { OAK_AR_HEAD = 132 }; /* magic, header of the first member, its four bytes "2.0\n", header of the second */

struct oak_ar_member {
	char name[17]; /* without the padding and a trailing slash */
	oak_time mtime;
	int64_t size;
};

/* The first member of the archive whose first N bytes are given; false if it is no ar archive, or its header is damaged. */
bool oak_ar_first(const void *bytes, size_t n, struct oak_ar_member *ret);

#endif
