/* SPDX-License-Identifier: GPL-3.0-or-later */
/* updateinfo.xml whole and through the sieve, and our cached form: what is unpacked packs to the same bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scanners/rpm/updateinfo.h"
#include "scanners/rpm/xmlfilter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_packed(struct oak_arena *arena, const struct oak_updateinfo *info)
{
	struct oak_buf first, second;
	struct oak_updateinfo again;
	oak_buf_init(&first, 16 * 1024 * 1024);
	oak_buf_init(&second, 16 * 1024 * 1024);
	oak_updateinfo_pack(info, &first);
	if (!first.full) {
		if (!oak_updateinfo_unpack(arena, first.p, first.n, &again))
			abort();
		oak_updateinfo_pack(&again, &second);
		if (first.n != second.n || memcmp(first.p, second.p, first.n) != 0)
			abort();
	}
	oak_buf_done(&first);
	oak_buf_done(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_updateinfo info;
	struct oak_map names;
	oak_map_init(&names, arena, 4);
	oak_map_put(&names, "bash", &names);
	struct oak_xmlfilter filter = {.tag = "update", .keep = oak_xmlfilter_keep_update, .arg = &names, .max_bytes = 1 << 20};
	for (int sieved = 0; sieved < 2 && size; sieved++) {
		FILE *in = fmemopen((void *)(uintptr_t)data, size, "r");
		if (in && sieved)
			in = oak_xmlfilter_open(&filter, in);
		if (in && oak_updateinfo_parse(arena, in, "fuzz", NULL, &info, NULL) == 0)
			check_packed(arena, &info);
		if (in)
			fclose(in);
	}
	if (oak_updateinfo_unpack(arena, (const char *)data, size, &info))
		check_packed(arena, &info);
	return 0;
}
