/* SPDX-License-Identifier: GPL-3.0-or-later */
/* New roots: every one is signed by a threshold of the keys before it and of its own. */
#include "repo/keys.h"

#include <stdio.h>
#include <string.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/str.h"
#include "repo/metadata_write.h"

static const char *const top_roles[] = {"root", "targets", "snapshot", "timestamp"};

static bool is_top(const char *role)
{
	for (size_t i = 0; i < sizeof(top_roles) / sizeof(*top_roles); i++)
		if (oak_streq(top_roles[i], role))
			return true;
	return false;
}

struct list {
	OAK_VEC(struct oak_repo_key) v;
	struct oak_arena *arena;
};

static void add_keys(struct list *list, const char *name, const struct oak_value *role, const struct oak_value *keys)
{
	const struct oak_value *ids = oak_value_get(role, "keyids"), *threshold = oak_value_get(role, "threshold");
	for (size_t i = 0; ids && ids->kind == OAK_VALUE_ARRAY && i < ids->array.n; i++) {
		const char *id = oak_value_string(&ids->array.v[i]);
		*oak_push(list->arena, &list->v) = (struct oak_repo_key){
			name, id, oak_value_string(oak_value_get(oak_value_get(keys, id ? id : ""), "scheme")),
			threshold && threshold->kind == OAK_VALUE_INT ? threshold->integer : 0};
	}
}

size_t oak_repo_keys(const struct oak_repo *repo, const struct oak_repo_key **ret)
{
	struct list list = {.arena = repo->arena};
	const struct oak_value *roles = oak_value_get(repo->root, "roles"), *keys = oak_value_get(repo->root, "keys");
	for (size_t i = 0; i < sizeof(top_roles) / sizeof(*top_roles); i++)
		add_keys(&list, top_roles[i], oak_value_get(roles, top_roles[i]), keys);
	const struct oak_value *delegations = oak_value_get(oak_map_find(&repo->roles, "targets"), "delegations");
	const struct oak_value *delegated = oak_value_get(delegations, "roles");
	for (size_t i = 0; delegated && i < delegated->array.n; i++)
		add_keys(&list, oak_value_string(oak_value_get(&delegated->array.v[i], "name")), &delegated->array.v[i],
			 oak_value_get(delegations, "keys"));
	*ret = list.v.v;
	return list.v.n;
}

/* PATH.pem and PATH.pub. */
static int make_pair(const struct oak_repo *repo, const char *path, const char *passphrase, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf secret;
	OAK_AUTO(oak_buf_done) struct oak_buf public;
	const char *pub = oak_arena_printf(repo->arena, "%.*s.pub", (int)(strlen(path) - 4), path);
	oak_buf_init(&secret, OAK_PEM_MAX);
	oak_buf_init(&public, OAK_PEM_MAX);
	if (oak_key_generate(OAK_SCHEME_ED25519, passphrase, &secret, &public, err) < 0 ||
	    oak_fs_write_atomic(path, secret.p, secret.n, 0600, err) < 0)
		return -1;
	return oak_fs_write_atomic(pub, public.p, public.n, 0644, err);
}

static int need_folder(const struct oak_repo *repo, struct oak_error *err)
{
	if (repo->keys_dir && oak_fs_is_dir(repo->keys_dir))
		return 0;
	return oak_fail(err, OAK_INVALID, "repo.signers", 0, "the folder with the keys of '%s' is not here", repo->dir);
}

int oak_repo_key_new(const struct oak_repo *repo, const char *role, const char *passphrase, struct oak_error *err)
{
	static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	const char *team = oak_starts_with(role, "packages/") ? role + 9 : "";
	if (!*team || strlen(team) > 64 || team[strspn(team, fine)] || team[0] == '.')
		return oak_fail(err, OAK_INVALID, "repo.role", 0, "'%s' is no packages/TEAM", role);
	if (need_folder(repo, err) < 0)
		return -1;
	const char *path = oak_repo_key_path(repo->arena, repo->keys_dir, role, 0);
	if (oak_fs_exists(path))
		return oak_fail(err, OAK_CONFLICT, "repo.exists", 0, "key '%s' exists already", path);
	return make_pair(repo, path, passphrase, err);
}

/* What a new root says of its roles. */
struct new_root {
	struct oak_repo *repo;
	const char *role;	     /* whose keys change */
	const struct oak_key *added; /* NULL = none */
	const char *removed;	     /* key id; NULL = the first of the role */
};

static bool goes(const struct new_root *n, const char *role, const char *id, size_t index)
{
	if (n->removed)
		return oak_streq(id, n->removed);
	return oak_streq(role, n->role) && index == 0;
}

