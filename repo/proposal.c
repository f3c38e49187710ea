/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proposals: what is signed is the exact next metadata, so that an approval is a signature and nothing else. */
#include "repo/proposal.h"

#include <stdio.h>
#include <string.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/sink.h"
#include "core/str.h"
#include "repo/bins.h"
#include "repo/tuf_model.h"
#include "repo/tuf_sign.h"

const char *oak_proposal_dir(const struct oak_repo *repo)
{
	return oak_arena_printf(repo->arena, "%s/.oakum/proposal", repo->dir);
}

static const char *file_of(const struct oak_repo *repo, const char *name)
{
	return oak_arena_printf(repo->arena, "%s/%s.json", oak_proposal_dir(repo), name);
}

bool oak_proposal_exists(const struct oak_repo *repo)
{
	return oak_fs_exists(file_of(repo, "proposal"));
}

int oak_proposal_save(const struct oak_repo *repo, const struct oak_map *versions, const char *reason, oak_time now, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_sink sink;
	oak_buf_init(&text, 1 << 20);
	oak_sink_json(&sink, &text);
	sink.ops->begin_object(&sink);
	oak_put_string(&sink, "schema", "oakum.proposal/1");
	oak_put_time(&sink, "createdAt", now);
	oak_put_string_opt(&sink, "reason", reason);
	oak_put_begin_object(&sink, "roles");
	for (size_t i = 0; i < versions->cap; i++)
		if (versions->slots[i].key)
			oak_put_int(&sink, versions->slots[i].key, (intptr_t)versions->slots[i].value);
	oak_put_end_object(&sink);
	sink.ops->end_object(&sink);
	return oak_fs_write_atomic(file_of(repo, "proposal"), text.p, text.n, 0644, err);
}

size_t oak_good_signers(struct oak_arena *arena, const struct oak_tuf_file *file, const struct oak_tuf_file *delegator,
			const struct oak_tuf_role *role, const char *const **ret)
{
	OAK_VEC(const char *) good = {0};
	struct oak_map counted; /* by key material: a key counts once, whatever its ids */
	oak_map_init(&counted, arena, 8);
	for (size_t i = 0; i < file->signature_count; i++) {
		const struct oak_tuf_signature *s = &file->signatures[i];
		const struct oak_tuf_key *key = oak_map_find(&delegator->key_by_id, s->keyid);
		OAK_AUTO(oak_buf_done) struct oak_buf raw;
		bool listed = false;
		oak_buf_init(&raw, OAK_SIGNATURE_MAX);
		for (size_t k = 0; k < role->keyid_count; k++)
			listed |= oak_streq(role->keyids[k], s->keyid);
		if (!listed || !key || !key->usable || oak_map_has(&counted, oak_key_fingerprint(key->usable)) ||
		    !oak_unhex(s->hex, strlen(s->hex), &raw) ||
		    !oak_key_verify(key->usable, file->canonical, file->canonical_size, oak_buf_text(&raw), raw.n))
			continue;
		oak_map_put(&counted, oak_key_fingerprint(key->usable), arena);
		*oak_push(arena, &good) = s->keyid;
	}
	*ret = good.v;
	return good.n;
}

const struct oak_tuf_role *oak_role_of(const struct oak_tuf_file *delegator, const char *name)
{
	for (size_t i = 0; i < delegator->role_count; i++)
		if (oak_streq(delegator->roles[i].name, name))
			return &delegator->roles[i];
	return NULL;
}

/* ---- parsed metadata, freed together ---- */

struct review {
	struct oak_repo *repo;
	struct oak_tuf_file *root, *targets; /* delegators: TARGETS as proposed, else as in force */
	OAK_VEC(struct oak_tuf_file *) parsed;
	OAK_VEC(struct oak_proposed) roles;
	OAK_VEC(struct oak_tuf_file *) files; /* of these roles */
	struct oak_map in_force;	      /* role -> struct oak_tuf_file of roles whose bins are proposed */
	struct oak_error *err;
};

static int parse(struct review *r, const char *path, enum oak_tuf_type type, const char *name, struct oak_tuf_file **ret)
{
	OAK_AUTO(oak_buf_done) struct oak_buf bytes;
	oak_buf_init(&bytes, OAK_TUF_SIGNED_MAX);
	if (oak_fs_read(path, &bytes, r->err) < 0 ||
	    oak_tuf_parse(r->repo->arena, oak_buf_text(&bytes), bytes.n, type, name, false, ret, r->err) < 0)
		return -1;
	*oak_push(r->repo->arena, &r->parsed) = *ret;
	return 0;
}

static void review_done(struct review *r)
{
	for (size_t i = 0; i < r->parsed.n; i++)
		oak_tuf_file_done(r->parsed.v[i]);
}

static struct oak_tuf_file *parsed_role(struct review *r, const char *role)
{
	for (size_t i = 0; i < r->roles.n; i++)
		if (oak_streq(r->roles.v[i].role, role))
			return r->files.v[i];
	return NULL;
}

