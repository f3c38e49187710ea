/* SPDX-License-Identifier: GPL-3.0-or-later */
/* repomd.xml and modules.yaml. */
#include <stdint.h>

#include "scanners/rpm/modules.h"
#include "scanners/rpm/repomd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_repomd repomd;
	struct oak_modules modules;
	const char *label;
	FILE *in = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
	if (!in)
		return 0;
	if (oak_repomd_parse(arena, in, "fuzz", &repomd, NULL) == 0)
		(void)oak_repomd_find(&repomd, "primary");
	rewind(in);
	oak_modules_init(&modules, arena);
	if (oak_modules_parse(&modules, in, "fuzz", NULL) == 0) {
		oak_modules_settle(&modules);
		(void)oak_modules_judge(&modules, "app", "1.0-1", "x86_64", &label);
	}
	fclose(in);
	return 0;
}
