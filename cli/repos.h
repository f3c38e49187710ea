/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Repositories that this host trusts: their configuration, a refreshed client, and verified files from their mirrors. */
#ifndef OAK_CLI_REPOS_H
#define OAK_CLI_REPOS_H

#include "cli/cmd.h"
#include "repo/tuf.h"

struct oak_repo_client;

/* Trust NAME: its root metadata from FILE, and where its mirrors are. Errors: repo.name (INVALID), tuf.*, file.*. */
int oak_repos_trust(struct oak_context *ctx, const char *name, const char *root_file, const char *const *urls, size_t count,
		    bool opaque_keyids) OAK_MUST_USE;

/* Trust NAME no more: configuration, metadata and what bundles brought are gone; packages that came from it stay. Errors: file.*. */
int oak_repos_forget(struct oak_context *ctx, const char *name) OAK_MUST_USE;
bool oak_repos_has(struct oak_context *ctx, const char *name);

/* Fit for a file's name: letters, digits, ._- and at most 64 of them. */
bool oak_repos_name_ok(const char *name);

/* Names of all trusted repositories, sorted; in ctx->arena. */
int oak_repos_names(struct oak_context *ctx, const char *const **ret, size_t *ret_n) OAK_MUST_USE;

/* What was stored of NAME. */
struct oak_repos_config {
	const char *const *urls;
	size_t url_count;
	bool opaque;
	oak_time accept_until; /* OAK_TIME_NONE = expired metadata never pass */
	int64_t accept_timestamp;
};
int oak_repos_load(struct oak_context *ctx, const char *name, struct oak_repos_config *ret) OAK_MUST_USE;

/* Which keys NAME's trusted root is signed with now: their ids, sorted as the root has them, how many of them must sign, and its version. */
struct oak_repos_root {
	int64_t version, threshold;
	const char *const *keyids;
	size_t keyid_count;
};
int oak_repos_root(struct oak_context *ctx, const char *name, struct oak_repos_root *ret) OAK_MUST_USE;

/* Let expired metadata that hang from this version of the timestamp pass UNTIL then: once for each, written to the audit log first.
 * Errors: repo.postponed (UNTRUSTED). */
int oak_repos_accept_expired(struct oak_context *ctx, const char *name, oak_time until, int64_t timestamp) OAK_MUST_USE;

/* Where NAME's trusted metadata are, and what bundles brought of it; in ctx->arena. */
const char *oak_repos_trust_dir(struct oak_context *ctx, const char *name);
const char *oak_repos_mirror_dir(struct oak_context *ctx, const char *name);

/* A client of NAME, refreshed from the first mirror whose metadata pass. Free with oak_repo_client_free.
 * Errors: repo.unknown (INVALID), tuf.* (UNTRUSTED), http.* (TRANSIENT when no mirror answers). */
struct oak_repo_client *oak_repo_client_open(struct oak_context *ctx, const char *name);
/* The same with at most MAX_RATE bytes a second of each download; 0 = as configured. */
struct oak_repo_client *oak_repo_client_open_at(struct oak_context *ctx, const char *name, int64_t max_rate);
void oak_repo_client_free(struct oak_repo_client *client); /* NULL accepted */
OAK_DEFINE_AUTO(oak_repo_client_free, struct oak_repo_client *);

struct oak_tuf *oak_repo_client_tuf(struct oak_repo_client *client);

/* The target PATH as a verified file in the cache (named by its hash): taken from there if whole, else fetched, going on with what an
 * interrupted call left, from one mirror after the other. *ret_file is in ctx->arena.
 * Errors: tuf.no-target (NOT_FOUND), tuf.mismatch, http.*, file.*. */
int oak_repo_client_file(struct oak_repo_client *client, const char *path, const char **ret_file) OAK_MUST_USE;

/* The same for a target that oak_tuf_find or oak_tuf_each gave. */
int oak_repo_client_target(struct oak_repo_client *client, const struct oak_tuf_target *target, const char **ret_file)
	OAK_MUST_USE;

/* One metadata file as the mirror in use gives it, unchecked. */
int oak_repo_client_metadata(struct oak_repo_client *client, const char *name, int64_t max, struct oak_buf *out, struct oak_error *err)
	OAK_MUST_USE;

/* Versions of package NAME that the repository offers ("pkg/NAME/VERSION/manifest.json"), unsorted; in ctx->arena. */
int oak_repo_client_versions(struct oak_repo_client *client, const char *name, const char *const **ret, size_t *ret_n)
	OAK_MUST_USE;

/* "repo:NAME/path": the verified file behind it; "http(s)://…": a copy of what is there now, which nobody vouches for but TLS. Errors: as above; http.*. */
bool oak_repos_is_reference(const char *text);
int oak_repos_resolve(struct oak_context *ctx, const char *reference, const char **ret_file) OAK_MUST_USE;

#endif
