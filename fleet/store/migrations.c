/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Migrations as a table: a row is never changed once released, the next version adds a row below it. */
#include "fleet/store/migrations.h"

#include "core/str.h"

static const char version_1_0[] =
	/* Facts about this file itself. */
	"CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL);"
	"CREATE TABLE node(id INTEGER PRIMARY KEY, ext TEXT NOT NULL UNIQUE, name TEXT, facts TEXT NOT NULL,"
	" last_no_reboot INTEGER);"
	/* History is kept apart per (node, baseline, operation). */
	"CREATE TABLE series(id INTEGER PRIMARY KEY, node INTEGER NOT NULL REFERENCES node, baseline TEXT NOT NULL,"
	" baseline_name TEXT, operation INTEGER NOT NULL, UNIQUE(node, baseline, operation));"
	/* Texts that come again and again, once each. kb is '' unless the patch's id is not name.arch. */
	"CREATE TABLE package(id INTEGER PRIMARY KEY, name TEXT NOT NULL, arch TEXT NOT NULL, kb TEXT NOT NULL,"
	" UNIQUE(name, arch, kb));"
	"CREATE TABLE evr(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);"
	"CREATE TABLE detail(id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, doc TEXT NOT NULL);"
	"CREATE TABLE detail_cve(cve TEXT NOT NULL, detail INTEGER NOT NULL REFERENCES detail, PRIMARY KEY(cve, detail))"
	" WITHOUT ROWID;"
	/* A patch was in this state from since until (NULL = still is). */
	"CREATE TABLE span(id INTEGER PRIMARY KEY, series INTEGER NOT NULL REFERENCES series,"
	" package INTEGER NOT NULL REFERENCES package, state INTEGER NOT NULL, reason INTEGER NOT NULL,"
	" level INTEGER NOT NULL, installed INTEGER REFERENCES evr, available INTEGER REFERENCES evr,"
	" detail INTEGER NOT NULL REFERENCES detail, since INTEGER NOT NULL, until INTEGER);"
	"CREATE INDEX span_open ON span(series, state) WHERE until IS NULL;"
	"CREATE INDEX span_package ON span(package);"
	/* What a scan as a whole came to: its counts, and a digest over all of its rows. */
	"CREATE TABLE state(id INTEGER PRIMARY KEY, digest BLOB NOT NULL, summary TEXT NOT NULL);"
	/* Problems and repositories, without what changes at each refresh. */
	"CREATE TABLE head(id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, doc TEXT NOT NULL);"
	/* One row a scan; times are those of head's repositories. */
	"CREATE TABLE scan(id INTEGER PRIMARY KEY, series INTEGER NOT NULL REFERENCES series, at INTEGER NOT NULL,"
	" metadata_at INTEGER, state INTEGER NOT NULL REFERENCES state, head INTEGER NOT NULL REFERENCES head,"
	" times TEXT NOT NULL);"
	"CREATE INDEX scan_series ON scan(series, id);"
	/* Release evidence: stored once, never moved later. basis: 0 first seen while watched, 1 Release date, 2 first scan. */
	"CREATE TABLE repository(id INTEGER PRIMARY KEY, node INTEGER NOT NULL REFERENCES node, name TEXT NOT NULL,"
	" watched_since INTEGER NOT NULL, UNIQUE(node, name));"
	"CREATE TABLE first_seen(repository INTEGER NOT NULL REFERENCES repository, package INTEGER NOT NULL REFERENCES"
	" package, evr INTEGER NOT NULL REFERENCES evr, at INTEGER NOT NULL, basis INTEGER NOT NULL, gone_at INTEGER,"
	" PRIMARY KEY(repository, package, evr)) WITHOUT ROWID;"
	/* What a run leaves behind. */
	"CREATE TABLE pending_reboot(node INTEGER NOT NULL REFERENCES node, name TEXT NOT NULL, arch TEXT NOT NULL,"
	" evr TEXT NOT NULL, installed_at INTEGER, PRIMARY KEY(node, name, arch, evr)) WITHOUT ROWID;"
	"CREATE TABLE outcome(node INTEGER NOT NULL REFERENCES node, name TEXT NOT NULL, arch TEXT NOT NULL,"
	" evr TEXT, status TEXT NOT NULL, error TEXT, at INTEGER NOT NULL, PRIMARY KEY(node, name, arch)) WITHOUT ROWID;"
	"CREATE TABLE run(id TEXT PRIMARY KEY, node TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL,"
	" started_at INTEGER NOT NULL, ended_at INTEGER, doc TEXT NOT NULL);"
	"CREATE INDEX run_started ON run(started_at);";

