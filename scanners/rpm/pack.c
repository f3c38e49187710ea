/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of terminated texts: what our caches beside the .solv files are made of. */
#include "scanners/rpm/pack.h"

#include <inttypes.h>

void oak_pack_text(struct oak_buf *buf, const char *text)
{
	if (!text || *text == '\x01') /* alone it says NULL; before a text that begins with it, it is a mark */
		oak_buf_addc(buf, '\x01');
	oak_buf_add(buf, text ? text : "", text ? strlen(text) + 1 : 1);
}

void oak_pack_number(struct oak_buf *buf, int64_t number)
{
	oak_buf_addf(buf, "%" PRId64, number);
	oak_buf_addc(buf, '\0');
}

const char *oak_unpack_text(struct oak_unpack *in)
{
	const char *end = in->bad || in->p >= in->end ? NULL : memchr(in->p, '\0', (size_t)(in->end - in->p));
	if (!end) {
		in->bad = true;
		return NULL;
	}
	const char *text = in->p;
	in->p = end + 1;
	if (text[0] != '\x01')
		return text;
	return text[1] ? text + 1 : NULL;
}

int64_t oak_unpack_number(struct oak_unpack *in)
{
	const char *text = oak_unpack_text(in);
	int64_t number = 0;
	if (!text || !oak_parse_int(oak_str_of(text), INT64_MIN, INT64_MAX, &number))
		in->bad = true;
	return in->bad ? 0 : number;
}

size_t oak_unpack_count(struct oak_unpack *in)
{
	int64_t n = oak_unpack_number(in);
	if (n < 0 || n > in->end - in->p)
		in->bad = true;
	return in->bad ? 0 : (size_t)n;
}
