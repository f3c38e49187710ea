/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a document by its table, with every error and its path. */
#include "baseline/reader.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/str.h"

enum { PATH_TEXT = 512, PATH_DEPTH = 64, SHOWN = 60 };

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

const char *oak_path_text(struct oak_arena *arena, const struct oak_path *path)
{
	const struct oak_path *steps[PATH_DEPTH];
	size_t n = 0;
	for (; path && n < PATH_DEPTH; path = path->up)
		steps[n++] = path;
	if (!n)
		return "document";
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, PATH_TEXT);
	while (n--) {
		if (!steps[n]->key)
			oak_buf_addf(&text, "[%zu]", steps[n]->index);
		else
			oak_buf_addf(&text, "%s%.*s", text.n ? "." : "", SHOWN, steps[n]->key);
	}
	return oak_arena_strdup(arena, oak_buf_text(&text));
}

void oak_reader_error(struct oak_reader *reader, const struct oak_path *path, const char *fmt, ...)
{
	reader->errors.total++;
	if (reader->error_count++ >= OAK_READER_ERRORS)
		return;
	char detail[400];
	va_list args;
	va_start(args, fmt);
	vsnprintf(detail, sizeof(detail), fmt, args);
	va_end(args);
	struct oak_problem *problem = oak_push(reader->arena, &reader->errors.list);
	*problem = (struct oak_problem){.kind = "invalid"};
	problem->subject = oak_path_text(reader->arena, path);
	problem->detail = oak_arena_strdup(reader->arena, detail);
}

int oak_reader_finish(const struct oak_reader *reader, const char *name, const char *id, struct oak_error *err)
{
	if (!reader->error_count)
		return 0;
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, 400);
	for (size_t i = 0; i < reader->errors.list.n; i++) {
		const struct oak_problem *problem = &reader->errors.list.v[i];
		oak_buf_addf(&text, "%s%s: %s", i ? "; " : "", problem->subject, problem->detail);
	}
	return oak_fail(err, OAK_INVALID, id, 0, "'%.80s' has %zu %s: %s", name, reader->error_count,
			reader->error_count == 1 ? "error" : "errors", oak_buf_text(&text));
}

size_t oak_text_length(const char *text)
{
	size_t n = 0;
	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

bool oak_text_printable(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++)
		if (*p < 0x20 || *p == 0x7f || (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0))
			return false;
	return true;
}

static bool same_name(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (*a == '_')
			a++;
		while (*b == '_')
			b++;
		char x = (char)(*a >= 'A' && *a <= 'Z' ? *a + 32 : *a);
		char y = (char)(*b >= 'A' && *b <= 'Z' ? *b + 32 : *b);
		if (x != y)
			return false;
		if (!x)
			return true;
	}
}

int oak_names_find(const char *const *names, size_t count, const char *text)
{
	for (size_t i = 0; text && i < count; i++)
		if (names[i] && *names[i] && same_name(names[i], text))
			return (int)i;
	return -1;
}

typedef void read_fn(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
		     const struct oak_value *v, void *at);

/* True if V has KIND; else an error that says what it is instead. */
static bool is(struct oak_reader *r, const struct oak_path *path, const struct oak_value *v, enum oak_value_kind kind)
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
	if (is(r, path, v, OAK_VALUE_STRING) && strcmp(v->string, f->text) != 0)
		oak_reader_error(r, path, "must be \"%s\", is \"%.*s\"", f->text, SHOWN, v->string);
}

static void read_string(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
			const struct oak_value *v, void *at)
{
	if (!is(r, path, v, OAK_VALUE_STRING) ||
	    !within(r, path, f, (int64_t)oak_text_length(v->string), " characters") || !text_fits(r, path, f, v->string))
		return;
	memcpy(at, &v->string, sizeof(v->string));
}

static void read_bool(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
		      const struct oak_value *v, void *at)
{
	(void)f;
	if (is(r, path, v, OAK_VALUE_BOOL))
		memcpy(at, &v->boolean, sizeof(v->boolean));
}

static void read_int(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
		     const struct oak_value *v, void *at)
{
	if (!is(r, path, v, OAK_VALUE_INT) || !within(r, path, f, v->integer, ""))
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
	if (is(r, path, v, OAK_VALUE_INT) && within(r, path, f, v->integer, ""))
		memcpy(at, &v->integer, sizeof(v->integer));
}

