/* SPDX-License-Identifier: GPL-3.0-or-later */
/* New versions of targets and of the roles that it delegates to. */
#include <stdio.h>
#include <string.h>

#include "core/str.h"
#include "repo/bins.h"
#include "repo/publication.h"
#include "repo/tuf.h"

static const struct oak_value *delegation_of(const struct oak_value *targets, const char *role)
{
	const struct oak_value *roles = oak_value_get(oak_value_get(targets, "delegations"), "roles");
	for (size_t i = 0; roles && roles->kind == OAK_VALUE_ARRAY && i < roles->array.n; i++)
		if (oak_streq(oak_value_string(oak_value_get(&roles->array.v[i], "name")), role))
			return &roles->array.v[i];
	return NULL;
}

static const struct oak_value *root_role(const struct oak_repo *repo, const char *role)
{
	return oak_value_get(oak_value_get(repo->root, "roles"), role);
}

const struct oak_value *oak_publication_delegation(struct oak_publication *p, const char *role)
{
	const char *parent = oak_bin_parent(p->repo->arena, role);
	const struct oak_value *newest = parent ? oak_map_find(&p->written, parent) : NULL;
	if (!parent)
		return delegation_of(p->targets, role);
	return delegation_of(newest ? newest : oak_map_find(&p->repo->roles, parent), role);
}

int oak_publication_save(struct oak_publication *p, struct oak_sink *sink, struct oak_buf *buf, const char *role, int64_t version,
			 const struct oak_value *delegation, struct oak_metadata_written *ret)
{
	bool last = oak_streq(role, "timestamp") || oak_streq(role, "snapshot"); /* what they list must be on the disk before */
	struct oak_metadata_file file = {
		role, oak_repo_metadata_path(p->repo, role, oak_streq(role, "timestamp") ? 0 : version), delegation, p->proposal != NULL,
		last ? NULL : &p->batch};
	if (p->proposal)
		file.path = oak_arena_printf(p->repo->arena, "%s/%s.json", p->proposal, role);
	if (oak_metadata_save(p->repo->arena, sink, buf, &file, p->signers, ret, p->err) < 0)
		return -1;
	role = oak_arena_strdup(p->repo->arena, role);
	oak_map_put(&p->versions, role, (void *)(intptr_t)version);
	oak_map_put(&p->lengths, role, (void *)(intptr_t)ret->length);
	oak_map_put(&p->written, role, (void *)(uintptr_t)ret->signed_part);
	return 0;
}

static void put_target(struct oak_sink *sink, const struct oak_repo_target *t)
{
	oak_put_begin_object(sink, t->path);
	oak_put_int(sink, "length", t->length);
	oak_put_begin_object(sink, "hashes");
	oak_put_string(sink, "sha256", t->sha256);
	oak_put_end_object(sink);
	if (t->custom) {
		sink->ops->key(sink, "custom");
		oak_put_value(sink, t->custom);
	}
	oak_put_end_object(sink);
}

static void put_contents(struct oak_sink *sink, const struct oak_contents *c)
{
	oak_put_begin_object(sink, "targets");
	for (size_t i = 0; i < c->kept_n; i++) {
		sink->ops->key(sink, c->kept[i]->key);
		oak_put_value(sink, &c->kept[i]->value);
	}
	for (size_t i = 0; i < c->added_n; i++)
		put_target(sink, c->added[i]);
	oak_put_end_object(sink);
}

int oak_publication_write(struct oak_publication *p, const char *role, const struct oak_contents *contents)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf = {0};
	struct oak_sink sink;
	struct oak_metadata_written written;
	const struct oak_value *old;
	if (oak_repo_part(p->repo, role, &old, p->err) < 0)
		return -1;
	int64_t version = oak_repo_version(old) + 1;
	oak_buf_init(&buf, OAK_TUF_SIGNED_MAX);
	oak_metadata_begin(&sink, &buf, "targets", version, p->now + oak_repo_lifetime(p->repo, role));
	oak_metadata_note(&sink, p->now, p->reason);
	put_contents(&sink, contents);
	if (contents->bins)
		oak_publication_put_bins(p, &sink, role, contents->bins);
	return oak_publication_save(p, &sink, &buf, role, version, oak_publication_delegation(p, role), &written);
}

