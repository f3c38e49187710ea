/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One YAML document by libyaml's event parser, into struct oak_value; no anchors, aliases or tags. */
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

#include "core/map.h"
#include "core/str.h"
#include "core/value.h"

enum { DEPTH = 64 };

struct reader {
	yaml_parser_t parser;
	yaml_event_t event;
	struct oak_arena *arena;
	const char *name;
	size_t depth, max_depth;
	struct oak_error *err;
};

static int invalid(struct reader *r, const yaml_mark_t *mark, const char *what)
{
	return oak_fail(r->err, OAK_INVALID, "yaml.invalid", 0, "'%s' is not valid YAML: line %zu column %zu: %s",
			r->name, mark->line + 1, mark->column + 1, what);
}

static int next(struct reader *r)
{
	yaml_event_delete(&r->event);
	if (yaml_parser_parse(&r->parser, &r->event))
		return 0;
	return invalid(r, &r->parser.problem_mark, r->parser.problem ? r->parser.problem : "unreadable");
}

static bool one_of(const char *text, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(text, *list) == 0)
			return true;
	return false;
}

static bool looks_real(const char *text)
{
	const char *p = text + (*text == '-' || *text == '+');
	return (*p >= '0' && *p <= '9') || (*p == '.' && p[1] >= '0' && p[1] <= '9');
}

/* YAML 1.2 core schema for a plain scalar. */
static void plain(struct oak_value *to, const char *text)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
	static const char *const trues[] = {"true", "True", "TRUE", NULL};
	static const char *const falses[] = {"false", "False", "FALSE", NULL};
	if (one_of(text, nulls)) {
		to->kind = OAK_VALUE_NULL;
	} else if (one_of(text, trues) || one_of(text, falses)) {
		to->kind = OAK_VALUE_BOOL;
		to->boolean = one_of(text, trues);
	} else if (oak_parse_int(oak_str_of(text), INT64_MIN, INT64_MAX, &to->integer)) {
		to->kind = OAK_VALUE_INT;
		to->integer_text = text;
	} else {
		char *end;
		double real = looks_real(text) ? strtod(text, &end) : 0;
		bool number = looks_real(text) && *end == '\0' && !strpbrk(text, "xXpP");
		to->kind = number ? OAK_VALUE_REAL : OAK_VALUE_STRING;
		if (number) {
			to->real = real;
			to->real_text = text;
		} else {
			to->string = text;
		}
	}
}

static int scalar(struct reader *r, struct oak_value *to)
{
	const char *text = (const char *)r->event.data.scalar.value;
	size_t n = r->event.data.scalar.length;
	if (memchr(text, '\0', n))
		return invalid(r, &r->event.start_mark, "a NUL character");
	if (r->event.data.scalar.anchor || r->event.data.scalar.tag)
		return invalid(r, &r->event.start_mark, "anchors and tags are not supported");
	char *copy = oak_arena_strndup(r->arena, text, n);
	if (r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
		plain(to, copy);
	} else {
		to->kind = OAK_VALUE_STRING;
		to->string = copy;
	}
	return 0;
}

static int node(struct reader *r, struct oak_value *to);

static int sequence(struct reader *r, struct oak_value *to)
{
	OAK_VEC(struct oak_value) items = {0};
	for (;;) {
		if (next(r) < 0)
			return -1;
		if (r->event.type == YAML_SEQUENCE_END_EVENT)
			break;
		struct oak_value item = {0};
		if (node(r, &item) < 0)
			return -1;
		*oak_push(r->arena, &items) = item;
	}
	to->kind = OAK_VALUE_ARRAY;
	to->array.v = items.v;
	to->array.n = items.n;
	return 0;
}