static void put_role(struct oak_sink *sink, const struct new_root *n, const char *name, const struct oak_value *role)
{
	const struct oak_value *ids = oak_value_get(role, "keyids");
	oak_put_begin_object(sink, name);
	oak_put_begin_array(sink, "keyids");
	for (size_t i = 0; i < ids->array.n; i++)
		if (!goes(n, name, ids->array.v[i].string, i))
			sink->ops->string(sink, ids->array.v[i].string);
	if (n->added && oak_streq(name, n->role)) /* last: the next time another goes */
		sink->ops->string(sink, oak_key_id(n->added));
	oak_put_end_array(sink);
	oak_put_int(sink, "threshold", oak_value_get(role, "threshold")->integer);
	oak_put_end_object(sink);
}

/* Is a key still named by any role? */
static bool stays(const struct new_root *n, const char *id)
{
	const struct oak_value *roles = oak_value_get(n->repo->root, "roles");
	for (size_t r = 0; r < sizeof(top_roles) / sizeof(*top_roles); r++) {
		const struct oak_value *ids = oak_value_get(oak_value_get(roles, top_roles[r]), "keyids");
		for (size_t i = 0; i < ids->array.n; i++)
			if (oak_streq(ids->array.v[i].string, id) && !goes(n, top_roles[r], id, i))
				return true;
	}
	return false;
}

static void put_root(struct oak_sink *sink, struct oak_buf *buf, const struct new_root *n, oak_time now)
{
	const struct oak_value *keys = oak_value_get(n->repo->root, "keys"), *roles = oak_value_get(n->repo->root, "roles");
	oak_metadata_begin(sink, buf, "root", oak_repo_version(n->repo->root) + 1, now + oak_repo_lifetime(n->repo, "root"));
	oak_put_bool(sink, "consistent_snapshot", true);
	oak_put_begin_object(sink, "keys");
	for (size_t i = 0; i < keys->object.n; i++) {
		if (!stays(n, keys->object.v[i].key))
			continue;
		sink->ops->key(sink, keys->object.v[i].key);
		oak_put_value(sink, &keys->object.v[i].value);
	}
	if (n->added)
		oak_metadata_key(sink, n->added);
	oak_put_end_object(sink);
	oak_put_begin_object(sink, "roles");
	for (size_t r = 0; r < sizeof(top_roles) / sizeof(*top_roles); r++)
		put_role(sink, n, top_roles[r], oak_value_get(roles, top_roles[r]));
	oak_put_end_object(sink);
}

/* {keyids: those of both roots, threshold: the larger}: for choosing who signs. */
static const struct oak_value *both_roots(struct oak_arena *arena, const struct oak_value *old, const struct oak_key *added)
{
	const struct oak_value *ids = oak_value_get(old, "keyids");
	struct oak_value *list = oak_arena_alloc(arena, (ids->array.n + 1) * sizeof(*list));
	memcpy(list, ids->array.v, ids->array.n * sizeof(*list));
	size_t n = ids->array.n;
	if (added)
		list[n++] = (struct oak_value){.kind = OAK_VALUE_STRING, .string = oak_key_id(added)};
	struct oak_member *m = oak_arena_alloc(arena, 2 * sizeof(*m));
	m[0].key = "keyids";
	m[0].value.kind = OAK_VALUE_ARRAY;
	m[0].value.array.v = list;
	m[0].value.array.n = n;
	m[1].key = "threshold";
	m[1].value = *oak_value_get(old, "threshold");
	struct oak_value *object = OAK_NEW(arena, struct oak_value);
	object->kind = OAK_VALUE_OBJECT;
	object->object.v = m;
	object->object.n = 2;
	return object;
}

static int publish_root(const struct new_root *n, const struct oak_repo_signers *signers, oak_time now, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	struct oak_metadata_written written;
	struct oak_repo *repo = n->repo;
	const struct oak_value *old = oak_value_get(oak_value_get(repo->root, "roles"), "root");
	oak_buf_init(&buf, 1 << 20);
	put_root(&sink, &buf, n, now);
	struct oak_metadata_file file = {"root", oak_repo_metadata_path(repo, "root", oak_repo_version(repo->root) + 1),
					 both_roots(repo->arena, old, oak_streq(n->role, "root") ? n->added : NULL), false, NULL};
	if (oak_metadata_save(repo->arena, &sink, &buf, &file, signers, &written, err) < 0)
		return -1;
	oak_fault_point("repo.root");
	repo->root = written.signed_part;
	return 0;
}

