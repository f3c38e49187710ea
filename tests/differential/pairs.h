/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random pairs of versions that are near each other, so that the rare rules are met often. */
#ifndef OAK_TESTS_DIFFERENTIAL_PAIRS_H
#define OAK_TESTS_DIFFERENTIAL_PAIRS_H

#include <stdint.h>
#include <string.h>

struct pair {
	char a[64], b[64];
};

static uint64_t pair_seed = 0x9E3779B97F4A7C15u;

static inline unsigned pair_random(unsigned below)
{
	pair_seed ^= pair_seed << 13;
	pair_seed ^= pair_seed >> 7;
	pair_seed ^= pair_seed << 17;
	return (unsigned)(pair_seed >> 33) % below;
}

static inline void pair_append(char *out, const char *letters, unsigned least, unsigned most)
{
	size_t n = strlen(out), add = least + pair_random(most - least + 1);

	for (size_t i = 0; i < add; i++)
		out[n + i] = letters[pair_random((unsigned)strlen(letters))];
	out[n + add] = '\0';
}

/* [epoch:]digit…[-release] with LETTERS in version and release. */
static inline void pair_version(char *out, const char *letters)
{
	out[0] = '\0';
	if (pair_random(4) == 0) {
		pair_append(out, "0012", 1, 2);
		strncat(out, ":", 2);
	}
	pair_append(out, "0123456789", 1, 1);
	pair_append(out, letters, 0, 8);
	if (pair_random(3)) {
		strncat(out, "-", 2);
		pair_append(out, letters, 1, 5);
	}
}

/* B is A with one character changed, or another version. */
static inline void pair_next(struct pair *pair, const char *letters)
{
	pair_version(pair->a, letters);
	if (pair_random(3) == 0) {
		pair_version(pair->b, letters);
		return;
	}
	memcpy(pair->b, pair->a, sizeof(pair->b));
	size_t n = strlen(pair->b), at = 1 + pair_random((unsigned)n);
	if (at < n && pair->b[at] != ':' && pair->b[at] != '-' && !strchr(pair->b + at, ':'))
		pair->b[at] = letters[pair_random((unsigned)strlen(letters))];
	else
		pair_append(pair->b, letters, 1, 2);
}

#define PAIR_DEB_LETTERS "0011290abZ.+~~"
#define PAIR_RPM_LETTERS "0011290abZ._+~~^^"

#endif
