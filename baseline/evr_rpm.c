/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rpm versions, [epoch:]version[-release], ordered as librpm orders them: "~" before the end, "^" after it. */
#include "baseline/evaluate.h"

#include "core/str.h"

struct rpm_version {
	struct oak_str epoch, version, release;
	bool has_release;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct rpm_version split(const char *text)
{
	struct rpm_version v = {OAK_STR("0"), oak_str_of(text ? text : ""), OAK_STR(""), false};
	size_t digits = 0;

	while (digits < v.version.n && is_digit(v.version.p[digits]))
		digits++;
	if (digits < v.version.n && v.version.p[digits] == ':') {
		if (digits)
			v.epoch = (struct oak_str){v.version.p, digits};
		v.version = (struct oak_str){v.version.p + digits + 1, v.version.n - digits - 1};
	}
	for (size_t i = v.version.n; i > 0; i--) {
		if (v.version.p[i - 1] != '-')
			continue;
		v.release = (struct oak_str){v.version.p + i, v.version.n - i};
		v.version.n = i - 1;
		v.has_release = true;
		break;
	}
	return v;
}

static bool at(struct oak_str s, char c)
{
	return s.n > 0 && *s.p == c;
}

static void skip(struct oak_str *s, size_t n)
{
	s->p += n;
	s->n -= n;
}

static void skip_separators(struct oak_str *s)
{
	while (s->n && !is_digit(*s->p) && !is_alpha(*s->p) && *s->p != '~' && *s->p != '^')
		skip(s, 1);
}

/* Cut the run of digits (or of letters) off the front of *S. */
static struct oak_str take(struct oak_str *s, bool digits)
{
	struct oak_str part = {s->p, 0};

	while (part.n < s->n && (digits ? is_digit(s->p[part.n]) : is_alpha(s->p[part.n])))
		part.n++;
	skip(s, part.n);
	return part;
}

static int compare_bytes(struct oak_str a, struct oak_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int result = n ? memcmp(a.p, b.p, n) : 0;

	if (result)
		return result;
	return (a.n > b.n) - (a.n < b.n);
}

static int compare_numbers(struct oak_str a, struct oak_str b)
{
	while (at(a, '0'))
		skip(&a, 1);
	while (at(b, '0'))
		skip(&b, 1);
	if (a.n != b.n)
		return a.n > b.n ? 1 : -1;
	return compare_bytes(a, b);
}

/* One step at a "~" or "^": true if it decided (then *RET_RESULT) or was equal on both sides (*RET_RESULT 0). */
static bool compare_mark(struct oak_str *a, struct oak_str *b, int *ret_result)
{
	*ret_result = 0;
	if (at(*a, '~') || at(*b, '~')) {
		if (!at(*a, '~'))
			*ret_result = 1;
		else if (!at(*b, '~'))
			*ret_result = -1;
	} else if (at(*a, '^') || at(*b, '^')) {
		if (!a->n)
			*ret_result = -1;
		else if (!b->n)
			*ret_result = 1;
		else if (!at(*a, '^'))
			*ret_result = 1;
		else if (!at(*b, '^'))
			*ret_result = -1;
	} else {
		return false;
	}
	if (!*ret_result) {
		skip(a, 1);
		skip(b, 1);
	}
	return true;
}

static int compare_part(struct oak_str a, struct oak_str b)
{
	while (a.n || b.n) {
		int result;

		skip_separators(&a);
		skip_separators(&b);
		if (compare_mark(&a, &b, &result)) {
			if (result)
				return result;
			continue;
		}
		if (!a.n || !b.n)
			break;
		bool digits = is_digit(*a.p);
		if (digits != is_digit(*b.p))
			return digits ? 1 : -1; /* a number is newer than a word */
		struct oak_str x = take(&a, digits), y = take(&b, digits);
		result = digits ? compare_numbers(x, y) : compare_bytes(x, y);
		if (result)
			return result;
	}
	return (a.n > 0) - (b.n > 0);
}

int oak_evr_compare_rpm(const char *a, const char *b)
{
	struct rpm_version x = split(a), y = split(b);
	int result = compare_part(x.epoch, y.epoch);

	if (!result)
		result = compare_part(x.version, y.version);
	if (!result)
		result = x.has_release != y.has_release ? x.has_release - y.has_release
							: compare_part(x.release, y.release);
	return (result > 0) - (result < 0);
}
