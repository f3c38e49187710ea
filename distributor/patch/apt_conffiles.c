/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What dpkg knows of configuration files, kept over a rebuilt archive: that one has them as a person left them, and dpkg would take
 * the person's change for the package's own and overwrite it at the next upgrade. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/map.h"
#include "distributor/patch/apt.h"

enum { STATUS_MAX = 256 * 1024 * 1024, HASHES_MAX = 16 * 1024 * 1024 };

static const char *root_of(const struct oak_patch_host *host)
{
	return oak_streq(host->root, "/") ? "" : host->root;
}

/* " PATH HASH[ obsolete]": the path. */
static struct oak_str path_of(struct oak_str line)
{
	line = oak_str_trim(line);
	const char *blank = line.n ? memmem(line.p, line.n, " ", 1) : NULL;
	return (struct oak_str){line.p, blank ? (size_t)(blank - line.p) : line.n};
}

static bool is_value(struct oak_str line, const char *field, const char *value)
{
	size_t n = strlen(field), m = strlen(value);
	return line.n == n + 2 + m && memcmp(line.p, field, n) == 0 && memcmp(line.p + n, ": ", 2) == 0 && memcmp(line.p + n + 2, value, m) == 0;
}

/* ------------------------------------------------------------------------------------------- saving */

int oak_apt_conffiles_save(struct oak_arena *arena, const char *root, struct oak_str stanza, const char *to, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_str line;
	bool inside = false;
	oak_buf_init(&text, HASHES_MAX);
	while (oak_str_next(&stanza, '\n', &line)) {
		if (!line.n || line.p[0] != ' ') {
			inside = oak_str_eq(oak_str_trim(line), OAK_STR("Conffiles:"));
			continue;
		}
		struct oak_str path = path_of(line);
		struct stat st;
		if (!inside || !path.n)
			continue;
		bool gone = lstat(oak_arena_printf(arena, "%s%.*s", root, (int)path.n, path.p), &st) < 0;
		oak_buf_addf(&text, "%c%.*s\n", gone ? '-' : '+', (int)line.n, line.p);
	}
	return oak_fs_write_atomic(to, oak_buf_text(&text), text.n, 0600, err);
}

/* ------------------------------------------------------------------------------------------- restoring */

/* A stand-in of the rebuilt archive that arrived after all: "conffiles: new" makes dpkg do that, and --force-confold leaves one
 * named .dpkg-dist. */
static void drop_stand_in(const struct oak_patch_host *host, struct oak_arena *arena, struct oak_str path)
{
	static const char *const ends[] = {"", ".dpkg-dist", ".dpkg-new"};
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		const char *file = oak_arena_printf(arena, "%s%.*s%s", root_of(host), (int)path.n, path.p, ends[i]);
		struct stat st;
		if (lstat(file, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0)
			unlink(file);
	}
}

/* "path" -> its line of dpkg's status. */
static int load(struct oak_arena *arena, const char *from, struct oak_map *lines, oak_text_list *gone, struct oak_error *err)
{
	struct oak_buf *text = OAK_NEW(arena, struct oak_buf);
	struct oak_str line;
	oak_buf_init(text, HASHES_MAX);
	oak_map_init(lines, arena, 16);
	int rc = oak_fs_read(from, text, err);
	struct oak_str rest = oak_str_of(rc == 0 ? oak_arena_strdup(arena, oak_buf_text(text)) : "");
	oak_buf_done(text);
	while (oak_str_next(&rest, '\n', &line)) {
		if (line.n < 2)
			continue;
		struct oak_str known = {line.p + 1, line.n - 1}, path = path_of(known);
		const char *name = oak_arena_strndup(arena, path.p, path.n);
		oak_map_put(lines, name, oak_arena_strndup(arena, known.p, known.n));
		if (line.p[0] == '-')
			*oak_push(arena, gone) = name;
	}
	return rc;
}

struct change {
	const struct oak_plan_action *action;
	struct oak_map lines;
	oak_text_list gone;
};
struct changes {
	OAK_VEC(struct change) v;
};