static void read_time(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
		      const struct oak_value *v, void *at)
{
	(void)f;
	oak_time t;
	if (!is(r, path, v, OAK_VALUE_STRING))
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
	if (!is(r, path, v, OAK_VALUE_STRING))
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
	if (!is(r, path, v, OAK_VALUE_STRING))
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
	if (!is(r, path, v, OAK_VALUE_ARRAY) || !within(r, path, f, (int64_t)v->array.n, " entries"))
		return;
	const char **items = oak_arena_alloc(r->arena, v->array.n * sizeof(*items));
	size_t n = 0;
	for (size_t i = 0; i < v->array.n; i++) {
		struct oak_path here = {.up = path, .index = i};
		const struct oak_value *item = &v->array.v[i];
		if (is(r, &here, item, OAK_VALUE_STRING) && text_fits(r, &here, f, item->string))
			items[n++] = item->string;
	}
	put_vec(at, items, n);
}

static void read_tags(struct oak_reader *r, const struct oak_path *path, const struct oak_field *f,
		      const struct oak_value *v, void *at)
{
	if (!is(r, path, v, OAK_VALUE_OBJECT) || !within(r, path, f, (int64_t)v->object.n, " entries"))
		return;
	struct oak_pair *items = oak_arena_alloc(r->arena, v->object.n * sizeof(*items));
	size_t n = 0;
	for (size_t i = 0; i < v->object.n; i++) {
		const struct oak_member *member = &v->object.v[i];
		struct oak_path here = {.up = path, .key = member->key};
		if (is(r, &here, &member->value, OAK_VALUE_STRING))
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
	if (!is(r, path, v, OAK_VALUE_ARRAY) || !within(r, path, f, (int64_t)v->array.n, " entries"))
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

static void clear_field(const struct oak_field *f, void *at)
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

void oak_shape_clear(const struct oak_shape *shape, void *record)
{
	for (size_t i = 0; i < shape->count; i++)
		clear_field(&shape->fields[i], (char *)record + shape->fields[i].offset);
}

/* Edit distance, up to 3, of two short keys. */
static unsigned distance(const char *a, const char *b)
{
	enum { MOST = 40 };
	size_t n = strlen(a), m = strlen(b);
	unsigned row[MOST + 1];
	if (n > MOST || m > MOST)
		return MOST;
	for (size_t j = 0; j <= m; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned diagonal = row[0];
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned best = diagonal + ((a[i - 1] | 32) != (b[j - 1] | 32));
			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[m];
}

static void unknown_key(struct oak_reader *r, const struct oak_path *path, const struct oak_shape *shape,
			const char *key)
{
	struct oak_path here = {.up = path, .key = key};
	const char *near = NULL;
	unsigned least = 4;
	for (size_t i = 0; i < shape->count; i++) {
		unsigned d = distance(key, shape->fields[i].key);
		if (d < least && d < strlen(key)) {
			least = d;
			near = shape->fields[i].key;
		}
	}
	if (near)
		oak_reader_error(r, &here, "unknown key (did you mean '%s'?)", near);
	else
		oak_reader_error(r, &here, "unknown key");
}

static void refuse_unknown(struct oak_reader *r, const struct oak_path *path, const struct oak_shape *shape,
			   const struct oak_value *v)
{
	for (size_t i = 0; i < v->object.n; i++) {
		size_t j = 0;
		while (j < shape->count && strcmp(shape->fields[j].key, v->object.v[i].key) != 0)
			j++;
		if (j == shape->count)
			unknown_key(r, path, shape, v->object.v[i].key);
	}
}

/* Member KEY, looked for from *NEXT on: documents usually have their members in the order of the table. */
static const struct oak_value *member(const struct oak_value *v, const char *key, size_t *next)
{
	size_t n = v->object.n;
	for (size_t i = 0; i < n; i++) {
		size_t at = *next + i < n ? *next + i : *next + i - n;
		if (strcmp(v->object.v[at].key, key) == 0) {
			*next = at + 1 < n ? at + 1 : 0;
			return &v->object.v[at].value;
		}
	}
	return NULL;
}

void oak_shape_read_at(struct oak_reader *r, const struct oak_path *path, const struct oak_value *v,
		       const struct oak_shape *shape, void *record)
{
	oak_shape_clear(shape, record);
	if (!is(r, path, v, OAK_VALUE_OBJECT))
		return;
	size_t next = 0, known = 0;
	for (size_t i = 0; i < shape->count; i++) {
		const struct oak_field *f = &shape->fields[i];
		const struct oak_value *found = member(v, f->key, &next);
		struct oak_path here = {.up = path, .key = f->key};
		known += found != NULL;
		if (found && found->kind != OAK_VALUE_NULL)
			readers[f->kind](r, &here, f, found, (char *)record + f->offset);
		else if (f->flags & OAK_REQUIRED || f->kind == OAK_FIELD_SCHEMA)
			oak_reader_error(r, &here, "is missing");
	}
	if (known < v->object.n)
		refuse_unknown(r, path, shape, v);
	if (shape->check)
		shape->check(r, path, record);
}

void oak_shape_read(struct oak_reader *r, const struct oak_value *doc, const struct oak_shape *shape, void *record)
{
	oak_shape_read_at(r, NULL, doc, shape, record);
}
