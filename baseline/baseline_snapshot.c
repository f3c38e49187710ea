/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The document that AWS hands to a node: the baseline in camelCase, in an envelope or flat; patch-semantics (a.1). */
#include "baseline/baseline_rows.h"

static void read_patch_group(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value,
			     void *at)
{
	struct oak_baseline *baseline = at;
	const char *group = oak_value_string(value);
	if (!group)
		oak_reader_error(reader, path, "must be a string, is %s", oak_value_kind_to_string(value->kind));
	else if (*group && !oak_patch_group_ok(group))
		oak_reader_error(reader, path, "must be 1 to 256 printable characters");
	else if (*group)
		*oak_push(reader->arena, &baseline->patch_groups) = group;
}

static bool write_patch_group(const void *at, const char *key, struct oak_sink *sink)
{
	const struct oak_baseline *baseline = at;
	oak_put_string(sink, key, baseline->patch_groups.n ? baseline->patch_groups.v[0] : NULL);
	return true;
}

static bool write_list(const void *at, const char *key, struct oak_sink *sink)
{
	if (!oak_write_kept(at, key, sink))
		oak_put_strings(sink, key, NULL, 0);
	return true;
}

static bool write_false(const void *at, const char *key, struct oak_sink *sink)
{
	if (!oak_write_kept(at, key, sink))
		oak_put_bool(sink, key, false);
	return true;
}

/* clang-format off */
#define INNER                                                                                                \
	KEPT("accountId"),                                                                                   \
	ID("baselineId", oak_baseline_aws_id_ok, "20 to 128 of the characters a-z A-Z 0-9 _ - : /"),         \
	NAME("name"),                                                                                        \
	OS("operatingSystem", 0),                                                                            \
	GLOBAL("globalFilters", OAK_DIALECT_SNAPSHOT),                                                       \
	RULES("approvalRules", OAK_DIALECT_SNAPSHOT),                                                        \
	LIST("approvedPatches", approved, oak_write_patterns),                                               \
	LEVEL("approvedPatchesComplianceLevel"),                                                             \
	NON_SECURITY("approvedPatchesEnableNonSecurity"),                                                    \
	LIST("rejectedPatches", rejected, oak_write_patterns),                                               \
	ACTION("rejectedPatchesAction"),                                                                     \
	KEPT("createdTime"),                                                                                 \
	KEPT("modifiedTime"),                                                                                \
	DESCRIPTION("description", 1024),                                                                    \
	SOURCES("sources", OAK_DIALECT_SNAPSHOT, 0),                                                         \
	AVAILABLE("availableSecurityUpdatesComplianceStatus")
#define OUTER                                                                                                \
	{.key = "patchGroup", .kind = OAK_FIELD_CUSTOM, .read = read_patch_group, .write = write_patch_group}, \
	{.key = "patches", .kind = OAK_FIELD_CUSTOM, .read = oak_read_kept, .write = write_list},            \
	{.key = "enableApplicationPatches", .kind = OAK_FIELD_CUSTOM, .read = oak_read_kept, .write = write_false}, \
	{.key = "requiredFeatures", .kind = OAK_FIELD_CUSTOM, .read = oak_read_kept, .write = write_list},   \
	KEPT("product"), KEPT("instanceId"), KEPT("region"), KEPT("operation"), KEPT("snapshotId"),          \
	KEPT("installOverrideList"), KEPT("baselineOverride"), KEPT("rebootOption")
/* clang-format on */

static const struct oak_field inner_fields[] = {INNER};
static const struct oak_shape inner_shape = BASELINE_TABLE(inner_fields);

static const struct oak_field envelope_fields[] = {
	{.key = "patchBaseline", .kind = OAK_FIELD_OBJECT, .flags = OAK_REQUIRED, .shape = &inner_shape}, OUTER};
const struct oak_shape oak_shape_snapshot = OAK_SHAPE(struct oak_baseline, envelope_fields);

static const struct oak_field flat_fields[] = {INNER, OUTER};
const struct oak_shape oak_shape_snapshot_flat = BASELINE_TABLE(flat_fields);