/* Who delegates to a role: root, targets, or the role whose bin it is, as proposed or else as in force. */
static int delegator_of(struct review *r, const char *role, struct oak_tuf_file **ret)
{
	struct oak_repo *repo = r->repo;
	const char *parent = oak_bin_parent(repo->arena, role);
	const struct oak_value *part;
	*ret = oak_streq(role, "targets") ? r->root : r->targets;
	if (!parent || (*ret = parsed_role(r, parent)) || (*ret = oak_map_find(&r->in_force, parent)))
		return 0;
	if (oak_repo_part(repo, parent, &part, r->err) < 0 ||
	    parse(r, oak_repo_metadata_path(repo, parent, oak_repo_version(part)), OAK_TUF_TARGETS, parent, ret) < 0)
		return -1;
	oak_map_put(&r->in_force, parent, *ret);
	return 0;
}

static int add_role(struct review *r, const char *role, int64_t version)
{
	struct oak_repo *repo = r->repo;
	const struct oak_value *old;
	struct oak_tuf_file *file, *delegator;
	if (oak_repo_part(repo, role, &old, r->err) < 0 || parse(r, file_of(repo, role), OAK_TUF_TARGETS, role, &file) < 0)
		return -1;
	if (file->version != version || file->version != oak_repo_version(old) + 1)
		return oak_fail(r->err, OAK_CONFLICT, "repo.stale", 0,
				"role '%s' was published in another way since it was proposed (withdraw the proposal and propose again)", role);
	if (oak_streq(role, "targets"))
		r->targets = file;
	if (delegator_of(r, role, &delegator) < 0)
		return -1;
	const struct oak_tuf_role *rule = oak_role_of(delegator, role);
	if (!rule)
		return oak_fail(r->err, OAK_CONFLICT, "repo.stale", 0, "nobody delegates to the proposed role '%s'", role);
	struct oak_proposed *p = oak_push(repo->arena, &r->roles);
	*oak_push(repo->arena, &r->files) = file;
	*p = (struct oak_proposed){.role = role, .version = version, .threshold = rule->threshold, .signed_part = file->signed_part, .old = old};
	p->signer_count = oak_good_signers(repo->arena, file, delegator, rule, &p->signers);
	return 0;
}

static int load(struct review *r)
{
	struct oak_repo *repo = r->repo;
	const struct oak_value_limits limits = {.bytes = 1 << 20};
	const struct oak_value *doc;
	oak_map_init(&r->in_force, repo->arena, 8);
	if (!oak_proposal_exists(repo))
		return oak_fail(r->err, OAK_INVALID, "repo.no-proposal", 0, "nothing is proposed in '%s' (run 'oakum repo propose')", repo->dir);
	if (oak_value_load(repo->arena, file_of(repo, "proposal"), &limits, &doc, r->err) < 0 ||
	    parse(r, oak_repo_metadata_path(repo, "root", oak_repo_version(repo->root)), OAK_TUF_ROOT, "root", &r->root) < 0 ||
	    parse(r, oak_repo_metadata_path(repo, "targets", oak_repo_version(oak_map_find(&repo->roles, "targets"))), OAK_TUF_TARGETS, "targets",
		  &r->targets) < 0)
		return -1;
	const struct oak_value *roles = oak_value_get(doc, "roles"), *first = oak_value_get(roles, "targets");
	if (first && first->kind == OAK_VALUE_INT && add_role(r, "targets", first->integer) < 0)
		return -1;
	for (int bins = 0; bins < 2; bins++) { /* those who delegate come first */
		for (size_t i = 0; roles && roles->kind == OAK_VALUE_OBJECT && i < roles->object.n; i++) {
			const struct oak_member *m = &roles->object.v[i];
			if (!oak_streq(m->key, "targets") && m->value.kind == OAK_VALUE_INT &&
			    (oak_bin_parent(repo->arena, m->key) != NULL) == (bins == 1) && add_role(r, m->key, m->value.integer) < 0)
				return -1;
		}
	}
	return 0;
}

int oak_proposal_load(struct oak_repo *repo, struct oak_proposed **ret, size_t *ret_n, struct oak_error *err)
{
	struct review r = {.repo = repo, .err = err};
	int result = load(&r);
	review_done(&r); /* what a role says lives in the repository's arena */
	*ret = r.roles.v;
	*ret_n = r.roles.n;
	return result;
}

/* The signers among SIGNERS whose keys the role lists. */
static size_t of_role(struct review *r, const struct oak_repo_signers *signers, const char *role, struct oak_signer **chosen, bool *used)
{
	struct oak_tuf_file *delegator; /* that was found when the proposal was read */
	const struct oak_tuf_role *rule = delegator_of(r, role, &delegator) < 0 ? NULL : oak_role_of(delegator, role);
	size_t n = 0;
	for (size_t i = 0; i < signers->n; i++)
		for (size_t k = 0; rule && k < rule->keyid_count; k++)
			if (oak_streq(rule->keyids[k], oak_key_id(oak_signer_key(signers->v[i])))) {
				chosen[n++] = signers->v[i];
				used[i] = true;
				break;
			}
	return n;
}