/* The key that ROLE gets: a new pair in the folder of keys. NULL = it cannot be made. */
static const char *make_next(struct oak_repo *repo, const char *role, const char *passphrase, struct oak_error *err)
{
	if (need_folder(repo, err) < 0)
		return NULL;
	bool root = oak_streq(role, "root");
	const char *path = oak_repo_key_path(repo->arena, repo->keys_dir, role, root ? 1 : 0);
	const char *new_path;
	int64_t number = oak_repo_version(is_top(role) ? repo->root : oak_map_find(&repo->roles, "targets"));
	do /* a role may have keys of several numbers already */
		new_path = oak_arena_printf(repo->arena, "%.*s-%lld.pem", (int)(strlen(path) - 4), path, (long long)++number);
	while (oak_fs_exists(new_path));
	return make_pair(repo, new_path, passphrase, err) < 0 ? NULL : new_path;
}

static int check_role(const struct oak_repo *repo, const char *role, struct oak_error *err)
{
	const struct oak_repo_key *keys;
	size_t n = oak_repo_keys(repo, &keys);
	for (size_t i = 0; i < n; i++)
		if (oak_streq(keys[i].role, role))
			return 0;
	return oak_fail(err, OAK_INVALID, "repo.role", 0, "'%s' is no role of this repository (see 'oakum repo key list')", role);
}

/* A key that the role has already would count once and be listed twice. */
static int check_new(const struct oak_repo *repo, const char *role, const char *keyid, struct oak_error *err)
{
	const struct oak_repo_key *keys;
	size_t n = oak_repo_keys(repo, &keys);
	for (size_t i = 0; i < n; i++)
		if (oak_streq(keys[i].role, role) && oak_streq(keys[i].keyid, keyid))
			return oak_fail(err, OAK_CONFLICT, "repo.exists", 0, "role '%s' has the key '%.16s…' already", role, keyid);
	return 0;
}

int oak_repo_key_rotate(struct oak_repo *repo, const struct oak_repo_signers *signers, const char *role, const char *new_key,
			const char *passphrase, oak_time now, struct oak_error *err)
{
	bool root = oak_streq(role, "root"), top = is_top(role);
	role = oak_repo_role_name(repo->arena, role);
	if (check_role(repo, role, err) < 0)
		return -1;
	const char *next = new_key ? new_key : make_next(repo, role, passphrase, err);
	OAK_AUTO(oak_signer_free_p) struct oak_signer *signer = next ? oak_signer_open(next, passphrase, err) : NULL;
	if (!signer || check_new(repo, role, oak_key_id(oak_signer_key(signer)), err) < 0)
		return -1;
	struct oak_signer **all = oak_arena_alloc(repo->arena, (signers->n + 1) * sizeof(*all));
	memcpy(all, signers->v, signers->n * sizeof(*all));
	all[signers->n] = signer;
	const struct oak_repo_signers more = {all, signers->n + 1};
	if (!top)
		return oak_repo_rotate_delegated(repo, &more, role, oak_signer_key(signer), now, err);
	const struct new_root change = {repo, role, oak_signer_key(signer), NULL};
	if (publish_root(&change, &more, now, err) < 0)
		return -1;
	if (root)
		return 0;
	return oak_repo_renew_role(repo, &more, oak_streq(role, "targets") ? role : NULL, now, err);
}

int oak_repo_root_renew(struct oak_repo *repo, const struct oak_repo_signers *signers, oak_time now, struct oak_error *err)
{
	const char *text = oak_value_string(oak_value_get(repo->root, "expires"));
	const struct new_root same = {repo, "", NULL, ""};
	oak_time expires;
	if (text && oak_time_parse(text, &expires) && expires - now >= oak_repo_lifetime(repo, "root") / 2)
		return 0;
	return publish_root(&same, signers, now, err);
}

int oak_repo_key_revoke(struct oak_repo *repo, const struct oak_repo_signers *signers, const char *keyid, oak_time now,
			struct oak_error *err)
{
	const struct oak_repo_key *keys;
	size_t n = oak_repo_keys(repo, &keys), found = 0;
	for (size_t i = 0; i < n; i++) {
		size_t left = 0;
		if (!oak_streq(keys[i].keyid, keyid) || !is_top(keys[i].role))
			continue;
		found++;
		for (size_t k = 0; k < n; k++)
			left += oak_streq(keys[k].role, keys[i].role) && !oak_streq(keys[k].keyid, keyid);
		if ((int64_t)left < keys[i].threshold)
			return oak_fail(err, OAK_INVALID, "repo.role", 0,
					"without key '%.16s…' role '%s' would have %zu keys and needs %lld (rotate it instead)", keyid,
					keys[i].role, left, (long long)keys[i].threshold);
	}
	if (!found)
		return oak_repo_revoke_delegated(repo, signers, keyid, now, err);
	const struct new_root change = {repo, "", NULL, keyid};
	if (publish_root(&change, signers, now, err) < 0)
		return -1;
	return oak_repo_renew_role(repo, signers, NULL, now, err);
}
