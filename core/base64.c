/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Base64 and hexadecimal text to and from bytes. */
#include "core/signer.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void oak_base64(const void *bytes, size_t n, struct oak_buf *out)
{
	const unsigned char *p = bytes;
	for (size_t i = 0; i < n; i += 3) {
		unsigned v = (unsigned)p[i] << 16 | (i + 1 < n ? (unsigned)p[i + 1] << 8 : 0) |
			     (i + 2 < n ? p[i + 2] : 0);
		oak_buf_addc(out, digits[v >> 18]);
		oak_buf_addc(out, digits[v >> 12 & 63]);
		oak_buf_addc(out, i + 1 < n ? digits[v >> 6 & 63] : '=');
		oak_buf_addc(out, i + 2 < n ? digits[v & 63] : '=');
	}
}

static int value_of(char c)
{
	const char *found = c ? strchr(digits, c) : NULL;
	return found ? (int)(found - digits) : -1;
}

bool oak_base64_decode(const char *text, size_t n, struct oak_buf *out)
{
	unsigned v = 0;
	int have = 0, pad = 0;
	for (size_t i = 0; i < n; i++) {
		if (text[i] == '\r' || text[i] == '\n')
			continue;
		int digit = value_of(text[i]);
		if (text[i] == '=' && have >= 2)
			digit = 0, pad++;
		else if (digit < 0 || pad)
			return false;
		v = v << 6 | (unsigned)digit;
		if (++have < 4)
			continue;
		for (int k = 0; k < 3 - pad; k++)
			oak_buf_addc(out, (char)(v >> (16 - 8 * k) & 0xff));
		have = 0, v = 0;
	}
	return have == 0 && pad < 3 && !out->full;
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool oak_unhex(const char *text, size_t n, struct oak_buf *out)
{
	if (n % 2)
		return false;
	for (size_t i = 0; i < n; i += 2) {
		int high = nibble(text[i]), low = nibble(text[i + 1]);
		if (high < 0 || low < 0)
			return false;
		oak_buf_addc(out, (char)(high << 4 | low));
	}
	return !out->full;
}