/* What OLD lists but for what is staged anew, and what is staged for ROLE (NULL = nothing is). */
static void contents_of(struct oak_publication *p, const struct oak_value *old, const char *role, struct oak_contents *ret)
{
	struct oak_arena *arena = p->repo->arena;
	const struct oak_value *list = oak_value_get(old, "targets");
	size_t n = list && list->kind == OAK_VALUE_OBJECT ? list->object.n : 0, staged = role && p->brings ? p->repo->staged.n : 0;
	struct oak_map again;
	*ret = (struct oak_contents){.kept = oak_arena_alloc(arena, (n + 1) * sizeof(*ret->kept)),
				     .added = oak_arena_alloc(arena, (staged + 1) * sizeof(*ret->added)),
				     .bins = oak_bin_digits(old)};
	oak_map_init(&again, arena, staged + 1);
	for (size_t i = 0; i < staged; i++) {
		oak_map_put(&again, p->repo->staged.v[i].path, p);
		if (oak_streq(p->repo->staged.v[i].role, role))
			ret->added[ret->added_n++] = &p->repo->staged.v[i];
	}
	for (size_t i = 0; i < n; i++)
		if (!oak_map_has(&again, list->object.v[i].key))
			ret->kept[ret->kept_n++] = &list->object.v[i];
}

int oak_publication_delegated(struct oak_publication *p, const char *role)
{
	const struct oak_value *old;
	struct oak_contents contents;
	if (oak_repo_part(p->repo, role, &old, p->err) < 0)
		return -1;
	bool bin = oak_bin_parent(p->repo->arena, role) != NULL;
	contents_of(p, old, bin || oak_bin_digits(old) ? NULL : role, &contents);
	return oak_publication_write(p, role, &contents);
}

/* "pkg/NAME" of a target; the folder that a team's role gets. */
static const char *name_folder(struct oak_arena *arena, const char *path)
{
	const char *first = strchr(path, '/'), *second = first ? strchr(first + 1, '/') : NULL;
	return oak_arena_printf(arena, "%.*s/*/*", second ? (int)(second - path) : 0, path);
}

/* Paths that ROLE has, and those of the names that it brings now; true if there are new ones. */
static bool collect_paths(struct oak_publication *p, const char *role, const struct oak_value *old, const char ***ret, size_t *ret_n)
{
	struct oak_arena *arena = p->repo->arena;
	const struct oak_value *paths = oak_value_get(old, "paths");
	OAK_VEC(const char *) list = {0};
	for (size_t i = 0; paths && i < paths->array.n; i++)
		*oak_push(arena, &list) = oak_value_string(&paths->array.v[i]);
	size_t before = list.n;
	bool wide = oak_streq(role, "packages-main") || oak_streq(role, "policy"); /* their patterns cover all names */
	for (size_t i = 0; p->brings && i < p->repo->staged.n; i++) {
		if (wide || !oak_streq(p->repo->staged.v[i].role, role))
			continue;
		const char *folder = name_folder(arena, p->repo->staged.v[i].path);
		bool seen = false;
		for (size_t k = 0; k < list.n; k++)
			seen |= oak_streq(list.v[k], folder);
		if (!seen)
			*oak_push(arena, &list) = folder;
	}
	*ret = list.v;
	*ret_n = list.n;
	return list.n > before;
}

bool oak_publication_needs_targets(struct oak_publication *p)
{
	const char **paths;
	size_t n;
	for (size_t i = 0; i < p->roles.n; i++)
		if (collect_paths(p, p->roles.v[i], oak_publication_delegation(p, p->roles.v[i]), &paths, &n) ||
		    !oak_publication_delegation(p, p->roles.v[i]))
			return true;
	return false;
}

/* The key of a role that is new: KEYS/packages-team.pub. */
static struct oak_key *team_key(struct oak_publication *p, const char *role)
{
	if (!p->repo->keys_dir)
		return NULL;
	const char *path = oak_repo_key_path(p->repo->arena, p->repo->keys_dir, role, 0);
	return oak_key_load(oak_arena_printf(p->repo->arena, "%.*s.pub", (int)(strlen(path) - 4), path), p->err);
}

static int put_new_role(struct oak_publication *p, struct oak_sink *sink, const char *role)
{
	const char **paths;
	size_t n;
	OAK_AUTO(oak_key_free_p) struct oak_key *key = team_key(p, role);
	if (!key)
		return oak_fail(p->err, OAK_UNTRUSTED, "repo.signers", 0, "role '%s' has no key (run 'oakum repo key new %s %s')", role,
				p->repo->dir, role);
	const char *id = oak_arena_strdup(p->repo->arena, oak_key_id(key));
	collect_paths(p, role, NULL, &paths, &n);
	sink->ops->begin_object(sink);
	oak_put_string(sink, "name", role);
	oak_put_strings(sink, "keyids", &id, 1);
	oak_put_int(sink, "threshold", 1);
	oak_put_bool(sink, "terminating", true);
	oak_put_strings(sink, "paths", paths, n);
	sink->ops->end_object(sink);
	return 0;
}

