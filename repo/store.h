/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A repository on disk, as its publisher sees it: DIR/metadata, DIR/targets, and DIR/.oakum for what is not published yet. */
#ifndef OAK_REPO_STORE_H
#define OAK_REPO_STORE_H

#include "core/map.h"
#include "core/signer.h"
#include "core/time.h"
#include "core/value.h"

enum { OAK_REPO_ROLES_MAX = 1000, OAK_REPO_SNAPSHOTS_KEPT = 10 };

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
	/* signed parts in force; ROLES holds targets and the delegated ones */
	const struct oak_value *root, *snapshot, *timestamp;
	struct oak_map roles; /* role name -> const struct oak_value */
	OAK_VEC(struct oak_repo_target) staged;
	struct oak_map known; /* target path -> sha256, published or staged; made at first use */
	const struct oak_value *expires; /* role name -> "7d"; NULL = defaults */
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

int64_t oak_repo_version(const struct oak_value *signed_part); /* 0 for NULL */

/* The key file of a role: KEYS/packages-main.pem, KEYS/root-1.pem with a number above 0. */
const char *oak_repo_key_path(struct oak_arena *arena, const char *keys_dir, const char *role, int number);

/* Seconds that metadata of a role live: as configured, else root 365 d, snapshot 7 d, timestamp 1 d, others 90 d. */
int64_t oak_repo_lifetime(const struct oak_repo *repo, const char *role);

int oak_repo_save_staged(const struct oak_repo *repo, struct oak_error *err) OAK_MUST_USE;
int oak_repo_save_config(const struct oak_repo *repo, struct oak_error *err) OAK_MUST_USE;

#endif
