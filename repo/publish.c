/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Staging files and publishing them: delegated roles, targets where it must, snapshot, and timestamp last. */
#include "repo/publish.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/hash.h"
#include "core/str.h"
#include "repo/metadata_write.h"
#include "repo/place.h"
#include "repo/proposal.h"
#include "repo/tuf.h"

/* Every path and its hash: a repository has a hundred thousand of them. What is staged goes before what is published. */
static void index_known(struct oak_repo *repo)
{
	oak_map_init(&repo->known, repo->arena, 1024);
	for (size_t i = 0; i < repo->roles.cap; i++) {
		const struct oak_value *part = repo->roles.slots[i].key ? repo->roles.slots[i].value : NULL;
		const struct oak_value *list = oak_value_get(part, "targets");
		for (size_t k = 0; list && list->kind == OAK_VALUE_OBJECT && k < list->object.n; k++)
			oak_map_put(&repo->known, list->object.v[k].key,
				    (void *)(uintptr_t)oak_value_string(oak_value_get(oak_value_get(&list->object.v[k].value, "hashes"), "sha256")));
	}
	for (size_t i = 0; i < repo->staged.n; i++)
		oak_map_put(&repo->known, repo->staged.v[i].path, (void *)(uintptr_t)repo->staged.v[i].sha256);
}

/* Hash that PATH has already, published in any role or staged; NULL = it is new. */
static const char *known_hash(struct oak_repo *repo, const char *path)
{
	if (!repo->known.arena)
		index_known(repo);
	return oak_map_find(&repo->known, path);
}

/* Components of letters, digits and ". _ - + ~ @" that are no "." or "..". */
static bool path_ok(const char *path)
{
	static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-+~@ ";
	struct oak_str rest = oak_str_of(path), part;
	if (strlen(path) > 1000)
		return false;
	while (oak_str_next(&rest, '/', &part)) {
		if (!part.n || part.n > 200 || oak_str_eq(part, OAK_STR(".")) || oak_str_eq(part, OAK_STR("..")))
			return false;
		for (size_t i = 0; i < part.n; i++)
			if (!strchr(fine, part.p[i]))
				return false;
	}
	return true;
}

static int copy_target(const struct oak_repo *repo, const char *from, const char *to, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf bytes;
	const char *slash = strrchr(to, '/');
	oak_buf_init(&bytes, (size_t)4 << 30);
	if (oak_fs_exists(to))
		return 0; /* named by its hash, so it is the same */
	if (oak_fs_mkdirs(oak_arena_strndup(repo->arena, to, (size_t)(slash - to)), 0755, err) < 0 ||
	    oak_fs_read(from, &bytes, err) < 0)
		return -1;
	oak_fault_point("repo.target");
	return oak_fs_write_atomic(to, oak_buf_text(&bytes), bytes.n, 0644, err);
}

int oak_repo_stage(struct oak_repo *repo, const char *file, const char *path, const char *role, const struct oak_value *custom,
		   bool *ret_new, struct oak_error *err)
{
	char hash[OAK_SHA256_TEXT];
	struct stat st;
	if (!path_ok(path))
		return oak_fail(err, OAK_INVALID, "repo.path", 0,
				"'%s' cannot be a target's path (letters, digits, blanks and ._-+~@ between single slashes)", path);
	if (oak_sha256_file(file, hash, err) < 0)
		return -1;
	if (oak_proposal_exists(repo))
		return oak_fail(err, OAK_CONFLICT, "repo.proposed", 0,
				"a proposal waits: publish it first, or withdraw it with 'oakum repo propose --withdraw'");
	const char *known = known_hash(repo, path);
	bool replaces = oak_streq(role, "policy"); /* policies have no versions in their paths */
	if (known && !oak_streq(known, hash) && !replaces)
		return oak_fail(err, OAK_CONFLICT, "repo.immutable", 0,
				"'%s' was published before with other bytes (a version never changes: give this one a new version)", path);
	*ret_new = !known || !oak_streq(known, hash);
	if (!*ret_new)
		return 0;
	if (copy_target(repo, file, oak_repo_target_path(repo, path, hash), err) < 0)
		return -1;
	if (stat(oak_repo_target_path(repo, path, hash), &st) != 0)
		return oak_fail_errno(err, "file.open", "cannot open '%s'", path);
	for (size_t i = 0; replaces && i < repo->staged.n; i++) /* a policy that was staged before */
		if (oak_streq(repo->staged.v[i].path, path))
			repo->staged.v[i--] = repo->staged.v[--repo->staged.n];
	*oak_push(repo->arena, &repo->staged) =
		(struct oak_repo_target){oak_arena_strdup(repo->arena, path), oak_arena_strdup(repo->arena, role), st.st_size,
					 oak_arena_strdup(repo->arena, hash), oak_value_copy(repo->arena, custom)};
	const struct oak_repo_target *t = &repo->staged.v[repo->staged.n - 1];
	oak_map_put(&repo->known, t->path, (void *)(uintptr_t)t->sha256);
	return 0;
}

