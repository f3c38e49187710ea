/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The system's zone database: files by name, on Windows a table in the program; each zone is read once. */
#include <stdlib.h>

#include "core/buf.h"
#include "core/fs.h"
#include "core/map.h"
#include "core/str.h"
#include "core/zone.h"
#include "core/zone_embedded.h"

struct database {
	struct oak_arena *arena;
	struct oak_map known; /* name -> const struct oak_zone */
};

static const char *folder(void)
{
	const char *set = getenv("TZDIR");
#ifdef _WIN32
	return set && *set ? set : NULL;
#else
	return set && *set ? set : "/usr/share/zoneinfo";
#endif
}

static int unknown(const char *name, struct oak_error *err)
{
	return oak_fail(err, OAK_INVALID, "zone.unknown", 0,
			"there is no time zone '%s' (give an IANA name such as 'Europe/Berlin'; 'tzdata' brings them)", name);
}

static int read_file(struct oak_arena *arena, const char *name, const struct oak_zone **ret, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf bytes;
	oak_buf_init(&bytes, OAK_ZONE_FILE_MAX);
	const char *path = oak_arena_printf(arena, "%s/%s", folder(), name);
	if (!oak_fs_exists(path) || oak_fs_is_dir(path))
		return unknown(name, err);
	return oak_fs_read(path, &bytes, err) < 0 ? -1 : oak_zone_parse(arena, oak_buf_text(&bytes), bytes.n, name, ret, err);
}

#ifdef _WIN32
static int by_name(const void *name, const void *row)
{
	return strcmp(name, ((const struct oak_zone_embedded *)row)->name);
}

static int read_zone(struct oak_arena *arena, const char *name, const struct oak_zone **ret, struct oak_error *err)
{
	if (folder())
		return read_file(arena, name, ret, err);
	const struct oak_zone_embedded *row =
		bsearch(name, oak_zone_embedded_table, oak_zone_embedded_count, sizeof(*oak_zone_embedded_table), by_name);
	return row ? oak_zone_parse(arena, oak_zone_embedded_data + row->at, row->size, name, ret, err) : unknown(name, err);
}
#else
static int read_zone(struct oak_arena *arena, const char *name, const struct oak_zone **ret, struct oak_error *err)
{
	return read_file(arena, name, ret, err);
}
#endif

static const struct oak_zone *find(void *arg, const char *name, struct oak_error *err)
{
	struct database *db = arg;
	if (oak_streq(name, "UTC") || oak_streq(name, "Etc/UTC") || oak_streq(name, "Z"))
		return oak_zone_utc();
	const struct oak_zone *zone = oak_map_find(&db->known, name);
	if (zone)
		return zone;
	if ((oak_zone_name_check(name) ? read_zone(db->arena, name, &zone, err) : unknown(name, err)) < 0)
		return NULL;
	oak_map_put(&db->known, oak_arena_strdup(db->arena, name), (void *)zone);
	return zone;
}

struct oak_zones oak_zones_system(struct oak_arena *arena)
{
	struct database *db = OAK_NEW(arena, struct database);
	db->arena = arena;
	oak_map_init(&db->known, arena, 8);
	return (struct oak_zones){find, db};
}
