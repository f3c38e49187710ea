/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a repository's folder, its configuration and what waits to be published. */
#include "repo/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fs.h"
#include "core/lock.h"
#include "core/sink.h"
#include "core/str.h"
#include "repo/bins.h"
#include "repo/tuf.h"

enum { STAGED_MAX = 256 << 20 };

static const struct {
	const char *role;
	int64_t days;
} lifetimes[] = {{"root", 365}, {"snapshot", 7}, {"timestamp", 1}};

int64_t oak_repo_lifetime(const struct oak_repo *repo, const char *role)
{
	const char *set = oak_value_string(oak_value_get(repo->expires, role));
	int64_t seconds;
	if (set && oak_duration_parse(set, &seconds) && seconds > 0)
		return seconds;
	for (size_t i = 0; i < sizeof(lifetimes) / sizeof(*lifetimes); i++)
		if (oak_streq(lifetimes[i].role, role))
			return lifetimes[i].days * OAK_DAY;
	return (int64_t)90 * OAK_DAY;
}

const char *oak_repo_metadata_path(const struct oak_repo *repo, const char *role, int64_t version)
{
	if (!version)
		return oak_arena_printf(repo->arena, "%s/metadata/%s.json", repo->dir, role);
	return oak_arena_printf(repo->arena, "%s/metadata/%lld.%s.json", repo->dir, (long long)version, role);
}

const char *oak_repo_target_path(const struct oak_repo *repo, const char *path, const char *sha256)
{
	const char *slash = strrchr(path, '/');
	int folder = slash ? (int)(slash + 1 - path) : 0;
	return oak_arena_printf(repo->arena, "%s/targets/%.*s%s.%s", repo->dir, folder, path, sha256, path + folder);
}

int64_t oak_repo_version(const struct oak_value *signed_part)
{
	const struct oak_value *v = oak_value_get(signed_part, "version");
	return v && v->kind == OAK_VALUE_INT ? v->integer : 0;
}

const char *oak_repo_role_name(struct oak_arena *arena, const char *role)
{
	char *name = oak_arena_strdup(arena, role);
	for (char *p = name; *p; p++)
		if (*p == '/')
			*p = '-';
	return name;
}

const char *oak_repo_key_path(struct oak_arena *arena, const char *keys_dir, const char *role, int number)
{
	const char *name = oak_repo_role_name(arena, role);
	return number ? oak_arena_printf(arena, "%s/%s-%d.pem", keys_dir, name, number)
		      : oak_arena_printf(arena, "%s/%s.pem", keys_dir, name);
}

static int read_json(struct oak_repo *repo, const char *path, size_t max, const struct oak_value **ret, struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = max};
	return oak_value_load(repo->arena, path, &limits, ret, err);
}

/* The signed part of a metadata file; the file is ours, so no signature is looked at here ('repo verify' does). */
static int read_signed(struct oak_repo *repo, const char *role, int64_t version, const struct oak_value **ret,
		       struct oak_error *err)
{
	const struct oak_value *doc;
	const char *path = oak_repo_metadata_path(repo, role, version);
	if (read_json(repo, path, OAK_TUF_SIGNED_MAX, &doc, err) < 0)
		return -1;
	*ret = oak_value_get(doc, "signed");
	if (!*ret || (*ret)->kind != OAK_VALUE_OBJECT)
		return oak_fail(err, OAK_INVALID, "repo.damaged", 0, "'%s' is no TUF metadata", path);
	return 0;
}

static int read_root(struct oak_repo *repo, struct oak_error *err)
{
	int64_t version = 1;
	if (!oak_fs_exists(oak_repo_metadata_path(repo, "root", 1)))
		return oak_fail(err, OAK_INVALID, "repo.absent", 0, "'%s' is no repository (run 'oakum repo init')", repo->dir);
	while (oak_fs_exists(oak_repo_metadata_path(repo, "root", version + 1)))
		version++;
	return read_signed(repo, "root", version, &repo->root, err);
}