struct publication {
	struct oak_repo *repo;
	const struct oak_repo_signers *signers;
	oak_time now;
	const char *proposal;		 /* folder of a proposal that is made; NULL = publish at once */
	const char *reason;
	const char *revoked;		 /* a key id that delegated roles lose; NULL = none */
	const struct oak_value *targets; /* signed part, in its newest version */
	OAK_VEC(const char *) roles;	 /* that something is staged for, each once */
	struct oak_map versions;	 /* role -> (void *)(intptr_t)version that snapshot shall list */
	struct oak_map lengths;		 /* role -> bytes of that version: without them clients take 5 MB at most */
	struct oak_error *err;
};

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

static int save_role(struct publication *p, struct oak_sink *sink, struct oak_buf *buf, const char *role, int64_t version,
		     const struct oak_value *delegation, struct oak_metadata_written *ret)
{
	struct oak_metadata_file file = {
		role, oak_repo_metadata_path(p->repo, role, oak_streq(role, "timestamp") ? 0 : version), delegation, p->proposal != NULL};
	if (p->proposal)
		file.path = oak_arena_printf(p->repo->arena, "%s/%s.json", p->proposal, role);
	if (oak_metadata_save(p->repo->arena, sink, buf, &file, p->signers, ret, p->err) < 0)
		return -1;
	oak_map_put(&p->versions, oak_arena_strdup(p->repo->arena, role), (void *)(intptr_t)version);
	oak_map_put(&p->lengths, oak_arena_strdup(p->repo->arena, role), (void *)(intptr_t)ret->length);
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


/* "targets": what OLD lists and what is staged for ROLE. */
static void put_targets(struct oak_sink *sink, const struct oak_repo *repo, const struct oak_value *old, const char *role)
{
	const struct oak_value *list = oak_value_get(old, "targets");
	struct oak_map staged;
	oak_map_init(&staged, repo->arena, repo->staged.n + 1);
	for (size_t i = 0; i < repo->staged.n; i++)
		oak_map_put(&staged, repo->staged.v[i].path, sink);
	oak_put_begin_object(sink, "targets");
	for (size_t i = 0; list && list->kind == OAK_VALUE_OBJECT && i < list->object.n; i++) {
		if (oak_map_has(&staged, list->object.v[i].key))
			continue;
		sink->ops->key(sink, list->object.v[i].key);
		oak_put_value(sink, &list->object.v[i].value);
	}
	for (size_t i = 0; i < repo->staged.n; i++)
		if (oak_streq(repo->staged.v[i].role, role))
			put_target(sink, &repo->staged.v[i]);
	oak_put_end_object(sink);
}

/* A new version of a delegated role. */
static int publish_delegated(struct publication *p, const char *role)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	struct oak_metadata_written written;
	const struct oak_value *old = oak_map_find(&p->repo->roles, role);
	int64_t version = oak_repo_version(old) + 1;
	oak_buf_init(&buf, OAK_TUF_SIGNED_MAX);
	oak_metadata_begin(&sink, &buf, "targets", version, p->now + oak_repo_lifetime(p->repo, role));
	oak_metadata_note(&sink, p->now, p->reason);
	put_targets(&sink, p->repo, old, role);
	return save_role(p, &sink, &buf, role, version, delegation_of(p->targets, role), &written);
}

