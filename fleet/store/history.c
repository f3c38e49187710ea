/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers from the stored past. */
#include "fleet/store/history.h"

#include <stdio.h>

#include "core/map.h"
#include "core/str.h"
#include "fleet/store/private.h"

/* Bind one query's optional conditions: "? IS NULL OR column = ?" keeps the SQL one constant text. */
static int scans(struct oak_store *store, struct oak_arena *arena, const struct oak_scan_query *q,
		 struct oak_scan_rows *ret, struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	char sql[1200];
	int row;
	const char *newest = "";
	if (q->latest && q->until != OAK_TIME_NONE)
		newest = oak_arena_printf(arena, "c.id IN (SELECT max(id) FROM scan WHERE at < %lld GROUP BY series) AND ",
					  (long long)q->until);
	else if (q->latest)
		newest = "c.id IN (SELECT max(id) FROM scan GROUP BY series) AND ";
	/* The newest of each series drive the search themselves: of 2,000 nodes' 800,000 scans 2,000 are looked at. */
	snprintf(sql, sizeof(sql),
		 "SELECT c.id, n.ext, n.name, t.baseline, t.baseline_name, t.operation, c.at, c.metadata_at, s.summary, "
		 "c.state = (SELECT b.state FROM scan b WHERE b.series = c.series AND b.id < c.id ORDER BY b.id DESC "
		 "LIMIT 1) FROM scan c JOIN series t ON t.id = c.series JOIN node n ON n.id = t.node JOIN state s ON "
		 "s.id = c.state WHERE %s(? IS NULL OR n.ext = ?) AND (? IS NULL OR t.baseline = ?) AND (? < 0 OR "
		 "t.operation = ?) AND (? IS NULL OR c.at >= ?) AND (? IS NULL OR c.at < ?) ORDER BY c.id DESC LIMIT ?",
		 newest);
	if (oak_db_query(store->db, &stmt, err, sql, "ttttiinnnni", q->node_id, q->node_id, q->baseline_id, q->baseline_id,
			 (int64_t)q->operation, (int64_t)q->operation, q->from, q->from, q->until, q->until,
			 (int64_t)(q->limit ? q->limit : INT32_MAX)) < 0)
		return -1;
	while ((row = oak_stmt_step(stmt, err)) > 0) {
		struct oak_scan_row *scan = oak_push(arena, &ret->list);
		*scan = (struct oak_scan_row){
			.id = oak_stmt_int(stmt, 0),
			.node_id = oak_arena_strdup(arena, oak_stmt_text(stmt, 1)),
			.node_name = oak_arena_strdup(arena, oak_stmt_text(stmt, 2)),
			.baseline_id = oak_arena_strdup(arena, oak_stmt_text(stmt, 3)),
			.baseline_name = oak_arena_strdup(arena, oak_stmt_text(stmt, 4)),
			.operation = oak_stmt_int(stmt, 5) == OAK_INSTALL ? OAK_INSTALL : OAK_SCAN,
			.at = oak_stmt_int(stmt, 6),
			.metadata_at = oak_stmt_time(stmt, 7),
			.changed = oak_stmt_int(stmt, 9) == 0,
		};
		if (oak_summary_unpack(oak_stmt_text(stmt, 8), &scan->summary, err) < 0)
			return -1;
	}
	return row;
}

int oak_store_list_scans(struct oak_store *store, struct oak_arena *arena, const struct oak_scan_query *query,
			 struct oak_scan_rows *ret, struct oak_error *err)
{
	return oak_store_settle(store, scans(store, arena, query, ret, err), err);
}

static enum oak_state state_of(struct oak_stmt *stmt, int column)
{
	int64_t n = oak_stmt_int(stmt, column);
	return n >= 0 && n < OAK_STATE_COUNT ? (enum oak_state)n : OAK_STATE_NOT_APPLICABLE;
}

static enum oak_level level_of(struct oak_stmt *stmt, int column)
{
	int64_t n = oak_stmt_int(stmt, column);
	return n >= 0 && n < OAK_LEVEL_COUNT ? (enum oak_level)n : OAK_LEVEL_UNSPECIFIED;
}

static enum oak_reason reason_of(struct oak_stmt *stmt, int column)
{
	int64_t n = oak_stmt_int(stmt, column);
	return n >= 0 && n < OAK_REASON_COUNT ? (enum oak_reason)n : OAK_REASON_NONE;
}

