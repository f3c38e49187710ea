/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Debian versions, [epoch:]upstream[-revision], ordered as dpkg orders them. */
#include "baseline/evaluate.h"

#include "core/str.h"

struct deb_version {
	struct oak_str epoch, upstream, revision;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct deb_version split(const char *text)
{
	struct deb_version v = {OAK_STR(""), oak_str_of(text ? text : ""), OAK_STR("")};
	const char *colon = text ? strchr(text, ':') : NULL;

	if (colon) {
		v.epoch = (struct oak_str){text, (size_t)(colon - text)};
		v.upstream = oak_str_of(colon + 1);
	}
	for (size_t i = v.upstream.n; i > 0; i--) {
		if (v.upstream.p[i - 1] != '-')
			continue;
		v.revision = (struct oak_str){v.upstream.p + i, v.upstream.n - i};
		v.upstream.n = i - 1;
		break;
	}
	return v;
}

/* Weight of the character at I in a run of non-digits: "~" sorts before the end, letters before all the rest. */
static int weight(struct oak_str s, size_t i)
{
	if (i >= s.n || is_digit(s.p[i]))
		return 0;
	if (s.p[i] == '~')
		return -1;
	if (is_alpha(s.p[i]))
		return (unsigned char)s.p[i];
	return (unsigned char)s.p[i] + 256;
}

/* Compare the runs of digits at *I and *J as numbers of any length, and step over them. */
static int compare_digits(struct oak_str a, size_t *i, struct oak_str b, size_t *j)
{
	int first_difference = 0;

	while (*i < a.n && a.p[*i] == '0')
		++*i;
	while (*j < b.n && b.p[*j] == '0')
		++*j;
	while (*i < a.n && is_digit(a.p[*i]) && *j < b.n && is_digit(b.p[*j])) {
		if (!first_difference)
			first_difference = a.p[*i] - b.p[*j];
		++*i;
		++*j;
	}
	if (*i < a.n && is_digit(a.p[*i]))
		return 1;
	if (*j < b.n && is_digit(b.p[*j]))
		return -1;
	return first_difference;
}

static int compare_part(struct oak_str a, struct oak_str b)
{
	size_t i = 0, j = 0;

	while (i < a.n || j < b.n) {
		while ((i < a.n && !is_digit(a.p[i])) || (j < b.n && !is_digit(b.p[j]))) {
			int difference = weight(a, i) - weight(b, j);

			if (difference)
				return difference;
			i++;
			j++;
		}
		int difference = compare_digits(a, &i, b, &j);
		if (difference)
			return difference;
	}
	return 0;
}

int oak_evr_compare_deb(const char *a, const char *b)
{
	struct deb_version x = split(a), y = split(b);
	int result = compare_part(x.epoch, y.epoch);

	if (!result)
		result = compare_part(x.upstream, y.upstream);
	if (!result)
		result = compare_part(x.revision, y.revision);
	return (result > 0) - (result < 0);
}
