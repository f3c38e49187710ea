/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the head of a .deb: what is accepted has a name, a date and a size that make sense. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/ar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oak_ar_member m;
	if (oak_ar_first(data, size, &m) && (strlen(m.name) > 16 || m.mtime < 0 || m.size < 0))
		abort();
	return 0;
}
