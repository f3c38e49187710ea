/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The database as callers see it: typed binding, transactions, and the driver behind it. */
#include "core/db.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct oak_db {
	const struct oak_db_driver *driver;
	void *handle;
	bool in_transaction;
};

struct oak_stmt {
	const struct oak_db_driver *driver;
	void *handle;
};

int oak_db_open(const struct oak_db_driver *driver, const char *where, enum oak_db_mode mode, int busy_ms,
		struct oak_db **ret, struct oak_error *err)
{
	void *handle;
	if (driver->open(where, mode, busy_ms, &handle, err) < 0)
		return -1;
	struct oak_db *db = oak_alloc_zero(1, sizeof(*db));
	db->driver = driver;
	db->handle = handle;
	*ret = db;
	return 0;
}

void oak_db_close(struct oak_db *db)
{
	if (!db)
		return;
	oak_db_rollback(db);
	db->driver->close(db->handle);
	free(db);
}

int oak_db_exec(struct oak_db *db, const char *sql, struct oak_error *err)
{
	return db->driver->exec(db->handle, sql, err);
}

int oak_db_begin(struct oak_db *db, bool write, struct oak_error *err)
{
	if (db->driver->begin(db->handle, write, err) < 0)
		return -1;
	db->in_transaction = true;
	return 0;
}

int oak_db_commit(struct oak_db *db, struct oak_error *err)
{
	if (db->driver->commit(db->handle, err) < 0) {
		oak_db_rollback(db);
		return -1;
	}
	db->in_transaction = false;
	return 0;
}

void oak_db_rollback(struct oak_db *db)
{
	if (!db->in_transaction)
		return;
	db->driver->rollback(db->handle);
	db->in_transaction = false;
}

int oak_db_prepare(struct oak_db *db, const char *sql, struct oak_stmt **ret, struct oak_error *err)
{
	void *handle;
	if (db->driver->prepare(db->handle, sql, &handle, err) < 0)
		return -1;
	struct oak_stmt *stmt = oak_alloc_zero(1, sizeof(*stmt));
	stmt->driver = db->driver;
	stmt->handle = handle;
	*ret = stmt;
	return 0;
}

/* The next argument as TYPE says; false for a letter that is none. */
static bool next_value(char type, va_list *args, struct oak_db_value *ret)
{
	*ret = (struct oak_db_value){.kind = OAK_DB_NULL};
	switch (type) {
	case 'i':
		ret->kind = OAK_DB_INT;
		ret->integer = va_arg(*args, int64_t);
		return true;
	case 'n':
		ret->integer = va_arg(*args, int64_t);
		ret->kind = ret->integer == OAK_TIME_NONE ? OAK_DB_NULL : OAK_DB_INT;
		return true;
	case 'r':
		ret->kind = OAK_DB_REAL;
		ret->real = va_arg(*args, double);
		return true;
	case 't':
		ret->p = va_arg(*args, const char *);
		ret->n = ret->p ? strlen(ret->p) : 0;
		ret->kind = ret->p ? OAK_DB_TEXT : OAK_DB_NULL;
		return true;
	case 'b':
		ret->p = va_arg(*args, const void *);
		ret->n = va_arg(*args, size_t);
		ret->kind = ret->p ? OAK_DB_BLOB : OAK_DB_NULL;
		return true;
	default:
		return false;
	}
}

static int bind_all(struct oak_stmt *stmt, const char *types, va_list *args, struct oak_error *err)
{
	stmt->driver->reset(stmt->handle);
	for (int i = 0; types[i]; i++) {
		struct oak_db_value value;
		if (!next_value(types[i], args, &value))
			return oak_fail(err, OAK_BUG, "db.types", 0, "unknown type letter '%c' of a statement", types[i]);
		if (stmt->driver->bind(stmt->handle, i + 1, &value, err) < 0)
			return -1;
	}
	return 0;
}

int oak_stmt_bind(struct oak_stmt *stmt, struct oak_error *err, const char *types, ...)
{
	va_list args;
	va_start(args, types);
	int rc = bind_all(stmt, types, &args, err);
	va_end(args);
	return rc;
}

int oak_stmt_step(struct oak_stmt *stmt, struct oak_error *err)
{
	return stmt->driver->step(stmt->handle, err);
}

void oak_stmt_reset(struct oak_stmt *stmt)
{
	stmt->driver->reset(stmt->handle);
}

void oak_stmt_free(struct oak_stmt *stmt)
{
	if (!stmt)
		return;
	stmt->driver->finalize(stmt->handle);
	free(stmt);
}

static struct oak_db_value column(struct oak_stmt *stmt, int index)
{
	struct oak_db_value value = {.kind = OAK_DB_NULL};
	stmt->driver->column(stmt->handle, index, &value);
	return value;
}

int64_t oak_stmt_int(struct oak_stmt *stmt, int index)
{
	return column(stmt, index).integer;
}

oak_time oak_stmt_time(struct oak_stmt *stmt, int index)
{
	struct oak_db_value value = column(stmt, index);
	return value.kind == OAK_DB_INT ? value.integer : OAK_TIME_NONE;
}

double oak_stmt_real(struct oak_stmt *stmt, int index)
{
	return column(stmt, index).real;
}

const char *oak_stmt_text(struct oak_stmt *stmt, int index)
{
	struct oak_db_value value = column(stmt, index);
	return value.kind == OAK_DB_TEXT ? value.p : NULL;
}

const void *oak_stmt_blob(struct oak_stmt *stmt, int index, size_t *ret_n)
{
	struct oak_db_value value = column(stmt, index);
	*ret_n = value.n;
	return value.p;
}

static int query(struct oak_db *db, struct oak_stmt **ret, struct oak_error *err, const char *sql, const char *types,
		 va_list *args)
{
	struct oak_stmt *stmt;
	if (oak_db_prepare(db, sql, &stmt, err) < 0)
		return -1;
	if (bind_all(stmt, types, args, err) < 0) {
		oak_stmt_free(stmt);
		return -1;
	}
	*ret = stmt;
	return 0;
}

int oak_db_query(struct oak_db *db, struct oak_stmt **ret, struct oak_error *err, const char *sql, const char *types, ...)
{
	va_list args;
	va_start(args, types);
	int rc = query(db, ret, err, sql, types, &args);
	va_end(args);
	return rc;
}

int oak_db_run(struct oak_db *db, struct oak_error *err, const char *sql, const char *types, ...)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	va_list args;
	va_start(args, types);
	int rc = query(db, &stmt, err, sql, types, &args);
	va_end(args);
	return rc < 0 || oak_stmt_step(stmt, err) < 0 ? -1 : 0;
}

int oak_db_query_int(struct oak_db *db, int64_t *ret, struct oak_error *err, const char *sql, const char *types, ...)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	va_list args;
	va_start(args, types);
	int rc = query(db, &stmt, err, sql, types, &args);
	va_end(args);
	int row = rc < 0 ? -1 : oak_stmt_step(stmt, err);
	if (row < 0)
		return -1;
	*ret = row ? oak_stmt_int(stmt, 0) : 0;
	return 0;
}

int64_t oak_db_changes(struct oak_db *db)
{
	return db->driver->changes(db->handle);
}

int oak_db_check(struct oak_db *db, void (*found)(void *arg, const char *problem), void *arg, struct oak_error *err)
{
	return db->driver->check(db->handle, found, arg, err);
}

int oak_db_vacuum(struct oak_db *db, struct oak_error *err)
{
	return db->driver->vacuum(db->handle, err);
}