/* "pkg/NAME" of a target; the folder that a team's role gets. */
static const char *name_folder(struct oak_arena *arena, const char *path)
{
	const char *first = strchr(path, '/'), *second = first ? strchr(first + 1, '/') : NULL;
	return oak_arena_printf(arena, "%.*s/*/*", second ? (int)(second - path) : 0, path);
}

/* Paths that ROLE has, and those of the names that it brings now; true if there are new ones. */
static bool collect_paths(struct publication *p, const char *role, const struct oak_value *old, const char ***ret, size_t *ret_n)
{
	struct oak_arena *arena = p->repo->arena;
	const struct oak_value *paths = oak_value_get(old, "paths");
	OAK_VEC(const char *) list = {0};
	for (size_t i = 0; paths && i < paths->array.n; i++)
		*oak_push(arena, &list) = oak_value_string(&paths->array.v[i]);
	size_t before = list.n;
	bool wide = oak_streq(role, "packages-main") || oak_streq(role, "policy"); /* their patterns cover all names */
	for (size_t i = 0; i < p->repo->staged.n; i++) {
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

static bool needs_targets(struct publication *p)
{
	const char **paths;
	size_t n;
	for (size_t i = 0; i < p->roles.n; i++)
		if (collect_paths(p, p->roles.v[i], delegation_of(p->targets, p->roles.v[i]), &paths, &n) ||
		    !delegation_of(p->targets, p->roles.v[i]))
			return true;
	return false;
}

/* The key of a role that is new: KEYS/packages-team.pub. */
static struct oak_key *team_key(struct publication *p, const char *role)
{
	if (!p->repo->keys_dir)
		return NULL;
	const char *path = oak_repo_key_path(p->repo->arena, p->repo->keys_dir, role, 0);
	return oak_key_load(oak_arena_printf(p->repo->arena, "%.*s.pub", (int)(strlen(path) - 4), path), p->err);
}

static int put_new_role(struct publication *p, struct oak_sink *sink, const char *role)
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
static int each_new_role(struct publication *p, struct oak_sink *sink,
			 int (*call)(struct publication *p, struct oak_sink *sink, const char *role))
{
	for (size_t i = 0; i < p->roles.n; i++)
		if (!delegation_of(p->targets, p->roles.v[i]) && call(p, sink, p->roles.v[i]) < 0)
			return -1;
	return 0;
}

static int put_new_key(struct publication *p, struct oak_sink *sink, const char *role)
{
	OAK_AUTO(oak_key_free_p) struct oak_key *key = team_key(p, role);
	if (key)
		oak_metadata_key(sink, key);
	return 0;
}

/* The keys of a role but for the one that is revoked. */
static void put_keyids(struct oak_sink *sink, const struct oak_value *ids, const char *revoked)
{
	oak_put_begin_array(sink, "keyids");
	for (size_t i = 0; ids->kind == OAK_VALUE_ARRAY && i < ids->array.n; i++)
		if (!revoked || !oak_streq(oak_value_string(&ids->array.v[i]), revoked))
			oak_put_value(sink, &ids->array.v[i]);
	oak_put_end_array(sink);
}

static void put_old_role(struct publication *p, struct oak_sink *sink, const struct oak_value *role)
{
	const char **paths;
	size_t n;
	collect_paths(p, oak_value_string(oak_value_get(role, "name")), role, &paths, &n);
	sink->ops->begin_object(sink);
	for (size_t i = 0; i < role->object.n; i++) {
		if (oak_streq(role->object.v[i].key, "paths")) {
			oak_put_strings(sink, "paths", paths, n);
			continue;
		}
		if (oak_streq(role->object.v[i].key, "keyids")) {
			put_keyids(sink, &role->object.v[i].value, p->revoked);
			continue;
		}
		sink->ops->key(sink, role->object.v[i].key);
		oak_put_value(sink, &role->object.v[i].value);
	}
	sink->ops->end_object(sink);
}

/* A new version of targets: new teams come before packages-main, whose pattern covers everything. */
static int publish_targets(struct publication *p)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	struct oak_metadata_written written;
	const struct oak_value *delegations = oak_value_get(p->targets, "delegations");
	const struct oak_value *keys = oak_value_get(delegations, "keys"), *roles = oak_value_get(delegations, "roles");
	int64_t version = oak_repo_version(p->targets) + 1;
	oak_buf_init(&buf, OAK_TUF_SIGNED_MAX);
	oak_metadata_begin(&sink, &buf, "targets", version, p->now + oak_repo_lifetime(p->repo, "targets"));
	oak_metadata_note(&sink, p->now, p->reason);
	put_targets(&sink, p->repo, p->targets, "targets");
	oak_put_begin_object(&sink, "delegations");
	oak_put_begin_object(&sink, "keys");
	for (size_t i = 0; keys && i < keys->object.n; i++) {
		if (p->revoked && oak_streq(keys->object.v[i].key, p->revoked))
			continue;
		sink.ops->key(&sink, keys->object.v[i].key);
		oak_put_value(&sink, &keys->object.v[i].value);
	}
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
	if (save_role(p, &sink, &buf, "targets", version, root_role(p->repo, "targets"), &written) < 0)
		return -1;
	p->targets = written.signed_part;
	return 0;
}

static void put_meta(struct oak_sink *sink, struct publication *p, const char *file, const char *role, int64_t version)
{
	int64_t length = (intptr_t)oak_map_find(&p->lengths, role);
	struct stat st;
	if (!length && stat(oak_repo_metadata_path(p->repo, role, version), &st) == 0)
		length = st.st_size;
	oak_put_begin_object(sink, file);
	oak_put_int(sink, "version", version);
	if (length)
		oak_put_int(sink, "length", length);
	oak_put_end_object(sink);
}

static int publish_snapshot(struct publication *p, struct oak_metadata_written *ret)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	const struct oak_value *meta = oak_value_get(p->repo->snapshot, "meta");
	int64_t version = oak_repo_version(p->repo->snapshot) + 1;
	struct oak_map listed;
	oak_map_init(&listed, p->repo->arena, 16);
	oak_buf_init(&buf, OAK_TUF_SIGNED_MAX);
	oak_metadata_begin(&sink, &buf, "snapshot", version, p->now + oak_repo_lifetime(p->repo, "snapshot"));
	oak_put_begin_object(&sink, "meta");
	for (size_t i = 0; i < meta->object.n; i++) {
		const char *file = meta->object.v[i].key;
		const char *role = oak_arena_strndup(p->repo->arena, file, strlen(file) - 5);
		intptr_t newer = (intptr_t)oak_map_find(&p->versions, role);
		oak_map_put(&listed, role, p);
		put_meta(&sink, p, file, role, newer ? newer : oak_repo_version(&meta->object.v[i].value));
	}
	for (size_t i = 0; i < p->versions.cap; i++) {
		const char *role = p->versions.slots[i].key;
		if (!role || oak_map_has(&listed, role))
			continue;
		put_meta(&sink, p, oak_arena_printf(p->repo->arena, "%s.json", role), role, (intptr_t)p->versions.slots[i].value);
	}
	oak_put_end_object(&sink);
	return save_role(p, &sink, &buf, "snapshot", version, root_role(p->repo, "snapshot"), ret);
}

