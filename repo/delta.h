/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One target from chunks that are here already and ranges of the target itself at the mirrors. */
#ifndef OAK_REPO_DELTA_H
#define OAK_REPO_DELTA_H

#include "repo/chunk.h"
#include "repo/mirrors.h"

enum { OAK_DELTA_LEAST_SAVING = 30 }; /* percent: for less the whole file is fetched */

struct oak_delta {
	struct oak_mirrors *mirrors;
	const struct oak_tuf *tuf;
	const struct oak_tuf_target *target;
	const struct oak_chunks *index; /* of the target */
	const char *const *seeds;	/* files with content that it may share: earlier versions, what a download left */
	size_t seed_count;
	const char *file; /* that it becomes */
	bool metered;	  /* every byte counts: go on whatever is saved */
	int64_t reused, fetched; /* out: bytes */
};

/* Assemble FILE beside itself and check the whole against the signed hash: a wrong chunk can cost time only. *ret_done is false where it
 * would save too little or something did not fit; FILE is not there then, and the whole should be fetched.
 * Errors: file.*, http.interrupted; http.* and tuf.mismatch only when metered. */
int oak_delta_fetch(struct oak_delta *delta, bool *ret_done, struct oak_error *err) OAK_MUST_USE;

#endif
