/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening the state database, and what happens when it is damaged. */
#include "fleet/store/store.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/str.h"
#include "fleet/store/migrations.h"
#include "fleet/store/private.h"

enum { BUSY_MS = 20000 };

static char *join(const char *dir, const char *name)
{
	size_t n = strlen(dir) + strlen(name) + 2;
	char *path = oak_alloc(n);
	snprintf(path, n, "%s/%s", dir, name);
	return path;
}

static unsigned long long inode_of(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? (unsigned long long)st.st_ino : 0;
}

/* Rename PATH and its log to TARGET; the log keeps its ending, so that SQLite's own tools find it. */
static int move_aside(const char *path, const char *target, struct oak_error *err)
{
	static const char *const endings[] = {"-wal", "-shm"};
	for (size_t i = 0; i < 2; i++) {
		OAK_AUTO(oak_free_p) char *from = oak_alloc(strlen(path) + 8);
		OAK_AUTO(oak_free_p) char *to = oak_alloc(strlen(target) + 8);
		snprintf(from, strlen(path) + 8, "%s%s", path, endings[i]);
		snprintf(to, strlen(target) + 8, "%s%s", target, endings[i]);
		if (rename(from, to) < 0 && errno != ENOENT)
			return oak_fail_errno(err, "store.damaged", "cannot put '%s' aside", from);
	}
	if (rename(path, target) < 0)
		return oak_fail_errno(err, "store.damaged", "cannot put '%s' aside", path);
	return oak_fs_sync_parent(path, err);
}

/* TARGET gets "PATH.corrupt-20261123T120000Z", with "-2" … when that exists. */
static void aside_name(const char *path, oak_time now, char *target, size_t size)
{
	struct oak_civil c;
	oak_time_to_civil(now, &c);
	for (int i = 1; i < 1000; i++) {
		int n = snprintf(target, size, "%s.corrupt-%04d%02d%02dT%02d%02d%02dZ", path, c.year, c.month, c.day,
				 c.hour, c.minute, c.second);
		if (i > 1 && n > 0 && (size_t)n < size)
			snprintf(target + n, size - (size_t)n, "-%d", i);
		if (!oak_fs_exists(target))
			return;
	}
}

static int put_aside(const char *path, unsigned long long inode, bool read_only, oak_time now, struct oak_error *err)
{
	struct oak_error why = *err;
	size_t size = strlen(path) + 64;
	OAK_AUTO(oak_free_p) char *target = oak_alloc(size);
	aside_name(path, now, target, size);
	if (read_only || inode_of(path) != inode)
		return oak_fail(err, OAK_IO, "store.damaged", why.sys,
				"state database '%s' is damaged: %s (run 'oakum db check' as its owner)", path, why.cause);
	if (move_aside(path, target, err) < 0)
		return oak_context(err, "state database '%s' is damaged", path);
	return oak_fail(err, OAK_IO, "store.damaged", why.sys,
			"state database '%s' is damaged, it was kept as '%s' (restore a backup in its place, or run the command "
			"again to start a new history; first-seen times are taken from their copy): %s",
			path, target, why.cause);
}

int oak_store_settle(struct oak_store *store, int rc, struct oak_error *err)
{
	if (rc >= 0)
		return rc;
	oak_db_rollback(store->db);
	if (err && oak_streq(err->id, "db.corrupt"))
		return put_aside(store->path, store->inode, store->read_only, store->now, err);
	return rc;
}

/* Signs that this folder held a database before (an audit log is none: 'baseline import' writes one too); *RET_KEPT (in ARENA) names a damaged one that was put aside. */
static bool had_a_life(const char *dir, struct oak_arena *arena, const char **ret_kept)
{
	bool life = false;
	DIR *folder = opendir(dir);
	for (struct dirent *entry; folder && (entry = readdir(folder));) {
		bool kept = oak_starts_with(entry->d_name, "state.db.corrupt-") && !oak_ends_with(entry->d_name, "-wal") &&
			    !oak_ends_with(entry->d_name, "-shm");
		if (kept && (!*ret_kept || strcmp(entry->d_name, *ret_kept) > 0))
			*ret_kept = oak_arena_strdup(arena, entry->d_name);
		life = life || kept || oak_streq(entry->d_name, "first-seen") || oak_streq(entry->d_name, "state.db-wal");
	}
	if (folder)
		closedir(folder);
	return life;
}

