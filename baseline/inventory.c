/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum.inventory/1: the tables of its structs, in the key order of the document. */
#include "baseline/baseline.h"
#include "baseline/inventory.h"

#include "baseline/shapes.h"
#include "core/map.h"
#include "core/str.h"

_Static_assert(sizeof(struct oak_tag) == sizeof(struct oak_pair), "tags are read as pairs");

/* Shorthands for the rows below. */
#define STRING(type, member, name) {.key = (name), .kind = OAK_FIELD_STRING, OAK_AT(type, member)}
#define STRING_OPT(type, member, name)                                                                       \
	{.key = (name), .kind = OAK_FIELD_STRING, OAK_AT(type, member), .flags = OAK_OPTIONAL}
#define STRING_REQ(type, member, name)                                                                       \
	{.key = (name), .kind = OAK_FIELD_STRING, OAK_AT(type, member), .flags = OAK_REQUIRED, .min = 1}
#define STRINGS(type, member, name) {.key = (name), .kind = OAK_FIELD_STRINGS, OAK_AT(type, member)}
#define STRINGS_OPT(type, member, name)                                                                      \
	{.key = (name), .kind = OAK_FIELD_STRINGS, OAK_AT(type, member), .flags = OAK_OPTIONAL}
#define TIME(type, member, name) {.key = (name), .kind = OAK_FIELD_TIME, OAK_AT(type, member)}
#define TIME_OPT(type, member, name)                                                                         \
	{.key = (name), .kind = OAK_FIELD_TIME, OAK_AT(type, member), .flags = OAK_OPTIONAL}
#define BOOL(type, member, name, fallback)                                                                   \
	{.key = (name), .kind = OAK_FIELD_BOOL, OAK_AT(type, member), .absent = (fallback)}
#define BOOL_OPT(type, member, name)                                                                         \
	{.key = (name), .kind = OAK_FIELD_BOOL, OAK_AT(type, member), .flags = OAK_OPTIONAL}
#define OBJECTS(type, member, name, of) {.key = (name), .kind = OAK_FIELD_OBJECTS, OAK_AT(type, member), .shape = &(of)}

static const struct oak_field platform_fields[] = {
	STRING_REQ(struct oak_platform, family, "family"),
	STRING_REQ(struct oak_platform, id, "id"),
	STRING(struct oak_platform, version, "version"),
	STRING(struct oak_platform, arch, "arch"),
	STRING(struct oak_platform, kernel, "kernel"),
	STRING(struct oak_platform, boot_id, "bootId"),
	TIME(struct oak_platform, booted_at, "bootedAt"),
	STRING_OPT(struct oak_platform, product, "product"),
	STRING_OPT(struct oak_platform, edition, "edition"),
};
static const struct oak_shape platform_shape = OAK_SHAPE(struct oak_platform, platform_fields);

static const struct oak_field node_fields[] = {
	{.key = "id", .kind = OAK_FIELD_STRING, OAK_AT(struct oak_node, id), .flags = OAK_REQUIRED, .min = 1, .max = 128,
	 .valid = oak_text_printable},
	STRING(struct oak_node, name, "name"),
	{.key = "tags", .kind = OAK_FIELD_TAGS, OAK_AT(struct oak_node, tags)},
	{.key = "platform", .kind = OAK_FIELD_OBJECT, OAK_AT(struct oak_node, platform), .flags = OAK_REQUIRED,
	 .shape = &platform_shape},
};
const struct oak_shape oak_shape_node = OAK_SHAPE(struct oak_node, node_fields);

static const struct oak_field problem_fields[] = {
	STRING_REQ(struct oak_problem, kind, "kind"),
	STRING(struct oak_problem, subject, "subject"),
	STRING(struct oak_problem, detail, "detail"),
	STRING_OPT(struct oak_problem, remedy, "remedy"),
};
const struct oak_shape oak_shape_problem = OAK_SHAPE(struct oak_problem, problem_fields);