static int sign_role(struct review *r, const char *role, struct oak_signer **chosen, size_t n)
{
	OAK_AUTO(oak_buf_done) struct oak_buf bytes;
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	oak_buf_init(&bytes, OAK_TUF_SIGNED_MAX);
	oak_buf_init(&out, OAK_TUF_SIGNED_MAX);
	if (oak_fs_read(file_of(r->repo, role), &bytes, r->err) < 0 ||
	    oak_tuf_sign_more(r->repo->arena, oak_buf_text(&bytes), bytes.n, role, chosen, n, &out, r->err) < 0)
		return -1;
	oak_fault_point("repo.approve");
	return oak_fs_write_atomic(file_of(r->repo, role), out.p, out.n, 0644, r->err);
}

static int sign_all(struct review *r, const struct oak_repo_signers *signers, bool *used, size_t *ret_signed)
{
	struct oak_signer **chosen = oak_arena_alloc(r->repo->arena, (signers->n + 1) * sizeof(*chosen));
	for (size_t i = 0; i < r->roles.n; i++) {
		size_t n = of_role(r, signers, r->roles.v[i].role, chosen, used);
		if (n && sign_role(r, r->roles.v[i].role, chosen, n) < 0)
			return -1;
		*ret_signed += n;
	}
	return 0;
}

int oak_proposal_approve(struct oak_repo *repo, const struct oak_repo_signers *signers, size_t *ret_signed, struct oak_error *err)
{
	struct review r = {.repo = repo, .err = err};
	bool *used = oak_arena_alloc(repo->arena, signers->n + 1);
	struct oak_signer **chosen = oak_arena_alloc(repo->arena, (signers->n + 1) * sizeof(*chosen));
	int result = load(&r);
	*ret_signed = 0;
	for (size_t i = 0; result == 0 && i < r.roles.n; i++)
		of_role(&r, signers, r.roles.v[i].role, chosen, used);
	for (size_t i = 0; result == 0 && i < signers->n; i++)
		if (!used[i])
			result = oak_fail(err, OAK_UNTRUSTED, "repo.not-yours", 0, "key '%.16s…' may sign none of the proposed roles",
					  oak_key_id(oak_signer_key(signers->v[i])));
	if (result == 0)
		result = sign_all(&r, signers, used, ret_signed);
	review_done(&r);
	return result;
}

static int check_thresholds(struct review *r)
{
	for (size_t i = 0; i < r->roles.n; i++) {
		const struct oak_proposed *p = &r->roles.v[i];
		OAK_AUTO(oak_buf_done) struct oak_buf who;
		oak_buf_init(&who, 4096);
		for (size_t k = 0; k < p->signer_count; k++)
			oak_buf_addf(&who, "%s%.16s…", k ? ", " : " by ", p->signers[k]);
		if ((int64_t)p->signer_count < p->threshold)
			return oak_fail(r->err, OAK_UNTRUSTED, "repo.approvals", 0,
					"role '%s' needs %lld approvals and has %zu%s (run 'oakum repo approve %s --key …')", p->role,
					(long long)p->threshold, p->signer_count, oak_buf_text(&who), r->repo->dir);
	}
	return 0;
}

static int place(struct review *r, struct oak_map *versions)
{
	for (size_t i = 0; i < r->roles.n; i++) {
		const struct oak_proposed *p = &r->roles.v[i];
		OAK_AUTO(oak_buf_done) struct oak_buf bytes;
		oak_buf_init(&bytes, OAK_TUF_SIGNED_MAX);
		if (oak_fs_read(file_of(r->repo, p->role), &bytes, r->err) < 0)
			return -1;
		oak_fault_point("repo.metadata");
		if (oak_fs_write_atomic(oak_repo_metadata_path(r->repo, p->role, p->version), oak_buf_text(&bytes), bytes.n, 0644, r->err) < 0)
			return -1;
		oak_map_put(versions, oak_arena_strdup(r->repo->arena, p->role), (void *)(intptr_t)p->version);
	}
	return 0;
}

int oak_proposal_take(struct oak_repo *repo, const struct oak_repo_signers *signers, struct oak_map *versions, struct oak_error *err)
{
	struct review before = {.repo = repo, .err = err}, after = {.repo = repo, .err = err};
	size_t count = 0;
	int result = load(&before);
	if (result == 0)
		result = sign_all(&before, signers, oak_arena_alloc(repo->arena, signers->n + 1), &count);
	review_done(&before);
	if (result == 0)
		result = load(&after) < 0 || check_thresholds(&after) < 0 || place(&after, versions) < 0 ? -1 : 0;
	review_done(&after);
	return result;
}
