/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Building and opening the index of a feed. */
#include "fleet/feed/index.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/str.h"

#ifdef _WIN32
#include <io.h>
#define O_CLOEXEC O_NOINHERIT
#define fsync _commit
#else
#define O_BINARY 0
#endif

const char *const oak_feed_names[] = {
	"debian-dla",	 "debian-dsa",	  "debian-dtsa", "debian-tracker", "epss",	    "kev",
	"osv-almalinux", "osv-debian",	  "osv-other",	 "osv-redhat",	   "osv-rocky-linux", "osv-suse",
	"osv-ubuntu",	 "ubuntu-cve",	  "ubuntu-usn",	 NULL,
};

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value TEXT);"
	"CREATE TABLE IF NOT EXISTS advisory(id INTEGER PRIMARY KEY, ext TEXT NOT NULL UNIQUE, class TEXT, severity TEXT,"
	" issued INTEGER, updated INTEGER, title TEXT, cves TEXT);"
	"CREATE TABLE IF NOT EXISTS fix(package TEXT NOT NULL, ecosystem TEXT NOT NULL, binary INTEGER NOT NULL, fixed TEXT NOT"
	" NULL, advisory INTEGER NOT NULL, severity TEXT, PRIMARY KEY(package, ecosystem, advisory, fixed)) WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS mark(cve TEXT PRIMARY KEY, added INTEGER, note TEXT, score REAL, percentile REAL) WITHOUT"
	" ROWID;";

enum query { FIND, ADD, UPDATE, FORGET, FIX, MARK, QUERY_COUNT };
static const char *const queries[QUERY_COUNT] = {
	[FIND] = "SELECT id, id <= ? FROM advisory WHERE ext = ?",
	[ADD] = "INSERT INTO advisory(ext, class, severity, issued, updated, title, cves) VALUES(?, ?, ?, ?, ?, ?, ?) RETURNING id",
	[UPDATE] = "UPDATE advisory SET class = ?, severity = ?, issued = ?, updated = ?, title = ?, cves = ? WHERE id = ?",
	[FORGET] = "DELETE FROM fix WHERE advisory = ?",
	[FIX] = "INSERT INTO fix(package, ecosystem, binary, fixed, advisory, severity) VALUES(?, ?, ?, ?, ?, ?) "
		"ON CONFLICT DO NOTHING",
	[MARK] = "INSERT INTO mark(cve, added, note, score, percentile) VALUES(?, ?, ?, ?, ?) ON CONFLICT(cve) DO UPDATE SET "
		 "added = excluded.added, note = excluded.note, score = excluded.score, percentile = excluded.percentile",
};

struct oak_feed_index {
	char *name, *path, *temporary;
	struct oak_db *db;
	struct oak_stmt *stmt[QUERY_COUNT];
	int64_t old;      /* advisories up to this number were there before this import */
	bool old_fixes;   /* there are any: FORGET scans, so it is not done for nothing */
	oak_time data_at;
};

static char *path_of(const char *dir, const char *name, const char *ending)
{
	size_t n = strlen(dir) + strlen(name) + strlen(ending) + 2;
	char *path = oak_alloc(n);
	snprintf(path, n, "%s/%s%s", dir, name, ending);
	return path;
}

static int copy_file(const char *from, const char *to, struct oak_error *err)
{
	int in = open(from, O_RDONLY | O_CLOEXEC | O_BINARY);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_BINARY, 0600);
	int rc = in < 0 ? oak_fail_errno(err, "file.open", "cannot open '%s'", from) : 0;
	if (rc == 0 && out < 0)
		rc = oak_fail_errno(err, "file.write", "cannot create '%s'", to);
	for (ssize_t got = 1; rc == 0 && got > 0;) {
		char chunk[65536];
		got = read(in, chunk, sizeof(chunk));
		if (got < 0)
			rc = oak_fail_errno(err, "file.read", "cannot read '%s'", from);
		else if (write(out, chunk, (unsigned)got) != got)
			rc = oak_fail_errno(err, "file.write", "cannot write '%s'", to);
	}
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return rc;
}

static int begin(struct oak_feed_index *index, bool add, struct oak_error *err)
{
	bool from_old = add && oak_fs_exists(index->path);
	unlink(index->temporary);
	if (from_old && copy_file(index->path, index->temporary, err) < 0)
		return -1;
	if (oak_db_open(&oak_db_sqlite, index->temporary, OAK_DB_BUILD, 0, &index->db, err) < 0 ||
	    oak_db_exec(index->db, schema, err) < 0 || oak_db_begin(index->db, true, err) < 0)
		return -1;
	int64_t fixes = 0;
	if (from_old &&
	    (oak_db_exec(index->db, "CREATE INDEX fix_advisory ON fix(advisory)", err) < 0 ||
	     oak_db_query_int(index->db, &index->old, err, "SELECT coalesce(max(id), 0) FROM advisory", "") < 0 ||
	     oak_db_query_int(index->db, &fixes, err, "SELECT count(*) FROM fix", "") < 0))
		return -1;
	index->old_fixes = fixes > 0;
	return 0;
}

