/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing a struct as a document by its table. */
#include "baseline/reader.h"
#include "core/str.h"

struct vec {
	void *v;
	size_t n, cap;
};

static struct vec get_vec(const void *at)
{
	struct vec vec;
	memcpy(&vec, at, sizeof(vec));
	return vec;
}

static const char *get_string(const void *at)
{
	const char *text;
	memcpy(&text, at, sizeof(text));
	return text;
}

static int64_t get_number(const struct oak_field *f, const void *at)
{
	int n;
	int64_t wide;
	if (f->kind == OAK_FIELD_BOOL)
		return *(const bool *)at;
	if (f->kind == OAK_FIELD_INT || f->kind == OAK_FIELD_ENUM) {
		memcpy(&n, at, sizeof(n));
		return n;
	}
	memcpy(&wide, at, sizeof(wide));
	return wide;
}

/* Nothing there that an optional member would say. */
static bool absent(const struct oak_field *f, const void *at)
{
	switch (f->kind) {
	case OAK_FIELD_STRING:
		return !get_string(at);
	case OAK_FIELD_BOOL:
	case OAK_FIELD_INT:
	case OAK_FIELD_INT64:
	case OAK_FIELD_DURATION:
	case OAK_FIELD_ENUM:
		return get_number(f, at) == f->absent;
	case OAK_FIELD_TIME:
		return get_number(f, at) == OAK_TIME_NONE || get_number(f, at) == OAK_TIME_NEVER;
	case OAK_FIELD_STRINGS:
	case OAK_FIELD_TAGS:
	case OAK_FIELD_OBJECTS:
		return get_vec(at).n == 0;
	case OAK_FIELD_SCHEMA:
	case OAK_FIELD_OBJECT:
	case OAK_FIELD_CUSTOM:
	case OAK_FIELD_IGNORED:
	case OAK_FIELD_KIND_COUNT:
		return false;
	}
	return false;
}

static void write_enum(const struct oak_field *f, const void *at, struct oak_sink *sink)
{
	int64_t n = get_number(f, at);
	bool named = n >= 0 && (size_t)n < f->name_count;
	oak_put_string(sink, f->key, named ? f->names[n] : NULL);
}

static void write_tags(const struct oak_field *f, const void *at, struct oak_sink *sink)
{
	struct vec vec = get_vec(at);
	const struct oak_pair *pairs = vec.v;
	oak_put_begin_object(sink, f->key);
	for (size_t i = 0; i < vec.n; i++)
		oak_put_string(sink, pairs[i].key, pairs[i].value);
	oak_put_end_object(sink);
}

static void write_objects(const struct oak_field *f, const void *at, struct oak_sink *sink)
{
	struct vec vec = get_vec(at);
	oak_put_begin_array(sink, f->key);
	for (size_t i = 0; i < vec.n; i++)
		oak_shape_write(f->shape, (const char *)vec.v + i * f->shape->size, NULL, sink);
	oak_put_end_array(sink);
}

static void write_field(const struct oak_field *f, const void *at, struct oak_sink *sink)
{
	char duration[OAK_DURATION_TEXT];
	switch (f->kind) {
	case OAK_FIELD_SCHEMA:
		oak_put_string(sink, f->key, f->text);
		return;
	case OAK_FIELD_STRING:
		oak_put_string(sink, f->key, get_string(at));
		return;
	case OAK_FIELD_BOOL:
		oak_put_bool(sink, f->key, get_number(f, at) != 0);
		return;
	case OAK_FIELD_INT:
	case OAK_FIELD_INT64:
		oak_put_int(sink, f->key, get_number(f, at));
		return;
	case OAK_FIELD_TIME:
		oak_put_time(sink, f->key, get_number(f, at));
		return;
	case OAK_FIELD_DURATION:
		oak_put_string(sink, f->key, oak_duration_format(get_number(f, at), duration));
		return;
	case OAK_FIELD_ENUM:
		write_enum(f, at, sink);
		return;
	case OAK_FIELD_STRINGS:
		oak_put_strings(sink, f->key, get_vec(at).v, get_vec(at).n);
		return;
	case OAK_FIELD_TAGS:
		write_tags(f, at, sink);
		return;
	case OAK_FIELD_OBJECT:
		oak_shape_write(f->shape, at, f->key, sink);
		return;
	case OAK_FIELD_OBJECTS:
		write_objects(f, at, sink);
		return;
	case OAK_FIELD_CUSTOM:
		(void)f->write(at, f->key, sink);
		return;
	case OAK_FIELD_IGNORED:
	case OAK_FIELD_KIND_COUNT:
		return;
	}
}

void oak_shape_write(const struct oak_shape *shape, const void *record, const char *key, struct oak_sink *sink)
{
	oak_put_begin_object(sink, key);
	for (size_t i = 0; i < shape->count; i++) {
		const struct oak_field *f = &shape->fields[i];
		const void *at = (const char *)record + f->offset;
		if (!(f->flags & OAK_OPTIONAL && absent(f, at)))
			write_field(f, at, sink);
	}
	oak_put_end_object(sink);
}