static const char *id_of(struct oak_arena *arena, const char *name, const char *arch, const char *kb)
{
	return kb && *kb ? oak_arena_strdup(arena, kb) : oak_arena_printf(arena, "%s.%s", name, arch);
}

static const char *join_cves(struct oak_arena *arena, const struct oak_patch *patch)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_buf_init(&buf, (size_t)16 << 20);
	for (size_t i = 0; i < patch->cves.n; i++)
		oak_buf_addf(&buf, "%s%s", i ? "," : "", patch->cves.v[i]);
	return buf.n ? oak_arena_strdup(arena, oak_buf_text(&buf)) : NULL;
}

static const char span_columns[] =
	"SELECT n.ext, n.name, t.baseline, t.operation, p.name, p.arch, p.kb, i.text, a.text, s.state, s.level, s.reason, "
	"s.since, s.until, d.doc FROM span s JOIN series t ON t.id = s.series JOIN node n ON n.id = t.node JOIN package p ON "
	"p.id = s.package JOIN detail d ON d.id = s.detail LEFT JOIN evr i ON i.id = s.installed LEFT JOIN evr a ON a.id = "
	"s.available WHERE ";

static int span_of_row(struct oak_arena *arena, struct oak_stmt *stmt, struct oak_span_row *span, struct oak_error *err)
{
	struct oak_patch patch = {0};
	if (oak_detail_parse(arena, oak_arena_strdup(arena, oak_stmt_text(stmt, 14)), &patch, err) < 0)
		return -1;
	*span = (struct oak_span_row){
		.node_id = oak_arena_strdup(arena, oak_stmt_text(stmt, 0)),
		.node_name = oak_arena_strdup(arena, oak_stmt_text(stmt, 1)),
		.baseline_id = oak_arena_strdup(arena, oak_stmt_text(stmt, 2)),
		.operation = oak_stmt_int(stmt, 3) == OAK_INSTALL ? OAK_INSTALL : OAK_SCAN,
		.id = id_of(arena, oak_stmt_text(stmt, 4), oak_stmt_text(stmt, 5), oak_stmt_text(stmt, 6)),
		.name = oak_arena_strdup(arena, oak_stmt_text(stmt, 4)),
		.arch = oak_arena_strdup(arena, oak_stmt_text(stmt, 5)),
		.installed = oak_arena_strdup(arena, oak_stmt_text(stmt, 7)),
		.available = oak_arena_strdup(arena, oak_stmt_text(stmt, 8)),
		.state = state_of(stmt, 9),
		.level = level_of(stmt, 10),
		.reason = reason_of(stmt, 11),
		.since = oak_stmt_int(stmt, 12),
		.until = oak_stmt_time(stmt, 13),
		.released = patch.released,
		.approved_at = patch.approved_at,
		.classification = patch.classification,
		.severity = patch.severity,
		.cves = join_cves(arena, &patch),
	};
	return 0;
}

/* The states of a query as a bit mask. */
static int64_t state_mask(int state)
{
	if (state == OAK_STATE_COUNT)
		return OAK_BAD_STATES;
	return state < 0 ? (1 << OAK_STATE_COUNT) - 1 : 1 << state;
}

static int spans(struct oak_store *store, struct oak_arena *arena, const struct oak_span_query *q,
		 struct oak_span_rows *ret, struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	char sql[2048], types[20];
	const char *extra[4] = {NULL};
	int n = 0, row;
	for (int i = 0; q->patch && i < 3; i++)
		extra[n++] = q->patch;
	if (q->cve)
		extra[n++] = q->cve;
	/* With a patch or a CVE the search starts at its index, not at every interval. */
	snprintf(sql, sizeof(sql),
		 "%s(? IS NULL OR n.ext = ?) AND (? IS NULL OR t.baseline = ?) AND ((1 << s.state) & ?) <> 0 AND (? = 0 OR "
		 "s.until IS NULL) AND (? IS NULL OR s.until IS NULL OR s.until > ?) AND (? IS NULL OR s.since < ?)%s%s "
		 "ORDER BY n.ext, p.name, p.arch, p.kb, t.id, s.since, s.id",
		 span_columns,
		 q->patch ? " AND s.package IN (SELECT id FROM package WHERE name = ? UNION SELECT id FROM package WHERE kb = ? "
			    "UNION SELECT id FROM package WHERE kb = '' AND name || '.' || arch = ?)"
			  : "",
		 q->cve ? " AND s.detail IN (SELECT detail FROM detail_cve WHERE cve = ?)" : "");
	snprintf(types, sizeof(types), "ttttiinnnn%.*s", n, "tttt");
	if (oak_db_query(store->db, &stmt, err, sql, types, q->node_id, q->node_id, q->baseline_id, q->baseline_id,
			 state_mask(q->state), (int64_t)q->open, q->from, q->from, q->until, q->until, extra[0], extra[1],
			 extra[2], extra[3]) < 0)
		return -1;
	while ((row = oak_stmt_step(stmt, err)) > 0)
		if (span_of_row(arena, stmt, oak_push(arena, &ret->list), err) < 0)
			return -1;
	return row;
}

