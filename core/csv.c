/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CSV cells. */
#include "core/csv.h"

void oak_csv_cell(struct oak_buf *buf, const char *text)
{
	text = text ? text : "";
	bool neutral = *text && strchr("=+-@\t\r", *text);
	bool quote = neutral || strpbrk(text, ",\"\r\n");
	if (quote)
		oak_buf_addc(buf, '"');
	if (neutral)
		oak_buf_addc(buf, '\'');
	for (; *text; text++) {
		if (*text == '"')
			oak_buf_addc(buf, '"');
		oak_buf_addc(buf, *text);
	}
	if (quote)
		oak_buf_addc(buf, '"');
}
