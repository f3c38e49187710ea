/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* memmem and mkdtemp for mingw. */
#include "core/port.h"

#include <direct.h>
#include <stdint.h>
#include <string.h>

void *oak_port_memmem(const void *hay, size_t hay_n, const void *needle, size_t needle_n)
{
	const char *p = hay;
	for (; hay_n >= needle_n; p++, hay_n--)
		if (memcmp(p, needle, needle_n) == 0)
			return (void *)(uintptr_t)p;
	return NULL;
}

char *oak_port_mkdtemp(char *pattern)
{
	return _mktemp_s(pattern, strlen(pattern) + 1) == 0 && _mkdir(pattern) == 0 ? pattern : NULL;
}
