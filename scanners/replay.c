/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recorded inventory is a document like any other, with a larger cap; what other programs wrote is read as it is. */
#include "scanners/replay.h"

#include <sys/stat.h>

#include "core/fs.h"
#include "core/str.h"
#include "core/value.h"
#include "scanners/foreign.h"

/* When it was written is when the host was looked at. */
static oak_time written_at(const char *file)
{
	struct stat st;
	return !oak_streq(file, "-") && stat(file, &st) == 0 ? (oak_time)st.st_mtime : OAK_TIME_NONE;
}

static int load_foreign(enum oak_foreign kind, const char *file, const char *name, const struct oak_buf *text, struct oak_inventory *inventory,
			struct oak_error *err)
{
	inventory->collected_at = inventory->metadata_at = written_at(file);
	int rc = kind == OAK_FOREIGN_SYSTEMINFO ? oak_foreign_systeminfo(oak_buf_text(text), text->n, name, inventory, err)
						: oak_foreign_win_updates(oak_buf_text(text), text->n, name, inventory, err);
	for (size_t i = 0; rc == 0 && i < inventory->repositories.n; i++)
		inventory->repositories.v[i].fetched_at = inventory->collected_at;
	if (rc == 0 && !inventory->repositories.n)
		inventory->metadata_at = OAK_TIME_NONE;
	return rc;
}

int oak_replay_load(const char *file, struct oak_arena **ret_arena, struct oak_inventory **ret, struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = OAK_INVENTORY_MAX};
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	OAK_AUTO(oak_buf_done) struct oak_buf text, utf8;
	const char *name = oak_streq(file, "-") ? "standard input" : file;
	const struct oak_value *doc;
	struct oak_inventory *inventory = oak_inventory_new(arena);
	oak_buf_init(&text, OAK_INVENTORY_MAX);
	oak_buf_init(&utf8, OAK_INVENTORY_MAX);
	if (oak_fs_read(file, &text, err) < 0)
		return oak_context(err, "inventory '%s'", name);
	oak_buf_add(&utf8, oak_buf_text(&text), text.n);
	oak_foreign_to_utf8(&utf8);
	enum oak_foreign kind = oak_foreign_of(oak_buf_text(&utf8), utf8.n);
	int rc = kind ? load_foreign(kind, file, name, &utf8, inventory, err) : oak_value_of_text(arena, file, &text, &limits, &doc, err);
	if (rc < 0 || (!kind && oak_inventory_parse(arena, doc, name, &inventory, err) < 0))
		return oak_context(err, "inventory '%s'", name);
	*ret = inventory;
	*ret_arena = oak_steal(&arena);
	return 0;
}