int oak_repo_part(struct oak_repo *repo, const char *role, const struct oak_value **ret, struct oak_error *err)
{
	const struct oak_value *part = oak_map_find(&repo->roles, role);
	const char *file = oak_arena_printf(repo->arena, "%s.json", role);
	const struct oak_value *listed = part ? NULL : oak_value_get(oak_value_get(repo->snapshot, "meta"), file);
	if (listed && read_signed(repo, role, oak_repo_version(listed), &part, err) < 0)
		return -1;
	if (listed)
		oak_map_put(&repo->roles, oak_arena_strdup(repo->arena, role), (void *)(uintptr_t)part);
	*ret = part;
	return 0;
}

const char *oak_repo_hash_of(const struct oak_value *target)
{
	return oak_value_string(oak_value_get(oak_value_get(target, "hashes"), "sha256"));
}

/* Every role that snapshot lists, in the version that it lists; bins are read when they are asked for. */
static int read_roles(struct oak_repo *repo, struct oak_error *err)
{
	const struct oak_value *meta = oak_value_get(repo->snapshot, "meta");
	oak_map_init(&repo->roles, repo->arena, 16);
	if (!meta || meta->kind != OAK_VALUE_OBJECT || meta->object.n > OAK_REPO_ROLES_MAX)
		return oak_fail(err, OAK_INVALID, "repo.damaged", 0, "the snapshot of '%s' lists no roles, or too many", repo->dir);
	for (size_t i = 0; i < meta->object.n; i++) {
		const struct oak_value *part;
		const char *file = meta->object.v[i].key;
		size_t n = strlen(file);
		if (n < 6 || !oak_ends_with(file, ".json"))
			continue;
		const char *role = oak_arena_strndup(repo->arena, file, n - 5);
		if (oak_bin_parent(repo->arena, role))
			continue;
		if (read_signed(repo, role, oak_repo_version(&meta->object.v[i].value), &part, err) < 0)
			return -1;
		oak_map_put(&repo->roles, role, (void *)part);
	}
	return 0;
}

static int read_current(struct oak_repo *repo, struct oak_error *err)
{
	if (read_signed(repo, "timestamp", 0, &repo->timestamp, err) < 0)
		return -1;
	const struct oak_value *meta = oak_value_get(oak_value_get(repo->timestamp, "meta"), "snapshot.json");
	if (read_signed(repo, "snapshot", oak_repo_version(meta), &repo->snapshot, err) < 0)
		return -1;
	return read_roles(repo, err);
}

static const char *own(const struct oak_repo *repo, const char *name)
{
	return oak_arena_printf(repo->arena, "%s/.oakum/%s", repo->dir, name);
}

static int read_config(struct oak_repo *repo, struct oak_error *err)
{
	const struct oak_value *doc;
	if (!oak_fs_exists(own(repo, "config.json")))
		return 0;
	if (read_json(repo, own(repo, "config.json"), 1 << 20, &doc, err) < 0)
		return -1;
	repo->keys_dir = oak_value_string(oak_value_get(doc, "keys"));
	repo->expires = oak_value_get(doc, "expires");
	repo->bins = oak_value_get(doc, "bins");
	repo->trust = oak_value_string(oak_value_get(doc, "trust"));
	return 0;
}

static int read_staged(struct oak_repo *repo, struct oak_error *err)
{
	const struct oak_value *doc;
	const char *path = own(repo, "staged.json");
	if (!oak_fs_exists(path))
		return 0;
	if (read_json(repo, path, STAGED_MAX, &doc, err) < 0)
		return -1;
	const struct oak_value *list = oak_value_get(doc, "targets");
	for (size_t i = 0; list && list->kind == OAK_VALUE_ARRAY && i < list->array.n; i++) {
		const struct oak_value *v = &list->array.v[i], *length = oak_value_get(v, "length");
		struct oak_repo_target t = {.path = oak_value_string(oak_value_get(v, "path")),
					    .role = oak_value_string(oak_value_get(v, "role")),
					    .sha256 = oak_value_string(oak_value_get(v, "sha256")),
					    .custom = oak_value_get(v, "custom")};
		if (!t.path || !t.role || !t.sha256 || !length || length->kind != OAK_VALUE_INT)
			return oak_fail(err, OAK_INVALID, "repo.damaged", 0, "'%s' is damaged (remove it and add again)", path);
		t.length = length->integer;
		*oak_push(repo->arena, &repo->staged) = t;
	}
	return 0;
}

