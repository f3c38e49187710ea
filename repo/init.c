/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A new repository: its keys and first metadata. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fs.h"
#include "core/str.h"
#include "repo/metadata_write.h"

enum { ROLES = 5, ROOT_KEYS_MAX = 32 };
static const char *const online_and_targets[ROLES] = {"timestamp", "snapshot", "targets", "policy", "packages-main"};

/* "2/3" of a role: two of three keys. */
static bool shares(const struct oak_repo_init *init, const char *role, int64_t *ret_threshold, int64_t *ret_keys)
{
	const char *text = oak_value_string(oak_value_get(init->thresholds, role));
	struct oak_str rest = oak_str_of(text), first;
	*ret_threshold = *ret_keys = 1;
	return !text || (oak_str_next(&rest, '/', &first) && oak_parse_int(first, 1, ROOT_KEYS_MAX, ret_threshold) &&
			 oak_parse_int(rest, *ret_threshold, ROOT_KEYS_MAX, ret_keys));
}

static int keys_of(const struct oak_repo_init *init, const char *role)
{
	int64_t threshold, keys;
	return shares(init, role, &threshold, &keys) ? (int)keys : 1;
}

static int threshold_of(const struct oak_repo_init *init, const char *role)
{
	int64_t threshold, keys;
	return shares(init, role, &threshold, &keys) ? (int)threshold : 1;
}

/* KEYS/targets.pem; with several keys targets-1.pem and so on. */
static const char *role_key_path(struct oak_arena *arena, const struct oak_repo_init *init, size_t role, int key)
{
	const char *name = online_and_targets[role];
	return oak_repo_key_path(arena, init->keys_dir, name, keys_of(init, name) > 1 ? key + 1 : 0);
}

static int make_key(const struct oak_repo_init *init, const char *path, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf secret;
	OAK_AUTO(oak_buf_done) struct oak_buf public;
	char pub[4096];
	oak_buf_init(&secret, OAK_PEM_MAX);
	oak_buf_init(&public, OAK_PEM_MAX);
	snprintf(pub, sizeof(pub), "%.*s.pub", (int)(strlen(path) - 4), path);
	if (oak_fs_exists(path))
		return oak_fail(err, OAK_CONFLICT, "repo.exists", 0, "key '%s' exists already (give another folder for the keys)", path);
	if (oak_key_generate(OAK_SCHEME_ED25519, init->passphrase, &secret, &public, err) < 0)
		return -1;
	int result = oak_fs_write_atomic(path, secret.p, secret.n, 0600, err);
	memset(secret.p, 0, secret.n);
	return result < 0 ? -1 : oak_fs_write_atomic(pub, public.p, public.n, 0644, err);
}

static int make_keys(struct oak_arena *arena, const struct oak_repo_init *init, struct oak_error *err)
{
	if (oak_fs_mkdirs(init->keys_dir, 0700, err) < 0)
		return -1;
	for (int i = 1; i <= init->root_keys; i++)
		if (make_key(init, oak_repo_key_path(arena, init->keys_dir, "root", i), err) < 0)
			return -1;
	for (size_t i = 0; i < ROLES; i++)
		for (int k = 0; k < keys_of(init, online_and_targets[i]); k++)
			if (make_key(init, role_key_path(arena, init, i, k), err) < 0)
				return -1;
	return 0;
}

/* The signer whose key file is PATH's. */
static const struct oak_key *key_at(const char *path, struct oak_error *err)
{
	char pub[4096];
	snprintf(pub, sizeof(pub), "%.*s.pub", (int)(strlen(path) - 4), path);
	return oak_key_load(pub, err);
}

static void put_role(struct oak_sink *sink, const char *key, const struct oak_key *const *keys, int n, int threshold)
{
	oak_put_begin_object(sink, key);
	oak_put_begin_array(sink, "keyids");
	for (int i = 0; i < n; i++)
		sink->ops->string(sink, oak_key_id(keys[i]));
	oak_put_end_array(sink);
	oak_put_int(sink, "threshold", threshold);
	oak_put_end_object(sink);
}

