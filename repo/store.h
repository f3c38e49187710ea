/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A repository on disk, as its publisher sees it: DIR/metadata, DIR/targets, and DIR/.oakum for what is not published yet. */
#ifndef OAK_REPO_STORE_H
#define OAK_REPO_STORE_H

#include "core/map.h"
#include "core/signer.h"
#include "core/time.h"
#include "core/value.h"
#include "repo/batch.h"

enum { OAK_REPO_ROLES_MAX = 100000, OAK_REPO_SNAPSHOTS_KEPT = 10 };

/* A file that becomes a target. */
struct oak_repo_target {
	const char *path; /* "pkg/NAME/VERSION/FILE" */
	const char *role; /* that will list it */
	int64_t length;
	const char *sha256;
	const struct oak_value *custom; /* NULL = none */
};

struct oak_repo {
	struct oak_arena *arena;
	const char *dir, *keys_dir; /* keys_dir NULL = not known */
	int lock;		    /* -1 = none */
	/* signed parts in force; ROLES holds targets and the delegated ones, bins when oak_repo_part was asked for them */
	const struct oak_value *root, *snapshot, *timestamp;
	struct oak_map roles; /* role name -> const struct oak_value */
	OAK_VEC(struct oak_repo_target) staged;
	struct oak_map known; /* target path -> sha256, published or staged; made at first use */
	const struct oak_value *expires; /* role name -> "7d"; NULL = defaults */
	const char *trust;		 /* policy that packages must pass to be added (oakum.trust/1); NULL = none */
	const struct oak_value *bins;	 /* how many roles of packages have; NULL = when they have grown */
	struct oak_batch batch;		 /* staged files that wait for oak_repo_save_staged */
};

/* Open DIR; EXCLUSIVE takes its lock (no wait). Errors: repo.absent (INVALID), repo.damaged, lock.held, file.*. */
int oak_repo_open(struct oak_arena *arena, const char *dir, bool exclusive, struct oak_repo *ret, struct oak_error *err)
	OAK_MUST_USE;
void oak_repo_done(struct oak_repo *repo);

/* DIR/metadata/5.packages-main.json; VERSION 0: without one. */
const char *oak_repo_metadata_path(const struct oak_repo *repo, const char *role, int64_t version);
/* DIR/targets/pkg/…/HASH.file */
const char *oak_repo_target_path(const struct oak_repo *repo, const char *path, const char *sha256);

/* "packages/TEAM" is the role packages-TEAM in the metadata: some clients make a file of a role's name as it is. */
const char *oak_repo_role_name(struct oak_arena *arena, const char *role);

/* The signed part in force of any role that snapshot lists; NULL in *RET = it lists none of that name. Errors: repo.damaged, file.*. */
int oak_repo_part(struct oak_repo *repo, const char *role, const struct oak_value **ret, struct oak_error *err) OAK_MUST_USE;

/* sha256 of a target as metadata have it; NULL = none. */
const char *oak_repo_hash_of(const struct oak_value *target);

int64_t oak_repo_version(const struct oak_value *signed_part); /* 0 for NULL */

/* The key file of a role: KEYS/packages-main.pem, KEYS/root-1.pem with a number above 0. */
const char *oak_repo_key_path(struct oak_arena *arena, const char *keys_dir, const char *role, int number);

/* Seconds that metadata of a role live: as configured, else root 365 d, snapshot 7 d, timestamp 1 d, others 90 d. */
int64_t oak_repo_lifetime(const struct oak_repo *repo, const char *role);

/* Bring the staged files to the disk, and write down what is staged. */
int oak_repo_save_staged(struct oak_repo *repo, struct oak_error *err) OAK_MUST_USE;
int oak_repo_save_config(const struct oak_repo *repo, struct oak_error *err) OAK_MUST_USE;

#endif
