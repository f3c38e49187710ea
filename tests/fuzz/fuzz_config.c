/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzer: any bytes as configuration; what the tables accept must merge into every command without harm. */
#include <stdint.h>
#include <stdlib.h>

#include "cli/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct oak_value_limits limits = {.bytes = OAK_CONFIG_MAX};
	struct oak_context ctx = {.arena = oak_arena_new(), .config_file = "fuzz.yaml"};
	struct oak_error err = {0};
	bool good = oak_yaml_parse(ctx.arena, (const char *)data, size, "fuzz.yaml", &limits, &ctx.config, &err) == 0 &&
		    oak_config_check(&ctx, &err) == 0;
	for (const struct oak_cmd *const *c = oak_commands; good && *c; c++) {
		struct oak_parsed parsed = {.prefix = ""};
		ctx.cmd = *c;
		ctx.parsed = &parsed;
		oak_config_merge(&ctx);
		for (size_t i = 0; i < parsed.given.n; i++)
			if (parsed.given.v[i].opt->kind != OAK_OPT_FLAG && parsed.given.v[i].opt->kind != OAK_OPT_LIST &&
			    parsed.given.v[i].values.n != 1)
				abort();
	}
	if (!good && err.kind != OAK_INVALID)
		abort();
	oak_arena_free(ctx.arena);
	return 0;
}
