/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Time zones inside the program, where the system has no zone database: packaging/windows/zones.pl writes the table. */
#ifndef OAK_CORE_ZONE_EMBEDDED_H
#define OAK_CORE_ZONE_EMBEDDED_H

#include <stddef.h>

/* By name; the TZif bytes begin at data[at]. */
struct oak_zone_embedded {
	const char *name;
	unsigned at, size;
};

extern const struct oak_zone_embedded oak_zone_embedded_table[];
extern const size_t oak_zone_embedded_count;
extern const unsigned char oak_zone_embedded_data[];
extern const char oak_zone_embedded_version[]; /* "2025b"; "" = not known */

#endif
