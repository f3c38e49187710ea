/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Escaping for XML and HTML. */
#include "core/xml.h"

static const char *const named[128] = {
	['\t'] = "&#9;", ['\n'] = "&#10;", ['\r'] = "&#13;", ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;"};
static const char replacement[] = "\xef\xbf\xbd";

/* Bytes of the character at P, 0 if they are no UTF-8. */
static size_t length_at(const char *p)
{
	unsigned char c = (unsigned char)*p;
	size_t want = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
	size_t have = 0;
	while (have < want && p[have])
		have++;
	return want && have == want && oak_utf8_check(p, want) ? want : 0;
}

static bool is_noncharacter(const char *p, size_t n)
{
	return n == 3 && (unsigned char)p[0] == 0xef && (unsigned char)p[1] == 0xbf && (unsigned char)p[2] >= 0xbe;
}

void oak_xml_text(struct oak_buf *buf, const char *text)
{
	while (text && *text) {
		unsigned char c = (unsigned char)*text;
		size_t n = length_at(text);
		if (c < 0x80 && named[c])
			oak_buf_adds(buf, named[c]);
		else if (n == 0 || c < 0x20 || is_noncharacter(text, n))
			oak_buf_adds(buf, replacement);
		else
			oak_buf_add(buf, text, n);
		text += n ? n : 1;
	}
}
