/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The readable copy of a node's first-seen times: for ordinary users, and for the day the database is lost. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/fs.h"
#include "core/hash.h"
#include "core/str.h"
#include "fleet/store/private.h"

enum { COPY_MAX = 64 * 1024 * 1024 };
static const char FIRST_LINE[] = "oakum.first-seen/1";

/* The file's name is a hash, since a node's id may hold any printable character. */
static char *path_of(const char *dir, const char *node_id)
{
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[33];
	oak_sha256(node_id, strlen(node_id), digest);
	oak_hex(digest, 16, hex);
	size_t n = strlen(dir) + sizeof(hex) + 24;
	char *path = oak_alloc(n);
	snprintf(path, n, "%s/first-seen/%s.tsv", dir, hex);
	return path;
}

bool oak_seen_copy_exists(const char *dir, const char *node_id)
{
	OAK_AUTO(oak_free_p) char *path = path_of(dir, node_id);
	return oak_fs_exists(path);
}

/* One line: repository TAB name TAB arch TAB evr TAB seconds TAB basis; a repository itself has an empty name. */
static bool read_line(struct oak_arena *arena, struct oak_str line, struct oak_seen_copy *copy)
{
	struct oak_str field[6];
	int64_t at, basis;
	for (size_t i = 0; i < 6; i++)
		if (!oak_str_next(&line, '\t', &field[i]))
			return false;
	if (line.n || !field[0].n || !oak_parse_int(field[4], -62135596800, 253402300799, &at) ||
	    !oak_parse_int(field[5], 0, 2, &basis))
		return false;
	struct oak_first_seen *seen =
		field[1].n ? oak_push(arena, &copy->list) : oak_push(arena, &copy->repositories);
	*seen = (struct oak_first_seen){
		.repository = oak_arena_strndup(arena, field[0].p, field[0].n),
		.name = oak_arena_strndup(arena, field[1].p, field[1].n),
		.arch = oak_arena_strndup(arena, field[2].p, field[2].n),
		.evr = oak_arena_strndup(arena, field[3].p, field[3].n),
		.at = at,
		.watched = basis == 0,
		.release_date = basis == 1,
	};
	return true;
}

int oak_seen_copy_load(const char *dir, const char *node_id, struct oak_arena *arena, struct oak_seen_copy *ret,
		       bool *ret_found, struct oak_error *err)
{
	OAK_AUTO(oak_free_p) char *path = path_of(dir, node_id);
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_str rest, line;
	oak_buf_init(&buf, COPY_MAX);
	*ret_found = oak_fs_exists(path);
	if (!*ret_found)
		return 0;
	if (oak_fs_read(path, &buf, err) < 0)
		return -1;
	rest = (struct oak_str){buf.p, buf.n};
	if (!oak_utf8_check(oak_buf_text(&buf), buf.n) || !oak_str_next(&rest, '\n', &line) ||
	    !oak_str_eq(line, oak_str_of(FIRST_LINE)))
		return oak_fail(err, OAK_INVALID, "store.copy", 0, "'%s' is no list of first-seen times", path);
	for (size_t number = 2; oak_str_next(&rest, '\n', &line); number++)
		if (line.n && !read_line(arena, line, ret))
			return oak_fail(err, OAK_INVALID, "store.copy", 0, "'%s' is damaged in line %zu", path, number);
	return 0;
}

static int add_rows(struct oak_store *store, int64_t node, const char *sql, struct oak_buf *buf, struct oak_error *err)
{
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	if (oak_db_query(store->db, &stmt, err, sql, "i", node) < 0)
		return -1;
	int row;
	while ((row = oak_stmt_step(stmt, err)) > 0) {
		for (int i = 0; i < 4; i++) {
			/* A tab or newline would end a field; no package manager allows them in names or versions. */
			const char *text = oak_stmt_text(stmt, i);
			for (; text && *text; text++)
				oak_buf_addc(buf, (unsigned char)*text < 0x20 ? ' ' : *text);
			oak_buf_addc(buf, '\t');
		}
		oak_buf_addf(buf, "%lld\t%lld\n", (long long)oak_stmt_int(stmt, 4), (long long)oak_stmt_int(stmt, 5));
	}
	return row;
}

int oak_seen_copy_save(struct oak_store *store, int64_t node, const char *node_id, struct oak_error *err)
{
	OAK_AUTO(oak_free_p) char *path = path_of(store->dir, node_id);
	OAK_AUTO(oak_free_p) char *folder = oak_strdup(path);
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_buf_init(&buf, COPY_MAX);
	*strrchr(folder, '/') = '\0';
	oak_buf_addf(&buf, "%s\n", FIRST_LINE);
	if (add_rows(store, node, "SELECT name, '', '', '', watched_since, 0 FROM repository WHERE node = ? ORDER BY name",
		     &buf, err) < 0 ||
	    add_rows(store, node,
		     "SELECT r.name, p.name, p.arch, e.text, f.at, f.basis FROM first_seen f JOIN repository r ON r.id = "
		     "f.repository JOIN package p ON p.id = f.package JOIN evr e ON e.id = f.evr WHERE r.node = ? AND "
		     "f.gone_at IS NULL ORDER BY 1, 2, 3, 4",
		     &buf, err) < 0 ||
	    oak_fs_mkdirs(folder, 0755, err) < 0 || oak_fs_write_atomic(path, buf.p, buf.n, 0644, err) < 0)
		return oak_context(err, "copy of the first-seen times");
	/* The mode survives a strict umask: the copy is there to be read by others. */
	chmod(folder, 0755);
	chmod(path, 0644);
	return 0;
}
