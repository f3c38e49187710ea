/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Database at statement level: queries are written once above it, a driver below it is one vtable. */
#ifndef OAK_CORE_DB_H
#define OAK_CORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/mem.h"
#include "core/time.h"

/* Dialect of the queries: standard SQL as both SQLite and PostgreSQL read it, placeholders "?".
 * A value that goes in or comes out. Times are integers, OAK_TIME_NONE is NULL. */
enum oak_db_kind { OAK_DB_NULL, OAK_DB_INT, OAK_DB_REAL, OAK_DB_TEXT, OAK_DB_BLOB, OAK_DB_KIND_COUNT };
struct oak_db_value {
	enum oak_db_kind kind;
	int64_t integer;
	double real;
	const void *p; /* text: NUL-terminated, n without the NUL; borrowed until the next step, reset or free */
	size_t n;
};

enum oak_db_mode {
	OAK_DB_READ,     /* must exist, nothing is written */
	OAK_DB_FROZEN,   /* as READ, and nobody else writes it: no locks, works in folders that are not ours */
	OAK_DB_WRITE,    /* must exist */
	OAK_DB_CREATE,   /* made if missing; WAL and full synchronisation: what is committed survives a power cut */
	OAK_DB_BUILD,    /* a new file that is renamed into place when complete: no journal, no synchronisation */
	OAK_DB_MODE_COUNT
};

/* Errors of all functions: db.absent (NOT_FOUND), db.open (IO, DENIED), db.busy (TRANSIENT), db.full (IO),
 * db.corrupt (IO), db.read-only (DENIED), db.constraint (CONFLICT), db.failed (IO), db.interrupted (INTERRUPTED). */
struct oak_db_driver {
	const char *name;
	int (*open)(const char *where, enum oak_db_mode mode, int busy_ms, void **ret, struct oak_error *err);
	void (*close)(void *handle);
	int (*exec)(void *handle, const char *sql, struct oak_error *err);
	int (*prepare)(void *handle, const char *sql, void **ret, struct oak_error *err);
	void (*finalize)(void *stmt);
	int (*bind)(void *stmt, int index, const struct oak_db_value *value, struct oak_error *err); /* 1-based */
	int (*step)(void *stmt, struct oak_error *err); /* 1 = a row, 0 = done, -1 */
	void (*reset)(void *stmt);
	void (*column)(void *stmt, int index, struct oak_db_value *ret); /* 0-based */
	int (*begin)(void *handle, bool write, struct oak_error *err);
	int (*commit)(void *handle, struct oak_error *err);
	void (*rollback)(void *handle);
	int64_t (*changes)(void *handle); /* rows changed by the last statement */
	int (*check)(void *handle, void (*found)(void *arg, const char *problem), void *arg, struct oak_error *err);
	int (*vacuum)(void *handle, struct oak_error *err);
};
extern const struct oak_db_driver oak_db_sqlite;

struct oak_db;
struct oak_stmt;

/* Open WHERE (a path for SQLite) with DRIVER. A writer waits up to BUSY_MS for another one. New files have mode 0600. */
int oak_db_open(const struct oak_db_driver *driver, const char *where, enum oak_db_mode mode, int busy_ms,
		struct oak_db **ret, struct oak_error *err) OAK_MUST_USE;
void oak_db_close(struct oak_db *db); /* NULL accepted; an open transaction is rolled back, statements are gone */
OAK_DEFINE_AUTO(oak_db_close, struct oak_db *);

int oak_db_exec(struct oak_db *db, const char *sql, struct oak_error *err) OAK_MUST_USE; /* may hold several */

/* Transactions do not nest. A write one takes the write lock at once, so that what it reads stays true. */
int oak_db_begin(struct oak_db *db, bool write, struct oak_error *err) OAK_MUST_USE;
int oak_db_commit(struct oak_db *db, struct oak_error *err) OAK_MUST_USE; /* rolled back when it fails */
void oak_db_rollback(struct oak_db *db);                                  /* no transaction: nothing happens */

/* Statements. TYPES has one letter per argument: i int64_t, n oak_time (NONE is NULL), t const char * (NULL is NULL),
 * r double, b (const void *, size_t). */
int oak_db_prepare(struct oak_db *db, const char *sql, struct oak_stmt **ret, struct oak_error *err) OAK_MUST_USE;
int oak_stmt_bind(struct oak_stmt *stmt, struct oak_error *err, const char *types, ...) OAK_MUST_USE; /* resets first */
int oak_stmt_step(struct oak_stmt *stmt, struct oak_error *err) OAK_MUST_USE; /* 1 = a row, 0 = done, -1 */
void oak_stmt_reset(struct oak_stmt *stmt);
void oak_stmt_free(struct oak_stmt *stmt); /* NULL accepted */
OAK_DEFINE_AUTO(oak_stmt_free, struct oak_stmt *);

/* Columns of the current row. */
int64_t oak_stmt_int(struct oak_stmt *stmt, int column);      /* NULL gives 0 */
oak_time oak_stmt_time(struct oak_stmt *stmt, int column);    /* NULL gives OAK_TIME_NONE */
double oak_stmt_real(struct oak_stmt *stmt, int column);
const char *oak_stmt_text(struct oak_stmt *stmt, int column); /* NULL gives NULL; borrowed until the next step */
const void *oak_stmt_blob(struct oak_stmt *stmt, int column, size_t *ret_n);

/* prepare + bind + step once + free: for statements without rows. */
int oak_db_run(struct oak_db *db, struct oak_error *err, const char *sql, const char *types, ...) OAK_MUST_USE;
/* prepare + bind, ready to be stepped. */
int oak_db_query(struct oak_db *db, struct oak_stmt **ret, struct oak_error *err, const char *sql, const char *types,
		 ...) OAK_MUST_USE;
/* First column of the first row; 0 = there was none. */
int oak_db_query_int(struct oak_db *db, int64_t *ret, struct oak_error *err, const char *sql, const char *types, ...)
	OAK_MUST_USE;
int64_t oak_db_changes(struct oak_db *db);

/* Full consistency check of the file; FOUND is called per problem. */
int oak_db_check(struct oak_db *db, void (*found)(void *arg, const char *problem), void *arg, struct oak_error *err)
	OAK_MUST_USE;
int oak_db_vacuum(struct oak_db *db, struct oak_error *err) OAK_MUST_USE;

#endif