static int publish_timestamp(struct publication *p, const struct oak_metadata_written *snapshot)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	struct oak_metadata_written written;
	int64_t version = oak_repo_version(p->repo->timestamp) + 1;
	oak_buf_init(&buf, 1 << 20);
	oak_metadata_begin(&sink, &buf, "timestamp", version, p->now + oak_repo_lifetime(p->repo, "timestamp"));
	oak_put_begin_object(&sink, "meta");
	oak_put_begin_object(&sink, "snapshot.json");
	oak_put_int(&sink, "version", oak_repo_version(snapshot->signed_part));
	oak_put_int(&sink, "length", snapshot->length);
	oak_put_begin_object(&sink, "hashes");
	oak_put_string(&sink, "sha256", snapshot->sha256);
	oak_put_end_object(&sink);
	oak_put_end_object(&sink);
	oak_put_end_object(&sink);
	return save_role(p, &sink, &buf, "timestamp", version, root_role(p->repo, "timestamp"), &written);
}

static int finish(struct publication *p)
{
	struct oak_metadata_written snapshot;
	if (publish_snapshot(p, &snapshot) < 0 || publish_timestamp(p, &snapshot) < 0)
		return -1;
	oak_fault_point("repo.published");
	p->repo->staged.n = 0;
	return oak_repo_save_staged(p->repo, p->err);
}

