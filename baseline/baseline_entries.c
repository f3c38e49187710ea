/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Approved and rejected lists: AWS's are strings, ours may carry owner, reason and end. */
#include "baseline/baseline_tables.h"
#include "core/str.h"

typedef OAK_VEC(struct oak_entry) entry_list;

static bool pattern_ok(const char *text)
{
	size_t n = oak_text_length(text);
	return n >= 1 && n <= OAK_ENTRY_TEXT_MAX && oak_text_printable(text);
}

static const struct oak_field entry_fields[] = {
	{.key = "pattern", .kind = OAK_FIELD_STRING, OAK_AT(struct oak_entry, pattern), .flags = OAK_REQUIRED,
	 .valid = pattern_ok, .text = "1 to 1024 printable characters"},
	{.key = "owner", .kind = OAK_FIELD_STRING, OAK_AT(struct oak_entry, owner), .flags = OAK_OPTIONAL, .max = 1024},
	{.key = "reason", .kind = OAK_FIELD_STRING, OAK_AT(struct oak_entry, reason), .flags = OAK_OPTIONAL, .max = 4096},
	{.key = "expires", .kind = OAK_FIELD_TIME, OAK_AT(struct oak_entry, expires), .flags = OAK_OPTIONAL},
};
static const struct oak_shape entry_shape = OAK_SHAPE(struct oak_entry, entry_fields);

static void read_entry(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, bool ours,
		       struct oak_entry *entry)
{
	size_t most = ours ? OAK_ENTRY_TEXT_MAX : OAK_AWS_ENTRY_TEXT_MAX, n;
	if (ours && value->kind == OAK_VALUE_OBJECT) {
		oak_shape_read_at(reader, path, value, &entry_shape, entry);
		return;
	}
	*entry = (struct oak_entry){.pattern = "", .expires = OAK_TIME_NONE};
	if (value->kind != OAK_VALUE_STRING) {
		oak_reader_error(reader, path, "must be a string%s, is %s (quote it?)",
				 ours ? " or {pattern, owner, reason, expires}" : "",
				 oak_value_kind_to_string(value->kind));
		return;
	}
	n = oak_text_length(value->string);
	if (n < 1 || n > most)
		oak_reader_error(reader, path, "must have 1 to %zu characters, has %zu", most, n);
	else if (!oak_text_printable(value->string))
		oak_reader_error(reader, path, "must be without control characters");
	entry->pattern = value->string;
}

void oak_read_entries(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, void *at)
{
	const struct oak_baseline_reading *now = reader->context;
	bool ours = now->dialect == OAK_DIALECT_OAKUM;
	size_t most = ours ? OAK_ENTRIES_MAX : OAK_AWS_ENTRIES_MAX;
	entry_list list = {0};
	if (value->kind != OAK_VALUE_ARRAY) {
		oak_reader_error(reader, path, "must be an array, is %s", oak_value_kind_to_string(value->kind));
		return;
	}
	if (value->array.n > most) {
		oak_reader_error(reader, path, "must have at most %zu entries, has %zu", most, value->array.n);
		return;
	}
	for (size_t i = 0; i < value->array.n; i++) {
		struct oak_path here = {.up = path, .index = i};
		read_entry(reader, &here, &value->array.v[i], ours, oak_push(reader->arena, &list));
	}
	memcpy(at, &list, sizeof(list));
}

bool oak_write_entries(const void *at, const char *key, struct oak_sink *sink)
{
	entry_list list;
	memcpy(&list, at, sizeof(list));
	oak_put_begin_array(sink, key);
	for (size_t i = 0; i < list.n; i++) {
		const struct oak_entry *entry = &list.v[i];
		if (entry->owner || entry->reason || entry->expires != OAK_TIME_NONE)
			oak_shape_write(&entry_shape, entry, NULL, sink);
		else
			sink->ops->string(sink, entry->pattern);
	}
	oak_put_end_array(sink);
	return true;
}

bool oak_write_patterns(const void *at, const char *key, struct oak_sink *sink)
{
	entry_list list;
	memcpy(&list, at, sizeof(list));
	oak_put_begin_array(sink, key);
	for (size_t i = 0; i < list.n; i++)
		sink->ops->string(sink, list.v[i].pattern);
	oak_put_end_array(sink);
	return true;
}
