/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Helpers of the document tests: text to tree, tree to model, model to text. */
#ifndef TEST_BASELINE_DOC_H
#define TEST_BASELINE_DOC_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "core/buf.h"
#include "core/sink.h"
#include "core/value.h"

/* The tree of a JSON or YAML text; fails the test when it is none. */
static inline const struct oak_value *doc_of(struct oak_arena *arena, const char *text)
{
	struct oak_value_limits limits = {.bytes = 64u << 20};
	struct oak_error err = {0};
	const struct oak_value *value = NULL;
	if (oak_yaml_parse(arena, text, strlen(text), "test", &limits, &value, &err) < 0)
		fail_msg("%s", err.cause);
	return value;
}

/* TEXT with the first FROM replaced by TO, in ARENA. */
static inline const char *doc_with(struct oak_arena *arena, const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	if (!at)
		fail_msg("'%s' is not in the document", from);
	return oak_arena_printf(arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

#endif