static const struct {
	int major, minor;
	const char *sql;
} migrations[] = {
	{1, 0, version_1_0},
};
enum { MIGRATIONS = sizeof(migrations) / sizeof(*migrations) };

struct version {
	int64_t major, minor;
};

static bool older(struct version a, struct version b)
{
	return a.major != b.major ? a.major < b.major : a.minor < b.minor;
}

static struct version newest(void)
{
	return (struct version){migrations[MIGRATIONS - 1].major, migrations[MIGRATIONS - 1].minor};
}

/* {0, 0} for an empty database. */
static int current(struct oak_db *db, struct version *ret, struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	*ret = (struct version){0, 0};
	if (oak_db_prepare(db, "SELECT major, minor FROM schema_version ORDER BY major DESC, minor DESC LIMIT 1", &stmt,
			   err) < 0)
		return -1;
	int row = oak_stmt_step(stmt, err);
	if (row > 0)
		*ret = (struct version){oak_stmt_int(stmt, 0), oak_stmt_int(stmt, 1)};
	return row < 0 ? -1 : 0;
}

static int refuse_newer(struct version found, const char *path, bool *ret_newer_minor, struct oak_error *err)
{
	if (found.major > OAK_SCHEMA_MAJOR)
		return oak_fail(err, OAK_UNSUPPORTED, "store.newer", 0,
				"database '%s' has schema %lld.%lld, this oakum knows %d (upgrade oakum, or give another --state)",
				path, (long long)found.major, (long long)found.minor, OAK_SCHEMA_MAJOR);
	*ret_newer_minor = older(newest(), found);
	return 0;
}

int oak_migrations_check(struct oak_db *db, const char *path, bool *ret_newer_minor, struct oak_error *err)
{
	struct version found;
	if (current(db, &found, err) < 0 || refuse_newer(found, path, ret_newer_minor, err) < 0)
		return -1;
	if (older(found, newest()))
		return oak_fail(err, OAK_CONFLICT, "store.older", 0,
				"database '%s' has the older schema %lld.%lld (run 'oakum scan' as its owner once)", path,
				(long long)found.major, (long long)found.minor);
	return 0;
}

static int apply(struct oak_db *db, size_t i, oak_time now, struct oak_error *err)
{
	if (oak_db_exec(db, migrations[i].sql, err) < 0)
		return oak_context(err, "schema %d.%d", migrations[i].major, migrations[i].minor);
	return oak_db_run(db, err, "INSERT INTO schema_version(major, minor, applied_at) VALUES(?, ?, ?)", "iin",
			  (int64_t)migrations[i].major, (int64_t)migrations[i].minor, now);
}

/* Inside a write transaction: the version is read again, since another process may have been first. */
static int step(struct oak_db *db, oak_time now, bool *ret_more, struct oak_error *err)
{
	static const char table[] = "CREATE TABLE IF NOT EXISTS schema_version(major INTEGER NOT NULL, minor INTEGER NOT NULL,"
				    " applied_at INTEGER NOT NULL, PRIMARY KEY(major, minor))";
	struct version found;
	if (oak_db_exec(db, table, err) < 0 || current(db, &found, err) < 0)
		return -1;
	*ret_more = false;
	for (size_t i = 0; i < MIGRATIONS; i++) {
		struct version row = {migrations[i].major, migrations[i].minor};
		if (!older(found, row))
			continue;
		*ret_more = i + 1 < MIGRATIONS;
		return apply(db, i, now, err);
	}
	return 0;
}

int oak_migrations_apply(struct oak_db *db, const char *path, oak_time now, bool *ret_newer_minor, struct oak_error *err)
{
	struct version found;
	struct oak_error ignored = {0}; /* no table of versions: an empty database */
	bool known = current(db, &found, &ignored) == 0;
	if (!known && oak_streq(ignored.id, "db.corrupt")) {
		*err = ignored;
		return -1;
	}
	if (known && refuse_newer(found, path, ret_newer_minor, err) < 0)
		return -1;
	*ret_newer_minor = known && older(newest(), found);
	for (bool more = !known || older(found, newest()); more;) {
		if (oak_db_begin(db, true, err) < 0 || step(db, now, &more, err) < 0) {
			oak_db_rollback(db);
			return -1;
		}
		if (oak_db_commit(db, err) < 0)
			return -1;
	}
	return 0;
}