static void begin(struct publication *p, struct oak_repo *repo, const struct oak_repo_signers *signers, oak_time now,
		  struct oak_error *err)
{
	*p = (struct publication){.repo = repo, .signers = signers, .now = now, .err = err};
	p->targets = oak_map_find(&repo->roles, "targets");
	oak_map_init(&p->versions, repo->arena, 16);
	oak_map_init(&p->lengths, repo->arena, 16);
	struct oak_map seen;
	oak_map_init(&seen, repo->arena, 16);
	for (size_t i = 0; i < repo->staged.n; i++) {
		if (oak_map_has(&seen, repo->staged.v[i].role))
			continue;
		oak_map_put(&seen, repo->staged.v[i].role, p);
		*oak_push(repo->arena, &p->roles) = repo->staged.v[i].role;
	}
}

static int write_roles(struct publication *p)
{
	if (needs_targets(p) && publish_targets(p) < 0)
		return -1;
	for (size_t i = 0; i < p->roles.n; i++)
		if (publish_delegated(p, p->roles.v[i]) < 0)
			return -1;
	return 0;
}

int oak_repo_propose(struct oak_repo *repo, const struct oak_repo_signers *signers, const char *reason, oak_time now,
		     struct oak_error *err)
{
	struct publication p;
	begin(&p, repo, signers, now, err);
	p.proposal = oak_proposal_dir(repo);
	p.reason = reason;
	if (oak_proposal_exists(repo))
		return oak_fail(err, OAK_CONFLICT, "repo.proposed", 0, "a proposal waits already (publish it, or 'oakum repo propose --withdraw')");
	if (!repo->staged.n)
		return oak_fail(err, OAK_CONFLICT, "repo.nothing", 0, "nothing was added that could be proposed (run 'oakum repo add')");
	if (oak_place_remove(p.proposal, err) < 0 || write_roles(&p) < 0)
		return -1;
	oak_fault_point("repo.proposal");
	return oak_proposal_save(repo, &p.versions, reason, now, err);
}

int oak_repo_publish(struct oak_repo *repo, const struct oak_repo_signers *signers, oak_time now, struct oak_error *err)
{
	struct publication p;
	begin(&p, repo, signers, now, err);
	if (oak_proposal_exists(repo)) {
		if (oak_proposal_take(repo, signers, &p.versions, err) < 0 || finish(&p) < 0)
			return -1;
		return oak_place_remove(oak_proposal_dir(repo), err);
	}
	if (!repo->staged.n)
		return 0;
	return write_roles(&p) < 0 ? -1 : finish(&p);
}

/* Does a role live less than half of its time still? */
static bool is_old(const struct publication *p, const char *role, const struct oak_value *part)
{
	const char *text = oak_value_string(oak_value_get(part, "expires"));
	oak_time expires;
	return text && oak_time_parse(text, &expires) && expires - p->now < oak_repo_lifetime(p->repo, role) / 2;
}

