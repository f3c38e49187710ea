/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The database driver for SQLite. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/db.h"
#include "core/fs.h"
#include "core/str.h"

#ifndef O_CLOEXEC
#define O_CLOEXEC 0
#endif

/* The write-ahead log is folded into the file at a close that leaves more than this in it, not at each close: that
 * would cost three more syncs every time, and an open reads at most this much of it. SQLite's own automatic checkpoint
 * does not serve short-lived processes: the next one cannot know that the log was folded, and goes on appending. */
enum { CHECKPOINT_BYTES = 64 * 4120 };

/* What SQLite says, and what it means to us. */
static const struct {
	int code; /* primary, or extended where it matters */
	enum oak_error_kind kind;
	const char *id;
	const char *advice;
} results[] = {
	{SQLITE_FULL, OAK_IO, "db.full", "free space on that disk, then run it again"},
	{SQLITE_CORRUPT, OAK_IO, "db.corrupt", "it is damaged"},
	{SQLITE_NOTADB, OAK_IO, "db.corrupt", "it is damaged, or no database at all"},
	{SQLITE_BUSY, OAK_TRANSIENT, "db.busy", "another oakum holds it, try again later"},
	{SQLITE_LOCKED, OAK_TRANSIENT, "db.busy", "another oakum holds it, try again later"},
	{SQLITE_READONLY, OAK_DENIED, "db.read-only", "check its owner, mode and whether the disk is mounted read-only"},
	{SQLITE_PERM, OAK_DENIED, "db.read-only", "check its owner and mode"},
	{SQLITE_CANTOPEN, OAK_IO, "db.open", "check that its folder exists and may be read"},
	{SQLITE_CONSTRAINT, OAK_CONFLICT, "db.constraint", "run 'oakum db check'"},
	{SQLITE_INTERRUPT, OAK_INTERRUPTED, "db.interrupted", "nothing was changed"},
};

static int fail(sqlite3 *db, int code, const char *what, struct oak_error *err)
{
	const char *name = db ? sqlite3_db_filename(db, "main") : NULL;
	const char *text = db ? sqlite3_errmsg(db) : sqlite3_errstr(code);
	int sys = db ? sqlite3_system_errno(db) : 0;
	if ((code & 0xff) == SQLITE_IOERR && sys == ENOSPC)
		code = SQLITE_FULL;
	if ((code & 0xff) == SQLITE_CANTOPEN && (sys == EACCES || sys == EPERM || sys == EROFS))
		code = SQLITE_READONLY;
	for (size_t i = 0; i < sizeof(results) / sizeof(*results); i++)
		if (results[i].code == (code & 0xff))
			return oak_fail(err, results[i].kind, results[i].id, sys, "cannot %s database '%s': %s (%s)", what,
					name ? name : "", text, results[i].advice);
	return oak_fail(err, OAK_IO, "db.failed", sys, "cannot %s database '%s': %s%s%s", what, name ? name : "", text,
			sys ? ": " : "", sys ? strerror(sys) : "");
}

/* Percent-encode PATH into a file: URI, for the options that only a URI can carry. */
static char *uri_of(const char *path, const char *query)
{
	char *uri = oak_alloc(strlen(path) * 3 + strlen(query) + 16);
	memcpy(uri, "file:", 5);
	char *p = uri + 5;
	for (; *path; path++) {
		if (*path == '?' || *path == '#' || *path == '%')
			p += snprintf(p, 4, "%%%02X", (unsigned)(unsigned char)*path);
		else
			*p++ = *path;
	}
	memcpy(p, query, strlen(query) + 1);
	return uri;
}

/* Make an empty file of mode 0600 where none is, before SQLite would make it with the umask's mode. */
static int make_private(const char *path, struct oak_error *err)
{
	if (oak_fs_exists(path))
		return 0;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return oak_fail_errno(err, errno == ENOSPC ? "db.full" : "db.open", "cannot make database '%s'", path);
	close(fd);
	return 0;
}

