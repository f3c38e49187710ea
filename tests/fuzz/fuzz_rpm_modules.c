/* SPDX-License-Identifier: GPL-3.0-or-later */
/* modules.yaml and dnf5's TOML: read, decided on, kept and read back. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "scanners/rpm/modules.h"
#include "scanners/rpm/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_table(void *arg, const char *name)
{
	(void)arg, (void)name;
}

static void on_pair(void *arg, const char *key, const char *inner, const char *value)
{
	(void)arg, (void)key, (void)inner, (void)value;
}

static void check_kept(struct oak_arena *arena, const struct oak_modules *modules)
{
	struct oak_modules back;
	struct oak_buf packed OAK_AUTO(oak_buf_done);
	oak_buf_init(&packed, OAK_MODULES_MAX);
	oak_modules_pack(modules, NULL, &packed);
	oak_modules_init(&back, arena);
	if (!oak_modules_unpack(&back, oak_buf_text(&packed), packed.n) || back.list.n != modules->list.n || back.defaults.n != modules->defaults.n)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const struct oak_toml_handler handler = {on_table, on_pair, NULL};
	struct oak_modules modules;
	const char *label;
	(void)oak_toml_read(arena, (const char *)data, size, &handler);
	oak_modules_init(&modules, arena);
	(void)oak_modules_unpack(&modules, (const char *)data, size);
	FILE *in = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
	if (in && oak_modules_parse(&modules, in, "fuzz", NULL) == 0) {
		check_kept(arena, &modules);
		oak_modules_settle(&modules);
		(void)oak_modules_judge(&modules, "app", "1.0-1", "x86_64", &label);
	}
	if (in)
		fclose(in);
	return 0;
}