static int mapping_key(struct reader *r, struct oak_map *seen, const char **ret)
{
	if (r->event.type != YAML_SCALAR_EVENT)
		return invalid(r, &r->event.start_mark, "a key must be a string");
	struct oak_value key = {0};
	if (scalar(r, &key) < 0)
		return -1;
	const char *text = oak_arena_strdup(r->arena, (const char *)r->event.data.scalar.value);
	if (strcmp(text, "<<") == 0)
		return invalid(r, &r->event.start_mark, "merge keys are not supported");
	if (oak_map_has(seen, text)) {
		char what[128];
		snprintf(what, sizeof(what), "duplicate key '%.80s'", text);
		return invalid(r, &r->event.start_mark, what);
	}
	oak_map_put(seen, text, NULL);
	*ret = text;
	return 0;
}

static int mapping(struct reader *r, struct oak_value *to)
{
	OAK_VEC(struct oak_member) members = {0};
	struct oak_map seen;
	oak_map_init(&seen, r->arena, 8);
	for (;;) {
		if (next(r) < 0)
			return -1;
		if (r->event.type == YAML_MAPPING_END_EVENT)
			break;
		struct oak_member member = {0};
		if (mapping_key(r, &seen, &member.key) < 0 || next(r) < 0 || node(r, &member.value) < 0)
			return -1;
		*oak_push(r->arena, &members) = member;
	}
	to->kind = OAK_VALUE_OBJECT;
	to->object.v = members.v;
	to->object.n = members.n;
	return 0;
}

static int collection(struct reader *r, struct oak_value *to)
{
	bool map = r->event.type == YAML_MAPPING_START_EVENT;
	if (map ? r->event.data.mapping_start.anchor || r->event.data.mapping_start.tag
		: r->event.data.sequence_start.anchor || r->event.data.sequence_start.tag)
		return invalid(r, &r->event.start_mark, "anchors and tags are not supported");
	if (++r->depth > r->max_depth)
		return oak_fail(r->err, OAK_INVALID, "value.too-deep", 0, "'%s' is nested deeper than %zu levels",
				r->name, r->max_depth);
	int rc = map ? mapping(r, to) : sequence(r, to);
	r->depth--;
	return rc;
}

/* The value that the current event starts. */
static int node(struct reader *r, struct oak_value *to)
{
	to->line = (int)r->event.start_mark.line + 1;
	switch (r->event.type) {
	case YAML_SCALAR_EVENT:
		return scalar(r, to);
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return collection(r, to);
	case YAML_ALIAS_EVENT:
		return invalid(r, &r->event.start_mark, "aliases are not supported");
	default:
		return invalid(r, &r->event.start_mark, "the document is empty");
	}
}

static int document(struct reader *r, struct oak_value *to)
{
	if (next(r) < 0 || next(r) < 0) /* stream start, document start */
		return -1;
	if (r->event.type != YAML_DOCUMENT_START_EVENT)
		return invalid(r, &r->event.start_mark, "the document is empty");
	if (next(r) < 0 || node(r, to) < 0 || next(r) < 0 || next(r) < 0)
		return -1;
	if (r->event.type != YAML_STREAM_END_EVENT)
		return invalid(r, &r->event.start_mark, "more than one document");
	return 0;
}

int oak_yaml_parse(struct oak_arena *arena, const char *text, size_t n, const char *name,
		   const struct oak_value_limits *limits, const struct oak_value **ret, struct oak_error *err)
{
	if (n > limits->bytes)
		return oak_fail(err, OAK_INVALID, "value.too-large", 0, "'%s' is larger than %zu bytes", name,
				limits->bytes);
	struct reader r = {.arena = arena, .name = name, .err = err};
	r.max_depth = limits->depth ? limits->depth : DEPTH;
	if (!yaml_parser_initialize(&r.parser))
		return oak_fail(err, OAK_BUG, "yaml.init", 0, "cannot start the YAML parser");
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, n);
	struct oak_value *value = OAK_NEW(arena, struct oak_value);
	int rc = document(&r, value);
	yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	if (rc == 0)
		*ret = value;
	return rc;
}
