/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the fuzzers of documents share: bytes to tree, and the property parse(format(x)) = x. */
#ifndef FUZZ_DOCUMENT_H
#define FUZZ_DOCUMENT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/sink.h"
#include "core/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DOCUMENT_MAX = 1 << 20 };

/* The tree of DATA, as JSON or YAML by its first byte; NULL if it is neither. */
static inline const struct oak_value *document_of(struct oak_arena *arena, const uint8_t *data, size_t size)
{
	const struct oak_value_limits limits = {.bytes = DOCUMENT_MAX};
	const struct oak_value *value = NULL;
	struct oak_error err;
	bool json = size && (data[0] == '{' || data[0] == '[');
	int rc = json ? oak_json_parse(arena, (const char *)data, size, "fuzz", &limits, &value, &err)
		      : oak_yaml_parse(arena, (const char *)data, size, "fuzz", &limits, &value, &err);
	return rc == 0 ? value : NULL;
}

/* The tree of what was written; it must be one. */
static inline const struct oak_value *written_again(struct oak_arena *arena, const struct oak_buf *text)
{
	const struct oak_value_limits limits = {.bytes = SIZE_MAX / 2, .depth = 66};
	const struct oak_value *value = NULL;
	struct oak_error err;
	if (oak_json_parse(arena, oak_buf_text(text), text->n, "written", &limits, &value, &err) < 0) {
		fprintf(stderr, "written, but cannot be read: %s\n%s\n", err.cause, oak_buf_text(text));
		abort();
	}
	return value;
}

static inline void must_equal(const struct oak_buf *a, const struct oak_buf *b)
{
	if (a->n == b->n && memcmp(oak_buf_text(a), oak_buf_text(b), a->n) == 0)
		return;
	fprintf(stderr, "differs after reading it again:\n%s\n%s\n", oak_buf_text(a), oak_buf_text(b));
	abort();
}

/* A whole fuzzer: what PARSE reads as a struct TYPE, FORMAT writes, and it reads again as the same. */
#define FUZZ_ROUND_TRIP(type, parse, format)                                                                           \
	static void written(const struct type *thing, struct oak_buf *text)                                            \
	{                                                                                                              \
		struct oak_sink sink;                                                                                  \
		oak_buf_init(text, SIZE_MAX / 2);                                                                      \
		oak_sink_json(&sink, text);                                                                            \
		format(thing, &sink);                                                                                  \
	}                                                                                                              \
                                                                                                                       \
	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)                                                   \
	{                                                                                                              \
		struct oak_arena *arena = oak_arena_new();                                                             \
		const struct oak_value *doc = document_of(arena, data, size);                                          \
		struct type *thing, *back;                                                                             \
		struct oak_buf first, second;                                                                          \
		struct oak_error err = {0};                                                                            \
		if (doc && parse(arena, doc, "fuzz", &thing, &err) == 0) {                                             \
			written(thing, &first);                                                                        \
			if (parse(arena, written_again(arena, &first), "again", &back, &err) < 0) {                    \
				fprintf(stderr, "%s\n%s\n", err.cause, oak_buf_text(&first));                          \
				abort();                                                                               \
			}                                                                                              \
			written(back, &second);                                                                        \
			must_equal(&first, &second);                                                                   \
			oak_buf_done(&first);                                                                          \
			oak_buf_done(&second);                                                                         \
		}                                                                                                      \
		oak_arena_free(arena);                                                                                 \
		return 0;                                                                                              \
	}

#endif
