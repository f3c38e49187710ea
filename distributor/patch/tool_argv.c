/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Argument lists that grow. */
#include <stdarg.h>
#include <stdio.h>

#include "distributor/patch/tool.h"

void oak_argv_add(struct oak_argv *argv, const char *arg)
{
	*oak_push(argv->arena, &argv->v) = arg;
}

void oak_argv_addf(struct oak_argv *argv, const char *fmt, ...)
{
	char text[4096];
	va_list args;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	oak_argv_add(argv, oak_arena_strdup(argv->arena, text));
}

void oak_argv_add_all(struct oak_argv *argv, const char *const *args)
{
	for (; *args; args++)
		oak_argv_add(argv, *args);
}