struct work {
	struct oak_arena *arena;
	const struct oak_repo_init *init;
	struct oak_repo *repo;
	const struct oak_repo_signers *signers;
	const struct oak_key *root[ROOT_KEYS_MAX], *role[ROLES][ROOT_KEYS_MAX]; /* as in online_and_targets */
	const struct oak_value *root_part, *targets_part;
	struct oak_metadata_written file;
	struct oak_error *err;
};

static const struct oak_value *root_role(const struct work *w, const char *role)
{
	return oak_value_get(oak_value_get(w->root_part, "roles"), role);
}

static oak_time expiry(const struct work *w, const char *role)
{
	return w->init->now + oak_repo_lifetime(w->repo, role);
}

static void put_keys(struct oak_sink *sink, const struct work *w, int role)
{
	for (int k = 0; k < ROOT_KEYS_MAX && w->role[role][k]; k++)
		oak_metadata_key(sink, w->role[role][k]);
}

static int write_root(struct work *w)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	oak_buf_init(&buf, 1 << 20);
	oak_metadata_begin(&sink, &buf, "root", 1, expiry(w, "root"));
	oak_put_bool(&sink, "consistent_snapshot", true);
	oak_put_begin_object(&sink, "keys");
	for (int i = 0; i < w->init->root_keys; i++)
		oak_metadata_key(&sink, w->root[i]);
	for (int i = 0; i < 3; i++)
		put_keys(&sink, w, i);
	oak_put_end_object(&sink);
	oak_put_begin_object(&sink, "roles");
	put_role(&sink, "root", w->root, w->init->root_keys, w->init->root_threshold);
	for (int i = 0; i < 3; i++)
		put_role(&sink, online_and_targets[i], w->role[i], keys_of(w->init, online_and_targets[i]),
			 threshold_of(w->init, online_and_targets[i]));
	oak_put_end_object(&sink);
	/* the first root names the keys that sign it: read them from what was just written */
	OAK_AUTO(oak_buf_done) struct oak_buf copy;
	oak_buf_init(&copy, 1 << 20);
	oak_buf_addf(&copy, "%s}", oak_buf_text(&buf));
	const struct oak_value_limits limits = {.bytes = 1 << 20};
	if (oak_json_parse(w->arena, copy.p, copy.n, "root", &limits, &w->root_part, w->err) < 0)
		return -1;
	struct oak_metadata_file file = {"root", oak_repo_metadata_path(w->repo, "root", 1), root_role(w, "root"), false, NULL};
	return oak_metadata_save(w->arena, &sink, &buf, &file, w->signers, &w->file, w->err);
}

static const struct {
	const char *name, *paths[2];
} first_delegations[] = {{"policy", {"policy/*", "policy/*/*"}}, {"packages-main", {"pkg/*/*/*", NULL}}};

static int write_targets(struct work *w)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	oak_buf_init(&buf, 1 << 20);
	oak_metadata_begin(&sink, &buf, "targets", 1, expiry(w, "targets"));
	oak_put_begin_object(&sink, "targets");
	oak_put_end_object(&sink);
	oak_put_begin_object(&sink, "delegations");
	oak_put_begin_object(&sink, "keys");
	for (int i = 0; i < 2; i++)
		put_keys(&sink, w, 3 + i);
	oak_put_end_object(&sink);
	oak_put_begin_array(&sink, "roles");
	for (int i = 0; i < 2; i++) {
		sink.ops->begin_object(&sink);
		oak_put_string(&sink, "name", first_delegations[i].name);
		oak_put_begin_array(&sink, "keyids");
		for (int k = 0; k < keys_of(w->init, first_delegations[i].name); k++)
			sink.ops->string(&sink, oak_key_id(w->role[3 + i][k]));
		oak_put_end_array(&sink);
		oak_put_int(&sink, "threshold", threshold_of(w->init, first_delegations[i].name));
		oak_put_bool(&sink, "terminating", true);
		oak_put_strings(&sink, "paths", first_delegations[i].paths, first_delegations[i].paths[1] ? 2 : 1);
		sink.ops->end_object(&sink);
	}
	oak_put_end_array(&sink);
	oak_put_end_object(&sink);
	struct oak_metadata_file file = {"targets", oak_repo_metadata_path(w->repo, "targets", 1), root_role(w, "targets"), false, NULL};
	int result = oak_metadata_save(w->arena, &sink, &buf, &file, w->signers, &w->file, w->err);
	w->targets_part = w->file.signed_part;
	return result;
}