int oak_feed_index_begin(const char *dir, const char *name, bool add, struct oak_feed_index **ret, struct oak_error *err)
{
	struct oak_feed_index *index = oak_alloc_zero(1, sizeof(*index));
	char ending[32];
	snprintf(ending, sizeof(ending), ".db.new%ld", (long)getpid());
	index->name = oak_strdup(name);
	index->path = path_of(dir, name, ".db");
	index->temporary = path_of(dir, name, ending);
	index->data_at = OAK_TIME_NONE;
	if (begin(index, add, err) < 0) {
		oak_feed_index_free(index);
		return -1;
	}
	*ret = index;
	return 0;
}

void oak_feed_index_free(struct oak_feed_index *index)
{
	if (!index)
		return;
	for (size_t i = 0; i < QUERY_COUNT; i++)
		oak_stmt_free(index->stmt[i]);
	oak_db_close(index->db);
	if (index->temporary)
		unlink(index->temporary);
	free(index->name);
	free(index->path);
	free(index->temporary);
	free(index);
}

const char *oak_feed_index_name(const struct oak_feed_index *index)
{
	return index->name;
}

static struct oak_stmt *use(struct oak_feed_index *index, enum query query, struct oak_error *err)
{
	if (!index->stmt[query] && oak_db_prepare(index->db, queries[query], &index->stmt[query], err) < 0)
		return NULL;
	return index->stmt[query];
}

#define RUN(index, query, err, ...)                                                                          \
	(use(index, query, err) && oak_stmt_bind((index)->stmt[query], err, __VA_ARGS__) == 0                    \
		 ? oak_stmt_step((index)->stmt[query], err)                                                      \
		 : -1)

void oak_feed_index_date(struct oak_feed_index *index, oak_time at)
{
	if (at != OAK_TIME_NONE && at != OAK_TIME_NEVER && (index->data_at == OAK_TIME_NONE || at > index->data_at))
		index->data_at = at;
}

/* TEXT without its line ends, cut between two characters at 160 bytes. */
static const char *short_title(const char *text, char out[164])
{
	size_t n = 0;
	if (!text)
		return NULL;
	for (; *text && n < 160; text++)
		out[n++] = (unsigned char)*text < 0x20 ? ' ' : *text;
	if (*text)
		while (n && ((unsigned char)out[n - 1] & 0xc0) == 0x80)
			n--;
	if (*text && n && (unsigned char)out[n - 1] >= 0xc0)
		n--;
	out[n] = '\0';
	return out;
}

int oak_feed_index_advisory(struct oak_feed_index *index, const struct oak_feed_advisory *a, int64_t *ret_id,
			    struct oak_error *err)
{
	char title[164];
	const char *text = short_title(a->title, title);
	oak_feed_index_date(index, a->updated != OAK_TIME_NONE ? a->updated : a->issued);
	int row = RUN(index, FIND, err, "it", index->old, a->id);
	if (row < 0)
		return -1;
	if (row == 0) {
		if (RUN(index, ADD, err, "tttnntt", a->id, a->classification, a->severity, a->issued, a->updated, text,
			a->cves) <= 0)
			return -1;
		*ret_id = oak_stmt_int(index->stmt[ADD], 0);
		oak_stmt_reset(index->stmt[ADD]);
		return 0;
	}
	*ret_id = oak_stmt_int(index->stmt[FIND], 0);
	bool old = oak_stmt_int(index->stmt[FIND], 1) != 0;
	oak_stmt_reset(index->stmt[FIND]);
	if (old && index->old_fixes && RUN(index, FORGET, err, "i", *ret_id) < 0)
		return -1;
	return RUN(index, UPDATE, err, "ttnntti", a->classification, a->severity, a->issued, a->updated, text, a->cves,
		   *ret_id) < 0
		       ? -1
		       : 0;
}

int oak_feed_index_fix(struct oak_feed_index *index, int64_t advisory, const struct oak_feed_fix *fix,
		       struct oak_error *err)
{
	return RUN(index, FIX, err, "ttitit", fix->package, fix->ecosystem, (int64_t)fix->binary, fix->fixed, advisory,
		   fix->severity) < 0
		       ? -1
		       : 0;
}

int oak_feed_index_mark(struct oak_feed_index *index, const char *cve, oak_time added, const char *note, double score,
			double percentile, struct oak_error *err)
{
	oak_feed_index_date(index, added);
	return RUN(index, MARK, err, "tntrr", cve, added, note, score, percentile) < 0 ? -1 : 0;
}

static int put_meta(struct oak_feed_index *index, const char *key, const char *value, struct oak_error *err)
{
	return oak_db_run(index->db, err,
			  "INSERT INTO meta(key, value) VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value", "tt",
			  key, value);
}

static int put_number(struct oak_feed_index *index, const char *key, int64_t number, struct oak_error *err)
{
	char text[24];
	snprintf(text, sizeof(text), "%lld", (long long)number);
	return put_meta(index, key, number == OAK_TIME_NONE ? NULL : text, err);
}