int oak_store_list_spans(struct oak_store *store, struct oak_arena *arena, const struct oak_span_query *query,
			 struct oak_span_rows *ret, struct oak_error *err)
{
	return oak_store_settle(store, spans(store, arena, query, ret, err), err);
}

static int nodes(struct oak_store *store, struct oak_arena *arena, struct oak_node_rows *ret, struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	int row;
	if (oak_db_query(store->db, &stmt, err,
			 "SELECT n.ext, n.name, n.facts, (SELECT max(c.at) FROM series t JOIN scan c ON c.id = (SELECT "
			 "max(b.id) FROM scan b WHERE b.series = t.id) WHERE t.node = n.id) FROM node n ORDER BY n.ext",
			 "") < 0)
		return -1;
	while ((row = oak_stmt_step(stmt, err)) > 0) {
		struct oak_node node = {0};
		if (oak_facts_parse(arena, oak_arena_strdup(arena, oak_stmt_text(stmt, 2)), &node, err) < 0)
			return -1;
		*oak_push(arena, &ret->list) = (struct oak_node_row){
			.id = oak_arena_strdup(arena, oak_stmt_text(stmt, 0)),
			.name = oak_arena_strdup(arena, oak_stmt_text(stmt, 1)),
			.family = node.platform.family,
			.platform = node.platform.id,
			.version = node.platform.version,
			.arch = node.platform.arch,
			.last_scan = oak_stmt_time(stmt, 3),
		};
	}
	return row;
}

int oak_store_list_nodes(struct oak_store *store, struct oak_arena *arena, struct oak_node_rows *ret,
			 struct oak_error *err)
{
	return oak_store_settle(store, nodes(store, arena, ret, err), err);
}

/* The row of SCAN into VERDICT; *RET_SERIES, and *RET_NEWEST when no later scan of that series exists. */
static int load_scan(struct oak_store *store, struct oak_arena *arena, int64_t scan, struct oak_verdict *v,
		     struct oak_inventory *inventory, int64_t *ret_series, bool *ret_newest, struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	if (oak_db_query(store->db, &stmt, err,
			 "SELECT n.ext, n.name, n.facts, t.baseline, t.baseline_name, t.operation, c.at, c.metadata_at, s.summary, "
			 "h.doc, c.times, t.id, c.id = (SELECT max(b.id) FROM scan b WHERE b.series = t.id) FROM scan c JOIN series t "
			 "ON t.id = c.series JOIN node n ON n.id = t.node JOIN state s ON s.id = c.state JOIN head h ON h.id = c.head "
			 "WHERE c.id = ?",
			 "i", scan) < 0)
		return -1;
	int row = oak_stmt_step(stmt, err);
	if (row < 0)
		return -1;
	if (row == 0)
		return oak_fail(err, OAK_NOT_FOUND, "store.no-scan", 0,
				"there is no scan %lld (see 'oakum history --scans')", (long long)scan);
	inventory->node.id = oak_arena_strdup(arena, oak_stmt_text(stmt, 0));
	inventory->node.name = oak_arena_strdup(arena, oak_stmt_text(stmt, 1));
	inventory->collected_at = v->evaluated_at = oak_stmt_int(stmt, 6);
	inventory->metadata_at = oak_stmt_time(stmt, 7);
	v->baseline_id = oak_arena_strdup(arena, oak_stmt_text(stmt, 3));
	v->baseline_name = oak_arena_strdup(arena, oak_stmt_text(stmt, 4));
	v->operation = oak_stmt_int(stmt, 5) == OAK_INSTALL ? OAK_INSTALL : OAK_SCAN;
	*ret_series = oak_stmt_int(stmt, 11);
	*ret_newest = oak_stmt_int(stmt, 12) != 0;
	if (oak_facts_parse(arena, oak_arena_strdup(arena, oak_stmt_text(stmt, 2)), &inventory->node, err) < 0 ||
	    oak_summary_unpack(oak_stmt_text(stmt, 8), &v->summary, err) < 0)
		return -1;
	return oak_head_parse(arena, oak_arena_strdup(arena, oak_stmt_text(stmt, 9)),
			      oak_arena_strdup(arena, oak_stmt_text(stmt, 10)), v, inventory, err);
}

