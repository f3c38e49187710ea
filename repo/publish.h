/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Making and changing a repository: every publication is new files first, and one rename of timestamp.json last. */
#ifndef OAK_REPO_PUBLISH_H
#define OAK_REPO_PUBLISH_H

#include "repo/store.h"

/* Who may sign now. Signers are borrowed. */
struct oak_repo_signers {
	struct oak_signer **v;
	size_t n;
};

struct oak_repo_init {
	const char *dir, *keys_dir;
	int root_keys, root_threshold; /* 0 = 1 */
	const struct oak_value *expires; /* role -> "7d"; NULL = none */
	const struct oak_value *thresholds; /* targets, policy or packages-main -> "2/3": how many of how many keys; NULL = none */
	const char *passphrase;		 /* of the new keys; NULL = unencrypted */
	const char *trust;		 /* policy that packages must pass; NULL = none */
	const struct oak_value *bins;	 /* number of bins of roles of packages; NULL = when they have grown */
	oak_time now;
};

/* Make keys in KEYS_DIR (which must hold none of these names) and the first metadata in DIR: root, targets (which only delegates
 * to policy and packages-main), snapshot, timestamp. Errors: repo.exists (CONFLICT), key.generate, file.*. */
int oak_repo_init(struct oak_arena *arena, const struct oak_repo_init *init, struct oak_error *err) OAK_MUST_USE;

/* All private keys of KEYS_DIR (*.pem), in ARENA's order; free each with oak_signer_free. Errors: key.*, file.*. */
int oak_repo_open_keys(struct oak_arena *arena, const char *keys_dir, const char *passphrase, struct oak_repo_signers *ret,
		       struct oak_error *err) OAK_MUST_USE;

/* Copy FILE into targets and stage it as PATH for ROLE. The same path with other bytes is refused, in what is published and in
 * what waits. *ret_new is false if it was there already. oak_repo_save_staged
 * makes it last: once for many. Errors: repo.immutable (CONFLICT), repo.path (INVALID), file.*. */
int oak_repo_stage(struct oak_repo *repo, const char *file, const char *path, const char *role, const struct oak_value *custom,
		   bool *ret_new, struct oak_error *err) OAK_MUST_USE;

/* Write what is staged as a proposal: new versions of the roles concerned in DIR/.oakum/proposal, with the signatures of SIGNERS, who may
 * be none. REASON (may be NULL) is signed with it. Errors: repo.nothing (CONFLICT: nothing was added), repo.proposed (CONFLICT), file.*. */
int oak_repo_propose(struct oak_repo *repo, const struct oak_repo_signers *signers, const char *reason, oak_time now,
		     struct oak_error *err) OAK_MUST_USE;

/* Publish what is staged, or what was proposed; SIGNERS count as approvals of a proposal: new versions of the roles concerned, snapshot and timestamp. Roles that are not delegated to yet are, with
 * the paths of the names that they bring. Errors: repo.signers (UNTRUSTED: which role lacks whose keys), repo.approvals (UNTRUSTED: a proposal below its threshold), file.*. */
int oak_repo_publish(struct oak_repo *repo, const struct oak_repo_signers *signers, oak_time now, struct oak_error *err)
	OAK_MUST_USE;

/* New snapshot and timestamp with later expiry; with ALL, every role that lives less than half of its time still. */
int oak_repo_renew(struct oak_repo *repo, const struct oak_repo_signers *signers, oak_time now, bool all,
		   struct oak_error *err) OAK_MUST_USE;

/* New snapshot and timestamp, and before them ROLE (targets; NULL = none) signed anew: after its keys changed. */
int oak_repo_renew_role(struct oak_repo *repo, const struct oak_repo_signers *signers, const char *role, oak_time now,
			struct oak_error *err) OAK_MUST_USE;

/* Take KEYID out of the delegated roles that list it: targets without it, and those roles signed anew by their other keys.
 * Errors: repo.role (INVALID: nobody lists it, or too few would be left), repo.signers, file.*. */
int oak_repo_revoke_delegated(struct oak_repo *repo, const struct oak_repo_signers *signers, const char *keyid, oak_time now,
			      struct oak_error *err) OAK_MUST_USE;

/* Replace the first key of a delegated role by ADDED, one of SIGNERS: targets says so, and the role (with its bins) is signed anew.
 * Errors: repo.role (INVALID), repo.exists (CONFLICT: it is there already), repo.signers, file.*. */
int oak_repo_rotate_delegated(struct oak_repo *repo, const struct oak_repo_signers *signers, const char *role, const struct oak_key *added,
			      oak_time now, struct oak_error *err) OAK_MUST_USE;

#endif
