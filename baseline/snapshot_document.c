/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum.snapshot/1 by table, and its digest. */
#include "baseline/reader.h"
#include "baseline/snapshot.h"
#include "core/hash.h"
#include "core/str.h"

static const char *const level_names[] = {"UNSPECIFIED", "INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"};
_Static_assert(sizeof(level_names) / sizeof(*level_names) == OAK_LEVEL_COUNT, "one name a level");

#define ITEM(member) OAK_AT(struct oak_snapshot_item, member)
static const struct oak_field item_fields[] = {
	{.key = "name", .kind = OAK_FIELD_STRING, ITEM(name), .flags = OAK_REQUIRED, .min = 1},
	{.key = "arch", .kind = OAK_FIELD_STRING, ITEM(arch), .flags = OAK_REQUIRED},
	{.key = "evr", .kind = OAK_FIELD_STRING, ITEM(evr), .flags = OAK_REQUIRED, .min = 1},
	{.key = "level", .kind = OAK_FIELD_ENUM, ITEM(level), OAK_NAMES(level_names)},
	{.key = "repository", .kind = OAK_FIELD_STRING, ITEM(repository), .flags = OAK_OPTIONAL},
	{.key = "advisory", .kind = OAK_FIELD_STRING, ITEM(advisory), .flags = OAK_OPTIONAL},
};
static const struct oak_shape item_shape = OAK_SHAPE(struct oak_snapshot_item, item_fields);

/* A file beside its snapshot, never anything elsewhere. */
static bool is_plain_name(const char *name)
{
	return name[0] != '.' && name[0] != '-' && !strpbrk(name, "/\\");
}

#define ARCHIVE(member) OAK_AT(struct oak_snapshot_archive, member)
static const struct oak_field archive_fields[] = {
	{.key = "name", .kind = OAK_FIELD_STRING, ARCHIVE(name), .flags = OAK_REQUIRED, .min = 1},
	{.key = "arch", .kind = OAK_FIELD_STRING, ARCHIVE(arch), .flags = OAK_REQUIRED},
	{.key = "evr", .kind = OAK_FIELD_STRING, ARCHIVE(evr), .flags = OAK_REQUIRED, .min = 1},
	{.key = "file", .kind = OAK_FIELD_STRING, ARCHIVE(file), .flags = OAK_REQUIRED, .min = 1, .max = 255, .valid = is_plain_name, .text = "a plain file name"},
	{.key = "sha256", .kind = OAK_FIELD_STRING, ARCHIVE(sha256), .flags = OAK_REQUIRED, .min = 64, .max = 64},
};
static const struct oak_shape archive_shape = OAK_SHAPE(struct oak_snapshot_archive, archive_fields);

#define REPOSITORY(member) OAK_AT(struct oak_snapshot_repository, member)
static const struct oak_field repository_fields[] = {
	{.key = "id", .kind = OAK_FIELD_STRING, REPOSITORY(id), .flags = OAK_REQUIRED},
	{.key = "uri", .kind = OAK_FIELD_STRING, REPOSITORY(uri), .flags = OAK_OPTIONAL},
	{.key = "digest", .kind = OAK_FIELD_STRING, REPOSITORY(digest), .flags = OAK_REQUIRED, .min = 64, .max = 64},
	{.key = "fetchedAt", .kind = OAK_FIELD_TIME, REPOSITORY(fetched_at), .flags = OAK_OPTIONAL},
	{.key = "releaseDate", .kind = OAK_FIELD_TIME, REPOSITORY(release_date), .flags = OAK_OPTIONAL},
	{.key = "offered", .kind = OAK_FIELD_INT64, REPOSITORY(offered), .max = INT64_MAX},
};
static const struct oak_shape repository_shape = OAK_SHAPE(struct oak_snapshot_repository, repository_fields);

static const struct oak_field ring_fields[] = {
	{.key = "ring", .kind = OAK_FIELD_STRING, OAK_AT(struct oak_snapshot_ring, ring), .flags = OAK_REQUIRED, .min = 1, .max = 64},
	{.key = "at", .kind = OAK_FIELD_TIME, OAK_AT(struct oak_snapshot_ring, at), .flags = OAK_REQUIRED},
};
static const struct oak_shape ring_shape = OAK_SHAPE(struct oak_snapshot_ring, ring_fields);