/* An empty role that targets delegates to. */
static int write_delegated(struct work *w, size_t index)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	const char *role = first_delegations[index].name;
	const struct oak_value *roles = oak_value_get(oak_value_get(w->targets_part, "delegations"), "roles");
	oak_buf_init(&buf, 1 << 20);
	oak_metadata_begin(&sink, &buf, "targets", 1, expiry(w, role));
	oak_put_begin_object(&sink, "targets");
	oak_put_end_object(&sink);
	struct oak_metadata_file file = {role, oak_repo_metadata_path(w->repo, role, 1), &roles->array.v[index], false, NULL};
	return oak_metadata_save(w->arena, &sink, &buf, &file, w->signers, &w->file, w->err);
}

static int write_snapshot(struct work *w)
{
	static const char *const listed[] = {"targets.json", "policy.json", "packages-main.json"};
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	oak_buf_init(&buf, 1 << 20);
	oak_metadata_begin(&sink, &buf, "snapshot", 1, expiry(w, "snapshot"));
	oak_put_begin_object(&sink, "meta");
	for (size_t i = 0; i < sizeof(listed) / sizeof(*listed); i++) {
		oak_put_begin_object(&sink, listed[i]);
		oak_put_int(&sink, "version", 1);
		oak_put_end_object(&sink);
	}
	oak_put_end_object(&sink);
	struct oak_metadata_file file = {"snapshot", oak_repo_metadata_path(w->repo, "snapshot", 1), root_role(w, "snapshot"), false, NULL};
	return oak_metadata_save(w->arena, &sink, &buf, &file, w->signers, &w->file, w->err);
}

static int write_timestamp(struct work *w)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	struct oak_metadata_written snapshot = w->file;
	oak_buf_init(&buf, 1 << 20);
	oak_metadata_begin(&sink, &buf, "timestamp", 1, expiry(w, "timestamp"));
	oak_put_begin_object(&sink, "meta");
	oak_put_begin_object(&sink, "snapshot.json");
	oak_put_int(&sink, "version", 1);
	oak_put_int(&sink, "length", snapshot.length);
	oak_put_begin_object(&sink, "hashes");
	oak_put_string(&sink, "sha256", snapshot.sha256);
	oak_put_end_object(&sink);
	oak_put_end_object(&sink);
	oak_put_end_object(&sink);
	struct oak_metadata_file file = {"timestamp", oak_repo_metadata_path(w->repo, "timestamp", 0), root_role(w, "timestamp"), false, NULL};
	return oak_metadata_save(w->arena, &sink, &buf, &file, w->signers, &w->file, w->err);
}

static int load_keys(struct work *w)
{
	const struct oak_repo_init *init = w->init;
	for (int i = 0; i < init->root_keys; i++)
		if (!(w->root[i] = key_at(oak_repo_key_path(w->arena, init->keys_dir, "root", i + 1), w->err)))
			return -1;
	for (size_t i = 0; i < ROLES; i++)
		for (int k = 0; k < keys_of(init, online_and_targets[i]); k++)
			if (!(w->role[i][k] = key_at(role_key_path(w->arena, init, i, k), w->err)))
				return -1;
	return 0;
}

