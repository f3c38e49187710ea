/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long patches were not compliant: intervals that touch are one, whatever versions came meanwhile. */
#include "core/map.h"
#include "core/str.h"
#include "fleet/store/history.h"
#include "fleet/store/private.h"

/* Instants at which INSTALL verdicts began to show a patch as installed, by node and patch, ascending. */
struct installs {
	OAK_VEC(oak_time) list;
};

static const char *key_of(struct oak_arena *arena, const char *node, const char *id)
{
	return oak_arena_printf(arena, "%s\x1f%s", node, id);
}

static const char *id_of(struct oak_arena *arena, struct oak_stmt *stmt)
{
	const char *kb = oak_stmt_text(stmt, 3);
	return kb && *kb ? oak_arena_strdup(arena, kb)
			 : oak_arena_printf(arena, "%s.%s", oak_stmt_text(stmt, 1), oak_stmt_text(stmt, 2));
}

static int load_installs(struct oak_store *store, struct oak_arena *arena, const char *node_id, const char *baseline_id,
			 oak_time from, struct oak_map *map, struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	int row;
	if (oak_db_query(store->db, &stmt, err,
			 "SELECT n.ext, p.name, p.arch, p.kb, s.since FROM span s JOIN series t ON t.id = s.series JOIN node n ON n.id = "
			 "t.node JOIN package p ON p.id = s.package WHERE t.operation = ? AND s.state = ? AND (? IS NULL OR n.ext = ?) AND "
			 "(? IS NULL OR t.baseline = ?) AND (? IS NULL OR s.since >= ?) ORDER BY s.since",
			 "iittttnn", (int64_t)OAK_INSTALL, (int64_t)OAK_STATE_INSTALLED, node_id, node_id, baseline_id, baseline_id,
			 from, from) < 0)
		return -1;
	while ((row = oak_stmt_step(stmt, err)) > 0) {
		struct installs **slot =
			(struct installs **)oak_map_slot(map, key_of(arena, oak_stmt_text(stmt, 0), id_of(arena, stmt)));
		if (!*slot)
			*slot = OAK_NEW(arena, struct installs);
		*oak_push(arena, &(*slot)->list) = oak_stmt_int(stmt, 4);
	}
	return row;
}

/* The first INSTALL verdict that shows the patch installed within the interval: known sooner than the next scan. */
static oak_time installed_within(const struct installs *installs, oak_time since, oak_time until)
{
	for (size_t i = 0; installs && i < installs->list.n; i++)
		if (installs->list.v[i] > since && (until == OAK_TIME_NONE || installs->list.v[i] < until))
			return installs->list.v[i];
	return until;
}

/* Row by row in order of node, patch and time; a change of any begins a new one. */
static int merge(struct oak_arena *arena, struct oak_stmt *stmt, const char *node, struct oak_patch_time **last,
		 struct oak_patch_times *ret, struct oak_error *err)
{
	oak_time since = oak_stmt_int(stmt, 5), until = oak_stmt_time(stmt, 6);
	const char *id = id_of(arena, stmt);
	int64_t level = oak_stmt_int(stmt, 4);
	enum oak_level highest = level >= 0 && level < OAK_LEVEL_COUNT ? (enum oak_level)level : OAK_LEVEL_UNSPECIFIED;
	struct oak_patch_time *t = *last;
	if (t && oak_streq(t->node_id, node) && oak_streq(t->id, id) && (t->until == OAK_TIME_NONE || since <= t->until)) {
		t->until = until;
		t->level = highest > t->level ? highest : t->level;
		return 0;
	}
	struct oak_patch patch = {0};
	if (oak_detail_parse(arena, oak_arena_strdup(arena, oak_stmt_text(stmt, 7)), &patch, err) < 0)
		return -1;
	t = *last = oak_push(arena, &ret->list);
	*t = (struct oak_patch_time){oak_arena_strdup(arena, node), id, highest, since, until, patch.approved_at};
	return 0;
}

