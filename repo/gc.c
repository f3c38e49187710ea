/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Garbage: mark from the last snapshots, sweep the rest. */
#include "repo/gc.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/port.h"
#include "core/str.h"
#include "repo/tuf.h"

enum { FOLDERS_DEEP = 16 };

struct collector {
	struct oak_repo *repo;
	struct oak_map keep; /* path as oak_repo_metadata_path and oak_repo_target_path give it */
	bool dry_run;
	struct oak_repo_garbage found;
	struct oak_error *err;
};

static void mark(struct collector *c, const char *path)
{
	oak_map_put(&c->keep, path, c);
}

static const struct oak_value *load(struct collector *c, const char *path)
{
	const struct oak_value_limits limits = {.bytes = OAK_TUF_SIGNED_MAX};
	const struct oak_value *doc;
	struct oak_error ignored = {0};
	if (!oak_fs_exists(path) || oak_value_load(c->repo->arena, path, &limits, &doc, &ignored) < 0)
		return NULL;
	return oak_value_get(doc, "signed");
}

static void mark_targets(struct collector *c, const struct oak_value *part)
{
	const struct oak_value *list = oak_value_get(part, "targets");
	for (size_t i = 0; list && list->kind == OAK_VALUE_OBJECT && i < list->object.n; i++) {
		const char *hash = oak_value_string(
			oak_value_get(oak_value_get(&list->object.v[i].value, "hashes"), "sha256"));
		if (hash)
			mark(c, oak_repo_target_path(c->repo, list->object.v[i].key, hash));
	}
}

/* Everything that a snapshot reaches. A version that is damaged or gone reaches nothing. */
static void mark_snapshot(struct collector *c, int64_t version)
{
	const char *path = oak_repo_metadata_path(c->repo, "snapshot", version);
	const struct oak_value *meta = oak_value_get(load(c, path), "meta");
	mark(c, path);
	for (size_t i = 0; meta && meta->kind == OAK_VALUE_OBJECT && i < meta->object.n; i++) {
		const char *file = meta->object.v[i].key;
		if (!oak_ends_with(file, ".json"))
			continue;
		const char *role = oak_arena_strndup(c->repo->arena, file, strlen(file) - 5);
		path = oak_repo_metadata_path(c->repo, role, oak_repo_version(&meta->object.v[i].value));
		if (oak_map_has(&c->keep, path))
			continue;
		mark(c, path);
		mark_targets(c, load(c, path));
	}
}

/* Remove what is not marked below FOLDER; roots, timestamp and folders stay. */
static int sweep(struct collector *c, const char *folder, int depth, size_t *count)
{
	DIR *dir = depth < FOLDERS_DEEP ? opendir(folder) : NULL;
	int result = 0;
	for (struct dirent *entry; dir && result == 0 && (entry = readdir(dir));) {
		struct stat st;
		const char *path = oak_arena_printf(c->repo->arena, "%s/%s", folder, entry->d_name);
		if (entry->d_name[0] == '.' || lstat(path, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode)) {
			result = sweep(c, path, depth + 1, count);
		} else if (!oak_map_has(&c->keep, path) && !oak_ends_with(path, ".root.json") &&
			   !oak_ends_with(path, "/timestamp.json")) {
			++*count;
			c->found.bytes += st.st_size;
			oak_fault_point("gc.remove");
			if (!c->dry_run && unlink(path) != 0)
				result = oak_fail_errno(c->err, "file.write", "cannot remove '%s'", path);
		}
	}
	if (dir)
		closedir(dir);
	return result;
}

int oak_repo_collect(struct oak_repo *repo, int keep, bool dry_run, struct oak_repo_garbage *ret, struct oak_error *err)
{
	struct collector c = {.repo = repo, .dry_run = dry_run, .err = err};
	int64_t newest = oak_repo_version(repo->snapshot);
	oak_map_init(&c.keep, repo->arena, 256);
	for (int64_t v = newest; v > 0 && v > newest - (keep > 1 ? keep : 1); v--)
		mark_snapshot(&c, v);
	for (size_t i = 0; i < repo->staged.n; i++)
		mark(&c, oak_repo_target_path(repo, repo->staged.v[i].path, repo->staged.v[i].sha256));
	if (sweep(&c, oak_arena_printf(repo->arena, "%s/metadata", repo->dir), 0, &c.found.metadata) < 0 ||
	    sweep(&c, oak_arena_printf(repo->arena, "%s/targets", repo->dir), 0, &c.found.targets) < 0)
		return -1;
	*ret = c.found;
	return 0;
}
