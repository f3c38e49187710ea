/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The state database as a source of a report's verdicts. */
#include "cli/report.h"

#include "core/str.h"

struct stored {
	struct oak_report_source source;
	struct oak_store *store;
	bool with_patches, with_excused;
};

/* The newest scan of NODE in ROWS, which are newest first; the first that is met. */
static int take(struct stored *s, struct oak_report *report, const struct oak_scan_row *row, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_verdict *verdict;
	unsigned states = s->with_excused ? OAK_ALL_STATES : s->with_patches ? OAK_BAD_STATES : 0;
	if (oak_store_load_states(s->store, arena, row->id, states, &verdict, err) < 0)
		return -1;
	oak_report_add(report, verdict, NULL, row->id);
	return 0;
}

static int take_scans(struct stored *s, struct oak_report *report, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const struct oak_scan_query query = {.operation = -1, .from = OAK_TIME_NONE, .until = OAK_TIME_NONE, .latest = true};
	struct oak_scan_rows rows = {0};
	struct oak_map newest;
	if (oak_store_list_scans(s->store, arena, &query, &rows, err) < 0)
		return -1;
	oak_map_init(&newest, arena, rows.list.n);
	for (size_t i = 0; i < rows.list.n; i++) {
		struct oak_scan_row *row = &rows.list.v[i];
		struct oak_scan_row **slot = (struct oak_scan_row **)oak_map_slot(&newest, row->node_id);
		if (!*slot || row->at > (*slot)->at)
			*slot = row;
	}
	for (size_t i = 0; i < rows.list.n; i++)
		if (oak_map_find(&newest, rows.list.v[i].node_id) == &rows.list.v[i] && take(s, report, &rows.list.v[i], err) < 0)
			return -1;
	return 0;
}

/* Nodes that only ran, or were only heard of, are never scanned. */
static int take_nodes(struct stored *s, struct oak_report *report, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_node_rows rows = {0};
	struct oak_run_rows runs = {0};
	if (oak_store_list_nodes(s->store, arena, &rows, err) < 0 || oak_store_newest_runs(s->store, arena, &runs, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.list.n; i++) {
		const struct oak_node_row *row = &rows.list.v[i];
		const struct oak_node node = {.id = row->id,
					      .name = row->name,
					      .platform = {.family = row->family, .id = row->platform, .version = row->version, .arch = row->arch,
							   .booted_at = OAK_TIME_NONE}};
		oak_report_know(report, &node);
	}
	for (size_t i = 0; i < runs.list.n; i++) {
		const struct oak_node node = {.id = runs.list.v[i].node_id, .platform = {.booted_at = OAK_TIME_NONE}};
		const struct oak_report_run run = {runs.list.v[i].id, runs.list.v[i].status, runs.list.v[i].ended_at};
		oak_report_add_run(report, &node, &run);
	}
	return 0;
}

static int gather(struct oak_report_source *source, struct oak_report *report, struct oak_error *err)
{
	struct stored *s = (struct stored *)source;
	return take_scans(s, report, err) < 0 ? -1 : take_nodes(s, report, err);
}

static int load(struct oak_report_source *source, const struct oak_report_node *node, struct oak_arena *arena,
		struct oak_verdict **ret, struct oak_error *err)
{
	return oak_store_load_verdict(((struct stored *)source)->store, arena, node->scan, ret, err);
}

struct oak_report_source *oak_report_store(struct oak_arena *arena, struct oak_store *store, bool with_patches, bool with_excused)
{
	struct stored *s = OAK_NEW(arena, struct stored);
	*s = (struct stored){{gather, load, NULL}, store, with_patches, with_excused};
	return &s->source;
}