static int pragmas(sqlite3 *db, enum oak_db_mode mode)
{
	static const char *const texts[OAK_DB_MODE_COUNT] = {
		[OAK_DB_READ] = "PRAGMA query_only=1",
		[OAK_DB_FROZEN] = "PRAGMA query_only=1",
		[OAK_DB_WRITE] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
		[OAK_DB_CREATE] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
		[OAK_DB_BUILD] = ("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE;"
				  "PRAGMA cache_size=-32768"),
	};
	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, mode != OAK_DB_BUILD, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return sqlite3_exec(db, texts[mode], NULL, NULL, NULL);
}

/* Two that open a new file at once both want to switch it to WAL; SQLite tells one of them "busy" without waiting. */
static int pragmas_patiently(sqlite3 *db, enum oak_db_mode mode, int busy_ms)
{
	int code;
	for (int waited = 0; ((code = pragmas(db, mode)) & 0xff) == SQLITE_BUSY && waited < busy_ms; waited += 5)
		sqlite3_sleep(5);
	return code;
}

static int db_open(const char *path, enum oak_db_mode mode, int busy_ms, void **ret, struct oak_error *err)
{
	bool create = mode == OAK_DB_CREATE || mode == OAK_DB_BUILD;
	if (!create && !oak_fs_exists(path))
		return oak_fail(err, OAK_NOT_FOUND, "db.absent", 0, "there is no database '%s'", path);
	if (create && make_private(path, err) < 0)
		return -1;
	OAK_AUTO(oak_free_p) char *uri = uri_of(path, mode == OAK_DB_FROZEN ? "?immutable=1" : "");
	bool read = mode == OAK_DB_READ || mode == OAK_DB_FROZEN;
	sqlite3 *db = NULL;
	int code = sqlite3_open_v2(uri, &db,
				   (read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) | SQLITE_OPEN_URI |
					   SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
				   NULL);
	if (code == SQLITE_OK) {
		sqlite3_busy_timeout(db, busy_ms);
		code = pragmas_patiently(db, mode, busy_ms);
	}
	if (code != SQLITE_OK) {
		fail(db, code, "open", err);
		sqlite3_close(db);
		return -1;
	}
	*ret = db;
	return 0;
}