#define SNAPSHOT(member) OAK_AT(struct oak_snapshot, member)
static const struct oak_field baseline_fields[] = {
	{.key = "id", .kind = OAK_FIELD_STRING, SNAPSHOT(baseline_id)},
	{.key = "name", .kind = OAK_FIELD_STRING, SNAPSHOT(baseline_name)},
	{.key = "digest", .kind = OAK_FIELD_STRING, SNAPSHOT(baseline_digest)},
};
static const struct oak_shape baseline_shape = OAK_SHAPE(struct oak_snapshot, baseline_fields);

static const struct oak_field snapshot_fields[] = {
	{.key = "schema", .kind = OAK_FIELD_SCHEMA, .text = "oakum.snapshot/1"},
	{.key = "name", .kind = OAK_FIELD_STRING, SNAPSHOT(name), .flags = OAK_REQUIRED, .min = 1, .max = 64,
	 .valid = oak_snapshot_name_check, .text = "letters, digits, dots, underscores, dashes"},
	{.key = "rings", .kind = OAK_FIELD_OBJECTS, SNAPSHOT(rings), .shape = &ring_shape},
	{.key = "digest", .kind = OAK_FIELD_STRING, SNAPSHOT(digest), .flags = OAK_REQUIRED, .min = 64, .max = 64},
	{.key = "createdAt", .kind = OAK_FIELD_TIME, SNAPSHOT(created_at), .flags = OAK_REQUIRED},
	{.key = "node", .kind = OAK_FIELD_STRING, SNAPSHOT(node_id), .flags = OAK_OPTIONAL},
	{.key = "platform", .kind = OAK_FIELD_STRING, SNAPSHOT(platform), .flags = OAK_OPTIONAL},
	{.key = "baseline", .kind = OAK_FIELD_OBJECT, .offset = 0, .shape = &baseline_shape},
	{.key = "repositories", .kind = OAK_FIELD_OBJECTS, SNAPSHOT(repositories), .shape = &repository_shape},
	{.key = "approved", .kind = OAK_FIELD_OBJECTS, SNAPSHOT(approved), .flags = OAK_REQUIRED, .shape = &item_shape},
	{.key = "archives", .kind = OAK_FIELD_OBJECTS, SNAPSHOT(archives), .flags = OAK_OPTIONAL, .shape = &archive_shape},
};
static const struct oak_shape snapshot_shape = OAK_SHAPE(struct oak_snapshot, snapshot_fields);

/* The document without its first four members: what never changes after the cut. */
static const struct oak_shape frozen_shape = {.fields = snapshot_fields + 4,
					      .count = sizeof(snapshot_fields) / sizeof(*snapshot_fields) - 4,
					      .size = sizeof(struct oak_snapshot)};

static const char *digest_of(struct oak_arena *arena, const struct oak_snapshot *snapshot)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, OAK_SNAPSHOT_MAX);
	struct oak_sink sink;
	oak_sink_json_compact(&sink, &text);
	oak_shape_write(&frozen_shape, snapshot, NULL, &sink);
	unsigned char digest[OAK_SHA256_SIZE];
	oak_sha256(oak_buf_text(&text), text.n, digest);
	char *hex = oak_arena_alloc(arena, OAK_SHA256_TEXT);
	oak_hex(digest, sizeof(digest), hex);
	return hex;
}

void oak_snapshot_format(const struct oak_snapshot *snapshot, struct oak_sink *sink)
{
	struct oak_arena *arena = oak_arena_new();
	struct oak_snapshot copy = *snapshot;
	copy.digest = digest_of(arena, snapshot);
	oak_shape_write(&snapshot_shape, &copy, NULL, sink);
	oak_arena_free(arena);
}

int oak_snapshot_parse(struct oak_arena *arena, const struct oak_value *doc, const char *name,
		       struct oak_snapshot **ret, struct oak_error *err)
{
	struct oak_snapshot *snapshot = OAK_NEW(arena, struct oak_snapshot);
	struct oak_reader reader = {.arena = arena};
	oak_shape_read(&reader, doc, &snapshot_shape, snapshot);
	if (oak_reader_finish(&reader, name, "snapshot.invalid", err) < 0)
		return -1;
	if (!oak_streq(digest_of(arena, snapshot), snapshot->digest))
		return oak_fail(err, OAK_UNTRUSTED, "snapshot.digest", 0,
				"'%s' was changed after it was cut: its digest does not fit its content", name);
	*ret = snapshot;
	return 0;
}
