/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The shorthands that every walker uses. */
#include "core/sink.h"

#include <stdio.h>
#include <stdlib.h>

const char *oak_real_format(double number, char out[OAK_REAL_TEXT])
{
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(out, OAK_REAL_TEXT, "%.*g", digits, number);
		double back = strtod(out, NULL);
		if (back <= number && back >= number)
			break;
	}
	return out;
}

static void put_key(struct oak_sink *sink, const char *key)
{
	if (key)
		sink->ops->key(sink, key);
}

void oak_put_string(struct oak_sink *sink, const char *key, const char *text)
{
	put_key(sink, key);
	if (text)
		sink->ops->string(sink, text);
	else
		sink->ops->null(sink);
}

void oak_put_string_opt(struct oak_sink *sink, const char *key, const char *text)
{
	if (text)
		oak_put_string(sink, key, text);
}

void oak_put_int(struct oak_sink *sink, const char *key, int64_t number)
{
	put_key(sink, key);
	sink->ops->integer(sink, number);
}

void oak_put_bool(struct oak_sink *sink, const char *key, bool value)
{
	put_key(sink, key);
	sink->ops->boolean(sink, value);
}

void oak_put_bool_opt(struct oak_sink *sink, const char *key, bool value)
{
	if (value)
		oak_put_bool(sink, key, value);
}

void oak_put_time(struct oak_sink *sink, const char *key, oak_time t)
{
	char text[OAK_TIME_TEXT];
	oak_put_string(sink, key, t == OAK_TIME_NONE || t == OAK_TIME_NEVER ? NULL : oak_time_format(t, text));
}

void oak_put_time_opt(struct oak_sink *sink, const char *key, oak_time t)
{
	if (t != OAK_TIME_NONE && t != OAK_TIME_NEVER)
		oak_put_time(sink, key, t);
}

void oak_put_begin_object(struct oak_sink *sink, const char *key)
{
	put_key(sink, key);
	sink->ops->begin_object(sink);
}

void oak_put_begin_array(struct oak_sink *sink, const char *key)
{
	put_key(sink, key);
	sink->ops->begin_array(sink);
}

void oak_put_end_object(struct oak_sink *sink)
{
	sink->ops->end_object(sink);
}

void oak_put_end_array(struct oak_sink *sink)
{
	sink->ops->end_array(sink);
}

void oak_put_strings(struct oak_sink *sink, const char *key, const char *const *v, size_t n)
{
	oak_put_begin_array(sink, key);
	for (size_t i = 0; i < n; i++)
		sink->ops->string(sink, v[i]);
	oak_put_end_array(sink);
}

void oak_put_value(struct oak_sink *sink, const struct oak_value *value)
{
	switch (value->kind) {
	case OAK_VALUE_NULL:
	case OAK_VALUE_KIND_COUNT:
		sink->ops->null(sink);
		return;
	case OAK_VALUE_BOOL:
		sink->ops->boolean(sink, value->boolean);
		return;
	case OAK_VALUE_INT:
		sink->ops->integer(sink, value->integer);
		return;
	case OAK_VALUE_REAL:
		sink->ops->real(sink, value->real);
		return;
	case OAK_VALUE_STRING:
		sink->ops->string(sink, value->string);
		return;
	case OAK_VALUE_ARRAY:
		sink->ops->begin_array(sink);
		for (size_t i = 0; i < value->array.n; i++)
			oak_put_value(sink, &value->array.v[i]);
		sink->ops->end_array(sink);
		return;
	case OAK_VALUE_OBJECT:
		sink->ops->begin_object(sink);
		for (size_t i = 0; i < value->object.n; i++) {
			sink->ops->key(sink, value->object.v[i].key);
			oak_put_value(sink, &value->object.v[i].value);
		}
		sink->ops->end_object(sink);
		return;
	}
}
