/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What runs leave behind: their documents, pending reboots, outcomes. */
#include "core/str.h"
#include "fleet/store/private.h"

static int set_pending(struct oak_store *store, const char *node_id, const struct oak_pending_reboot *v, size_t n,
		       oak_time last, struct oak_error *err)
{
	int64_t node;
	if (oak_store_need_node(store, node_id, &node, err) < 0 ||
	    oak_db_run(store->db, err, "UPDATE node SET last_no_reboot = ? WHERE id = ?", "ni", last, node) < 0 ||
	    oak_db_run(store->db, err, "DELETE FROM pending_reboot WHERE node = ?", "i", node) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (oak_db_run(store->db, err,
			       "INSERT INTO pending_reboot(node, name, arch, evr, installed_at) VALUES(?, ?, ?, ?, ?) "
			       "ON CONFLICT DO NOTHING",
			       "itttn", node, v[i].name, v[i].arch ? v[i].arch : "", v[i].evr ? v[i].evr : "",
			       v[i].installed_at) < 0)
			return -1;
	return 0;
}

int oak_store_set_pending(struct oak_store *store, const char *node_id, const struct oak_pending_reboot *pending,
			  size_t n, oak_time last_no_reboot_install, struct oak_error *err)
{
	int rc = oak_db_begin(store->db, true, err);
	if (rc == 0)
		rc = set_pending(store, node_id, pending, n, last_no_reboot_install, err);
	if (rc == 0)
		rc = oak_db_commit(store->db, err);
	return oak_store_settle(store, rc, err);
}

static int set_outcomes(struct oak_store *store, const char *node_id, const struct oak_last_outcome *v, size_t n,
			oak_time at, struct oak_error *err)
{
	int64_t node;
	if (oak_store_need_node(store, node_id, &node, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (oak_db_run(store->db, err,
			       "INSERT INTO outcome(node, name, arch, evr, status, error, at) VALUES(?, ?, ?, ?, ?, ?, ?) "
			       "ON CONFLICT(node, name, arch) DO UPDATE SET evr = excluded.evr, status = excluded.status, "
			       "error = excluded.error, at = excluded.at",
			       "itttttn", node, v[i].name, v[i].arch ? v[i].arch : "", v[i].evr,
			       v[i].status ? v[i].status : "", v[i].error, at) < 0)
			return -1;
	return 0;
}

int oak_store_set_outcomes(struct oak_store *store, const char *node_id, const struct oak_last_outcome *outcomes,
			   size_t n, oak_time at, struct oak_error *err)
{
	int rc = oak_db_begin(store->db, true, err);
	if (rc == 0)
		rc = set_outcomes(store, node_id, outcomes, n, at, err);
	if (rc == 0)
		rc = oak_db_commit(store->db, err);
	return oak_store_settle(store, rc, err);
}

int oak_store_put_run(struct oak_store *store, const struct oak_run_row *run, struct oak_error *err)
{
	int rc = oak_db_run(store->db, err,
			    "INSERT INTO run(id, node, kind, status, started_at, ended_at, doc) VALUES(?, ?, ?, ?, ?, ?, ?) "
			    "ON CONFLICT(id) DO UPDATE SET status = excluded.status, ended_at = excluded.ended_at, doc = "
			    "excluded.doc",
			    "ttttnnt", run->id, run->node_id, run->kind, run->status, run->started_at, run->ended_at,
			    run->document ? run->document : "{}");
	return oak_store_settle(store, rc, err);
}

static struct oak_run_row row_of(struct oak_arena *arena, struct oak_stmt *stmt, bool document)
{
	return (struct oak_run_row){
		.id = oak_arena_strdup(arena, oak_stmt_text(stmt, 0)),
		.node_id = oak_arena_strdup(arena, oak_stmt_text(stmt, 1)),
		.kind = oak_arena_strdup(arena, oak_stmt_text(stmt, 2)),
		.status = oak_arena_strdup(arena, oak_stmt_text(stmt, 3)),
		.started_at = oak_stmt_time(stmt, 4),
		.ended_at = oak_stmt_time(stmt, 5),
		.document = document ? oak_arena_strdup(arena, oak_stmt_text(stmt, 6)) : NULL,
	};
}

static int find_run(struct oak_store *store, struct oak_arena *arena, const char *id, const struct oak_run_row **ret,
		    struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	if (oak_db_query(store->db, &stmt, err,
			 "SELECT id, node, kind, status, started_at, ended_at, doc FROM run WHERE id = ?", "t", id) < 0)
		return -1;
	int row = oak_stmt_step(stmt, err);
	if (row < 0)
		return -1;
	struct oak_run_row *found = row ? OAK_NEW(arena, struct oak_run_row) : NULL;
	if (found)
		*found = row_of(arena, stmt, true);
	*ret = found;
	return 0;
}

int oak_store_find_run(struct oak_store *store, struct oak_arena *arena, const char *id, const struct oak_run_row **ret,
		       struct oak_error *err)
{
	return oak_store_settle(store, find_run(store, arena, id, ret, err), err);
}

static int list_runs(struct oak_store *store, struct oak_arena *arena, const char *node_id, size_t limit,
		     struct oak_run_rows *ret, struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	int row;
	if (oak_db_query(store->db, &stmt, err,
			 "SELECT id, node, kind, status, started_at, ended_at FROM run WHERE ? IS NULL OR node = ? "
			 "ORDER BY started_at DESC, rowid DESC LIMIT ?" /* ids of one second have no order */,
			 "tti", node_id, node_id, (int64_t)(limit ? limit : INT32_MAX)) < 0)
		return -1;
	while ((row = oak_stmt_step(stmt, err)) > 0)
		*oak_push(arena, &ret->list) = row_of(arena, stmt, false);
	return row;
}

int oak_store_list_runs(struct oak_store *store, struct oak_arena *arena, const char *node_id, size_t limit,
			struct oak_run_rows *ret, struct oak_error *err)
{
	return oak_store_settle(store, list_runs(store, arena, node_id, limit, ret, err), err);
}

static int newest_runs(struct oak_store *store, struct oak_arena *arena, struct oak_run_rows *ret, struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	int row;
	if (oak_db_query(store->db, &stmt, err,
			 "SELECT r.id, r.node, r.kind, r.status, r.started_at, r.ended_at FROM run r WHERE r.kind = 'patch' AND NOT EXISTS "
			 "(SELECT 1 FROM run b WHERE b.node = r.node AND b.kind = 'patch' AND (b.started_at > r.started_at OR "
			 "(b.started_at = r.started_at AND b.rowid > r.rowid)))",
			 "") < 0)
		return -1;
	while ((row = oak_stmt_step(stmt, err)) > 0)
		*oak_push(arena, &ret->list) = row_of(arena, stmt, false);
	return row;
}

int oak_store_newest_runs(struct oak_store *store, struct oak_arena *arena, struct oak_run_rows *ret, struct oak_error *err)
{
	return oak_store_settle(store, newest_runs(store, arena, ret, err), err);
}
