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
	va_list args, again;
	va_start(args, fmt);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, fmt, args);
	char *text = oak_arena_alloc(argv->arena, (size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(args);
	oak_argv_add(argv, text);
}

void oak_argv_add_all(struct oak_argv *argv, const char *const *args)
{
	for (; *args; args++)
		oak_argv_add(argv, *args);
}
