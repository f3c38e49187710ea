/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of a publication, shared by repo/publish.c, repo/publish_roles.c, repo/publish_bins.c only. */
#ifndef OAK_REPO_PUBLICATION_H
#define OAK_REPO_PUBLICATION_H

#include "repo/metadata_write.h"

struct oak_publication {
	struct oak_repo *repo;
	const struct oak_repo_signers *signers;
	oak_time now;
	const char *proposal;		 /* folder of a proposal that is made; NULL = publish at once */
	const char *reason;
	const char *revoked;		 /* a key id that delegated roles lose; NULL = none */
	const char *rotated;		 /* a delegated role whose first key is replaced by ADDED; NULL = none */
	const struct oak_key *added;
	bool brings;			 /* what is staged is published; else roles are only signed anew */
	const struct oak_value *targets; /* signed part, in its newest version */
	OAK_VEC(const char *) roles;	 /* that something is staged for, each once */
	struct oak_map versions;	 /* role -> (void *)(intptr_t)version that snapshot shall list */
	struct oak_map lengths;		 /* role -> bytes of that version: without them clients take 5 MB at most */
	struct oak_map written;		 /* role -> signed part of that version */
	struct oak_batch batch;		 /* metadata that wait for their sync */
	struct oak_error *err;
};

/* What a targets role lists: members of an older version that stay, and what is staged. BINS digits: it delegates to bins. */
struct oak_contents {
	const struct oak_member **kept;
	const struct oak_repo_target **added;
	size_t kept_n, added_n;
	int bins;
};

/* {keyids, threshold, …} of a role, by its newest delegator; NULL = nobody delegates to it. */
const struct oak_value *oak_publication_delegation(struct oak_publication *p, const char *role);
/* Close the signed part in BUF, sign and write it as the next version of ROLE. */
int oak_publication_save(struct oak_publication *p, struct oak_sink *sink, struct oak_buf *buf, const char *role, int64_t version,
			 const struct oak_value *delegation, struct oak_metadata_written *ret) OAK_MUST_USE;
/* The next version of a delegated role. */
int oak_publication_write(struct oak_publication *p, const char *role, const struct oak_contents *contents) OAK_MUST_USE;
/* The same with what it lists already and what is staged for it; its bins stay as they are. */
int oak_publication_delegated(struct oak_publication *p, const char *role) OAK_MUST_USE;
/* The next version of targets: new roles and their keys. */
int oak_publication_targets(struct oak_publication *p) OAK_MUST_USE;
bool oak_publication_needs_targets(struct oak_publication *p);

/* ---- bins ---- */

/* What is staged for a role, in one version or in that of its bins; it gets bins when it has grown. */
int oak_publication_role(struct oak_publication *p, const char *role) OAK_MUST_USE;
/* A role and all of its bins signed anew. */
int oak_publication_resign(struct oak_publication *p, const char *role) OAK_MUST_USE;
/* Stage the indices of names (repo/bins.h) for roles that have bins, or will have. */
int oak_publication_index(struct oak_publication *p) OAK_MUST_USE;
/* "delegations": {keys, roles} of a role that has bins. */
void oak_publication_put_bins(struct oak_publication *p, struct oak_sink *sink, const char *role, int digits);

#endif
