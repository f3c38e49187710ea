/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* TUF metadata as structs: roles, keys, what timestamp and snapshot say of files, targets and delegations. */
#ifndef OAK_REPO_TUF_MODEL_H
#define OAK_REPO_TUF_MODEL_H

#include "core/map.h"
#include "core/signer.h"
#include "repo/tuf.h"

enum oak_tuf_type { OAK_TUF_ROOT, OAK_TUF_TIMESTAMP, OAK_TUF_SNAPSHOT, OAK_TUF_TARGETS, OAK_TUF_TYPE_COUNT };
const char *oak_tuf_type_to_string(enum oak_tuf_type type);

/* A public key as a delegator lists it. USABLE is NULL for algorithms that we do not know: such a key never counts. */
struct oak_tuf_key {
	const char *id;
	struct oak_key *usable;
};

/* Who may sign: keys by id, and how many of them must. */
struct oak_tuf_role {
	const char *name;
	const char *const *keyids;
	size_t keyid_count;
	int64_t threshold;
	/* delegated roles only */
	bool terminating;
	const char *const *paths; /* patterns; NULL = hash_prefixes */
	size_t path_count;
	const char *const *hash_prefixes;
	size_t prefix_count;
};

/* What timestamp or snapshot say of a metadata file. */
struct oak_tuf_meta {
	const char *name; /* "targets.json" */
	int64_t version;
	int64_t length; /* -1 = not given */
	struct oak_tuf_hash hashes[OAK_TUF_HASHES];
	size_t hash_count;
};

struct oak_tuf_signature {
	const char *keyid;
	const char *hex;
};

/* One metadata file, checked for form; not yet for signatures. */
struct oak_tuf_file {
	enum oak_tuf_type type;
	int64_t version;
	oak_time expires;
	const struct oak_value *signed_part;
	struct oak_tuf_signature *signatures;
	size_t signature_count;
	const char *canonical; /* bytes that are signed */
	size_t canonical_size;
	/* root; and targets with delegations */
	struct oak_tuf_key *keys;
	size_t key_count;
	struct oak_map key_by_id;      /* -> struct oak_tuf_key */
	struct oak_tuf_role *roles;    /* root: by enum oak_tuf_type; targets: delegated ones in order */
	size_t role_count;
	bool consistent_snapshot;
	/* timestamp (one), snapshot */
	struct oak_tuf_meta *meta;
	size_t meta_count;
	struct oak_map meta_by_name; /* -> struct oak_tuf_meta */
	/* targets */
	struct oak_tuf_target *targets;
	size_t target_count;
	struct oak_map target_by_path; /* -> struct oak_tuf_target */
};

/* Parse and check the form of a metadata file of that type. NAME is the subject of messages. The result lives in ARENA, but for
 * its keys: oak_tuf_file_done frees them. Errors: tuf.invalid, tuf.keyid, json.invalid, value.* . */
int oak_tuf_parse(struct oak_arena *arena, const void *bytes, size_t n, enum oak_tuf_type type, const char *name,
		  bool opaque_keyids, struct oak_tuf_file **ret, struct oak_error *err) OAK_MUST_USE;
void oak_tuf_file_done(struct oak_tuf_file *file); /* NULL accepted */

/* Is FILE signed by a threshold of the keys that DELEGATOR lists for ROLE? Each key counts once, however often and under however
 * many ids it is listed. Errors: tuf.signature (UNTRUSTED). */
int oak_tuf_verify(const struct oak_tuf_file *file, const struct oak_tuf_file *delegator,
		   const struct oak_tuf_role *role, const char *name, struct oak_error *err) OAK_MUST_USE;

/* Length and hashes of bytes against what timestamp or snapshot say. Errors: tuf.mismatch. */
int oak_tuf_check_meta(const struct oak_tuf_meta *meta, const void *bytes, size_t n, const char *name,
		       struct oak_error *err) OAK_MUST_USE;

/* Does ROLE's delegation cover PATH, whose sha256 as hex is HASH? */
void oak_tuf_path_hash(const char *path, char hash[65]);
bool oak_tuf_role_covers(const struct oak_tuf_role *role, const char *path, const char *hash);
/* May it cover a path that begins with PREFIX? What is delegated to by hashes may. */
bool oak_tuf_role_reaches(const struct oak_tuf_role *role, const char *prefix);

/* Compare bytes with hashes; false unless one known algorithm is there and all known ones fit. */
bool oak_tuf_hashes_fit(const struct oak_tuf_hash *hashes, size_t count, const void *bytes, size_t n);

#endif
