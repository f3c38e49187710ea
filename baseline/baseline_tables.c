/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of the whole baseline: oakum.baseline/1, AWS's request and answer, AWS's snapshot; patch-semantics (a.1). */
#include "baseline/baseline_tables.h"

#include "baseline/baseline_names.h"
#include "baseline/baseline_rows.h"
#include "core/str.h"

bool oak_baseline_id_ok(const char *text)
{
	static const char set[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-:/.";
	size_t n = strlen(text);
	return n >= 1 && n <= 128 && strspn(text, set) == n;
}

bool oak_baseline_aws_id_ok(const char *text)
{
	return oak_baseline_id_ok(text) && strlen(text) >= 20 && !strchr(text, '.');
}

/* Letters of other scripts are left to AWS: here only what cannot be in a tag value is refused. */
bool oak_patch_group_ok(const char *text)
{
	size_t n = oak_text_length(text);
	return n >= 1 && n <= 256 && oak_text_printable(text);
}

void oak_read_os(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, void *at)
{
	struct oak_baseline_reading *now = reader->context;
	const char *text = oak_value_string(value);
	int os = text ? oak_os_from_string(text) : -1;
	if (os >= 0 && !(os == OAK_OS_FEDORA && now->dialect != OAK_DIALECT_OAKUM)) {
		memcpy(at, &os, sizeof(os));
		return;
	}
	now->os_bad = true;
	oak_reader_error(reader, path, "must be an operating system of a baseline (WINDOWS, DEBIAN, UBUNTU …), is %s%.60s",
			 text ? "" : oak_value_kind_to_string(value->kind), text ? text : "");
}

bool oak_write_os(const void *at, const char *key, struct oak_sink *sink)
{
	enum oak_os os;
	memcpy(&os, at, sizeof(os));
	oak_put_string(sink, key, oak_os_to_string(os));
	return true;
}

static const char *const action_names[] = {"ALLOW_AS_DEPENDENCY", "BLOCK"};

void oak_read_action(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, void *at)
{
	struct oak_baseline *baseline = at;
	int action = oak_names_find(action_names, 2, oak_value_string(value));
	if (action < 0)
		oak_reader_error(reader, path, "must be one of ALLOW_AS_DEPENDENCY, BLOCK");
	baseline->block_rejected = action == 1;
}

bool oak_write_action(const void *at, const char *key, struct oak_sink *sink)
{
	const struct oak_baseline *baseline = at;
	oak_put_string(sink, key, action_names[baseline->block_rejected]);
	return true;
}

void oak_check_baseline(struct oak_reader *reader, const struct oak_path *path, void *record)
{
	const struct oak_baseline_reading *now = reader->context;
	struct oak_baseline *baseline = record;
	struct oak_path here = {.up = path, .key = now->dialect == OAK_DIALECT_AWS ? "Name" : "name"};
	if (!baseline->name && !now->name_free)
		oak_reader_error(reader, &here, "is missing");
	if (!baseline->name)
		baseline->name = now->name_free ? "baseline-override" : "unnamed";
}

static const struct oak_field oakum_fields[] = {
	{.key = "schema", .kind = OAK_FIELD_SCHEMA, .text = "oakum.baseline/1"},
	ID("id", oak_baseline_id_ok, "1 to 128 of the characters a-z A-Z 0-9 _ - : / ."),
	NAME("name"),
	DESCRIPTION("description", 4096),
	OS("operatingSystem", OAK_REQUIRED),
	GLOBAL("globalFilters", OAK_DIALECT_OAKUM),
	RULES("approvalRules", OAK_DIALECT_OAKUM),
	LIST("approvedPatches", approved, oak_write_entries),
	LEVEL("approvedPatchesComplianceLevel"),
	NON_SECURITY("approvedPatchesEnableNonSecurity"),
	LIST("rejectedPatches", rejected, oak_write_entries),
	ACTION("rejectedPatchesAction"),
	GROUPS("patchGroups", OAK_OPTIONAL),
	SOURCES("sources", OAK_DIALECT_OAKUM, OAK_OPTIONAL),
	AVAILABLE("availableSecurityUpdatesComplianceStatus"),
	{.key = "honourDelay", .kind = OAK_FIELD_BOOL, OAK_AT(struct oak_baseline, honour_delay), .absent = true},
	{.key = "dateBasis", .kind = OAK_FIELD_ENUM, OAK_AT(struct oak_baseline, date_basis), OAK_NAMES(oak_date_basis_names)},
	{.key = "undatedPolicy", .kind = OAK_FIELD_ENUM, OAK_AT(struct oak_baseline, undated), OAK_NAMES(oak_undated_names)},
	{.key = "inheritApproval", .kind = OAK_FIELD_BOOL, OAK_AT(struct oak_baseline, inherit_approval)},
	{.key = "metadataMaxAge", .kind = OAK_FIELD_DURATION, OAK_AT(struct oak_baseline, metadata_max_age),
	 .absent = 3 * OAK_DAY, .min = 60},
	{.key = "aws", .kind = OAK_FIELD_CUSTOM, .read = oak_read_all_kept, .write = oak_write_all_kept},
};

static const struct oak_field aws_fields[] = {
	ID("BaselineId", oak_baseline_aws_id_ok, "20 to 128 of the characters a-z A-Z 0-9 _ - : /"),
	NAME("Name"),
	OS("OperatingSystem", 0),
	GLOBAL("GlobalFilters", OAK_DIALECT_AWS),
	RULES("ApprovalRules", OAK_DIALECT_AWS),
	LIST("ApprovedPatches", approved, oak_write_patterns),
	LEVEL("ApprovedPatchesComplianceLevel"),
	NON_SECURITY("ApprovedPatchesEnableNonSecurity"),
	LIST("RejectedPatches", rejected, oak_write_patterns),
	ACTION("RejectedPatchesAction"),
	GROUPS("PatchGroups", 0),
	KEPT("CreatedDate"),
	KEPT("ModifiedDate"),
	DESCRIPTION("Description", 1024),
	SOURCES("Sources", OAK_DIALECT_AWS, 0),
	AVAILABLE("AvailableSecurityUpdatesComplianceStatus"),
	KEPT("ClientToken"),
	KEPT("Tags"),
	KEPT("Replace"),
	KEPT("ResponseMetadata"),
};

static const struct oak_field create_fields[] = {
	NAME("Name"),
	OS("OperatingSystem", 0),
	GLOBAL("GlobalFilters", OAK_DIALECT_AWS),
	RULES("ApprovalRules", OAK_DIALECT_AWS),
	LIST("ApprovedPatches", approved, oak_write_patterns),
	LEVEL("ApprovedPatchesComplianceLevel"),
	NON_SECURITY("ApprovedPatchesEnableNonSecurity"),
	LIST("RejectedPatches", rejected, oak_write_patterns),
	ACTION("RejectedPatchesAction"),
	DESCRIPTION("Description", 1024),
	SOURCES("Sources", OAK_DIALECT_AWS, 0),
	AVAILABLE("AvailableSecurityUpdatesComplianceStatus"),
	KEPT("ClientToken"),
	KEPT("Tags"),
};

const struct oak_shape oak_shape_baseline_oakum = BASELINE_TABLE(oakum_fields);
const struct oak_shape oak_shape_baseline_aws = BASELINE_TABLE(aws_fields);
const struct oak_shape oak_shape_baseline_create = BASELINE_TABLE(create_fields);
