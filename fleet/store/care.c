/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Care of the state database: forgetting what is old, checking what is kept, giving space back. */
#include <sys/stat.h>

#include "core/str.h"
#include "fleet/store/private.h"

/* What is removed, in an order that leaves no reference behind; COUNT says where its number goes (-1 = nowhere). */
static const struct {
	int count;
	bool dated; /* takes the instant */
	const char *sql;
} prunings[] = {
	{0, true, "DELETE FROM scan WHERE at < ? AND id NOT IN (SELECT max(id) FROM scan GROUP BY series)"},
	{1, true, "DELETE FROM span WHERE until < ?"},
	{2, true, "DELETE FROM first_seen WHERE gone_at < ?"},
	{3, true, "DELETE FROM run WHERE ended_at < ?"},
	{-1, false, "DELETE FROM state WHERE id NOT IN (SELECT state FROM scan)"},
	{-1, false, "DELETE FROM head WHERE id NOT IN (SELECT head FROM scan)"},
	{-1, false, "DELETE FROM detail_cve WHERE detail NOT IN (SELECT detail FROM span)"},
	{-1, false, "DELETE FROM detail WHERE id NOT IN (SELECT detail FROM span)"},
	{-1, false, "DELETE FROM evr WHERE id NOT IN (SELECT installed FROM span WHERE installed IS NOT NULL UNION SELECT "
		    "available FROM span WHERE available IS NOT NULL UNION SELECT evr FROM first_seen)"},
	{-1, false, "DELETE FROM package WHERE id NOT IN (SELECT package FROM span UNION SELECT package FROM first_seen)"},
};

static int prune(struct oak_store *store, oak_time before, struct oak_store_prune *ret, struct oak_error *err)
{
	size_t removed[4] = {0};
	if (oak_db_begin(store->db, true, err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(prunings) / sizeof(*prunings); i++) {
		if (oak_db_run(store->db, err, prunings[i].sql, prunings[i].dated ? "n" : "", before) < 0)
			return -1;
		if (prunings[i].count >= 0)
			removed[prunings[i].count] = (size_t)oak_db_changes(store->db);
	}
	if (oak_db_commit(store->db, err) < 0)
		return -1;
	*ret = (struct oak_store_prune){removed[0], removed[1], removed[2], removed[3]};
	return 0;
}

int oak_store_prune(struct oak_store *store, oak_time before, struct oak_store_prune *ret, struct oak_error *err)
{
	return oak_store_settle(store, prune(store, before, ret, err), err);
}

struct findings {
	struct oak_store *store;
	struct oak_arena *arena;
	struct oak_problems *list;
};

static void add_finding(void *arg, const char *text)
{
	struct findings *f = arg;
	*oak_push(f->arena, &f->list->list) = (struct oak_problem){
		.kind = "database",
		.subject = oak_arena_strdup(f->arena, f->store->path),
		.detail = oak_arena_strdup(f->arena, text),
		.remedy = "restore a backup, or move the file away to start a new history",
	};
}

/* What the file format cannot know: rules of our own. Each query gives the number of rows that break one. */
static const struct {
	const char *detail, *sql;
} rules[] = {
	{"intervals end before they begin", "SELECT count(*) FROM span WHERE until < since"},
	{"open intervals exist twice",
	 "SELECT count(*) FROM (SELECT 1 FROM span WHERE until IS NULL GROUP BY series, package, state, reason, level, "
	 "installed, available HAVING count(*) > 1) x"},
	{"series have intervals but no scan",
	 "SELECT count(*) FROM series WHERE id IN (SELECT series FROM span) AND id NOT IN (SELECT series FROM scan)"},
	{"intervals have an unknown state", "SELECT count(*) FROM span WHERE state < 0 OR state > 7"},
};

static int check(struct findings *f, struct oak_error *err)
{
	if (oak_db_check(f->store->db, add_finding, f, err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		int64_t n;
		if (oak_db_query_int(f->store->db, &n, err, rules[i].sql, "") < 0)
			return -1;
		if (n)
			add_finding(f, oak_arena_printf(f->arena, "%lld %s", (long long)n, rules[i].detail));
	}
	return 0;
}

int oak_store_check(struct oak_store *store, struct oak_arena *arena, struct oak_problems *ret, struct oak_error *err)
{
	struct findings f = {store, arena, ret};
	return oak_store_settle(store, check(&f, err), err);
}

static int64_t size_of(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

int oak_store_vacuum(struct oak_store *store, int64_t *ret_before, int64_t *ret_after, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const char *log = oak_arena_printf(arena, "%s-wal", store->path);
	int64_t before = size_of(store->path) + size_of(log);
	if (oak_db_vacuum(store->db, err) < 0)
		return oak_store_settle(store, -1, err);
	*ret_before = before;
	*ret_after = size_of(store->path) + size_of(log);
	return 0;
}
