/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents by table: one row per member drives reading, checking, refusing unknown keys, and writing. */
#ifndef OAK_BASELINE_READER_H
#define OAK_BASELINE_READER_H

#include <stddef.h>
#include <stdint.h>

#include "baseline/problem.h"
#include "core/sink.h"
#include "core/value.h"

/*
 * Describe a struct once, read and write it by that:
 *
 *	static const struct oak_field fields[] = {
 *		{.key = "schema", .kind = OAK_FIELD_SCHEMA, .text = "oakum.thing/1"},
 *		{.key = "name", .kind = OAK_FIELD_STRING, OAK_AT(struct thing, name), .flags = OAK_REQUIRED, .min = 3, .max = 128},
 *		{.key = "tags", .kind = OAK_FIELD_STRINGS, OAK_AT(struct thing, tags), .flags = OAK_OPTIONAL},
 *	};
 *	static const struct oak_shape shape = OAK_SHAPE(struct thing, fields);
 *
 *	struct oak_reader reader = {.arena = arena};
 *	oak_shape_read(&reader, doc, &shape, thing);
 *	return oak_reader_finish(&reader, "file.yaml", "thing.invalid", err);
 *
 * Members are read and written in the order of the table. null counts as absent.
 */
enum oak_field_kind {
	OAK_FIELD_SCHEMA,   /* the constant .text; required */
	OAK_FIELD_STRING,   /* const char * */
	OAK_FIELD_BOOL,     /* bool; .absent is the default */
	OAK_FIELD_INT,      /* int; .absent */
	OAK_FIELD_INT64,    /* int64_t; .absent */
	OAK_FIELD_TIME,     /* oak_time, RFC 3339; OAK_TIME_NONE when absent */
	OAK_FIELD_DURATION, /* int64_t seconds, "3d"; .absent */
	OAK_FIELD_ENUM,     /* an enum, by .names; .absent */
	OAK_FIELD_STRINGS,  /* OAK_VEC(const char *) */
	OAK_FIELD_TAGS,     /* OAK_VEC(struct oak_pair): an object of strings */
	OAK_FIELD_OBJECT,   /* a struct in place, by .shape */
	OAK_FIELD_OBJECTS,  /* OAK_VEC(struct …), by .shape */
	OAK_FIELD_CUSTOM,   /* by .read and .write */
	OAK_FIELD_IGNORED,  /* allowed, neither read nor written */
	OAK_FIELD_KIND_COUNT
};

enum {
	OAK_REQUIRED = 1, /* its absence is an error */
	OAK_OPTIONAL = 2  /* not written when absent (else null, [] or the value) */
};

/* What OAK_FIELD_TAGS fills: a key and a value, both strings (struct oak_tag has this layout). */
struct oak_pair {
	const char *key, *value;
};

/* Where we are in a document; lives on the stack, becomes text ("updates[3].evr") only for an error. */
struct oak_path {
	const struct oak_path *up;
	const char *key; /* NULL = an item of an array, at INDEX */
	size_t index;
};

struct oak_reader {
	struct oak_arena *arena;
	struct oak_problems errors; /* the first OAK_READER_ERRORS, each with its path as subject */
	size_t error_count;         /* all of them; errors.total too */
	void *context;              /* for .check and .read of the caller */
};
enum { OAK_READER_ERRORS = 100 };

struct oak_field {
	const char *key;
	enum oak_field_kind kind;
	size_t offset; /* in the struct */
	unsigned flags;
	int64_t absent;
	int64_t min, max; /* of a number, characters of a string, items of an array; .max 0 = no limit */
	const char *text; /* SCHEMA: its value. STRING: what .valid wants, for the message */
	bool (*valid)(const char *text); /* STRING, STRINGS: each text must satisfy it; NULL = any */
	const char *const *names;        /* ENUM */
	size_t name_count;
	const struct oak_shape *shape;
	void (*read)(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, void *at);
	bool (*write)(const void *at, const char *key, struct oak_sink *sink); /* writes key and value, or nothing */
};

struct oak_shape {
	const struct oak_field *fields;
	size_t count;
	size_t size; /* of the struct */
	/* Called for each struct once its members are read; may be NULL. */
	void (*check)(struct oak_reader *reader, const struct oak_path *path, void *record);
};

#define OAK_AT(type, member) .offset = offsetof(type, member)
#define OAK_NAMES(table) .names = (table), .name_count = sizeof(table) / sizeof(*(table))
#define OAK_SHAPE(type, table) {.fields = (table), .count = sizeof(table) / sizeof(*(table)), .size = sizeof(type)}

/* Fill RECORD (zeroed by the caller) from DOC. All errors of the document are collected in READER; members in error
 * keep their absent value, strings of REQUIRED members then are "". */
void oak_shape_read(struct oak_reader *reader, const struct oak_value *doc, const struct oak_shape *shape, void *record);

/* The same for a part of a document. */
void oak_shape_read_at(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value,
		       const struct oak_shape *shape, void *record);

/* Set all members of RECORD to their absent values. */
void oak_shape_clear(const struct oak_shape *shape, void *record);

/* Write one object; KEY NULL = the document itself or an item of an array. */
void oak_shape_write(const struct oak_shape *shape, const void *record, const char *key, struct oak_sink *sink);

/* Record an error of the document at PATH (NULL = the whole document). */
void oak_reader_error(struct oak_reader *reader, const struct oak_path *path, const char *fmt, ...) OAK_PRINTF(3, 4);

/* "updates[3].evr" in the reader's arena; "document" for NULL. */
const char *oak_path_text(struct oak_arena *arena, const struct oak_path *path);

/* 0 without errors; else one oak_error with ID, kind INVALID, naming NAME, the count, and as many errors as fit. */
int oak_reader_finish(const struct oak_reader *reader, const char *name, const char *id, struct oak_error *err)
	OAK_MUST_USE;

/* Index of TEXT in NAMES, ignoring case and '_' ("InstalledOther" is INSTALLED_OTHER); -1 = absent. */
int oak_names_find(const char *const *names, size_t count, const char *text);

/* Characters (code points) of a UTF-8 text. */
size_t oak_text_length(const char *text);

/* No control characters. For .valid. */
bool oak_text_printable(const char *text);

#endif
