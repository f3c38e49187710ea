/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Matching one glob against one text, without recursion. */
#include "baseline/glob.h"

static unsigned char folded(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* End of the set that begins at PATTERN ('['), i.e. its ']'; NULL if it is not closed and so a plain character. */
static const char *set_end(const char *pattern)
{
	const char *p = pattern + 1;

	if (*p == '!' || *p == '^')
		p++;
	if (*p == ']')
		p++;
	return strchr(p, ']');
}

static bool set_contains(const char *pattern, const char *end, unsigned char c)
{
	const char *p = pattern + 1;
	bool inverted = *p == '!' || *p == '^', found = false;

	if (inverted)
		p++;
	for (; p < end; p++) {
		if (p + 2 < end && p[1] == '-') {
			found |= folded(p[0]) <= c && c <= folded(p[2]);
			p += 2;
		} else {
			found |= folded(*p) == c;
		}
	}
	return found != inverted;
}

static size_t character_bytes(const char *text)
{
	size_t n = 1;

	while (n < 4 && ((unsigned char)text[n] & 0xC0) == 0x80)
		n++;
	return n;
}

/* Match one element of *PATTERN (no star) at *TEXT and step over both; false if it does not fit. */
static bool step(const char **pattern, const char **text)
{
	const char *end = **pattern == '[' ? set_end(*pattern) : NULL;

	if (!**text || !**pattern)
		return false;
	if (end) {
		if (!set_contains(*pattern, end, folded(**text)))
			return false;
		*pattern = end + 1;
		*text += character_bytes(*text);
		return true;
	}
	if (**pattern == '?') {
		*text += character_bytes(*text);
	} else {
		if (folded(**pattern) != folded(**text))
			return false;
		++*text;
	}
	++*pattern;
	return true;
}

bool oak_glob_match(const char *pattern, const char *text)
{
	const char *after_star = NULL, *resume = NULL;

	for (;;) {
		if (*pattern == '*') {
			after_star = ++pattern;
			resume = text;
		} else if (!*pattern && !*text) {
			return true;
		} else if (!step(&pattern, &text)) {
			/* Only the last star can help: what lies before it has matched at its earliest place. */
			if (!after_star || !*resume)
				return false;
			text = ++resume;
			pattern = after_star;
		}
	}
}

bool oak_glob_is_pattern(const char *pattern)
{
	for (; *pattern; pattern++)
		if (*pattern == '*' || *pattern == '?' || (*pattern == '[' && set_end(pattern)))
			return true;
	return false;
}

bool oak_glob_next_run(const char **pattern, struct oak_str *ret_run)
{
	const char *start = *pattern, *p = *pattern;

	for (;;) {
		const char *end = *p == '[' ? set_end(p) : NULL;
		bool special = *p == '*' || *p == '?' || end;

		if ((special || !*p) && p > start) {
			*ret_run = (struct oak_str){start, (size_t)(p - start)};
			*pattern = p;
			return true;
		}
		if (!*p)
			return false;
		p = end ? end + 1 : p + 1;
		if (special)
			start = p;
	}
}