static const struct oak_field repository_fields[] = {
	STRING_REQ(struct oak_repository, id, "id"),
	STRING(struct oak_repository, uri, "uri"),
	STRING_OPT(struct oak_repository, suite, "suite"),
	STRING_OPT(struct oak_repository, codename, "codename"),
	STRING_OPT(struct oak_repository, label, "label"),
	STRING_OPT(struct oak_repository, component, "component"),
	BOOL(struct oak_repository, trusted, "trusted", false),
	BOOL(struct oak_repository, enabled, "enabled", true),
	TIME_OPT(struct oak_repository, fetched_at, "fetchedAt"),
	TIME_OPT(struct oak_repository, release_date, "releaseDate"),
	TIME_OPT(struct oak_repository, watched_since, "watchedSince"),
	BOOL(struct oak_repository, advisories, "advisories", false),
	STRING_OPT(struct oak_repository, error, "error"),
	TIME_OPT(struct oak_repository, valid_until, "validUntil"),
};
const struct oak_shape oak_shape_repository = OAK_SHAPE(struct oak_repository, repository_fields);

static const struct oak_field advisory_fields[] = {
	STRING_REQ(struct oak_advisory, id, "id"),
	STRING(struct oak_advisory, classification, "classification"),
	STRING_OPT(struct oak_advisory, severity, "severity"),
	TIME_OPT(struct oak_advisory, issued, "issued"),
	TIME_OPT(struct oak_advisory, updated, "updated"),
	STRING_OPT(struct oak_advisory, title, "title"),
	STRINGS(struct oak_advisory, cves, "cves"),
	BOOL_OPT(struct oak_advisory, reboot_suggested, "rebootSuggested"),
	STRINGS_OPT(struct oak_advisory, bugs, "bugs"),
	STRINGS_OPT(struct oak_advisory, known_exploited, "knownExploited"),
};
static const struct oak_shape advisory_shape = OAK_SHAPE(struct oak_advisory, advisory_fields);

/* An architecture is left out where a package manager has none (Windows): "" then, never NULL. */
static void check_package(struct oak_reader *reader, const struct oak_path *path, void *record)
{
	(void)reader;
	(void)path;
	struct oak_package *package = record;
	if (!package->arch)
		package->arch = "";
}

static const struct oak_field package_fields[] = {
	STRING_REQ(struct oak_package, name, "name"),
	STRING(struct oak_package, arch, "arch"),
	STRING_REQ(struct oak_package, evr, "evr"),
	STRING_OPT(struct oak_package, source, "source"),
	STRING_OPT(struct oak_package, vendor, "vendor"),
	TIME_OPT(struct oak_package, build_time, "buildTime"),
	TIME_OPT(struct oak_package, installed_at, "installedAt"),
	BOOL_OPT(struct oak_package, automatic, "auto"),
	BOOL_OPT(struct oak_package, hold, "hold"),
	STRING_OPT(struct oak_package, pin, "pin"),
	STRING_OPT(struct oak_package, module, "module"),
	STRING_OPT(struct oak_package, signature_key, "signatureKey"),
	STRING_OPT(struct oak_package, hold_kind, "holdKind"),
	STRING_OPT(struct oak_package, offered, "offered"),
	STRINGS_OPT(struct oak_package, origins, "origins"),
	STRING_OPT(struct oak_package, section, "section"),
	STRING_OPT(struct oak_package, priority, "priority"),
	{.key = "advisories", .kind = OAK_FIELD_OBJECTS, OAK_AT(struct oak_package, advisories), .flags = OAK_OPTIONAL,
	 .shape = &advisory_shape},
};
static const struct oak_shape package_shape = {.fields = package_fields,
					       .count = sizeof(package_fields) / sizeof(*package_fields),
					       .size = sizeof(struct oak_package),
					       .check = check_package};

/* A Windows update may be named by its KB alone; everything else needs name and version. */
static void check_update(struct oak_reader *reader, const struct oak_path *path, void *record)
{
	struct oak_update *update = record;
	bool windows = update->kb || update->update_id;
	struct oak_path name = {.up = path, .key = "name"}, evr = {.up = path, .key = "evr"};
	if (!windows && (!update->name || !*update->name))
		oak_reader_error(reader, &name, "is missing");
	if (!windows && (!update->evr || !*update->evr))
		oak_reader_error(reader, &evr, "is missing");
	if (!update->name)
		update->name = update->kb ? update->kb : update->update_id ? update->update_id : "";
	if (!update->evr)
		update->evr = "";
	if (!update->arch)
		update->arch = "";
}

