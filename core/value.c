/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Access to the tree, and loading a file as whichever language it is in. */
#include "core/value.h"

#include "core/buf.h"
#include "core/fs.h"
#include "core/sink.h"
#include "core/str.h"

static const char *const kind_names[OAK_VALUE_KIND_COUNT] = {
	[OAK_VALUE_NULL] = "null",	[OAK_VALUE_BOOL] = "true or false", [OAK_VALUE_INT] = "an integer",
	[OAK_VALUE_REAL] = "a number",	[OAK_VALUE_STRING] = "a string",    [OAK_VALUE_ARRAY] = "an array",
	[OAK_VALUE_OBJECT] = "an object",
};

const char *oak_value_kind_to_string(enum oak_value_kind kind)
{
	return kind_names[kind];
}

const struct oak_value *oak_value_get(const struct oak_value *v, const char *key)
{
	if (!v || v->kind != OAK_VALUE_OBJECT)
		return NULL;
	for (size_t i = 0; i < v->object.n; i++)
		if (strcmp(v->object.v[i].key, key) == 0)
			return &v->object.v[i].value;
	return NULL;
}

const char *oak_value_string(const struct oak_value *v)
{
	return v && v->kind == OAK_VALUE_STRING ? v->string : NULL;
}

static struct oak_value copied(struct oak_arena *arena, const struct oak_value *v)
{
	struct oak_value copy = *v;
	if (v->kind == OAK_VALUE_STRING)
		copy.string = oak_arena_strdup(arena, v->string);
	if (v->kind == OAK_VALUE_ARRAY && v->array.n) {
		struct oak_value *items = oak_arena_alloc(arena, v->array.n * sizeof(*items));
		for (size_t i = 0; i < v->array.n; i++)
			items[i] = copied(arena, &v->array.v[i]);
		copy.array.v = items;
	}
	if (v->kind == OAK_VALUE_OBJECT && v->object.n) {
		struct oak_member *members = oak_arena_alloc(arena, v->object.n * sizeof(*members));
		for (size_t i = 0; i < v->object.n; i++)
			members[i] = (struct oak_member){oak_arena_strdup(arena, v->object.v[i].key), copied(arena, &v->object.v[i].value)};
		copy.object.v = members;
	}
	return copy;
}

const struct oak_value *oak_value_copy(struct oak_arena *arena, const struct oak_value *v)
{
	if (!v)
		return NULL;
	struct oak_value *copy = OAK_NEW(arena, struct oak_value);
	*copy = copied(arena, v);
	return copy;
}

const char *oak_value_scalar(struct oak_arena *arena, const struct oak_value *v)
{
	char real[OAK_REAL_TEXT];
	if (!v || v->kind == OAK_VALUE_STRING)
		return oak_value_string(v);
	if (v->kind == OAK_VALUE_INT)
		return v->integer_text ? v->integer_text : oak_arena_printf(arena, "%lld", (long long)v->integer);
	if (v->kind == OAK_VALUE_REAL)
		return v->real_text ? v->real_text : oak_arena_strdup(arena, oak_real_format(v->real, real));
	return NULL;
}

static bool starts_with_bracket(const struct oak_buf *text)
{
	struct oak_str s = oak_str_trim((struct oak_str){text->p, text->n});
	return s.n && (s.p[0] == '{' || s.p[0] == '[');
}

/* Windows programs write a byte order mark before UTF-8. */
static void drop_mark(struct oak_buf *text)
{
	if (text->n < 3 || memcmp(text->p, "\xef\xbb\xbf", 3) != 0)
		return;
	text->n -= 3;
	memmove(text->p, text->p + 3, text->n + 1);
}

static bool is_utf16(const struct oak_buf *text)
{
	return text->n >= 2 && (memcmp(text->p, "\xff\xfe", 2) == 0 || memcmp(text->p, "\xfe\xff", 2) == 0);
}

int oak_value_load(struct oak_arena *arena, const char *file, const struct oak_value_limits *limits,
		   const struct oak_value **ret, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, limits->bytes);
	if (oak_fs_read(file, &text, err) < 0)
		return -1;
	return oak_value_of_text(arena, file, &text, limits, ret, err);
}

int oak_value_of_text(struct oak_arena *arena, const char *file, struct oak_buf *text, const struct oak_value_limits *limits,
		      const struct oak_value **ret, struct oak_error *err)
{
	const char *name = oak_streq(file, "-") ? "standard input" : file;
	if (is_utf16(text))
		return oak_fail(err, OAK_INVALID, "value.encoding", 0, "'%s' is UTF-16 (save it as UTF-8)", name);
	drop_mark(text);
	if (oak_ends_with(file, ".json"))
		return oak_json_parse(arena, oak_buf_text(text), text->n, name, limits, ret, err);
	if (!starts_with_bracket(text))
		return oak_yaml_parse(arena, oak_buf_text(text), text->n, name, limits, ret, err);
	/* a bracket begins JSON, or YAML in its flow style: the stricter language first, and its words if both refuse */
	struct oak_error flow = {0};
	if (oak_json_parse(arena, oak_buf_text(text), text->n, name, limits, ret, err) == 0)
		return 0;
	if (oak_yaml_parse(arena, oak_buf_text(text), text->n, name, limits, ret, &flow) == 0)
		return 0;
	if (err && (oak_ends_with(file, ".yaml") || oak_ends_with(file, ".yml")))
		*err = flow;
	return -1;
}
