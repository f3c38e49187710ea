/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers for texts, through statements that are prepared once per transaction. */
#include "fleet/store/intern.h"

#include <stdlib.h>

#include "core/map.h"
#include "core/str.h"

enum query {
	FIND_PACKAGE,
	ADD_PACKAGE,
	FIND_EVR,
	ADD_EVR,
	FIND_DETAIL,
	ADD_DETAIL,
	ADD_CVE,
	ADD_SPAN,
	ADD_REPOSITORY,
	FIND_REPOSITORY,
	ADD_SEEN,
	QUERY_COUNT
};

static const char *const queries[QUERY_COUNT] = {
	[FIND_PACKAGE] = "SELECT id FROM package WHERE name = ? AND arch = ? AND kb = ?",
	[ADD_PACKAGE] = "INSERT INTO package(name, arch, kb) VALUES(?, ?, ?) RETURNING id",
	[FIND_EVR] = "SELECT id FROM evr WHERE text = ?",
	[ADD_EVR] = "INSERT INTO evr(text) VALUES(?) RETURNING id",
	[FIND_DETAIL] = "SELECT id FROM detail WHERE digest = ?",
	[ADD_DETAIL] = "INSERT INTO detail(digest, doc) VALUES(?, ?) RETURNING id",
	[ADD_CVE] = "INSERT INTO detail_cve(cve, detail) VALUES(?, ?) ON CONFLICT DO NOTHING",
	[ADD_SPAN] = "INSERT INTO span(series, package, state, reason, level, installed, available, detail, since) "
		     "VALUES(?, ?, ?, ?, ?, nullif(?, 0), nullif(?, 0), ?, ?)",
	[ADD_REPOSITORY] = "INSERT INTO repository(node, name, watched_since) VALUES(?, ?, ?) ON CONFLICT DO NOTHING",
	[FIND_REPOSITORY] = "SELECT id FROM repository WHERE node = ? AND name = ?",
	[ADD_SEEN] = "INSERT INTO first_seen(repository, package, evr, at, basis) VALUES(?, ?, ?, ?, ?) "
		     "ON CONFLICT(repository, package, evr) DO UPDATE SET gone_at = NULL, "
		     "basis = CASE WHEN excluded.at < first_seen.at THEN excluded.basis ELSE first_seen.basis END, "
		     "at = CASE WHEN excluded.at < first_seen.at THEN excluded.at ELSE first_seen.at END",
};

struct oak_intern {
	struct oak_db *db;
	struct oak_arena *arena;
	struct oak_stmt *stmt[QUERY_COUNT];
	struct oak_map evrs, details; /* text -> int64_t * */
};

struct oak_intern *oak_intern_new(struct oak_db *db, struct oak_arena *arena)
{
	struct oak_intern *intern = oak_alloc_zero(1, sizeof(*intern));
	intern->db = db;
	intern->arena = arena;
	oak_map_init(&intern->evrs, arena, 64);
	oak_map_init(&intern->details, arena, 64);
	return intern;
}

void oak_intern_free(struct oak_intern *intern)
{
	if (!intern)
		return;
	for (size_t i = 0; i < QUERY_COUNT; i++)
		oak_stmt_free(intern->stmt[i]);
	free(intern);
}

/* The statement of QUERY; NULL with ERR set. */
static struct oak_stmt *use(struct oak_intern *intern, enum query query, struct oak_error *err)
{
	if (!intern->stmt[query] && oak_db_prepare(intern->db, queries[query], &intern->stmt[query], err) < 0)
		return NULL;
	return intern->stmt[query];
}

/* Run QUERY with arguments already bound by the macro below: its first column, 0 = no row. */
static int first_column(struct oak_stmt *stmt, int64_t *ret, struct oak_error *err)
{
	int row = oak_stmt_step(stmt, err);
	*ret = row > 0 ? oak_stmt_int(stmt, 0) : 0;
	oak_stmt_reset(stmt);
	return row < 0 ? -1 : 0;
}

#define RUN(intern, query, ret, err, ...)                                                                    \
	(use(intern, query, err) && oak_stmt_bind((intern)->stmt[query], err, __VA_ARGS__) == 0                  \
		 ? first_column((intern)->stmt[query], ret, err)                                                 \
		 : -1)

int oak_intern_package(struct oak_intern *intern, const char *name, const char *arch, const char *kb, int64_t *ret,
		       struct oak_error *err)
{
	if (RUN(intern, FIND_PACKAGE, ret, err, "ttt", name, arch, kb) < 0)
		return -1;
	return *ret ? 0 : RUN(intern, ADD_PACKAGE, ret, err, "ttt", name, arch, kb);
}

int oak_intern_evr(struct oak_intern *intern, const char *evr, int64_t *ret, struct oak_error *err)
{
	*ret = 0;
	if (!evr)
		return 0;
	int64_t **known = (int64_t **)oak_map_slot(&intern->evrs, evr);
	if (!*known) {
		if (RUN(intern, FIND_EVR, ret, err, "t", evr) < 0 ||
		    (!*ret && RUN(intern, ADD_EVR, ret, err, "t", evr) < 0))
			return -1;
		*known = OAK_NEW(intern->arena, int64_t);
		**known = *ret;
	}
	*ret = **known;
	return 0;
}

static int add_detail(struct oak_intern *intern, const struct oak_patch *patch, const char *doc, const void *digest,
		      size_t digest_size, int64_t *ret, struct oak_error *err)
{
	int64_t none;
	if (RUN(intern, ADD_DETAIL, ret, err, "bt", digest, digest_size, doc) < 0)
		return -1;
	for (size_t i = 0; i < patch->cves.n; i++)
		if (RUN(intern, ADD_CVE, &none, err, "ti", patch->cves.v[i], *ret) < 0)
			return -1;
	return 0;
}