/* A new database in a folder that had one: remembered, so that verdicts can say so and dates stay careful. */
static int note_replacement(struct oak_store *store, const char *kept, struct oak_error *err)
{
	char when[OAK_TIME_TEXT];
	return oak_db_run(store->db, err,
			  "INSERT INTO meta(key, value) VALUES('replacedAt', ?), ('keptAs', ?) ON CONFLICT DO NOTHING", "tt",
			  oak_time_format(store->now, when), kept ? kept : "");
}

static int open_for_writing(struct oak_store *store, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const char *kept = NULL;
	bool newer_minor;
	bool made = !oak_fs_exists(store->dir);
	if (oak_fs_mkdirs(store->dir, 0755, err) < 0)
		return -1;
	if (made) /* whatever the umask: others read first-seen/ below it, the database itself is 0600 */
		chmod(store->dir, 0755);
	bool replaces = !oak_fs_exists(store->path) && had_a_life(store->dir, arena, &kept);
	if (oak_db_open(&oak_db_sqlite, store->path, OAK_DB_CREATE, BUSY_MS, &store->db, err) < 0)
		return -1;
	store->inode = inode_of(store->path);
	if (oak_migrations_apply(store->db, store->path, store->now, &newer_minor, err) < 0)
		return -1;
	return replaces ? note_replacement(store, kept, err) : 0;
}

static int open_for_reading(struct oak_store *store, struct oak_error *err)
{
	bool newer_minor;
	if (!oak_fs_exists(store->path))
		return oak_fail(err, OAK_NOT_FOUND, "store.absent", 0,
				"there is no state database '%s' yet (run 'oakum scan' first)", store->path);
	if (oak_db_open(&oak_db_sqlite, store->path, OAK_DB_READ, BUSY_MS, &store->db, err) < 0)
		return -1;
	return oak_migrations_check(store->db, store->path, &newer_minor, err);
}

int oak_store_open(const struct oak_store_options *options, struct oak_store **ret, struct oak_error *err)
{
	OAK_AUTO(oak_store_close_p) struct oak_store *store = oak_alloc_zero(1, sizeof(*store));
	store->dir = oak_strdup(options->dir);
	store->path = join(options->dir, "state.db");
	store->shared_dir = options->shared_dir ? oak_strdup(options->shared_dir) : NULL;
	store->read_only = options->read_only;
	store->now = options->now;
	store->inode = inode_of(store->path);
	int rc = store->read_only ? open_for_reading(store, err) : open_for_writing(store, err);
	if (rc < 0 && err && oak_streq(err->id, "db.corrupt"))
		return put_aside(store->path, inode_of(store->path), store->read_only, store->now, err);
	if (rc < 0)
		return -1;
	*ret = oak_steal(&store);
	return 0;
}

void oak_store_close(struct oak_store *store)
{
	if (!store)
		return;
	oak_db_close(store->db);
	free(store->dir);
	free(store->path);
	free(store->shared_dir);
	free(store);
}

const char *oak_store_path(const struct oak_store *store)
{
	return store->path;
}

int oak_store_node(struct oak_store *store, const char *node_id, int64_t *ret, struct oak_error *err)
{
	return oak_db_query_int(store->db, ret, err, "SELECT id FROM node WHERE ext = ?", "t", node_id);
}

int oak_store_need_node(struct oak_store *store, const char *node_id, int64_t *ret, struct oak_error *err)
{
	if (oak_db_run(store->db, err, "INSERT INTO node(ext, facts) VALUES(?, '{}') ON CONFLICT DO NOTHING", "t", node_id) < 0)
		return -1;
	return oak_store_node(store, node_id, ret, err);
}

int oak_store_meta(struct oak_store *store, struct oak_arena *arena, const char *key, const char **ret,
		   struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	if (oak_db_query(store->db, &stmt, err, "SELECT value FROM meta WHERE key = ?", "t", key) < 0)
		return -1;
	int row = oak_stmt_step(stmt, err);
	*ret = row > 0 ? oak_arena_strdup(arena, oak_stmt_text(stmt, 0)) : NULL;
	return row < 0 ? -1 : 0;
}
