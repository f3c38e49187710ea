/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading one member of a document by the kind of its row. */
#include "baseline/reader_fields.h"

#include <stdio.h>

#include "core/str.h"

enum { SHOWN = 60 };

/* The layout of every OAK_VEC. */
struct vec {
	void *v;
	size_t n, cap;
};

static void put_vec(void *at, void *items, size_t n)
{
	struct vec vec = {.v = items, .n = n, .cap = n};
	memcpy(at, &vec, sizeof(vec));
}

typedef void read_fn(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
		     const struct oak_value *v, void *at);

/* True if V has KIND; else an error that says what it is instead. */
bool oak_reader_is(struct oak_reader *r, const struct oak_path *path, const struct oak_value *v, enum oak_value_kind kind)
{
	if (v->kind == kind)
		return true;
	if (v->kind == OAK_VALUE_STRING)
		oak_reader_error(r, path, "must be %s, is the string \"%.*s\"", oak_value_kind_to_string(kind), SHOWN,
				 v->string);
	else
		oak_reader_error(r, path, "must be %s, is %s", oak_value_kind_to_string(kind),
				 oak_value_kind_to_string(v->kind));
	return false;
}

/* N within the field's range, in units of WHAT. */
static bool within(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f, int64_t n,
		   const char *what)
{
	if (n < f->min)
		oak_reader_error(r, path, "must be at least %lld%s, is %lld", (long long)f->min, what, (long long)n);
	else if (f->max && n > f->max)
		oak_reader_error(r, path, "must be at most %lld%s, is %lld", (long long)f->max, what, (long long)n);
	else
		return true;
	return false;
}

static bool text_fits(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f, const char *text)
{
	if (!f->valid || f->valid(text))
		return true;
	oak_reader_error(r, path, "must be %s, is \"%.*s\"", f->text ? f->text : "without control characters", SHOWN, text);
	return false;
}

static void read_schema(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
			const struct oak_value *v, void *at)
{
	(void)at;
	if (oak_reader_is(r, path, v, OAK_VALUE_STRING) && strcmp(v->string, f->text) != 0)
		oak_reader_error(r, path, "must be \"%s\", is \"%.*s\"", f->text, SHOWN, v->string);
}

static void read_string(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
			const struct oak_value *v, void *at)
{
	if (!oak_reader_is(r, path, v, OAK_VALUE_STRING) ||
	    !within(r, path, f, (int64_t)oak_text_length(v->string), " characters") || !text_fits(r, path, f, v->string))
		return;
	memcpy(at, &v->string, sizeof(v->string));
}

static void read_bool(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
		      const struct oak_value *v, void *at)
{
	(void)f;
	if (oak_reader_is(r, path, v, OAK_VALUE_BOOL))
		memcpy(at, &v->boolean, sizeof(v->boolean));
}

static void read_int(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
		     const struct oak_value *v, void *at)
{
	if (!oak_reader_is(r, path, v, OAK_VALUE_INT) || !within(r, path, f, v->integer, ""))
		return;
	if (v->integer < INT32_MIN || v->integer > INT32_MAX) {
		oak_reader_error(r, path, "is out of range");
		return;
	}
	int n = (int)v->integer;
	memcpy(at, &n, sizeof(n));
}

static void read_int64(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
		       const struct oak_value *v, void *at)
{
	if (oak_reader_is(r, path, v, OAK_VALUE_INT) && within(r, path, f, v->integer, ""))
		memcpy(at, &v->integer, sizeof(v->integer));
}

static void read_time(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
		      const struct oak_value *v, void *at)
{
	(void)f;
	oak_time t;
	if (!oak_reader_is(r, path, v, OAK_VALUE_STRING))
		return;
	if (!oak_time_parse(v->string, &t))
		oak_reader_error(r, path, "must be a time as in 2026-11-23T12:00:00Z, is \"%.*s\"", SHOWN, v->string);
	else
		memcpy(at, &t, sizeof(t));
}

static void read_duration(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
			  const struct oak_value *v, void *at)
{
	int64_t seconds;
	if (!oak_reader_is(r, path, v, OAK_VALUE_STRING))
		return;
	if (!oak_duration_parse(v->string, &seconds))
		oak_reader_error(r, path, "must be a duration as in 3d, 12h, 1h30m, is \"%.*s\"", SHOWN, v->string);
	else if (within(r, path, f, seconds, " seconds"))
		memcpy(at, &seconds, sizeof(seconds));
}

/* All names of an enumeration for a message: "A, B, C". */
static const char *all_names(const struct oak_field *f, char *out, size_t size)
{
	size_t used = 0;
	out[0] = '\0';
	for (size_t i = 0; i < f->name_count && used < size; i++)
		if (f->names[i] && *f->names[i])
			used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "", f->names[i]);
	return out;
}

