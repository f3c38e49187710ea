/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing the OLPC canonical form. */
#include "repo/tuf_json.h"

#include <stdlib.h>
#include <string.h>

static int write_value(const struct oak_value *v, struct oak_buf *out);

static void write_string(const char *text, struct oak_buf *out)
{
	oak_buf_addc(out, '"');
	for (size_t n; *text; text += n) {
		n = strcspn(text, "\"\\");
		oak_buf_add(out, text, n);
		if (!text[n])
			break;
		oak_buf_addc(out, '\\');
		oak_buf_addc(out, text[n++]);
	}
	oak_buf_addc(out, '"');
}

static int by_key(const void *a, const void *b)
{
	return strcmp((*(const struct oak_member *const *)a)->key, (*(const struct oak_member *const *)b)->key);
}

static int write_object(const struct oak_value *v, struct oak_buf *out)
{
	size_t n = v->object.n;
	OAK_AUTO(oak_free_p) const struct oak_member **order = oak_alloc_zero(n + 1, sizeof(*order));
	for (size_t i = 0; i < n; i++)
		order[i] = &v->object.v[i];
	qsort(order, n, sizeof(*order), by_key);
	oak_buf_addc(out, '{');
	for (size_t i = 0; i < n; i++) {
		if (i)
			oak_buf_addc(out, ',');
		write_string(order[i]->key, out);
		oak_buf_addc(out, ':');
		if (write_value(&order[i]->value, out) < 0)
			return -1;
	}
	oak_buf_addc(out, '}');
	return 0;
}

static int write_array(const struct oak_value *v, struct oak_buf *out)
{
	oak_buf_addc(out, '[');
	for (size_t i = 0; i < v->array.n; i++) {
		if (i)
			oak_buf_addc(out, ',');
		if (write_value(&v->array.v[i], out) < 0)
			return -1;
	}
	oak_buf_addc(out, ']');
	return 0;
}

static int write_value(const struct oak_value *v, struct oak_buf *out)
{
	switch (v->kind) {
	case OAK_VALUE_NULL:
		oak_buf_adds(out, "null");
		return 0;
	case OAK_VALUE_BOOL:
		oak_buf_adds(out, v->boolean ? "true" : "false");
		return 0;
	case OAK_VALUE_INT:
		oak_buf_addf(out, "%lld", (long long)v->integer);
		return 0;
	case OAK_VALUE_STRING:
		write_string(v->string, out);
		return 0;
	case OAK_VALUE_ARRAY:
		return write_array(v, out);
	case OAK_VALUE_OBJECT:
		return write_object(v, out);
	case OAK_VALUE_REAL:
	case OAK_VALUE_KIND_COUNT:
		break;
	}
	return -1;
}

int oak_tuf_canonical(const struct oak_value *value, struct oak_buf *out, struct oak_error *err)
{
	if (write_value(value, out) < 0)
		return oak_fail(err, OAK_INVALID, "tuf.invalid", 0, "numbers in metadata must be integers");
	if (out->full)
		return oak_fail(err, OAK_INVALID, "tuf.invalid", 0, "metadata are too large");
	return 0;
}
