/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Publications: delegated roles, targets where it must, snapshot, and timestamp last. */
#include "repo/publish.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/str.h"
#include "repo/bins.h"
#include "repo/proposal.h"
#include "repo/publication.h"
#include "repo/tuf.h"

static const struct oak_value *root_role(const struct oak_repo *repo, const char *role)
{
	return oak_value_get(oak_value_get(repo->root, "roles"), role);
}

static void put_meta(struct oak_sink *sink, struct oak_publication *p, const char *file, const char *role, int64_t version)
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

static int publish_snapshot(struct oak_publication *p, struct oak_metadata_written *ret)
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
	return oak_publication_save(p, &sink, &buf, "snapshot", version, root_role(p->repo, "snapshot"), ret);
}

static int publish_timestamp(struct oak_publication *p, const struct oak_metadata_written *snapshot)
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
	return oak_publication_save(p, &sink, &buf, "timestamp", version, root_role(p->repo, "timestamp"), &written);
}

/* Snapshot and timestamp, when all that they list is there; nothing of what failed stays. */
static int publish_online(struct oak_publication *p, int before)
{
	struct oak_metadata_written snapshot;
	if (before == 0 && oak_batch_commit(&p->batch, p->err) == 0 && publish_snapshot(p, &snapshot) == 0 && publish_timestamp(p, &snapshot) == 0)
		return 0;
	oak_batch_drop(&p->batch);
	return -1;
}

static int finish(struct oak_publication *p, int before)
{
	if (publish_online(p, before) < 0)
		return -1;
	oak_fault_point("repo.published");
	p->repo->staged.n = 0;
	return oak_repo_save_staged(p->repo, p->err);
}

static void begin(struct oak_publication *p, struct oak_repo *repo, const struct oak_repo_signers *signers, oak_time now,
		  struct oak_error *err)
{
	*p = (struct oak_publication){.repo = repo, .signers = signers, .now = now, .batch = {.arena = repo->arena}, .err = err};
	p->targets = oak_map_find(&repo->roles, "targets");
	oak_map_init(&p->versions, repo->arena, 16);
	oak_map_init(&p->lengths, repo->arena, 16);
	oak_map_init(&p->written, repo->arena, 16);
}

/* Roles that something is staged for; without them nothing new is published on the way. */
static int begin_roles(struct oak_publication *p)
{
	struct oak_repo *repo = p->repo;
	struct oak_map seen;
	oak_map_init(&seen, repo->arena, 16);
	p->brings = true;
	for (size_t i = 0; i < repo->staged.n; i++) {
		if (oak_map_has(&seen, repo->staged.v[i].role))
			continue;
		oak_map_put(&seen, repo->staged.v[i].role, p);
		*oak_push(repo->arena, &p->roles) = repo->staged.v[i].role;
	}
	if (oak_publication_index(p) == 0 && (!repo->batch.paths.n || oak_batch_commit(&repo->batch, p->err) == 0))
		return 0;
	oak_batch_drop(&repo->batch);
	return -1;
}

static int write_roles(struct oak_publication *p)
{
	if (begin_roles(p) < 0 || (oak_publication_needs_targets(p) && oak_publication_targets(p) < 0))
		return -1;
	for (size_t i = 0; i < p->roles.n; i++)
		if (oak_publication_role(p, p->roles.v[i]) < 0)
			return -1;
	return 0;
}

int oak_repo_propose(struct oak_repo *repo, const struct oak_repo_signers *signers, const char *reason, oak_time now,
		     struct oak_error *err)
{
	struct oak_publication p;
	begin(&p, repo, signers, now, err);
	p.proposal = oak_proposal_dir(repo);
	p.reason = reason;
	if (oak_proposal_exists(repo))
		return oak_fail(err, OAK_CONFLICT, "repo.proposed", 0, "a proposal waits already (publish it, or 'oakum repo propose --withdraw')");
	if (!repo->staged.n)
		return oak_fail(err, OAK_CONFLICT, "repo.nothing", 0, "nothing was added that could be proposed (run 'oakum repo add')");
	if (oak_fs_remove_tree(p.proposal, err) < 0)
		return -1;
	if (write_roles(&p) < 0 || oak_batch_commit(&p.batch, err) < 0) {
		oak_batch_drop(&p.batch);
		return -1;
	}
	oak_fault_point("repo.proposal");
	/* indices of names that it brings wait with what they list */
	return oak_repo_save_staged(repo, err) < 0 ? -1 : oak_proposal_save(repo, &p.versions, reason, now, err);
}

