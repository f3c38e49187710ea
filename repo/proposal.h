/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A change that waits for approvals: DIR/.oakum/proposal has the next version of each role, and the signatures that it has so far. */
#ifndef OAK_REPO_PROPOSAL_H
#define OAK_REPO_PROPOSAL_H

#include "repo/describe.h"
#include "repo/publish.h"

const char *oak_proposal_dir(const struct oak_repo *repo);
bool oak_proposal_exists(const struct oak_repo *repo);

/* Write proposal.json: with it the proposal exists. VERSIONS as in repo/publish.c. */
int oak_proposal_save(const struct oak_repo *repo, const struct oak_map *versions, const char *reason, oak_time now, struct oak_error *err)
	OAK_MUST_USE;

/* One role of it. */
struct oak_proposed {
	const char *role;
	int64_t version, threshold;
	const char *const *signers; /* key ids whose signatures are good and count, once each */
	size_t signer_count;
	const struct oak_value *signed_part, *old; /* OLD: in force; NULL = none */
};

/* All roles of the proposal, targets first; checked: each is the next version of what is in force. Errors: repo.no-proposal (INVALID),
 * repo.stale (CONFLICT: something was published in between), tuf.*. */
int oak_proposal_load(struct oak_repo *repo, struct oak_proposed **ret, size_t *ret_n, struct oak_error *err) OAK_MUST_USE;

/* Add the signatures of SIGNERS to every role that lists their keys; *ret_signed counts them. Errors: repo.not-yours (UNTRUSTED: a key that
 * may sign none of its roles), and those above. */
int oak_proposal_approve(struct oak_repo *repo, const struct oak_repo_signers *signers, size_t *ret_signed, struct oak_error *err)
	OAK_MUST_USE;

/* Sign with those of SIGNERS that may, check that every role has its threshold, and put the roles into DIR/metadata; VERSIONS gets them.
 * Errors: repo.approvals (UNTRUSTED: says which role lacks how many, and who signed). */
int oak_proposal_take(struct oak_repo *repo, const struct oak_repo_signers *signers, struct oak_map *versions, struct oak_error *err)
	OAK_MUST_USE;

/* What FILE's good signatures are by, of the keys that DELEGATOR lists for a role (KEYIDS); in ARENA. */
struct oak_tuf_file;
struct oak_tuf_role;
size_t oak_good_signers(struct oak_arena *arena, const struct oak_tuf_file *file, const struct oak_tuf_file *delegator,
			const struct oak_tuf_role *role, const char *const **ret);
/* The role NAME of a delegator (targets or root); NULL = it has none. */
const struct oak_tuf_role *oak_role_of(const struct oak_tuf_file *delegator, const char *name);

#endif
