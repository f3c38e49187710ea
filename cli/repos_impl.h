/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the client of repositories, shared by cli/repos*.c only. */
#ifndef OAK_CLI_REPOS_IMPL_H
#define OAK_CLI_REPOS_IMPL_H

#include "cli/repos.h"
#include "repo/bins.h"
#include "repo/mirrors.h"

struct oak_repo_client {
	struct oak_context *ctx;
	const char *name;
	const char **urls;
	size_t url_count;
	bool opaque;
	oak_time accept_until; /* expired metadata pass until then; OAK_TIME_NONE = never … */
	int64_t accept_timestamp; /* … those that hang from this timestamp */
	struct oak_fetcher *fetcher;
	struct oak_mirrors mirrors;
	struct oak_tuf *tuf;
	oak_time floor; /* the clock may not be before it */
};

/* Hex digits of its sha256; NULL = none. */
const char *oak_target_sha256(const struct oak_tuf_target *target);

/* Files of package NAME that its versions and deltas are found by: from its index where the repository has one, else from all roles that
 * may list such. */
int oak_repo_client_files(struct oak_repo_client *client, const char *name, struct oak_name_files *ret) OAK_MUST_USE;

/* TARGET as FILE from chunks, where the repository has their index and earlier versions are in the cache: 1 done, 0 not, -1. */
int oak_repo_delta(struct oak_repo_client *client, const struct oak_tuf_target *target, const char *file);

#endif
