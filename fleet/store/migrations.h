/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The schema of the state database, and how an older one becomes today's. */
#ifndef OAK_FLEET_STORE_MIGRATIONS_H
#define OAK_FLEET_STORE_MIGRATIONS_H

#include "core/db.h"

enum { OAK_SCHEMA_MAJOR = 1 };

/* Bring DB to the newest schema, row by row of the table, each in one transaction with its version inside, so that a
 * crash leaves a version between two rows and two processes at once do it once. *RET_NEWER_MINOR is set when the file was
 * written by a newer version of the same major one (it may be used). Errors: store.newer (UNSUPPORTED), core/db.h. */
int oak_migrations_apply(struct oak_db *db, const char *path, oak_time now, bool *ret_newer_minor, struct oak_error *err)
	OAK_MUST_USE;

/* The same check without changing anything. Errors: store.newer, store.older (CONFLICT: a writer must open it first). */
int oak_migrations_check(struct oak_db *db, const char *path, bool *ret_newer_minor, struct oak_error *err) OAK_MUST_USE;

#endif