static void fold_log(sqlite3 *db)
{
	const char *name = sqlite3_db_filename(db, "main");
	struct stat st;
	if (sqlite3_db_readonly(db, "main") != 0 || !name || !*name || stat(sqlite3_filename_wal(name), &st) < 0 ||
	    st.st_size <= CHECKPOINT_BYTES)
		return;
	sqlite3_busy_timeout(db, 0); /* somebody reads: the next close will do */
	sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

static void db_close(void *handle)
{
	fold_log(handle);
	sqlite3_close_v2(handle);
}

static int db_exec(void *handle, const char *sql, struct oak_error *err)
{
	int code = sqlite3_exec(handle, sql, NULL, NULL, NULL);
	return code == SQLITE_OK ? 0 : fail(handle, code, "use", err);
}

static int db_prepare(void *handle, const char *sql, void **ret, struct oak_error *err)
{
	sqlite3_stmt *stmt;
	int code = sqlite3_prepare_v2(handle, sql, -1, &stmt, NULL);
	if (code != SQLITE_OK)
		return fail(handle, code, "query", err);
	*ret = stmt;
	return 0;
}

static void db_finalize(void *stmt)
{
	sqlite3_finalize(stmt);
}

static int db_bind(void *stmt, int index, const struct oak_db_value *value, struct oak_error *err)
{
	int code = SQLITE_MISUSE;
	switch (value->kind) {
	case OAK_DB_NULL:
		code = sqlite3_bind_null(stmt, index);
		break;
	case OAK_DB_INT:
		code = sqlite3_bind_int64(stmt, index, value->integer);
		break;
	case OAK_DB_REAL:
		code = sqlite3_bind_double(stmt, index, value->real);
		break;
	case OAK_DB_TEXT:
		code = sqlite3_bind_text64(stmt, index, value->p, value->n, SQLITE_TRANSIENT, SQLITE_UTF8);
		break;
	case OAK_DB_BLOB:
		code = sqlite3_bind_blob64(stmt, index, value->p, value->n, SQLITE_TRANSIENT);
		break;
	case OAK_DB_KIND_COUNT:
		break;
	}
	return code == SQLITE_OK ? 0 : fail(sqlite3_db_handle(stmt), code, "query", err);
}

static int db_step(void *stmt, struct oak_error *err)
{
	int code = sqlite3_step(stmt);
	if (code == SQLITE_ROW)
		return 1;
	if (code == SQLITE_DONE)
		return 0;
	sqlite3 *db = sqlite3_db_handle(stmt);
	return fail(db, code, sqlite3_stmt_readonly(stmt) ? "read" : "write", err);
}

static void db_reset(void *stmt)
{
	sqlite3_reset(stmt);
}

static void db_column(void *stmt, int index, struct oak_db_value *ret)
{
	switch (sqlite3_column_type(stmt, index)) {
	case SQLITE_INTEGER:
		ret->kind = OAK_DB_INT;
		ret->integer = sqlite3_column_int64(stmt, index);
		ret->real = (double)ret->integer;
		break;
	case SQLITE_FLOAT:
		ret->kind = OAK_DB_REAL;
		ret->real = sqlite3_column_double(stmt, index);
		break;
	case SQLITE_TEXT:
		ret->kind = OAK_DB_TEXT;
		ret->p = sqlite3_column_text(stmt, index);
		ret->n = (size_t)sqlite3_column_bytes(stmt, index);
		break;
	case SQLITE_BLOB:
		ret->kind = OAK_DB_BLOB;
		ret->p = sqlite3_column_blob(stmt, index);
		ret->n = (size_t)sqlite3_column_bytes(stmt, index);
		break;
	default:
		ret->kind = OAK_DB_NULL;
		break;
	}
}

static int db_begin(void *handle, bool write, struct oak_error *err)
{
	return db_exec(handle, write ? "BEGIN IMMEDIATE" : "BEGIN", err);
}

static int db_commit(void *handle, struct oak_error *err)
{
	return db_exec(handle, "COMMIT", err);
}

static void db_rollback(void *handle)
{
	if (!sqlite3_get_autocommit(handle))
		sqlite3_exec(handle, "ROLLBACK", NULL, NULL, NULL);
}

static int64_t db_changes(void *handle)
{
	return sqlite3_changes64(handle);
}

static int each_text(sqlite3 *db, const char *sql, void (*found)(void *arg, const char *problem), void *arg,
		     struct oak_error *err)
{
	void *stmt = NULL;
	if (db_prepare(db, sql, &stmt, err) < 0)
		return -1;
	int row;
	while ((row = db_step(stmt, err)) > 0) {
		const char *text = (const char *)sqlite3_column_text(stmt, 0);
		if (text && strcmp(text, "ok") != 0)
			found(arg, text);
	}
	sqlite3_finalize(stmt);
	return row;
}

static int db_check(void *handle, void (*found)(void *arg, const char *problem), void *arg, struct oak_error *err)
{
	if (each_text(handle, "PRAGMA integrity_check(20)", found, arg, err) < 0)
		return -1;
	return each_text(handle,
			 "SELECT 'row '||coalesce(rowid,'?')||' of '||\"table\"||' refers to a missing row of '||parent "
			 "FROM pragma_foreign_key_check LIMIT 20",
			 found, arg, err);
}

static int db_vacuum(void *handle, struct oak_error *err)
{
	return db_exec(handle, "VACUUM; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA optimize", err);
}

const struct oak_db_driver oak_db_sqlite = {
	.name = "sqlite",
	.open = db_open,
	.close = db_close,
	.exec = db_exec,
	.prepare = db_prepare,
	.finalize = db_finalize,
	.bind = db_bind,
	.step = db_step,
	.reset = db_reset,
	.column = db_column,
	.begin = db_begin,
	.commit = db_commit,
	.rollback = db_rollback,
	.changes = db_changes,
	.check = db_check,
	.vacuum = db_vacuum,
};
