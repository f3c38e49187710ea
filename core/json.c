/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON by jansson, strict, into struct oak_value. */
#include <jansson.h>
#include <stdio.h>

#include "core/str.h"
#include "core/value.h"

enum { DEPTH = 64 };

static int convert(struct oak_arena *arena, const json_t *from, struct oak_value *to);

static int convert_array(struct oak_arena *arena, const json_t *from, struct oak_value *to)
{
	size_t n = json_array_size(from);
	struct oak_value *items = oak_arena_alloc(arena, n * sizeof(*items));
	for (size_t i = 0; i < n; i++)
		if (convert(arena, json_array_get(from, i), &items[i]) < 0)
			return -1;
	to->array.v = items;
	to->array.n = n;
	return 0;
}

static int convert_object(struct oak_arena *arena, const json_t *from, struct oak_value *to)
{
	struct oak_member *members = oak_arena_alloc(arena, json_object_size(from) * sizeof(*members));
	size_t n = 0;
	const char *key;
	json_t *value;
	json_object_foreach ((json_t *)from, key, value) {
		members[n].key = oak_arena_strdup(arena, key);
		if (convert(arena, value, &members[n++].value) < 0)
			return -1;
	}
	to->object.v = members;
	to->object.n = n;
	return 0;
}

static int convert(struct oak_arena *arena, const json_t *from, struct oak_value *to)
{
	switch (json_typeof(from)) {
	case JSON_NULL:
		to->kind = OAK_VALUE_NULL;
		return 0;
	case JSON_TRUE:
	case JSON_FALSE:
		to->kind = OAK_VALUE_BOOL;
		to->boolean = json_is_true(from);
		return 0;
	case JSON_INTEGER:
		to->kind = OAK_VALUE_INT;
		to->integer = json_integer_value(from);
		return 0;
	case JSON_REAL:
		to->kind = OAK_VALUE_REAL;
		to->real = json_real_value(from);
		return 0;
	case JSON_STRING:
		to->kind = OAK_VALUE_STRING;
		to->string = oak_arena_strndup(arena, json_string_value(from), json_string_length(from));
		return 0;
	case JSON_ARRAY:
		to->kind = OAK_VALUE_ARRAY;
		return convert_array(arena, from, to);
	case JSON_OBJECT:
		to->kind = OAK_VALUE_OBJECT;
		return convert_object(arena, from, to);
	}
	return -1;
}

/* Depth of brackets outside strings, before anything recursive sees the text. */
static size_t nesting(const char *text, size_t n)
{
	size_t depth = 0, most = 0;
	bool in_string = false;
	for (size_t i = 0; i < n; i++) {
		char c = text[i];
		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '[' || c == '{') {
			if (++depth > most)
				most = depth;
		} else if ((c == ']' || c == '}') && depth) {
			depth--;
		}
	}
	return most;
}

int oak_json_parse(struct oak_arena *arena, const char *text, size_t n, const char *name,
		   const struct oak_value_limits *limits, const struct oak_value **ret, struct oak_error *err)
{
	size_t depth = limits->depth ? limits->depth : DEPTH;
	if (n > limits->bytes)
		return oak_fail(err, OAK_INVALID, "value.too-large", 0, "'%s' is larger than %zu bytes", name,
				limits->bytes);
	if (nesting(text, n) > depth)
		return oak_fail(err, OAK_INVALID, "value.too-deep", 0, "'%s' is nested deeper than %zu levels",
				name, depth);
	json_error_t why;
	json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
	if (!root)
		return oak_fail(err, OAK_INVALID, "json.invalid", 0, "'%s' is not valid JSON: line %d column %d: %s",
				name, why.line, why.column, why.text);
	struct oak_value *value = OAK_NEW(arena, struct oak_value);
	int rc = convert(arena, root, value);
	json_decref(root);
	if (rc < 0)
		return oak_fail(err, OAK_BUG, "json.kind", 0, "'%s' holds a value of unknown kind", name);
	*ret = value;
	return 0;
}
