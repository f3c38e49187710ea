/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paragraphs, fields, words. */
#include "repo/deb822.h"

#include <string.h>

static bool blank(struct oak_str line)
{
	return oak_str_trim(line).n == 0;
}

bool oak_deb822_next(struct oak_str *rest, struct oak_str *ret)
{
	struct oak_str ahead = *rest, line, begin = {NULL, 0};
	while (oak_str_next(&ahead, '\n', &line)) {
		if (!begin.p && !blank(line))
			begin = line;
		if (begin.p && blank(line)) {
			*ret = (struct oak_str){begin.p, (size_t)(line.p - begin.p)};
			*rest = ahead;
			return true;
		}
	}
	if (!begin.p)
		return false;
	*ret = (struct oak_str){begin.p, (size_t)(rest->p + rest->n - begin.p)};
	*rest = (struct oak_str){rest->p + rest->n, 0};
	return true;
}

static bool names(struct oak_str line, const char *field, size_t n)
{
	if (line.n <= n || line.p[n] != ':')
		return false;
	for (size_t i = 0; i < n; i++) {
		char a = line.p[i], b = field[i];
		a = a >= 'A' && a <= 'Z' ? (char)(a + 32) : a;
		b = b >= 'A' && b <= 'Z' ? (char)(b + 32) : b;
		if (a != b)
			return false;
	}
	return true;
}

struct oak_str oak_deb822_field(struct oak_str paragraph, const char *field)
{
	size_t n = strlen(field);
	struct oak_str rest = paragraph, line, value = {NULL, 0};
	while (oak_str_next(&rest, '\n', &line)) {
		bool continued = line.n && (line.p[0] == ' ' || line.p[0] == '\t');
		if (value.p && continued)
			value.n = (size_t)(line.p + line.n - value.p);
		else if (value.p)
			break;
		else if (!continued && names(line, field, n))
			value = (struct oak_str){line.p + n + 1, line.n - n - 1};
	}
	return value.p ? oak_str_trim(value) : value;
}

bool oak_deb822_word(struct oak_str *rest, struct oak_str *ret)
{
	static const char gaps[] = " \t\r\n";
	while (rest->n && strchr(gaps, rest->p[0]) && rest->p[0])
		*rest = (struct oak_str){rest->p + 1, rest->n - 1};
	size_t n = 0;
	while (n < rest->n && !(rest->p[n] && strchr(gaps, rest->p[n])))
		n++;
	if (!n)
		return false;
	*ret = (struct oak_str){rest->p, n};
	*rest = (struct oak_str){rest->p + n, rest->n - n};
	return true;
}