static void free_keys(struct work *w)
{
	for (int i = 0; i < ROOT_KEYS_MAX; i++)
		oak_key_free((struct oak_key *)w->root[i]);
	for (int i = 0; i < ROLES * ROOT_KEYS_MAX; i++)
		oak_key_free((struct oak_key *)w->role[i / ROOT_KEYS_MAX][i % ROOT_KEYS_MAX]);
}

static int write_all(struct work *w)
{
	return write_root(w) < 0 || write_targets(w) < 0 || write_delegated(w, 0) < 0 || write_delegated(w, 1) < 0 ||
			       write_snapshot(w) < 0 || write_timestamp(w) < 0
		       ? -1
		       : 0;
}

int oak_repo_init(struct oak_arena *arena, const struct oak_repo_init *given, struct oak_error *err)
{
	struct oak_repo_init init = *given;
	init.root_keys = init.root_keys ? init.root_keys : 1;
	init.root_threshold = init.root_threshold ? init.root_threshold : 1;
	struct oak_repo repo = {.arena = arena, .dir = init.dir, .keys_dir = init.keys_dir, .lock = -1, .expires = init.expires, .bins = init.bins, .trust = init.trust};
	struct oak_repo_signers signers = {0};
	struct work w = {.arena = arena, .init = &init, .repo = &repo, .signers = &signers, .err = err};
	if (init.root_keys < 1 || init.root_keys > ROOT_KEYS_MAX || init.root_threshold < 1 ||
	    init.root_threshold > init.root_keys)
		return oak_fail(err, OAK_INVALID, "repo.threshold", 0, "root needs 1 to %d keys, and a threshold of 1 to their number",
				ROOT_KEYS_MAX);
	for (size_t i = 0; i < ROLES; i++) {
		int64_t threshold, keys;
		if (!shares(&init, online_and_targets[i], &threshold, &keys))
			return oak_fail(err, OAK_INVALID, "repo.threshold", 0, "role '%s' cannot have '%s' (give K/N: K of N keys, at most %d)",
					online_and_targets[i], oak_value_string(oak_value_get(init.thresholds, online_and_targets[i])),
					ROOT_KEYS_MAX);
	}
	if (oak_fs_exists(oak_repo_metadata_path(&repo, "root", 1)))
		return oak_fail(err, OAK_CONFLICT, "repo.exists", 0, "'%s' is a repository already", init.dir);
	if (oak_fs_mkdirs(oak_arena_printf(arena, "%s/metadata", init.dir), 0755, err) < 0 ||
	    oak_fs_mkdirs(oak_arena_printf(arena, "%s/targets", init.dir), 0755, err) < 0 || make_keys(arena, &init, err) < 0 ||
	    oak_repo_open_keys(arena, init.keys_dir, init.passphrase, &signers, err) < 0)
		return -1;
	int result = load_keys(&w) < 0 || oak_repo_save_config(&repo, err) < 0 || write_all(&w) < 0 ? -1 : 0;
	free_keys(&w);
	for (size_t i = 0; i < signers.n; i++)
		oak_signer_free(signers.v[i]);
	return result;
}

int oak_repo_open_keys(struct oak_arena *arena, const char *keys_dir, const char *passphrase, struct oak_repo_signers *ret,
		       struct oak_error *err)
{
	const char *const *names;
	size_t n;
	if (oak_fs_list(arena, keys_dir, ".pem", &names, &n, err) < 0)
		return -1;
	ret->v = oak_arena_alloc(arena, (n + 1) * sizeof(*ret->v));
	ret->n = 0;
	for (size_t i = 0; i < n; i++) {
		struct oak_signer *signer =
			oak_signer_open(oak_arena_printf(arena, "%s/%s", keys_dir, names[i]), passphrase, err);
		if (!signer)
			return -1;
		ret->v[ret->n++] = signer;
	}
	return 0;
}