static int count(struct oak_feed_index *index, struct oak_feed_info *info, struct oak_error *err)
{
	if (oak_db_query_int(index->db, &info->advisories, err, "SELECT count(*) FROM advisory", "") < 0 ||
	    oak_db_query_int(index->db, &info->fixes, err, "SELECT count(*) FROM fix", "") < 0 ||
	    oak_db_query_int(index->db, &info->marks, err, "SELECT count(*) FROM mark", "") < 0 ||
	    oak_db_query_int(index->db, &info->packages, err,
			     "SELECT count(*) FROM (SELECT DISTINCT package, ecosystem FROM fix) x", "") < 0)
		return -1;
	return 0;
}

int oak_feed_index_finish(struct oak_feed_index *index, struct oak_feed_info *info, struct oak_error *err)
{
	info->name = index->name;
	info->data_at = index->data_at;
	if (oak_db_exec(index->db, "DROP INDEX IF EXISTS fix_advisory", err) < 0 || count(index, info, err) < 0 ||
	    put_meta(index, "schema", "oakum.feedIndex/1", err) < 0 || put_meta(index, "file", info->file, err) < 0 ||
	    put_meta(index, "sha256", info->sha256, err) < 0 || put_meta(index, "signedBy", info->signed_by, err) < 0 ||
	    put_number(index, "importedAt", info->imported_at, err) < 0 ||
	    put_number(index, "dataAt", info->data_at, err) < 0 ||
	    put_number(index, "advisories", info->advisories, err) < 0 ||
	    put_number(index, "packages", info->packages, err) < 0 || put_number(index, "fixes", info->fixes, err) < 0 ||
	    put_number(index, "marks", info->marks, err) < 0)
		return -1;
	for (size_t i = 0; i < QUERY_COUNT; i++) {
		oak_stmt_free(index->stmt[i]);
		index->stmt[i] = NULL;
	}
	if (oak_db_commit(index->db, err) < 0)
		return -1;
	oak_db_close(index->db);
	index->db = NULL;
	return 0;
}

int oak_feed_index_publish(struct oak_feed_index *index, struct oak_error *err)
{
	int fd = open(index->temporary, O_RDWR | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0) {
		int rc = oak_fail_errno(err, "file.write", "cannot write '%s'", index->temporary);
		if (fd >= 0)
			close(fd);
		return rc;
	}
	close(fd);
	chmod(index->temporary, 0644); /* public knowledge: ordinary users' scans read it, too */
	if (rename(index->temporary, index->path) < 0)
		return oak_fail_errno(err, "file.rename", "cannot rename '%s' to '%s'", index->temporary, index->path);
	free(index->temporary);
	index->temporary = NULL;
	return oak_fs_sync_parent(index->path, err);
}

int oak_feed_index_open(const char *dir, const char *name, struct oak_db **ret, struct oak_error *err)
{
	OAK_AUTO(oak_free_p) char *path = path_of(dir, name, ".db");
	*ret = NULL;
	if (!oak_fs_exists(path))
		return 0;
	/* A published file never changes, it is only replaced: no locks are needed. */
	if (oak_db_open(&oak_db_sqlite, path, OAK_DB_FROZEN, 0, ret, err) < 0)
		return oak_context(err, "feed '%s' (import it again)", name);
	return 0;
}

int oak_feed_index_info(struct oak_db *db, const char *name, struct oak_arena *arena, struct oak_feed_info *ret,
			struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	int row;
	*ret = (struct oak_feed_info){.name = oak_arena_strdup(arena, name), .imported_at = OAK_TIME_NONE, .data_at = OAK_TIME_NONE};
	const struct {
		const char *key;
		int64_t *number;
		const char **text;
	} fields[] = {
		{"file", NULL, &ret->file},		  {"sha256", NULL, &ret->sha256},
		{"signedBy", NULL, &ret->signed_by},	  {"importedAt", &ret->imported_at, NULL},
		{"dataAt", &ret->data_at, NULL},	  {"advisories", &ret->advisories, NULL},
		{"packages", &ret->packages, NULL},	  {"fixes", &ret->fixes, NULL},
		{"marks", &ret->marks, NULL},
	};
	if (oak_db_query(db, &stmt, err, "SELECT key, value FROM meta", "") < 0)
		return oak_context(err, "feed '%s' (import it again)", name);
	while ((row = oak_stmt_step(stmt, err)) > 0) {
		const char *value = oak_stmt_text(stmt, 1);
		for (size_t i = 0; value && i < sizeof(fields) / sizeof(*fields); i++) {
			if (!oak_streq(fields[i].key, oak_stmt_text(stmt, 0)))
				continue;
			if (fields[i].text)
				*fields[i].text = oak_arena_strdup(arena, value);
			else
				oak_parse_int(oak_str_of(value), INT64_MIN, INT64_MAX, fields[i].number);
		}
	}
	return row < 0 ? oak_context(err, "feed '%s' (import it again)", name) : 0;
}