int oak_intern_detail(struct oak_intern *intern, const struct oak_patch *patch, const char *doc, const void *digest,
		      size_t digest_size, int64_t *ret, struct oak_error *err)
{
	int64_t *known = oak_map_find(&intern->details, doc);
	if (known) {
		*ret = *known;
		return 0;
	}
	if (RUN(intern, FIND_DETAIL, ret, err, "b", digest, digest_size) < 0 ||
	    (!*ret && add_detail(intern, patch, doc, digest, digest_size, ret, err) < 0))
		return -1;
	known = OAK_NEW(intern->arena, int64_t);
	*known = *ret;
	oak_map_put(&intern->details, oak_arena_strdup(intern->arena, doc), known);
	return 0;
}

int oak_intern_span(struct oak_intern *intern, int64_t series, int64_t package, const struct oak_patch *p,
		    int64_t installed, int64_t available, int64_t detail, oak_time since, struct oak_error *err)
{
	int64_t none;
	return RUN(intern, ADD_SPAN, &none, err, "iiiiiiiin", series, package, (int64_t)p->state, (int64_t)p->reason,
		   (int64_t)p->level, installed, available, detail, since);
}

static const char *triple(struct oak_arena *arena, int64_t a, int64_t b, int64_t c)
{
	return oak_arena_printf(arena, "%lld.%lld.%lld", (long long)a, (long long)b, (long long)c);
}

static int add_repositories(struct oak_intern *intern, int64_t node, const struct oak_inventory *inventory,
			    struct oak_map *ret, struct oak_error *err)
{
	for (size_t i = 0; i < inventory->repositories.n; i++) {
		const struct oak_repository *r = &inventory->repositories.v[i];
		int64_t none, *id = OAK_NEW(intern->arena, int64_t);
		if (!r->id || r->watched_since == OAK_TIME_NONE)
			continue;
		if (RUN(intern, ADD_REPOSITORY, &none, err, "itn", node, r->id, r->watched_since) < 0 ||
		    RUN(intern, FIND_REPOSITORY, id, err, "it", node, r->id) < 0)
			return -1;
		oak_map_put(ret, r->id, id);
	}
	return 0;
}

static int add_seen(struct oak_intern *intern, const struct oak_first_seen *seen, const struct oak_map *repositories,
		    struct oak_map *offered, struct oak_error *err)
{
	int64_t package, evr, none;
	const int64_t *repository = oak_map_find(repositories, seen->repository);
	if (!repository || seen->gone)
		return 0; /* an origin that the inventory does not describe cannot be watched */
	if (oak_intern_package(intern, seen->name, seen->arch, "", &package, err) < 0 ||
	    oak_intern_evr(intern, seen->evr, &evr, err) < 0)
		return -1;
	oak_map_put(offered, triple(intern->arena, *repository, package, evr), intern);
	return RUN(intern, ADD_SEEN, &none, err, "iiini", *repository, package, evr, seen->at,
		   (int64_t)(seen->watched ? 0 : seen->release_date ? 1 : 2));
}

static int mark_gone(struct oak_intern *intern, int64_t node, const struct oak_map *offered, oak_time at,
		     struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *update = NULL;
	OAK_VEC(int64_t) gone = {0};
	int row;
	if (oak_db_query(intern->db, &stmt, err,
			 "SELECT f.repository, f.package, f.evr FROM repository r JOIN first_seen f ON f.repository = r.id "
			 "WHERE r.node = ? AND f.gone_at IS NULL",
			 "i", node) < 0 ||
	    oak_db_prepare(intern->db, "UPDATE first_seen SET gone_at = ? WHERE repository = ? AND package = ? AND evr = ?",
			   &update, err) < 0)
		return -1;
	while ((row = oak_stmt_step(stmt, err)) > 0) {
		const int64_t key[3] = {oak_stmt_int(stmt, 0), oak_stmt_int(stmt, 1), oak_stmt_int(stmt, 2)};
		for (size_t i = 0; i < 3 && !oak_map_has(offered, triple(intern->arena, key[0], key[1], key[2])); i++)
			*oak_push(intern->arena, &gone) = key[i];
	}
	for (size_t i = 0; row == 0 && i + 2 < gone.n; i += 3)
		if (oak_stmt_bind(update, err, "niii", at, gone.v[i], gone.v[i + 1], gone.v[i + 2]) < 0 ||
		    oak_stmt_step(update, err) < 0)
			return -1;
	return row;
}

int oak_intern_first_seen(struct oak_intern *intern, int64_t node, const struct oak_inventory *inventory,
			  const struct oak_memory *memory, oak_time at, struct oak_error *err)
{
	struct oak_map repositories, offered;
	oak_map_init(&repositories, intern->arena, inventory->repositories.n);
	oak_map_init(&offered, intern->arena, memory->first_seen.n);
	if (add_repositories(intern, node, inventory, &repositories, err) < 0)
		return -1;
	for (size_t i = 0; i < memory->first_seen.n; i++)
		if (add_seen(intern, &memory->first_seen.v[i], &repositories, &offered, err) < 0)
			return -1;
	return mark_gone(intern, node, &offered, at, err);
}

const char *oak_kb_of(struct oak_arena *arena, const struct oak_patch *patch)
{
	if (!patch->id || !patch->name || !patch->arch)
		return patch->id ? patch->id : "";
	const char *plain = oak_arena_printf(arena, "%s.%s", patch->name, patch->arch);
	return oak_streq(plain, patch->id) ? "" : patch->id;
}
