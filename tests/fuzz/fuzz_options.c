/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzer: any words as a command line; the parser must neither crash nor accept what is in no table. */
#include <stdint.h>
#include <stdlib.h>

#include "cli/opt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { WORDS = 16 };
	struct oak_arena *arena = oak_arena_new();
	char *argv[WORDS] = {"oakum"};
	int argc = 1;
	struct oak_str rest = {(const char *)data, size}, part;
	while (size && argc < WORDS && oak_str_next(&rest, '\n', &part))
		argv[argc++] = oak_arena_strndup(arena, part.p, part.n);
	const struct oak_cmd *cmd;
	struct oak_parsed parsed;
	struct oak_error err = {0};
	if (oak_opt_parse(arena, argc, argv, &cmd, &parsed, &err) == 0 && cmd && !parsed.help &&
	    parsed.args.n < (size_t)cmd->min_args)
		abort();
	oak_arena_free(arena);
	return 0;
}
