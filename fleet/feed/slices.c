/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding where one JSON value ends and the next begins. */
#include "fleet/feed/slices.h"

static const char truncated[] = "it ends in the middle (a download that broke off?)";

static void skip_blanks(struct oak_str *s)
{
	while (s->n && (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r')) {
		s->p++;
		s->n--;
	}
}

static void advance(struct oak_str *s, size_t n)
{
	s->p += n;
	s->n -= n;
}

/* Length of the string literal at the beginning of S with both quotes; 0 = it does not end. */
static size_t string_length(struct oak_str s)
{
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			return i + 1;
	}
	return 0;
}

/* Length of the object or array at the beginning of S; 0 = it does not end. */
static size_t nested_length(struct oak_str s)
{
	size_t depth = 0;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '"') {
			size_t n = string_length((struct oak_str){s.p + i, s.n - i});
			if (!n)
				return 0;
			i += n - 1;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if ((c == '}' || c == ']') && --depth == 0) {
			return i + 1;
		}
	}
	return 0;
}

static size_t value_length(struct oak_str s)
{
	size_t n = 0;
	if (!s.n)
		return 0;
	if (*s.p == '"')
		return string_length(s);
	if (*s.p == '{' || *s.p == '[')
		return nested_length(s);
	while (n < s.n && !memchr(",}] \t\r\n", s.p[n], 7))
		n++;
	return n < s.n ? n : 0; /* a bare word at the very end of the text belongs to nothing */
}

bool oak_slices_begin(struct oak_slices *slices, struct oak_str text)
{
	skip_blanks(&text);
	if (!text.n || (*text.p != '{' && *text.p != '['))
		return false;
	*slices = (struct oak_slices){.close = *text.p == '{' ? '}' : ']', .first = true};
	advance(&text, 1);
	slices->rest = text;
	return true;
}

static bool broken(struct oak_slices *slices, const char *why)
{
	slices->broken = slices->rest.n ? why : truncated;
	return false;
}

/* Past the comma; false at the end of the container. */
static bool step(struct oak_slices *slices)
{
	skip_blanks(&slices->rest);
	if (!slices->rest.n)
		return broken(slices, truncated);
	if (*slices->rest.p == slices->close) {
		advance(&slices->rest, 1);
		slices->close = '\0';
		return false;
	}
	if (slices->first) {
		slices->first = false;
		return true;
	}
	if (*slices->rest.p != ',')
		return broken(slices, "a comma is missing");
	advance(&slices->rest, 1);
	skip_blanks(&slices->rest);
	return slices->rest.n ? true : broken(slices, truncated);
}

static bool take_key(struct oak_slices *slices, struct oak_str *ret)
{
	if (*slices->rest.p != '"')
		return broken(slices, "a key is missing");
	size_t n = string_length(slices->rest);
	if (!n) {
		slices->broken = truncated;
		return false;
	}
	*ret = (struct oak_str){slices->rest.p + 1, n - 2};
	advance(&slices->rest, n);
	skip_blanks(&slices->rest);
	if (!slices->rest.n || *slices->rest.p != ':')
		return broken(slices, "a colon is missing");
	advance(&slices->rest, 1);
	skip_blanks(&slices->rest);
	return true;
}

bool oak_slices_next(struct oak_slices *slices, struct oak_str *ret_key, struct oak_str *ret_value)
{
	*ret_key = (struct oak_str){NULL, 0};
	if (!slices->close || slices->broken || !step(slices) || (slices->close == '}' && !take_key(slices, ret_key)))
		return false;
	size_t n = value_length(slices->rest);
	if (!n) {
		slices->broken = slices->rest.n && memchr(",}]", *slices->rest.p, 3) ? "a value is missing" : truncated;
		return false;
	}
	*ret_value = (struct oak_str){slices->rest.p, n};
	advance(&slices->rest, n);
	return true;
}

bool oak_slices_ended(const struct oak_slices *slices)
{
	struct oak_str rest = slices->rest;
	skip_blanks(&rest);
	return !slices->broken && !slices->close && rest.n == 0;
}
