/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* String helpers without a locale. */
#include "core/str.h"

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool oak_streq(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

int oak_strcasecmp(const char *a, const char *b)
{
	while (*a && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return (int)lower(*a) - (int)lower(*b);
}

bool oak_strcaseeq(const char *a, const char *b)
{
	return a == b || (a && b && oak_strcasecmp(a, b) == 0);
}

bool oak_starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool oak_ends_with(const char *text, const char *suffix)
{
	size_t n = strlen(text), m = strlen(suffix);
	return n >= m && memcmp(text + n - m, suffix, m) == 0;
}

const char *oak_strcasestr(const char *hay, const char *needle)
{
	for (;; hay++) {
		size_t i = 0;
		while (needle[i] && lower(hay[i]) == lower(needle[i]))
			i++;
		if (!needle[i])
			return hay;
		if (!*hay)
			return NULL;
	}
}

bool oak_str_eq(struct oak_str a, struct oak_str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct oak_str oak_str_trim(struct oak_str s)
{
	while (s.n && blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool oak_str_next(struct oak_str *rest, char sep, struct oak_str *ret_part)
{
	if (!rest->p)
		return false;
	const char *cut = rest->n ? memchr(rest->p, sep, rest->n) : NULL;
	if (!cut) {
		*ret_part = *rest;
		*rest = (struct oak_str){NULL, 0};
		return true;
	}
	size_t n = (size_t)(cut - rest->p);
	*ret_part = (struct oak_str){rest->p, n};
	*rest = (struct oak_str){cut + 1, rest->n - n - 1};
	return true;
}

bool oak_parse_int(struct oak_str s, int64_t min, int64_t max, int64_t *ret)
{
	bool negative = s.n && s.p[0] == '-';
	size_t i = negative || (s.n && s.p[0] == '+') ? 1 : 0;
	if (i == s.n)
		return false;
	int64_t value = 0;
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		int digit = s.p[i] - '0';
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, (int64_t)digit, &value)) /* negative side: holds INT64_MIN */
			return false;
	}
	if (!negative && __builtin_sub_overflow((int64_t)0, value, &value))
		return false;
	if (value < min || value > max)
		return false;
	*ret = value;
	return true;
}

bool oak_utf8_check(const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text, *end = p + n;
	while (p < end) {
		if (*p < 0x80) {
			p++;
			continue;
		}
		int more = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : 1;
		if (*p < 0xc2 || *p > 0xf4 || end - p <= more)
			return false;
		unsigned second = p[1];
		unsigned low = *p == 0xe0 ? 0xa0 : *p == 0xf0 ? 0x90 : 0x80;
		unsigned high = *p == 0xed ? 0x9f : *p == 0xf4 ? 0x8f : 0xbf;
		if (second < low || second > high)
			return false;
		for (int i = 2; i <= more; i++)
			if ((p[i] & 0xc0) != 0x80)
				return false;
		p += more + 1;
	}
	return true;
}
