/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a document by its table, with every error and its path. */
#include "baseline/reader.h"

#include <stdarg.h>
#include <stdio.h>

#include "baseline/reader_fields.h"
#include "core/buf.h"
#include "core/suggest.h"

enum { PATH_TEXT = 512, PATH_DEPTH = 64, SHOWN = 60 };

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

void oak_shape_clear(const struct oak_shape *shape, void *record)
{
	for (size_t i = 0; i < shape->count; i++)
		oak_field_clear(&shape->fields[i], (char *)record + shape->fields[i].offset);
}

static void unknown_key(struct oak_reader *r, const struct oak_path *path, const struct oak_shape *shape,
			const char *key)
{
	struct oak_path here = {.up = path, .key = key};
	struct oak_suggestion near = {.word = key};
	for (size_t i = 0; i < shape->count; i++)
		oak_suggest(&near, shape->fields[i].key);
	if (near.best)
		oak_reader_error(r, &here, "unknown key (did you mean '%s'?)", near.best);
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
	if (!oak_reader_is(r, path, v, OAK_VALUE_OBJECT))
		return;
	size_t next = 0, known = 0;
	for (size_t i = 0; i < shape->count; i++) {
		const struct oak_field *f = &shape->fields[i];
		const struct oak_value *found = member(v, f->key, &next);
		struct oak_path here = {.up = path, .key = f->key};
		known += found != NULL;
		if (found && found->kind != OAK_VALUE_NULL)
			oak_field_read(r, &here, f, found, (char *)record + f->offset);
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
