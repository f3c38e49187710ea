/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of a repository: listed, made, rotated, revoked. */
#ifndef OAK_REPO_KEYS_H
#define OAK_REPO_KEYS_H

#include "repo/publish.h"

struct oak_repo_key {
	const char *role, *keyid, *scheme;
	int64_t threshold;
};

/* All keys of root and of targets' delegations; in the repository's arena. */
size_t oak_repo_keys(const struct oak_repo *repo, const struct oak_repo_key **ret);

/* Make KEYS/ROLE.pem and .pub. Errors: repo.exists, repo.role (INVALID: no packages/TEAM), repo.signers (no folder). */
int oak_repo_key_new(const struct oak_repo *repo, const char *role, const char *passphrase, struct oak_error *err)
	OAK_MUST_USE;

/* Put a new key in place of all keys of a top-level ROLE (root: of its first key), publish the root that says so, and sign the role
 * anew. NEW_KEY is a file, pkcs11:URI or cmd:PATH (core/signer.h); NULL: one is made in the folder of keys. Crash-safe: the new key is stored before anything names it. Errors: repo.role, repo.signers, key.*, file.*. */
int oak_repo_key_rotate(struct oak_repo *repo, const struct oak_repo_signers *signers, const char *role, const char *new_key,
			const char *passphrase, oak_time now, struct oak_error *err) OAK_MUST_USE;

/* A root without KEYID. Errors: repo.role (INVALID: unknown, or too few would be left), repo.signers, file.*. */
int oak_repo_key_revoke(struct oak_repo *repo, const struct oak_repo_signers *signers, const char *keyid, oak_time now,
			struct oak_error *err) OAK_MUST_USE;

/* A new root that says the same, if the one in force lives less than half of its time still. Errors: repo.signers, file.*. */
int oak_repo_root_renew(struct oak_repo *repo, const struct oak_repo_signers *signers, oak_time now, struct oak_error *err) OAK_MUST_USE;

#endif