/* Roles that are staged for and not delegated to yet: CALL for each, once. */
static int each_new_role(struct oak_publication *p, struct oak_sink *sink,
			 int (*call)(struct oak_publication *p, struct oak_sink *sink, const char *role))
{
	for (size_t i = 0; i < p->roles.n; i++)
		if (!oak_publication_delegation(p, p->roles.v[i]) && call(p, sink, p->roles.v[i]) < 0)
			return -1;
	return 0;
}

static int put_new_key(struct oak_publication *p, struct oak_sink *sink, const char *role)
{
	OAK_AUTO(oak_key_free_p) struct oak_key *key = team_key(p, role);
	if (key)
		oak_metadata_key(sink, key);
	return 0;
}

/* The keys of a role but for the one that is revoked, or replaced: the oldest goes, the new one comes last. */
static void put_keyids(struct oak_publication *p, struct oak_sink *sink, const char *role, const struct oak_value *ids)
{
	bool rotates = p->rotated && oak_streq(p->rotated, role);
	oak_put_begin_array(sink, "keyids");
	for (size_t i = 0; ids->kind == OAK_VALUE_ARRAY && i < ids->array.n; i++)
		if (!(rotates && i == 0) && !(p->revoked && oak_streq(oak_value_string(&ids->array.v[i]), p->revoked)))
			oak_put_value(sink, &ids->array.v[i]);
	if (rotates)
		sink->ops->string(sink, oak_key_id(p->added));
	oak_put_end_array(sink);
}

static void put_old_role(struct oak_publication *p, struct oak_sink *sink, const struct oak_value *role)
{
	const char **paths;
	size_t n;
	const char *name = oak_value_string(oak_value_get(role, "name"));
	collect_paths(p, name, role, &paths, &n);
	sink->ops->begin_object(sink);
	for (size_t i = 0; i < role->object.n; i++) {
		if (oak_streq(role->object.v[i].key, "paths")) {
			oak_put_strings(sink, "paths", paths, n);
			continue;
		}
		if (oak_streq(role->object.v[i].key, "keyids")) {
			put_keyids(p, sink, name, &role->object.v[i].value);
			continue;
		}
		sink->ops->key(sink, role->object.v[i].key);
		oak_put_value(sink, &role->object.v[i].value);
	}
	sink->ops->end_object(sink);
}

/* A new version of targets: new teams come before packages-main, whose pattern covers everything. */
int oak_publication_targets(struct oak_publication *p)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	struct oak_metadata_written written;
	struct oak_contents contents;
	const struct oak_value *delegations = oak_value_get(p->targets, "delegations");
	const struct oak_value *keys = oak_value_get(delegations, "keys"), *roles = oak_value_get(delegations, "roles");
	int64_t version = oak_repo_version(p->targets) + 1;
	oak_buf_init(&buf, OAK_TUF_SIGNED_MAX);
	oak_metadata_begin(&sink, &buf, "targets", version, p->now + oak_repo_lifetime(p->repo, "targets"));
	oak_metadata_note(&sink, p->now, p->reason);
	contents_of(p, p->targets, NULL, &contents);
	put_contents(&sink, &contents);
	oak_put_begin_object(&sink, "delegations");
	oak_put_begin_object(&sink, "keys");
	for (size_t i = 0; keys && i < keys->object.n; i++) {
		if ((p->revoked && oak_streq(keys->object.v[i].key, p->revoked)) ||
		    (p->added && oak_streq(keys->object.v[i].key, oak_key_id(p->added))))
			continue;
		sink.ops->key(&sink, keys->object.v[i].key);
		oak_put_value(&sink, &keys->object.v[i].value);
	}
	if (p->added)
		oak_metadata_key(&sink, p->added);
	if (each_new_role(p, &sink, put_new_key) < 0)
		return -1;
	oak_put_end_object(&sink);
	oak_put_begin_array(&sink, "roles");
	if (each_new_role(p, &sink, put_new_role) < 0)
		return -1;
	for (size_t i = 0; roles && i < roles->array.n; i++)
		put_old_role(p, &sink, &roles->array.v[i]);
	oak_put_end_array(&sink);
	oak_put_end_object(&sink);
	if (oak_publication_save(p, &sink, &buf, "targets", version, root_role(p->repo, "targets"), &written) < 0)
		return -1;
	p->targets = written.signed_part;
	return 0;
}
