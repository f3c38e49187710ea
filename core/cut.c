/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A gear hash: each byte shifts the hash and adds its number, so that only the last 64 bytes decide. */
#include "core/cut.h"

#define ROW(f, i) f(i), f(i + 1), f(i + 2), f(i + 3), f(i + 4), f(i + 5), f(i + 6), f(i + 7)
#define ROWS(f, i) ROW(f, i), ROW(f, i + 8), ROW(f, i + 16), ROW(f, i + 24), ROW(f, i + 32), ROW(f, i + 40), ROW(f, i + 48), ROW(f, i + 56)

/* 256 fixed numbers without pattern (splitmix64 of the byte + 1): part of the formats that are cut by them. */
#define MIX1(z) (((z) ^ ((z) >> 30)) * 0xbf58476d1ce4e5b9u)
#define MIX2(z) (((z) ^ ((z) >> 27)) * 0x94d049bb133111ebu)
#define MIX3(z) ((z) ^ ((z) >> 31))
#define GEAR(byte) MIX3(MIX2(MIX1(((uint64_t)(byte) + 1) * 0x9e3779b97f4a7c15u)))
static const uint64_t gear[256] = {ROWS(GEAR, 0), ROWS(GEAR, 64), ROWS(GEAR, 128), ROWS(GEAR, 192)};

size_t oak_cut(const struct oak_cut_sizes *sizes, struct oak_cutter *cutter, const unsigned char *bytes, size_t n)
{
	const uint64_t strict = UINT64_MAX << (64 - sizes->strict), loose = UINT64_MAX << (64 - sizes->loose);
	size_t most = n < sizes->max ? n : sizes->max, i = cutter->seen < sizes->min ? sizes->min : cutter->seen;
	size_t middle = most < sizes->average ? most : sizes->average;
	uint64_t hash = cutter->hash;
	for (; i < middle; i++) {
		hash = (hash << 1) + gear[bytes[i]];
		if (!(hash & strict))
			return i + 1;
	}
	for (; i < most; i++) {
		hash = (hash << 1) + gear[bytes[i]];
		if (!(hash & loose))
			return i + 1;
	}
	*cutter = (struct oak_cutter){hash, i};
	return n >= sizes->max ? sizes->max : 0;
}
