/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two versions, split at a newline, in every comparison: no crash, and antisymmetric. */
#include <stdint.h>
#include <stdlib.h>

#include "baseline/evaluate.h"
#include "core/mem.h"
#include "core/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const oak_evr_compare compares[] = {oak_evr_compare_deb, oak_evr_compare_rpm, oak_evr_compare_windows};
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_str rest = {(const char *)data, size}, a = OAK_STR(""), b = OAK_STR("");

	if (!size || !oak_str_next(&rest, '\n', &a))
		return 0;
	oak_str_next(&rest, '\n', &b);
	const char *x = oak_arena_strndup(arena, a.p, a.n), *y = oak_arena_strndup(arena, b.p, b.n);
	for (size_t i = 0; i < sizeof(compares) / sizeof(*compares); i++)
		if (compares[i](x, x) != 0 || sign(compares[i](x, y)) != -sign(compares[i](y, x)))
			abort();
	return 0;
}