static void read_enum(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
		      const struct oak_value *v, void *at)
{
	char names[300];
	if (!oak_reader_is(r, path, v, OAK_VALUE_STRING))
		return;
	int found = oak_names_find(f->names, f->name_count, v->string);
	if (found < 0)
		oak_reader_error(r, path, "must be one of %s, is \"%.*s\"", all_names(f, names, sizeof(names)), SHOWN,
				 v->string);
	else
		memcpy(at, &found, sizeof(found));
}

static void read_strings(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
			 const struct oak_value *v, void *at)
{
	if (!oak_reader_is(r, path, v, OAK_VALUE_ARRAY) || !within(r, path, f, (int64_t)v->array.n, " entries"))
		return;
	const char **items = oak_arena_alloc(r->arena, v->array.n * sizeof(*items));
	size_t n = 0;
	for (size_t i = 0; i < v->array.n; i++) {
		struct oak_path here = {.up = path, .index = i};
		const struct oak_value *item = &v->array.v[i];
		if (oak_reader_is(r, &here, item, OAK_VALUE_STRING) && text_fits(r, &here, f, item->string))
			items[n++] = item->string;
	}
	put_vec(at, items, n);
}

static void read_tags(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
		      const struct oak_value *v, void *at)
{
	if (!oak_reader_is(r, path, v, OAK_VALUE_OBJECT) || !within(r, path, f, (int64_t)v->object.n, " entries"))
		return;
	struct oak_pair *items = oak_arena_alloc(r->arena, v->object.n * sizeof(*items));
	size_t n = 0;
	for (size_t i = 0; i < v->object.n; i++) {
		const struct oak_member *member = &v->object.v[i];
		struct oak_path here = {.up = path, .key = member->key};
		if (oak_reader_is(r, &here, &member->value, OAK_VALUE_STRING))
			items[n++] = (struct oak_pair){member->key, member->value.string};
	}
	put_vec(at, items, n);
}

static void read_object(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
			const struct oak_value *v, void *at)
{
	oak_shape_read_at(r, path, v, f->shape, at);
}

static void read_objects(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
			 const struct oak_value *v, void *at)
{
	if (!oak_reader_is(r, path, v, OAK_VALUE_ARRAY) || !within(r, path, f, (int64_t)v->array.n, " entries"))
		return;
	char *items = oak_arena_alloc(r->arena, v->array.n * f->shape->size);
	for (size_t i = 0; i < v->array.n; i++) {
		struct oak_path here = {.up = path, .index = i};
		oak_shape_read_at(r, &here, &v->array.v[i], f->shape, items + i * f->shape->size);
	}
	put_vec(at, items, v->array.n);
}

static void read_custom(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
			const struct oak_value *v, void *at)
{
	f->read(r, path, v, at);
}

static void read_ignored(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
			 const struct oak_value *v, void *at)
{
	(void)r;
	(void)path;
	(void)f;
	(void)v;
	(void)at;
}

static read_fn *const readers[OAK_FIELD_KIND_COUNT] = {
	[OAK_FIELD_SCHEMA] = read_schema,     [OAK_FIELD_STRING] = read_string,   [OAK_FIELD_BOOL] = read_bool,
	[OAK_FIELD_INT] = read_int,	      [OAK_FIELD_INT64] = read_int64,	  [OAK_FIELD_TIME] = read_time,
	[OAK_FIELD_DURATION] = read_duration, [OAK_FIELD_ENUM] = read_enum,	  [OAK_FIELD_STRINGS] = read_strings,
	[OAK_FIELD_TAGS] = read_tags,	      [OAK_FIELD_OBJECT] = read_object,	  [OAK_FIELD_OBJECTS] = read_objects,
	[OAK_FIELD_CUSTOM] = read_custom,     [OAK_FIELD_IGNORED] = read_ignored,
};

void oak_field_clear(const struct oak_field *f, void *at)
{
	switch (f->kind) {
	case OAK_FIELD_BOOL:
		*(bool *)at = f->absent != 0;
		return;
	case OAK_FIELD_INT:
	case OAK_FIELD_ENUM: {
		int n = (int)f->absent;
		memcpy(at, &n, sizeof(n));
		return;
	}
	case OAK_FIELD_INT64:
	case OAK_FIELD_DURATION:
		memcpy(at, &f->absent, sizeof(f->absent));
		return;
	case OAK_FIELD_TIME: {
		oak_time none = OAK_TIME_NONE;
		memcpy(at, &none, sizeof(none));
		return;
	}
	case OAK_FIELD_OBJECT:
		oak_shape_clear(f->shape, at);
		return;
	case OAK_FIELD_STRING:
		if (f->flags & OAK_REQUIRED) {
			const char *empty = "";
			memcpy(at, &empty, sizeof(empty));
		}
		return;
	case OAK_FIELD_SCHEMA:
	case OAK_FIELD_STRINGS:
	case OAK_FIELD_TAGS:
	case OAK_FIELD_OBJECTS:
	case OAK_FIELD_CUSTOM:
	case OAK_FIELD_IGNORED:
	case OAK_FIELD_KIND_COUNT:
		return;
	}
}

void oak_field_read(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
		    const struct oak_value *v, void *at)
{
	readers[f->kind](r, path, f, v, at);
}
