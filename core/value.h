/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A document as read from JSON or YAML: one tree for both, in an arena. */
#ifndef OAK_CORE_VALUE_H
#define OAK_CORE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/mem.h"

enum oak_value_kind {
	OAK_VALUE_NULL,
	OAK_VALUE_BOOL,
	OAK_VALUE_INT,
	OAK_VALUE_REAL,
	OAK_VALUE_STRING, /* UTF-8, no NUL inside */
	OAK_VALUE_ARRAY,
	OAK_VALUE_OBJECT,
	OAK_VALUE_KIND_COUNT
};

struct oak_value {
	enum oak_value_kind kind;
	int line; /* 1-based in YAML, 0 = not known */
	union {
		bool boolean;
		struct {
			int64_t integer;
			const char *integer_text; /* as it was written ("0755"); NULL in JSON */
		};
		struct {
			double real;
			const char *real_text; /* as it was written ("8.10"); NULL in JSON */
		};
		const char *string;
		struct {
			const struct oak_value *v; /* items in document order */
			size_t n;
		} array;
		struct {
			const struct oak_member *v; /* members in document order, keys unique */
			size_t n;
		} object;
	};
};

struct oak_member {
	const char *key;
	struct oak_value value;
};

/* Member KEY of an object; NULL if absent or V is NULL or no object. */
const struct oak_value *oak_value_get(const struct oak_value *v, const char *key);
/* Text of a string value; NULL if V is NULL or no string. */
const char *oak_value_string(const struct oak_value *v);
/* Text of a string, or of a number as it was written (a version: 8.10 in YAML); NULL if V is neither. In ARENA or borrowed. */
const char *oak_value_scalar(struct oak_arena *arena, const struct oak_value *v);
/* The whole tree again, in ARENA; NULL gives NULL. */
const struct oak_value *oak_value_copy(struct oak_arena *arena, const struct oak_value *v);
const char *oak_value_kind_to_string(enum oak_value_kind kind); /* "a string", "an object" … for messages */

/* Limits of a document from outside. */
struct oak_value_limits {
	size_t bytes; /* of the text */
	size_t depth; /* of nesting; 0 = 64 */
};

/* Parse a whole text. Duplicate keys, bad UTF-8, NUL, trailing bytes, too deep or too large are errors that
 * name line and column where known. NAME is the subject of messages (a path).
 * Errors: json.invalid, yaml.invalid, value.too-large, value.too-deep (INVALID). */
int oak_json_parse(struct oak_arena *arena, const char *text, size_t n, const char *name,
		   const struct oak_value_limits *limits, const struct oak_value **ret, struct oak_error *err)
	OAK_MUST_USE;

/* One YAML document (JSON is YAML). Plain scalars follow the YAML 1.2 core schema (true/false, null, ints, floats);
 * anchors and aliases, tags and merge keys are refused by name. */
int oak_yaml_parse(struct oak_arena *arena, const char *text, size_t n, const char *name,
		   const struct oak_value_limits *limits, const struct oak_value **ret, struct oak_error *err)
	OAK_MUST_USE;

/* Read FILE ("-" = standard input) whole and parse it: JSON when its name ends in .json; when its first character is '{'
 * or '[' JSON, or else YAML in flow style; otherwise YAML. A byte order mark is skipped. Errors as above, value.encoding, and file.* of core/fs.h. */
int oak_value_load(struct oak_arena *arena, const char *file, const struct oak_value_limits *limits,
		   const struct oak_value **ret, struct oak_error *err) OAK_MUST_USE;

/* The same when FILE's text has been read already. */
int oak_value_of_text(struct oak_arena *arena, const char *file, struct oak_buf *text, const struct oak_value_limits *limits,
		      const struct oak_value **ret, struct oak_error *err) OAK_MUST_USE;

#endif