int oak_repo_open(struct oak_arena *arena, const char *dir, bool exclusive, struct oak_repo *ret, struct oak_error *err)
{
	struct oak_repo repo = {.arena = arena, .dir = oak_arena_strdup(arena, dir), .lock = -1};
	if (!oak_fs_exists(oak_repo_metadata_path(&repo, "root", 1)))
		return read_root(&repo, err);
	if (exclusive && (oak_fs_mkdirs(oak_arena_printf(arena, "%s/.oakum", dir), 0755, err) < 0 ||
			  oak_lock_take(own(&repo, "lock"), 0, NULL, &repo.lock, err) < 0))
		return -1;
	if (read_root(&repo, err) < 0 || read_config(&repo, err) < 0 || read_current(&repo, err) < 0 ||
	    read_staged(&repo, err) < 0) {
		oak_repo_done(&repo);
		return -1;
	}
	*ret = repo;
	return 0;
}

void oak_repo_done(struct oak_repo *repo)
{
	oak_batch_drop(&repo->batch);
	if (repo->lock >= 0)
		oak_lock_release(&repo->lock);
}

static int save(const char *path, const struct oak_buf *buf, struct oak_error *err)
{
	return oak_fs_write_atomic(path, oak_buf_text(buf), buf->n, 0644, err);
}

int oak_repo_save_staged(struct oak_repo *repo, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf = {0};
	struct oak_sink sink;
	if (repo->batch.paths.n && oak_batch_commit(&repo->batch, err) < 0) {
		oak_batch_drop(&repo->batch);
		return -1;
	}
	oak_buf_init(&buf, STAGED_MAX);
	oak_sink_json(&sink, &buf);
	sink.ops->begin_object(&sink);
	oak_put_begin_array(&sink, "targets");
	for (size_t i = 0; i < repo->staged.n; i++) {
		const struct oak_repo_target *t = &repo->staged.v[i];
		sink.ops->begin_object(&sink);
		oak_put_string(&sink, "path", t->path);
		oak_put_string(&sink, "role", t->role);
		oak_put_int(&sink, "length", t->length);
		oak_put_string(&sink, "sha256", t->sha256);
		if (t->custom) {
			sink.ops->key(&sink, "custom");
			oak_put_value(&sink, t->custom);
		}
		sink.ops->end_object(&sink);
	}
	oak_put_end_array(&sink);
	sink.ops->end_object(&sink);
	return save(own(repo, "staged.json"), &buf, err);
}

int oak_repo_save_config(const struct oak_repo *repo, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	oak_buf_init(&buf, 1 << 20);
	oak_sink_json(&sink, &buf);
	sink.ops->begin_object(&sink);
	oak_put_string_opt(&sink, "keys", repo->keys_dir);
	oak_put_string_opt(&sink, "trust", repo->trust);
	if (repo->expires) {
		sink.ops->key(&sink, "expires");
		oak_put_value(&sink, repo->expires);
	}
	if (repo->bins) {
		sink.ops->key(&sink, "bins");
		oak_put_value(&sink, repo->bins);
	}
	sink.ops->end_object(&sink);
	if (oak_fs_mkdirs(oak_arena_printf(repo->arena, "%s/.oakum", repo->dir), 0755, err) < 0)
		return -1;
	return save(own(repo, "config.json"), &buf, err);
}
