/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who approved what: read from the metadata that are served, and proven by their signatures alone. */
#ifndef OAK_REPO_LOG_H
#define OAK_REPO_LOG_H

#include "repo/describe.h"
#include "repo/publish.h"

/* One version of root or of a targets role. */
struct oak_log_entry {
	oak_time at; /* as signed; OAK_TIME_NONE = not said (root, older versions) */
	const char *role, *reason;
	int64_t version, threshold, snapshot; /* SNAPSHOT that first listed it; 0 for root */
	const char *const *signers;	      /* key ids with good signatures */
	size_t signer_count;
	bool proven; /* by a threshold of the keys that were in force then */
	const char *const *changes;
	size_t change_count;
};

/* All that DIR/metadata still have, oldest first, roots before the rest. In REPO's arena. Errors: repo.damaged, file.*. */
int oak_repo_log(struct oak_repo *repo, struct oak_log_entry **ret, size_t *ret_n, struct oak_error *err) OAK_MUST_USE;

#endif
