/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What AWS's documents hold besides the model, kept so that an export gives it back. */
#include <string.h>

#include "baseline/baseline_rows.h"

/* What AWS adds and the model does not need. It is kept under AWS's API name. */
static const struct {
	const char *snapshot, *api;
} kept_names[] = {{"createdTime", "CreatedDate"}, {"modifiedTime", "ModifiedDate"}};

static const char *kept_name(const char *key)
{
	for (size_t i = 0; i < sizeof(kept_names) / sizeof(*kept_names); i++)
		if (strcmp(kept_names[i].snapshot, key) == 0)
			return kept_names[i].api;
	return key;
}

static size_t nesting(const struct oak_value *value)
{
	size_t most = 0, n;
	if (value->kind == OAK_VALUE_ARRAY)
		for (size_t i = 0; i < value->array.n; i++)
			most = (n = nesting(&value->array.v[i])) > most ? n : most;
	else if (value->kind == OAK_VALUE_OBJECT)
		for (size_t i = 0; i < value->object.n; i++)
			most = (n = nesting(&value->object.v[i].value)) > most ? n : most;
	else
		return 0;
	return most + 1;
}

void oak_read_kept(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, void *at)
{
	struct oak_baseline_reading *now = reader->context;
	(void)at;
	if (nesting(value) > OAK_KEPT_DEPTH) {
		oak_reader_error(reader, path, "is nested deeper than %d levels", OAK_KEPT_DEPTH);
		return;
	}
	*oak_push(reader->arena, &now->kept) = (struct oak_member){kept_name(path->key), *value};
}

bool oak_write_kept(const void *at, const char *key, struct oak_sink *sink)
{
	const struct oak_value *value = oak_baseline_kept(at, kept_name(key));
	if (!value)
		return false;
	sink->ops->key(sink, key);
	oak_put_value(sink, value);
	return true;
}

const struct oak_value *oak_baseline_kept(const struct oak_baseline *baseline, const char *key)
{
	return oak_value_get(baseline->kept, key);
}

/* The member "aws" of ours: all that is kept, as one object. */
void oak_read_all_kept(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, void *at)
{
	struct oak_baseline *baseline = at;
	if (value->kind != OAK_VALUE_OBJECT)
		oak_reader_error(reader, path, "must be an object, is %s", oak_value_kind_to_string(value->kind));
	else if (nesting(value) > OAK_KEPT_DEPTH + 1)
		oak_reader_error(reader, path, "is nested deeper than %d levels", OAK_KEPT_DEPTH + 1);
	else if (value->object.n)
		baseline->kept = value;
}

bool oak_write_all_kept(const void *at, const char *key, struct oak_sink *sink)
{
	const struct oak_baseline *baseline = at;
	if (!baseline->kept)
		return false;
	sink->ops->key(sink, key);
	oak_put_value(sink, baseline->kept);
	return true;
}
