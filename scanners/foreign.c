/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telling foreign inventories apart, and their bytes made UTF-8. */
#include "scanners/foreign.h"

#include <stdlib.h>
#include <string.h>

#include "core/str.h"

/* ------------------------------------------------------------------------------------------- characters */

static void add_code_point(struct oak_buf *out, unsigned c)
{
	if (c < 0x80) {
		oak_buf_addc(out, (char)c);
	} else if (c < 0x800) {
		oak_buf_addc(out, (char)(0xc0 | c >> 6));
		oak_buf_addc(out, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		oak_buf_addc(out, (char)(0xe0 | c >> 12));
		oak_buf_addc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		oak_buf_addc(out, (char)(0x80 | (c & 0x3f)));
	} else {
		oak_buf_addc(out, (char)(0xf0 | c >> 18));
		oak_buf_addc(out, (char)(0x80 | (c >> 12 & 0x3f)));
		oak_buf_addc(out, (char)(0x80 | (c >> 6 & 0x3f)));
		oak_buf_addc(out, (char)(0x80 | (c & 0x3f)));
	}
}

static void from_utf16(const unsigned char *p, size_t n, bool big, struct oak_buf *out)
{
	unsigned high = 0;
	for (size_t i = 0; i + 1 < n; i += 2) {
		unsigned unit = big ? (unsigned)p[i] << 8 | p[i + 1] : (unsigned)p[i + 1] << 8 | p[i];
		bool low = unit >= 0xdc00 && unit < 0xe000;
		if (high && !low)
			add_code_point(out, 0xfffd);
		if (unit >= 0xd800 && unit < 0xdc00) {
			high = unit;
			continue;
		}
		add_code_point(out, low ? (high ? 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00) : 0xfffd) : unit ? unit : 0xfffd);
		high = 0;
	}
}

/* 0x80 to 0x9f of Windows' code page 1252; 0 = not assigned. */
static const unsigned short upper_1252[32] = {
	0x20ac, 0,	0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,	0x017d, 0,
	0,	0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,	0x017e, 0x0178,
};

static void from_1252(const unsigned char *p, size_t n, struct oak_buf *out)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] >= 0x80 && p[i] < 0xa0)
			add_code_point(out, upper_1252[p[i] - 0x80] ? upper_1252[p[i] - 0x80] : 0xfffd);
		else
			add_code_point(out, p[i] ? p[i] : 0xfffd);
}

void oak_foreign_to_utf8(struct oak_buf *text)
{
	const unsigned char *p = (const unsigned char *)oak_buf_text(text);
	struct oak_buf out;
	bool little = text->n >= 2 && p[0] == 0xff && p[1] == 0xfe, big = text->n >= 2 && p[0] == 0xfe && p[1] == 0xff;
	if (text->n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
		text->n -= 3;
		memmove(text->p, text->p + 3, text->n + 1);
		p = (const unsigned char *)text->p;
	}
	if (!little && !big && oak_utf8_check((const char *)p, text->n) && !memchr(p, '\0', text->n))
		return;
	oak_buf_init(&out, text->max * 3);
	if (little || big)
		from_utf16(p + 2, text->n - 2, big, &out);
	else
		from_1252(p, text->n, &out);
	oak_buf_done(text);
	*text = out;
}

/* ------------------------------------------------------------------------------------------- kinds */

static bool is_object_line(struct oak_str line)
{
	return line.n >= 2 && line.p[0] == '{' && line.p[line.n - 1] == '}';
}

static bool mentions(struct oak_str line, const char *key)
{
	size_t n = strlen(key);
	for (size_t i = 0; i + n <= line.n; i++)
		if (memcmp(line.p + i, key, n) == 0)
			return true;
	return false;
}

/* Whole objects line by line, the first of which says what task it tells of, or how it ended. */
static bool looks_like_win_updates(struct oak_str text)
{
	struct oak_str line, rest = text;
	while (oak_str_next(&rest, '\n', &line)) {
		line = oak_str_trim(line);
		if (!line.n)
			continue;
		if (!is_object_line(line) || mentions(line, "\"schema\""))
			return false;
		return mentions(line, "\"task\"") || mentions(line, "\"changed\"") || mentions(line, "\"failed\"");
	}
	return false;
}

static bool has_digits(struct oak_str s)
{
	for (size_t i = 0; i + 2 < s.n; i++)
		if (s.p[i] >= '0' && s.p[i] <= '9' && s.p[i + 1] == '.' && s.p[i + 2] >= '0' && s.p[i + 2] <= '9')
			return true;
	return false;
}

/* "Key:   value" in columns; within the first lines one has "Windows", the next the version; in CSV the first line is quoted. */
static bool looks_like_systeminfo(struct oak_str text)
{
	struct oak_str rest = text, line;
	bool named = false;
	for (int i = 0; i < 12 && oak_str_next(&rest, '\n', &line); i++) {
		line = oak_str_trim(line);
		if (!line.n)
			continue;
		if (line.p[0] == '{' || line.p[0] == '-' || line.p[0] == '#')
			return false;
		bool csv = line.p[0] == '"' && mentions(line, "\",\"");
		bool windows = mentions(line, "Windows") && (mentions(line, ":") || csv);
		if (named && has_digits(line))
			return true;
		named = windows;
		if (csv && windows && has_digits(line))
			return true;
	}
	return false;
}

enum oak_foreign oak_foreign_of(const char *text, size_t n)
{
	struct oak_str all = {text, n};
	if (looks_like_win_updates(all))
		return OAK_FOREIGN_WIN_UPDATES;
	return looks_like_systeminfo(all) ? OAK_FOREIGN_SYSTEMINFO : OAK_FOREIGN_NONE;
}