static const struct change *change_of(const struct changes *changes, struct oak_str stanza)
{
	for (size_t i = 0; i < changes->v.n; i++) {
		const struct oak_plan_action *a = changes->v.v[i].action;
		struct oak_str rest = stanza, line;
		unsigned same = 0;
		while (oak_str_next(&rest, '\n', &line))
			same |= (is_value(line, "Package", a->name) ? 1U : 0) | (is_value(line, "Version", a->from) ? 2U : 0) |
				(!a->arch || is_value(line, "Architecture", a->arch) ? 4U : 0);
		if (same == 7)
			return &changes->v.v[i];
	}
	return NULL;
}

static void put_stanza(struct oak_arena *arena, const struct change *change, struct oak_str stanza, struct oak_buf *out)
{
	struct oak_str line;
	bool inside = false;
	while (oak_str_next(&stanza, '\n', &line)) {
		if (!line.n || line.p[0] != ' ')
			inside = oak_str_eq(oak_str_trim(line), OAK_STR("Conffiles:"));
		struct oak_str path = path_of(line);
		const char *known = inside && line.n && line.p[0] == ' ' ? oak_map_find(&change->lines, oak_arena_strndup(arena, path.p, path.n)) : NULL;
		if (known)
			oak_buf_addf(out, "%s\n", known);
		else
			oak_buf_addf(out, "%.*s\n", (int)line.n, line.p);
	}
}

static void rewrite(const struct oak_patch_host *host, struct oak_arena *arena, const struct changes *changes, struct oak_str text, struct oak_buf *out)
{
	while (text.n) {
		const char *end = memmem(text.p, text.n, "\n\n", 2);
		struct oak_str stanza = {text.p, end ? (size_t)(end - text.p) + 1 : text.n};
		size_t used = end ? stanza.n + 1 : text.n;
		const struct change *change = change_of(changes, stanza);
		if (change)
			put_stanza(arena, change, (struct oak_str){stanza.p, stanza.n - (stanza.n && stanza.p[stanza.n - 1] == '\n')}, out);
		else
			oak_buf_add(out, stanza.p, stanza.n);
		if (end)
			oak_buf_addc(out, '\n');
		for (size_t i = 0; change && i < change->gone.n; i++)
			drop_stand_in(host, arena, oak_str_of(change->gone.v[i]));
		text = (struct oak_str){text.p + used, text.n - used};
	}
}

int oak_apt_conffiles_restore(const struct oak_patch_host *host, struct oak_arena *arena, struct oak_action_list actions, struct oak_error *err)
{
	struct changes changes = {0};
	for (size_t i = 0; i < actions.n; i++) {
		const struct oak_plan_action *a = actions.v[i];
		const char *hashes = oak_plan_action_replaces(a) ? oak_arena_printf(arena, "%s.conffiles", oak_apt_old_path(host, arena, a)) : NULL;
		struct change change = {.action = a};
		if (!hashes || !oak_fs_exists(hashes))
			continue;
		if (load(arena, hashes, &change.lines, &change.gone, err) < 0)
			return -1;
		if (change.lines.n)
			*oak_push(arena, &changes.v) = change;
	}
	if (!changes.v.n)
		return 0;
	OAK_AUTO(oak_buf_done) struct oak_buf text, out;
	const char *status = oak_arena_printf(arena, "%s/var/lib/dpkg/status", root_of(host));
	oak_buf_init(&text, STATUS_MAX);
	oak_buf_init(&out, STATUS_MAX);
	if (oak_fs_read(status, &text, err) < 0)
		return -1;
	rewrite(host, arena, &changes, (struct oak_str){oak_buf_text(&text), text.n}, &out);
	if (text.n == out.n && memcmp(oak_buf_text(&text), oak_buf_text(&out), text.n) == 0)
		return 0;
	return oak_fs_write_atomic(status, oak_buf_text(&out), out.n, 0644, err);
}