/* "AND s.state IN (…) ": lets the index find them. Nothing for all states. */
static const char *state_condition(struct oak_arena *arena, unsigned states)
{
	const char *list = "";
	if (states == OAK_ALL_STATES)
		return "";
	for (unsigned i = 0; i < OAK_STATE_COUNT; i++)
		if (states & (1u << i))
			list = oak_arena_printf(arena, "%s%s%u", list, *list ? "," : "", i);
	return oak_arena_printf(arena, "AND s.state IN (%s) ", list);
}

static int load_patches(struct oak_store *store, struct oak_arena *arena, int64_t series, bool newest, unsigned states,
			struct oak_verdict *v, struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	int row;
	const char *sql = oak_arena_printf(arena, /* in the order of patch-semantics (c.5), which is that of enum oak_state, then by id */
			 "SELECT p.name, p.arch, p.kb, i.text, a.text, s.state, s.level, s.reason, d.doc FROM span s JOIN package p "
			 "ON p.id = s.package JOIN detail d ON d.id = s.detail LEFT JOIN evr i ON i.id = s.installed LEFT JOIN evr a "
			 "ON a.id = s.available WHERE s.series = ? AND (%s) %sORDER BY s.state, p.name, p.arch, p.kb",
			 newest ? "s.until IS NULL AND ? = ?" : "s.since <= ? AND (s.until IS NULL OR s.until > ?)", state_condition(arena, states));
	if (oak_db_query(store->db, &stmt, err, sql, "inn", series, v->evaluated_at, v->evaluated_at) < 0)
		return -1;
	while ((row = oak_stmt_step(stmt, err)) > 0) {
		struct oak_patch *p = oak_push(arena, &v->patches);
		*p = (struct oak_patch){
			.id = id_of(arena, oak_stmt_text(stmt, 0), oak_stmt_text(stmt, 1), oak_stmt_text(stmt, 2)),
			.name = oak_arena_strdup(arena, oak_stmt_text(stmt, 0)),
			.arch = oak_arena_strdup(arena, oak_stmt_text(stmt, 1)),
			.installed = oak_arena_strdup(arena, oak_stmt_text(stmt, 3)),
			.available = oak_arena_strdup(arena, oak_stmt_text(stmt, 4)),
			.state = state_of(stmt, 5),
			.level = level_of(stmt, 6),
			.reason = reason_of(stmt, 7),
		};
		if (oak_detail_parse(arena, oak_arena_strdup(arena, oak_stmt_text(stmt, 8)), p, err) < 0)
			return -1;
	}
	return row;
}

int oak_store_load_states(struct oak_store *store, struct oak_arena *arena, int64_t scan, unsigned states,
			  struct oak_verdict **ret, struct oak_error *err)
{
	struct oak_inventory *inventory = oak_inventory_new(arena);
	struct oak_verdict *verdict = OAK_NEW(arena, struct oak_verdict);
	int64_t series = 0;
	bool newest = false;
	verdict->arena = arena;
	verdict->inventory = inventory;
	int rc = load_scan(store, arena, scan, verdict, inventory, &series, &newest, err);
	if (rc == 0)
		rc = load_patches(store, arena, series, newest, states, verdict, err);
	if (rc == 0)
		*ret = verdict;
	return oak_store_settle(store, rc, err);
}

int oak_store_load_verdict(struct oak_store *store, struct oak_arena *arena, int64_t scan, struct oak_verdict **ret,
			   struct oak_error *err)
{
	return oak_store_load_states(store, arena, scan, OAK_ALL_STATES, ret, err);
}