static const struct oak_field update_fields[] = {
	STRING(struct oak_update, name, "name"),
	STRING(struct oak_update, arch, "arch"),
	STRING(struct oak_update, evr, "evr"),
	STRINGS(struct oak_update, origins, "origins"),
	BOOL(struct oak_update, security, "security", false),
	STRING_OPT(struct oak_update, section, "section"),
	STRING_OPT(struct oak_update, priority, "priority"),
	{.key = "size", .kind = OAK_FIELD_INT64, OAK_AT(struct oak_update, size), .flags = OAK_OPTIONAL, .absent = -1},
	TIME_OPT(struct oak_update, issued, "issued"),
	TIME_OPT(struct oak_update, updated, "updated"),
	TIME_OPT(struct oak_update, built, "built"),
	TIME_OPT(struct oak_update, first_seen, "firstSeen"),
	BOOL_OPT(struct oak_update, phased, "phased"),
	STRING_OPT(struct oak_update, module, "module"),
	STRING_OPT(struct oak_update, kb, "kb"),
	STRING_OPT(struct oak_update, update_id, "updateId"),
	{.key = "revision", .kind = OAK_FIELD_INT, OAK_AT(struct oak_update, revision), .flags = OAK_OPTIONAL},
	STRING_OPT(struct oak_update, product, "product"),
	STRING_OPT(struct oak_update, product_family, "productFamily"),
	STRINGS(struct oak_update, supersedes, "supersedes"),
	BOOL_OPT(struct oak_update, hidden, "hidden"),
	OBJECTS(struct oak_update, advisories, "advisories", advisory_shape),
	STRING_OPT(struct oak_update, title, "title"),
	STRING_OPT(struct oak_update, source, "source"),
	{.key = "phasePercent", .kind = OAK_FIELD_INT, OAK_AT(struct oak_update, phase_percent), .flags = OAK_OPTIONAL,
	 .max = 100},
	STRING_OPT(struct oak_update, needs_subscription, "needsSubscription"),
	STRING_OPT(struct oak_update, successor_of, "successorOf"),
	STRING_OPT(struct oak_update, policy, "policy"),
	STRING_OPT(struct oak_update, uri, "uri"),
	STRING_OPT(struct oak_update, sha256, "sha256"),
};
static const struct oak_shape update_shape = {.fields = update_fields,
					      .count = sizeof(update_fields) / sizeof(*update_fields),
					      .size = sizeof(struct oak_update),
					      .check = check_update};

static const struct oak_field reboot_fields[] = {
	BOOL(struct oak_inventory, reboot_required, "required", false),
	STRINGS(struct oak_inventory, reboot_reasons, "reasons"),
};
static const struct oak_shape reboot_shape = OAK_SHAPE(struct oak_inventory, reboot_fields);

static const struct oak_field live_patch_fields[] = {
	STRING_REQ(struct oak_live_patch, name, "name"),
	STRING(struct oak_live_patch, evr, "evr"),
	STRINGS(struct oak_live_patch, cves, "cves"),
};
static const struct oak_shape live_patch_shape = OAK_SHAPE(struct oak_live_patch, live_patch_fields);

/* Updates name repositories by id: two with one id would make the verdict depend on their order. */
static void check_inventory(struct oak_reader *reader, const struct oak_path *path, void *record)
{
	struct oak_inventory *inventory = record;
	struct oak_path list = {.up = path, .key = "repositories"};
	struct oak_map seen;

	inventory->node.platform.family = oak_family_of_platform(&inventory->node.platform);
	oak_map_init(&seen, reader->arena, inventory->repositories.n);
	for (size_t i = 0; i < inventory->repositories.n; i++) {
		const char *id = inventory->repositories.v[i].id;
		struct oak_path item = {.up = &list, .index = i}, here = {.up = &item, .key = "id"};
		if (*id && oak_map_has(&seen, id))
			oak_reader_error(reader, &here, "is the id of another repository too: \"%.60s\"", id);
		oak_map_put(&seen, id, NULL);
	}
}

