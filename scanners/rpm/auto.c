/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zypp keeps a list of names, dnf5 a table, dnf 4 the reason of each transaction. */
#include "scanners/rpm/auto.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "core/db.h"
#include "core/map.h"
#include "core/str.h"
#include "scanners/root.h"
#include "scanners/rpm/toml.h"

enum { LIST_MAX = 16 * 1024 * 1024 };

static char marked[1]; /* an address that says: automatic */

struct marks {
	struct oak_arena *arena;
	struct oak_map by_name; /* "name" or "name.arch" -> marked, or NULL */
};

static void set(struct marks *m, const char *key, bool automatic)
{
	*oak_map_slot(&m->by_name, oak_arena_strdup(m->arena, key)) = automatic ? marked : NULL;
}

static bool zypp_read(struct marks *m, const char *root)
{
	struct oak_buf text OAK_AUTO(oak_buf_done);
	oak_buf_init(&text, LIST_MAX);
	if (oak_root_read(root, "/var/lib/zypp/AutoInstalled", &text) < 0)
		return false;
	struct oak_str rest = {oak_buf_text(&text), text.n}, line;
	while (rest.n && oak_str_next(&rest, '\n', &line)) {
		line = oak_str_trim(line);
		if (line.n && line.p[0] != '#')
			set(m, oak_arena_strndup(m->arena, line.p, line.n), true);
	}
	return true;
}

static void on_table(void *arg, const char *name)
{
	(void)arg, (void)name;
}

static void on_pair(void *arg, const char *key, const char *inner, const char *value)
{
	if (oak_streq(inner, "reason"))
		set(arg, key, oak_streq(value, "Dependency") || oak_streq(value, "Weak Dependency"));
}

static bool dnf5_read(struct marks *m, const char *root)
{
	struct oak_buf text OAK_AUTO(oak_buf_done);
	const struct oak_toml_handler handler = {on_table, on_pair, m};
	oak_buf_init(&text, LIST_MAX);
	if (oak_root_read(root, "/usr/lib/sysimage/libdnf5/packages.toml", &text) < 0)
		return false;
	(void)oak_toml_read(m->arena, oak_buf_text(&text), text.n, &handler);
	return true;
}

/* libdnf's numbers: actions 3, 5, 7, 10 take a version away, 8 removes; reasons 1 and 4 are (weak) dependencies. */
static void history_read(struct marks *m, struct oak_db *db)
{
	static const char sql[] = "SELECT rpm.name, rpm.arch, trans_item.action, trans_item.reason FROM trans_item"
				  " JOIN rpm ON rpm.item_id = trans_item.item_id JOIN trans ON trans.id = trans_item.trans_id"
				  " WHERE trans.state = 1 AND trans_item.action NOT IN (3, 5, 7, 10) ORDER BY trans_item.trans_id, trans_item.id";
	OAK_AUTO(oak_stmt_free_p) struct oak_stmt *stmt = NULL;
	if (oak_db_prepare(db, sql, &stmt, NULL) < 0)
		return;
	while (oak_stmt_step(stmt, NULL) > 0) {
		const char *name = oak_stmt_text(stmt, 0), *arch = oak_stmt_text(stmt, 1);
		int64_t action = oak_stmt_int(stmt, 2), reason = oak_stmt_int(stmt, 3);
		if (name && arch)
			set(m, oak_arena_printf(m->arena, "%s.%s", name, arch), action != 8 && (reason == 1 || reason == 4));
	}
}

static void dnf4_read(struct marks *m, const char *root)
{
	char path[64];
	int fd = oak_root_open(root, "/var/lib/dnf/history.sqlite", O_RDONLY);
	if (fd < 0)
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	OAK_AUTO(oak_db_close_p) struct oak_db *db = NULL;
	if (oak_db_open(&oak_db_sqlite, path, OAK_DB_FROZEN, 0, &db, NULL) == 0)
		history_read(m, db);
	close(fd);
}

void oak_auto_marks(const char *root, bool suse, struct oak_package *packages, size_t n)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct marks m = {.arena = arena};
	oak_map_init(&m.by_name, arena, 256);
	if (suse)
		(void)zypp_read(&m, root);
	else if (!dnf5_read(&m, root))
		dnf4_read(&m, root);
	for (size_t i = 0; i < n; i++) {
		struct oak_package *p = &packages[i];
		p->automatic = oak_map_find(&m.by_name, p->name) == marked ||
			       oak_map_find(&m.by_name, oak_arena_printf(arena, "%s.%s", p->name, p->arch)) == marked;
	}
}