int oak_repo_publish(struct oak_repo *repo, const struct oak_repo_signers *signers, oak_time now, struct oak_error *err)
{
	struct oak_publication p;
	begin(&p, repo, signers, now, err);
	if (oak_proposal_exists(repo)) {
		if (finish(&p, oak_proposal_take(repo, signers, &p.versions, err)) < 0)
			return -1;
		return oak_fs_remove_tree(oak_proposal_dir(repo), err);
	}
	return repo->staged.n ? finish(&p, write_roles(&p)) : 0;
}

/* Does a role live less than half of its time still? */
static bool is_old(const struct oak_publication *p, const char *role, const struct oak_value *part)
{
	const char *text = oak_value_string(oak_value_get(part, "expires"));
	oak_time expires;
	return text && oak_time_parse(text, &expires) && expires - p->now < oak_repo_lifetime(p->repo, role) / 2;
}

/* Delegated roles that are old, as snapshot lists them. */
static int renew_delegated(struct oak_publication *p)
{
	const struct oak_value *meta = oak_value_get(p->repo->snapshot, "meta");
	for (size_t i = 0; i < meta->object.n; i++) {
		const char *file = meta->object.v[i].key;
		const char *role = oak_arena_strndup(p->repo->arena, file, strlen(file) - 5);
		const struct oak_value *part;
		if (oak_streq(role, "targets"))
			continue;
		if (oak_repo_part(p->repo, role, &part, p->err) < 0 || (is_old(p, role, part) && oak_publication_delegated(p, role) < 0))
			return -1;
	}
	return 0;
}

int oak_repo_renew(struct oak_repo *repo, const struct oak_repo_signers *signers, oak_time now, bool all,
		   struct oak_error *err)
{
	struct oak_publication p;
	int result = 0;
	begin(&p, repo, signers, now, err);
	if (all && is_old(&p, "targets", p.targets))
		result = oak_publication_targets(&p);
	if (all && result == 0)
		result = renew_delegated(&p);
	return publish_online(&p, result);
}

int oak_repo_renew_role(struct oak_repo *repo, const struct oak_repo_signers *signers, const char *role, oak_time now,
			struct oak_error *err)
{
	struct oak_publication p;
	begin(&p, repo, signers, now, err);
	return publish_online(&p, role ? oak_publication_targets(&p) : 0);
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
	return oak_fail(err, OAK_INVALID, "repo.role", 0, "without key '%.16s…' role '%s' would have %lld keys and needs %lld (rotate it instead)",
			keyid, oak_value_string(oak_value_get(role, "name")), (long long)left,
			threshold ? (long long)threshold->integer : 1);
}

int oak_repo_revoke_delegated(struct oak_repo *repo, const struct oak_repo_signers *signers, const char *keyid, oak_time now,
			      struct oak_error *err)
{
	struct oak_publication p;
	size_t found = 0;
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
	int result = oak_publication_targets(&p);
	for (size_t i = 0; result == 0 && i < n; i++) /* what the key signed counts for nothing now: signed anew by the others */
		if (lists_key(&roles->array.v[i], keyid))
			result = oak_publication_resign(&p, oak_value_string(oak_value_get(&roles->array.v[i], "name")));
	return publish_online(&p, result);
}

int oak_repo_rotate_delegated(struct oak_repo *repo, const struct oak_repo_signers *signers, const char *role, const struct oak_key *added,
			      oak_time now, struct oak_error *err)
{
	struct oak_publication p;
	begin(&p, repo, signers, now, err);
	p.rotated = role;
	p.added = added;
	const struct oak_value *delegation = oak_publication_delegation(&p, role);
	if (!delegation || oak_bin_parent(repo->arena, role))
		return oak_fail(err, OAK_INVALID, "repo.role", 0, "nothing is delegated to a role '%s' (see 'oakum repo key list')", role);
	if (lists_key(delegation, oak_key_id(added)))
		return oak_fail(err, OAK_CONFLICT, "repo.exists", 0, "role '%s' has this key already", role);
	int result = oak_publication_targets(&p);
	return publish_online(&p, result < 0 ? -1 : oak_publication_resign(&p, role));
}
