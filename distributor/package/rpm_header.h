/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Headers of rpm packages: tagged values with an index, as rpm's format version 3 and 4 has them. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_RPM_HEADER_H
#define OAK_DISTRIBUTOR_PACKAGE_RPM_HEADER_H

#include <stdint.h>

#include "core/buf.h"
#include "core/mem.h"

enum oak_rpm_type { OAK_RPM_INT16 = 3, OAK_RPM_INT32 = 4, OAK_RPM_STRING = 6, OAK_RPM_BIN = 7, OAK_RPM_STRINGS = 8, OAK_RPM_I18N = 9 };
enum { OAK_RPM_REGION_SIGNATURE = 62, OAK_RPM_REGION_HEADER = 63 };

struct oak_rpm_value {
	uint32_t tag, type, count;
	const char *bytes; /* big-endian, strings with their NUL */
	size_t n;
};
struct oak_rpm_header {
	struct oak_arena *arena;
	OAK_VEC(struct oak_rpm_value) values;
};

void oak_rpm_string(struct oak_rpm_header *h, uint32_t tag, enum oak_rpm_type type, const char *text); /* NULL = nothing */
void oak_rpm_strings(struct oak_rpm_header *h, uint32_t tag, const char *const *v, size_t n);          /* none = nothing */
void oak_rpm_ints(struct oak_rpm_header *h, uint32_t tag, enum oak_rpm_type type, const uint32_t *v, size_t n);
/* All of it, in the order of the tags, within a region; the same values always have the same length. */
void oak_rpm_format(struct oak_rpm_header *h, uint32_t region, struct oak_buf *out);

#endif