static const struct oak_field vendor_patch_fields[] = {
	STRING_REQ(struct oak_vendor_patch, advisory.id, "id"),
	STRING(struct oak_vendor_patch, repository, "repository"),
	STRING_REQ(struct oak_vendor_patch, status, "status"),
	STRING(struct oak_vendor_patch, advisory.classification, "classification"),
	STRING_OPT(struct oak_vendor_patch, advisory.severity, "severity"),
	TIME_OPT(struct oak_vendor_patch, advisory.issued, "issued"),
	TIME_OPT(struct oak_vendor_patch, advisory.updated, "updated"),
	STRING_OPT(struct oak_vendor_patch, advisory.title, "title"),
	STRINGS_OPT(struct oak_vendor_patch, advisory.cves, "cves"),
	BOOL_OPT(struct oak_vendor_patch, advisory.reboot_suggested, "rebootSuggested"),
};
static const struct oak_shape vendor_patch_shape = OAK_SHAPE(struct oak_vendor_patch, vendor_patch_fields);

static const struct oak_field inventory_fields[] = {
	{.key = "schema", .kind = OAK_FIELD_SCHEMA, .text = "oakum.inventory/1"},
	{.key = "node", .kind = OAK_FIELD_OBJECT, OAK_AT(struct oak_inventory, node), .flags = OAK_REQUIRED,
	 .shape = &oak_shape_node},
	TIME(struct oak_inventory, collected_at, "collectedAt"),
	TIME(struct oak_inventory, metadata_at, "metadataAt"),
	OBJECTS(struct oak_inventory, problems, "problems", oak_shape_problem),
	OBJECTS(struct oak_inventory, repositories, "repositories", oak_shape_repository),
	OBJECTS(struct oak_inventory, packages, "packages", package_shape),
	OBJECTS(struct oak_inventory, updates, "updates", update_shape),
	{.key = "reboot", .kind = OAK_FIELD_OBJECT, .shape = &reboot_shape},
	{.key = "livePatches", .kind = OAK_FIELD_OBJECTS, OAK_AT(struct oak_inventory, live_patches), .flags = OAK_OPTIONAL,
	 .shape = &live_patch_shape},
	{.key = "patches", .kind = OAK_FIELD_OBJECTS, OAK_AT(struct oak_inventory, patches), .flags = OAK_OPTIONAL,
	 .shape = &vendor_patch_shape},
};
const struct oak_shape oak_shape_inventory = {.fields = inventory_fields,
						 .count = sizeof(inventory_fields) / sizeof(*inventory_fields),
						 .size = sizeof(struct oak_inventory),
						 .check = check_inventory};

struct oak_inventory *oak_inventory_new(struct oak_arena *arena)
{
	struct oak_inventory *inventory = OAK_NEW(arena, struct oak_inventory);
	oak_shape_clear(&oak_shape_inventory, inventory);
	inventory->arena = arena;
	return inventory;
}

void oak_update_init(struct oak_update *update)
{
	*update = (struct oak_update){0};
	oak_shape_clear(&update_shape, update);
}

void oak_package_init(struct oak_package *package)
{
	*package = (struct oak_package){0};
	oak_shape_clear(&package_shape, package);
}

void oak_repository_init(struct oak_repository *repository)
{
	*repository = (struct oak_repository){0};
	oak_shape_clear(&oak_shape_repository, repository);
}

void oak_advisory_init(struct oak_advisory *advisory)
{
	*advisory = (struct oak_advisory){0};
	oak_shape_clear(&advisory_shape, advisory);
}

int oak_inventory_parse(struct oak_arena *arena, const struct oak_value *doc, const char *name,
			struct oak_inventory **ret, struct oak_error *err)
{
	struct oak_reader reader = {.arena = arena};
	struct oak_inventory *inventory = oak_inventory_new(arena);
	oak_shape_read(&reader, doc, &oak_shape_inventory, inventory);
	if (oak_reader_finish(&reader, name, "inventory.invalid", err) < 0)
		return -1;
	*ret = inventory;
	return 0;
}

void oak_inventory_format(const struct oak_inventory *inventory, struct oak_sink *sink)
{
	oak_shape_write(&oak_shape_inventory, inventory, NULL, sink);
}