/* Intervals of OPERATION; of INSTALL only those of nodes that are never scanned. */
static int load_bad(struct oak_store *store, struct oak_arena *arena, const char *node_id, const char *baseline_id, oak_time from,
		    enum oak_operation operation, struct oak_patch_times *ret, struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	struct oak_patch_time *last = NULL;
	int row;
	if (oak_db_query(store->db, &stmt, err,
			 "SELECT n.ext, p.name, p.arch, p.kb, s.level, s.since, s.until, d.doc FROM span s JOIN series t ON t.id = s.series "
			 "JOIN node n ON n.id = t.node JOIN package p ON p.id = s.package JOIN detail d ON d.id = s.detail WHERE t.operation "
			 "= ? AND s.state IN (2, 3, 4, 5) AND (? IS NULL OR n.ext = ?) AND (? IS NULL OR t.baseline = ?) AND (? IS NULL OR "
			 "s.until IS NULL OR s.until > ?) AND (? = 0 OR NOT EXISTS (SELECT 1 FROM series o WHERE o.node = t.node AND "
			 "o.operation = 0)) ORDER BY n.ext, p.name, p.arch, p.kb, t.id, s.since, s.id",
			 "ittttnni", (int64_t)operation, node_id, node_id, baseline_id, baseline_id, from, from, (int64_t)operation) < 0)
		return -1;
	while ((row = oak_stmt_step(stmt, err)) > 0) {
		const char *node = last && oak_streq(last->node_id, oak_stmt_text(stmt, 0)) ? last->node_id : oak_stmt_text(stmt, 0);
		if (merge(arena, stmt, node, &last, ret, err) < 0)
			return -1;
	}
	return row;
}

_Static_assert(OAK_STATE_INSTALLED_REJECTED == 2 && OAK_STATE_FAILED == 5 && OAK_SCAN == 0, "as in the queries");

static int patch_times(struct oak_store *store, struct oak_arena *arena, const char *node_id, const char *baseline_id,
		       oak_time from, struct oak_patch_times *ret, struct oak_error *err)
{
	struct oak_map installs;
	size_t first = ret->list.n;
	oak_map_init(&installs, arena, 64);
	if (load_bad(store, arena, node_id, baseline_id, from, OAK_SCAN, ret, err) < 0 ||
	    load_bad(store, arena, node_id, baseline_id, from, OAK_INSTALL, ret, err) < 0 ||
	    load_installs(store, arena, node_id, baseline_id, from, &installs, err) < 0)
		return -1;
	for (size_t i = first; i < ret->list.n; i++) {
		struct oak_patch_time *t = &ret->list.v[i];
		t->until = installed_within(oak_map_find(&installs, key_of(arena, t->node_id, t->id)), t->since, t->until);
	}
	return 0;
}

int oak_store_patch_times(struct oak_store *store, struct oak_arena *arena, const char *node_id, const char *baseline_id,
			  oak_time from, struct oak_patch_times *ret, struct oak_error *err)
{
	return oak_store_settle(store, patch_times(store, arena, node_id, baseline_id, from, ret, err), err);
}

static int newest_scan(struct oak_store *store, const char *node_id, const char *baseline_id, enum oak_operation operation,
		       oak_time *ret_at, struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	if (oak_db_query(store->db, &stmt, err,
			 "SELECT c.at FROM scan c JOIN series t ON t.id = c.series JOIN node n ON n.id = t.node WHERE n.ext = ? AND "
			 "t.baseline = ? AND t.operation = ? ORDER BY c.id DESC LIMIT 1",
			 "tti", node_id, baseline_id ? baseline_id : "", (int64_t)operation) < 0)
		return -1;
	int row = oak_stmt_step(stmt, err);
	if (row < 0)
		return -1;
	*ret_at = row ? oak_stmt_int(stmt, 0) : OAK_TIME_NONE;
	return 0;
}

int oak_store_newest_scan(struct oak_store *store, const char *node_id, const char *baseline_id, enum oak_operation operation,
			  oak_time *ret_at, struct oak_error *err)
{
	return oak_store_settle(store, newest_scan(store, node_id, baseline_id, operation, ret_at, err), err);
}
