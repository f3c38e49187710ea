/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum.verdict/1: its tables, in the key order of the document. */
#include "baseline/verdict.h"

#include "baseline/shapes.h"
#include "baseline/verdict_names.h"

/* The document flat: a verdict borrows node, repositories and metadataAt from its inventory. */
struct document {
	struct oak_node node;
	struct {
		const char *id, *name, *digest;
	} baseline;
	enum oak_operation operation;
	oak_time evaluated_at, metadata_at;
	OAK_VEC(struct oak_repository) repositories;
	OAK_VEC(struct oak_problem) problems;
	struct oak_summary summary;
	OAK_VEC(struct oak_patch) patches;
};

#define STRING(type, member, name) {.key = (name), .kind = OAK_FIELD_STRING, OAK_AT(type, member)}
#define STRING_OPT(type, member, name)                                                                       \
	{.key = (name), .kind = OAK_FIELD_STRING, OAK_AT(type, member), .flags = OAK_OPTIONAL}
#define TIME_OPT(type, member, name)                                                                         \
	{.key = (name), .kind = OAK_FIELD_TIME, OAK_AT(type, member), .flags = OAK_OPTIONAL}
#define COUNT(state, name)                                                                                   \
	{.key = (name), .kind = OAK_FIELD_INT64, OAK_AT(struct oak_summary, count[OAK_STATE_##state])}
#define NUMBER(member, name) {.key = (name), .kind = OAK_FIELD_INT64, OAK_AT(struct oak_summary, member)}
#define LEVEL(level)                                                                                         \
	{.key = #level, .kind = OAK_FIELD_INT64,                                                             \
	 OAK_AT(struct oak_summary, non_compliant_by_level[OAK_LEVEL_##level])}

static const struct oak_field baseline_fields[] = {
	STRING(struct document, baseline.id, "id"),
	STRING(struct document, baseline.name, "name"),
	STRING_OPT(struct document, baseline.digest, "digest"),
};
static const struct oak_shape baseline_shape = OAK_SHAPE(struct document, baseline_fields);

static const struct oak_field level_fields[] = {
	LEVEL(CRITICAL), LEVEL(HIGH), LEVEL(MEDIUM), LEVEL(LOW), LEVEL(INFORMATIONAL), LEVEL(UNSPECIFIED),
};
static const struct oak_shape level_shape = OAK_SHAPE(struct oak_summary, level_fields);

static const struct oak_field summary_fields[] = {
	{.key = "status", .kind = OAK_FIELD_ENUM, OAK_AT(struct oak_summary, status), .flags = OAK_REQUIRED,
	 .absent = OAK_UNKNOWN, OAK_NAMES(oak_status_names)},
	{.key = "severity", .kind = OAK_FIELD_ENUM, OAK_AT(struct oak_summary, severity), OAK_NAMES(oak_level_names)},
	COUNT(INSTALLED, "installed"),
	COUNT(INSTALLED_OTHER, "installedOther"),
	COUNT(INSTALLED_REJECTED, "installedRejected"),
	COUNT(INSTALLED_PENDING_REBOOT, "installedPendingReboot"),
	COUNT(MISSING, "missing"),
	COUNT(FAILED, "failed"),
	COUNT(NOT_APPLICABLE, "notApplicable"),
	NUMBER(available_security_update, "availableSecurityUpdate"),
	NUMBER(critical_non_compliant, "criticalNonCompliant"),
	NUMBER(security_non_compliant, "securityNonCompliant"),
	NUMBER(other_non_compliant, "otherNonCompliant"),
	{.key = "nonCompliantByLevel", .kind = OAK_FIELD_OBJECT, .shape = &level_shape},
};
const struct oak_shape oak_shape_summary = OAK_SHAPE(struct oak_summary, summary_fields);

static const struct oak_field patch_fields[] = {
	{.key = "id", .kind = OAK_FIELD_STRING, OAK_AT(struct oak_patch, id), .flags = OAK_REQUIRED, .min = 1},
	STRING(struct oak_patch, name, "name"),
	STRING(struct oak_patch, arch, "arch"),
	STRING(struct oak_patch, installed, "installed"),
	STRING(struct oak_patch, available, "available"),
	{.key = "state", .kind = OAK_FIELD_ENUM, OAK_AT(struct oak_patch, state), .flags = OAK_REQUIRED,
	 OAK_NAMES(oak_state_names)},
	{.key = "reason", .kind = OAK_FIELD_ENUM, OAK_AT(struct oak_patch, reason), .flags = OAK_OPTIONAL,
	 OAK_NAMES(oak_reason_names)},
	STRING_OPT(struct oak_patch, reason_detail, "reasonDetail"),
	TIME_OPT(struct oak_patch, until, "until"),
	{.key = "level", .kind = OAK_FIELD_ENUM, OAK_AT(struct oak_patch, level), OAK_NAMES(oak_level_names)},
	STRING_OPT(struct oak_patch, classification, "classification"),
	STRING_OPT(struct oak_patch, severity, "severity"),
	TIME_OPT(struct oak_patch, released, "released"),
	{.key = "releaseBasis", .kind = OAK_FIELD_ENUM, OAK_AT(struct oak_patch, basis), .flags = OAK_OPTIONAL,
	 OAK_NAMES(oak_basis_names)},
	TIME_OPT(struct oak_patch, approved_at, "approvedAt"),
	STRING_OPT(struct oak_patch, rule, "rule"),
	STRING_OPT(struct oak_patch, repository, "repository"),
	{.key = "advisories", .kind = OAK_FIELD_STRINGS, OAK_AT(struct oak_patch, advisories)},
	{.key = "cves", .kind = OAK_FIELD_STRINGS, OAK_AT(struct oak_patch, cves)},
	{.key = "knownExploited", .kind = OAK_FIELD_STRINGS, OAK_AT(struct oak_patch, known_exploited),
	 .flags = OAK_OPTIONAL},
};

static void check_patch(struct oak_reader *reader, const struct oak_path *path, void *record)
{
	(void)reader;
	(void)path;
	struct oak_patch *patch = record;
	if (!patch->name)
		patch->name = patch->id;
	if (!patch->arch)
		patch->arch = "";
}

static const struct oak_shape patch_shape = {.fields = patch_fields,
					     .count = sizeof(patch_fields) / sizeof(*patch_fields),
					     .size = sizeof(struct oak_patch),
					     .check = check_patch};

static const struct oak_field document_fields[] = {
	{.key = "schema", .kind = OAK_FIELD_SCHEMA, .text = "oakum.verdict/1"},
	{.key = "node", .kind = OAK_FIELD_OBJECT, OAK_AT(struct document, node), .flags = OAK_REQUIRED,
	 .shape = &oak_shape_node},
	{.key = "baseline", .kind = OAK_FIELD_OBJECT, .shape = &baseline_shape},
	{.key = "operation", .kind = OAK_FIELD_ENUM, OAK_AT(struct document, operation), .flags = OAK_REQUIRED,
	 OAK_NAMES(oak_operation_names)},
	{.key = "evaluatedAt", .kind = OAK_FIELD_TIME, OAK_AT(struct document, evaluated_at), .flags = OAK_REQUIRED},
	{.key = "metadataAt", .kind = OAK_FIELD_TIME, OAK_AT(struct document, metadata_at)},
	{.key = "repositories", .kind = OAK_FIELD_OBJECTS, OAK_AT(struct document, repositories),
	 .shape = &oak_shape_repository},
	{.key = "problems", .kind = OAK_FIELD_OBJECTS, OAK_AT(struct document, problems), .shape = &oak_shape_problem},
	{.key = "summary", .kind = OAK_FIELD_OBJECT, OAK_AT(struct document, summary), .flags = OAK_REQUIRED,
	 .shape = &oak_shape_summary},
	{.key = "patches", .kind = OAK_FIELD_OBJECTS, OAK_AT(struct document, patches), .shape = &patch_shape},
};
static const struct oak_shape document_shape = OAK_SHAPE(struct document, document_fields);

/* Copy one OAK_VEC into another of the same item type, sharing the items. */
#define SHARE(to, from)                                                                                      \
	do {                                                                                                 \
		(to)->v = (from)->v;                                                                         \
		(to)->n = (from)->n;                                                                         \
		(to)->cap = (from)->n;                                                                       \
	} while (0)

void oak_verdict_format(const struct oak_verdict *verdict, struct oak_sink *sink)
{
	const struct oak_inventory *inventory = verdict->inventory;
	struct document doc = {
		.node = inventory->node,
		.baseline = {verdict->baseline_id, verdict->baseline_name, verdict->baseline_digest},
		.operation = verdict->operation,
		.evaluated_at = verdict->evaluated_at,
		.metadata_at = inventory->metadata_at,
		.summary = verdict->summary,
	};
	SHARE(&doc.repositories, &inventory->repositories);
	SHARE(&doc.problems, &verdict->problems);
	SHARE(&doc.patches, &verdict->patches);
	oak_shape_write(&document_shape, &doc, NULL, sink);
}

int oak_verdict_parse(struct oak_arena *arena, const struct oak_value *value, const char *name,
		      struct oak_verdict **ret, struct oak_error *err)
{
	struct oak_reader reader = {.arena = arena};
	struct document doc = {0};
	oak_shape_read(&reader, value, &document_shape, &doc);
	if (oak_reader_finish(&reader, name, "verdict.invalid", err) < 0)
		return -1;
	struct oak_inventory *inventory = oak_inventory_new(arena);
	inventory->node = doc.node;
	inventory->metadata_at = doc.metadata_at;
	SHARE(&inventory->repositories, &doc.repositories);
	struct oak_verdict *verdict = OAK_NEW(arena, struct oak_verdict);
	*verdict = (struct oak_verdict){
		.arena = arena,
		.inventory = inventory,
		.baseline_id = doc.baseline.id,
		.baseline_name = doc.baseline.name,
		.baseline_digest = doc.baseline.digest,
		.operation = doc.operation,
		.evaluated_at = doc.evaluated_at,
		.summary = doc.summary,
	};
	SHARE(&verdict->problems, &doc.problems);
	SHARE(&verdict->patches, &doc.patches);
	*ret = verdict;
	return 0;
}