int oak_repo_renew(struct oak_repo *repo, const struct oak_repo_signers *signers, oak_time now, bool all,
		   struct oak_error *err)
{
	struct publication p;
	begin(&p, repo, signers, now, err);
	size_t staged = repo->staged.n;
	repo->staged.n = p.roles.n = 0; /* nothing new is published on the way */
	int result = 0;
	if (all && is_old(&p, "targets", p.targets))
		result = publish_targets(&p);
	for (size_t i = 0; all && result == 0 && i < repo->roles.cap; i++) {
		const char *role = repo->roles.slots[i].key;
		if (role && !oak_streq(role, "targets") && is_old(&p, role, repo->roles.slots[i].value))
			result = publish_delegated(&p, role);
	}
	struct oak_metadata_written snapshot;
	if (result < 0 || publish_snapshot(&p, &snapshot) < 0 || publish_timestamp(&p, &snapshot) < 0)
		result = -1;
	repo->staged.n = staged;
	return result;
}

int oak_repo_renew_role(struct oak_repo *repo, const struct oak_repo_signers *signers, const char *role, oak_time now,
			struct oak_error *err)
{
	struct publication p;
	struct oak_metadata_written snapshot;
	size_t staged = repo->staged.n;
	begin(&p, repo, signers, now, err);
	repo->staged.n = p.roles.n = 0;
	int result = role && publish_targets(&p) < 0 ? -1 : 0;
	if (result < 0 || publish_snapshot(&p, &snapshot) < 0 || publish_timestamp(&p, &snapshot) < 0)
		result = -1;
	repo->staged.n = staged;
	return result;
}

static bool lists_key(const struct oak_value *role, const char *keyid)
{
	const struct oak_value *ids = oak_value_get(role, "keyids");
	for (size_t i = 0; ids && ids->kind == OAK_VALUE_ARRAY && i < ids->array.n; i++)
		if (oak_streq(oak_value_string(&ids->array.v[i]), keyid))
			return true;
	return false;
}

/* Enough keys must be left, or nobody could sign the role any more. */
static int check_left(const struct oak_value *role, const char *keyid, struct oak_error *err)
{
	const struct oak_value *threshold = oak_value_get(role, "threshold");
	int64_t left = (int64_t)oak_value_get(role, "keyids")->array.n - 1;
	if (threshold && threshold->kind == OAK_VALUE_INT && left >= threshold->integer)
		return 0;
	return oak_fail(err, OAK_INVALID, "repo.role", 0, "without key '%.16s…' role '%s' would have %lld keys and needs %lld", keyid,
			oak_value_string(oak_value_get(role, "name")), (long long)left, threshold ? (long long)threshold->integer : 1);
}

int oak_repo_revoke_delegated(struct oak_repo *repo, const struct oak_repo_signers *signers, const char *keyid, oak_time now,
			      struct oak_error *err)
{
	struct publication p;
	struct oak_metadata_written snapshot;
	size_t staged = repo->staged.n, found = 0;
	begin(&p, repo, signers, now, err);
	p.revoked = keyid;
	const struct oak_value *roles = oak_value_get(oak_value_get(p.targets, "delegations"), "roles");
	size_t n = roles && roles->kind == OAK_VALUE_ARRAY ? roles->array.n : 0;
	for (size_t i = 0; i < n; i++) {
		bool has = lists_key(&roles->array.v[i], keyid);
		found += has;
		if (has && check_left(&roles->array.v[i], keyid, err) < 0)
			return -1;
	}
	if (!found)
		return oak_fail(err, OAK_INVALID, "repo.role", 0, "no role has a key '%.64s' (see 'oakum repo key list')", keyid);
	repo->staged.n = p.roles.n = 0; /* nothing new is published on the way */
	int result = publish_targets(&p);
	for (size_t i = 0; result == 0 && i < n; i++) /* what the key signed counts for nothing now: signed anew by the others */
		if (lists_key(&roles->array.v[i], keyid))
			result = publish_delegated(&p, oak_value_string(oak_value_get(&roles->array.v[i], "name")));
	if (result < 0 || publish_snapshot(&p, &snapshot) < 0 || publish_timestamp(&p, &snapshot) < 0)
		result = -1;
	repo->staged.n = staged;
	return result;
}
