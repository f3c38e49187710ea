/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Report sink: a document is walked once and printed in any format; one format is one vtable. */
#ifndef OAK_CORE_SINK_H
#define OAK_CORE_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/time.h"
#include "core/value.h"

struct oak_sink;

struct oak_sink_ops {
	void (*begin_object)(struct oak_sink *sink);
	void (*end_object)(struct oak_sink *sink);
	void (*begin_array)(struct oak_sink *sink);
	void (*end_array)(struct oak_sink *sink);
	void (*key)(struct oak_sink *sink, const char *key);
	void (*string)(struct oak_sink *sink, const char *text); /* valid UTF-8 expected; bad bytes become U+FFFD */
	void (*integer)(struct oak_sink *sink, int64_t number);
	void (*real)(struct oak_sink *sink, double number);
	void (*boolean)(struct oak_sink *sink, bool value);
	void (*null)(struct oak_sink *sink);
};

/* A sink writes into OUT (borrowed). Fill one with oak_sink_json or oak_sink_yaml; nothing to free.
 * Protocol: exactly one value; in an object key() before each value. Ends with a newline when the value is complete. */
struct oak_sink {
	const struct oak_sink_ops *ops;
	struct oak_buf *out;
	int depth;
	bool compact;        /* JSON: one line, no blanks */
	bool after_key;      /* a key waits for its value */
	bool first[66];      /* per depth: nothing written in it yet */
	char kinds[66];      /* per depth: '{' or '[' */
	bool inline_dash;    /* YAML: just wrote "- " */
};

void oak_sink_json(struct oak_sink *sink, struct oak_buf *out);
void oak_sink_json_compact(struct oak_sink *sink, struct oak_buf *out);
void oak_sink_yaml(struct oak_sink *sink, struct oak_buf *out);

/* Shorthands; the _opt ones write nothing (not even the key) when the value is absent. */
void oak_put_string(struct oak_sink *sink, const char *key, const char *text);     /* NULL writes null */
void oak_put_string_opt(struct oak_sink *sink, const char *key, const char *text); /* NULL = absent */
void oak_put_int(struct oak_sink *sink, const char *key, int64_t number);
void oak_put_bool(struct oak_sink *sink, const char *key, bool value);
void oak_put_bool_opt(struct oak_sink *sink, const char *key, bool value);       /* false = absent */
void oak_put_time(struct oak_sink *sink, const char *key, oak_time t);           /* NONE, NEVER write null */
void oak_put_time_opt(struct oak_sink *sink, const char *key, oak_time t);       /* NONE, NEVER = absent */
void oak_put_strings(struct oak_sink *sink, const char *key, const char *const *v, size_t n);
void oak_put_begin_object(struct oak_sink *sink, const char *key);
void oak_put_begin_array(struct oak_sink *sink, const char *key);
void oak_put_end_object(struct oak_sink *sink);
void oak_put_end_array(struct oak_sink *sink);
void oak_put_value(struct oak_sink *sink, const struct oak_value *value); /* a whole tree, order kept */

/* The shortest decimal text that reads back as NUMBER (finite), into OUT; for the sinks. */
enum { OAK_REAL_TEXT = 32 };
const char *oak_real_format(double number, char out[OAK_REAL_TEXT]);

#endif
