/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TZif files (RFC 9636): what tzdata installs. */
#include <string.h>

#include "core/zone_impl.h"

enum { HEADER = 44 };

struct header {
	int version;
	size_t isut, isstd, leap, time, type, chars;
};

static uint32_t be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t be64(const unsigned char *p)
{
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

static bool read_header(const unsigned char *p, size_t n, struct header *ret)
{
	if (n < HEADER || memcmp(p, "TZif", 4) != 0)
		return false;
	*ret = (struct header){p[4] ? p[4] - '0' : 1, be32(p + 20), be32(p + 24), be32(p + 28),
			       be32(p + 32),	       be32(p + 36), be32(p + 40)};
	return ret->isut <= 256 && ret->isstd <= 256 && ret->leap <= 1000 && ret->time <= OAK_ZONE_TRANSITIONS_MAX &&
	       ret->type >= 1 && ret->type <= 256 && ret->chars <= 4096;
}

/* Bytes of the data block whose times are SIZE bytes. */
static size_t block_size(const struct header *h, size_t size)
{
	return h->time * size + h->time + h->type * 6 + h->chars + h->leap * (size + 4) + h->isstd + h->isut;
}

/* The steps of one data block; false if a type or an order is wrong. */
static bool read_block(struct oak_arena *arena, const unsigned char *p, const struct header *h, size_t size,
		       struct oak_zone *zone)
{
	const unsigned char *index = p + h->time * size, *types = index + h->time;
	struct oak_zone_step *steps = oak_arena_alloc(arena, (h->time + 1) * sizeof(*steps));
	for (size_t i = 0; i < h->time; i++) {
		if (index[i] >= h->type)
			return false;
		steps[i].at = size == 8 ? be64(p + i * 8) : (int32_t)be32(p + i * 4);
		steps[i].offset = (int32_t)be32(types + index[i] * 6);
		if ((i && steps[i].at <= steps[i - 1].at) || steps[i].offset <= -90000 || steps[i].offset >= 94000)
			return false;
	}
	zone->first = (int32_t)be32(types);
	zone->steps = steps;
	zone->count = h->time;
	return zone->first > -90000 && zone->first < 94000;
}

/* The text between newlines behind the second block; empty = no rule. */
static bool read_footer(struct oak_arena *arena, const unsigned char *p, size_t n, struct oak_zone *zone)
{
	const unsigned char *end = n > 1 && p[0] == '\n' ? memchr(p + 1, '\n', n - 1) : NULL;
	if (!end)
		return false;
	if (end == p + 1)
		return true;
	struct oak_zone_posix *posix = OAK_NEW(arena, struct oak_zone_posix);
	zone->posix = posix;
	return oak_zone_posix_parse(oak_arena_strndup(arena, (const char *)p + 1, (size_t)(end - p - 1)), posix);
}

int oak_zone_parse(struct oak_arena *arena, const void *bytes, size_t n, const char *name,
		   const struct oak_zone **ret, struct oak_error *err)
{
	const unsigned char *p = bytes;
	struct header h;
	struct oak_zone *zone = OAK_NEW(arena, struct oak_zone);
	zone->name = oak_arena_strdup(arena, name);
	bool good = read_header(p, n, &h) && n - HEADER >= block_size(&h, 4);
	size_t size = 4, at = HEADER;
	if (good && h.version >= 2) {
		at += block_size(&h, 4);
		good = read_header(p + at, n - at, &h) && n - at - HEADER >= block_size(&h, 8);
		at += HEADER;
		size = 8;
	}
	if (good && h.leap)
		return oak_fail(err, OAK_UNSUPPORTED, "zone.leap-seconds", 0,
				"zone '%s' counts leap seconds (use the zone without 'right/')", name);
	good = good && read_block(arena, p + at, &h, size, zone);
	at += good ? block_size(&h, size) : 0;
	if (!good || (size == 8 && !read_footer(arena, p + at, n - at, zone)))
		return oak_fail(err, OAK_INVALID, "zone.invalid", 0, "zone '%s' is no TZif file or a damaged one", name);
	*ret = zone;
	return 0;
}
