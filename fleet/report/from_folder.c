/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A folder of collected documents as a source: each is known by its schema, whatever its name. */

#include "core/fs.h"
#include "core/str.h"
#include "fleet/report/report.h"

enum { DEPTH_MAX = 16 };

struct folder {
	struct oak_report_source source;
	const char *dir;
};

/* One document on its way into the report. */
struct reading {
	struct oak_report *report;
	struct oak_arena *arena;
	const char *file;
	struct oak_error *err;
};

static int load_document(struct oak_arena *arena, const char *file, const struct oak_value **ret, struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = OAK_VERDICT_MAX};
	return oak_value_load(arena, file, &limits, ret, err);
}

static int take_verdict(struct reading *r, const struct oak_value *doc)
{
	struct oak_verdict *verdict;
	if (oak_verdict_parse(r->arena, doc, r->file, &verdict, r->err) < 0)
		return -1;
	oak_report_add(r->report, verdict, r->file, 0);
	return 0;
}

/* A run knows its node by its plan, and brings the verdict of the scan after it. */
static int take_run(struct reading *r, const struct oak_value *doc)
{
	const struct oak_value *verdict = oak_value_get(doc, "verdict"), *plan = oak_value_get(doc, "plan");
	const struct oak_value *node = oak_value_get(plan, "node");
	const char *id = oak_value_string(oak_value_get(node, "id")), *ended = oak_value_string(oak_value_get(doc, "endedAt"));
	struct oak_report_run run = {.id = oak_value_string(oak_value_get(doc, "id")),
				     .status = oak_value_string(oak_value_get(doc, "status")),
				     .ended_at = OAK_TIME_NONE};
	if (!id)
		node = oak_value_get(verdict, "node"), id = oak_value_string(oak_value_get(node, "id"));
	if (ended)
		oak_time_parse(ended, &run.ended_at);
	if (verdict && verdict->kind == OAK_VALUE_OBJECT && take_verdict(r, verdict) < 0)
		return -1;
	if (!id || !run.id)
		return 0;
	const struct oak_node of = {.id = id, .name = oak_value_string(oak_value_get(node, "name"))};
	oak_report_add_run(r->report, &of, &run);
	return 0;
}

static int take_inventory(struct reading *r, const struct oak_value *doc)
{
	struct oak_inventory *inventory;
	if (oak_inventory_parse(r->arena, doc, r->file, &inventory, r->err) < 0)
		return -1;
	oak_report_add_inventory(r->report, inventory, r->file);
	return 0;
}

/* Kept with the report: its entries are what exceptions are about. */
static int take_baseline(struct reading *r, const struct oak_value *ignored)
{
	const struct oak_value *doc;
	struct oak_baseline *baseline;
	(void)ignored;
	if (load_document(r->report->arena, r->file, &doc, r->err) < 0 ||
	    oak_baseline_parse(r->report->arena, doc, r->file, &baseline, NULL, r->err) < 0)
		return -1;
	*oak_push(r->report->arena, &r->report->baselines) = baseline;
	return 0;
}

static int take_nothing(struct reading *r, const struct oak_value *doc)
{
	(void)r;
	(void)doc;
	return 0;
}

static const struct {
	const char *schema;
	int (*take)(struct reading *r, const struct oak_value *doc);
} kinds[] = {
	{"oakum.verdict/1", take_verdict},   {"oakum.run/1", take_run},	      {"oakum.inventory/1", take_inventory},
	{"oakum.packageRun/1", take_nothing}, {"oakum.plan/1", take_nothing}, {"oakum.baseline/1", take_baseline},
};

static int take(struct reading *r)
{
	const struct oak_value *doc;
	if (load_document(r->arena, r->file, &doc, r->err) < 0)
		return -1;
	const char *schema = oak_value_string(oak_value_get(doc, "schema"));
	for (size_t i = 0; schema && i < sizeof(kinds) / sizeof(*kinds); i++)
		if (oak_streq(kinds[i].schema, schema))
			return kinds[i].take(r, doc);
	return oak_fail(r->err, OAK_INVALID, "report.document", 0, "'%s' is no verdict, run or inventory (its schema is '%s')",
			r->file, schema ? schema : "absent");
}

static void take_file(struct oak_report *report, const char *file)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_error err = {0};
	char text[1100];
	struct reading r = {report, arena, file, &err};
	if (take(&r) < 0)
		oak_report_cannot_read(report, file, oak_error_text(&err, text, sizeof(text)));
}

static bool is_document(const char *name)
{
	return oak_ends_with(name, ".json") || oak_ends_with(name, ".yaml") || oak_ends_with(name, ".yml");
}

static int take_folder(struct oak_report *report, const char *dir, int depth, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const char *const *names;
	size_t n;
	if (oak_fs_list(arena, dir, "", &names, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const char *path = oak_arena_printf(arena, "%s/%s", dir, names[i]);
		struct oak_error below = {0};
		if (!oak_fs_is_dir(path)) {
			if (is_document(names[i]))
				take_file(report, path);
		} else if (depth >= DEPTH_MAX) {
			oak_report_cannot_read(report, path, "folders are nested too deeply");
		} else if (take_folder(report, path, depth + 1, &below) < 0) {
			char text[1100];
			oak_report_cannot_read(report, path, oak_error_text(&below, text, sizeof(text)));
		}
	}
	return 0;
}

static int gather(struct oak_report_source *source, struct oak_report *report, struct oak_error *err)
{
	const struct folder *folder = (const struct folder *)source;
	if (oak_fs_exists(folder->dir) && !oak_fs_is_dir(folder->dir)) {
		take_file(report, folder->dir);
		return 0;
	}
	if (!oak_fs_exists(folder->dir))
		return oak_fail(err, OAK_INVALID, "report.folder", 0, "there is no folder '%s' (give one of collected verdicts)",
				folder->dir);
	return take_folder(report, folder->dir, 0, err);
}

static int load(struct oak_report_source *source, const struct oak_report_node *node, struct oak_arena *arena,
		struct oak_verdict **ret, struct oak_error *err)
{
	const struct oak_value *doc;
	(void)source;
	if (!node->file)
		return oak_fail(err, OAK_NOT_FOUND, "report.document", 0, "node '%s' has no verdict", node->node.id);
	if (load_document(arena, node->file, &doc, err) < 0)
		return -1;
	const struct oak_value *inner = oak_value_get(doc, "verdict");
	return oak_verdict_parse(arena, inner ? inner : doc, node->file, ret, err);
}

static int load_inventory(struct oak_report_source *source, const struct oak_report_node *node, struct oak_arena *arena,
			  struct oak_inventory **ret, struct oak_error *err)
{
	const struct oak_value *doc;
	(void)source;
	return load_document(arena, node->inventory_file, &doc, err) < 0 ? -1 : oak_inventory_parse(arena, doc, node->inventory_file, ret, err);
}

struct oak_report_source *oak_report_folder(struct oak_arena *arena, const char *dir)
{
	struct folder *folder = OAK_NEW(arena, struct folder);
	*folder = (struct folder){{gather, load, load_inventory}, oak_arena_strdup(arena, dir)};
	return &folder->source;
}
