/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What outlives a scan and a verdict needs. Passed in by the caller, never fetched by baseline/. */
#ifndef OAK_BASELINE_MEMORY_H
#define OAK_BASELINE_MEMORY_H

#include "core/map.h"
#include "core/mem.h"
#include "core/time.h"

/* Evidence for the release time of one (repository, name, arch, version), stored once, never moved later. */
struct oak_first_seen {
	const char *repository, *name, *arch, *evr;
	oak_time at;
	bool watched; /* the repository was watched before the version appeared: AT counts as release evidence */
	bool release_date; /* not watched, and AT is the date of the Release file (repomd revision) rather than our first scan */
	bool gone; /* offered no more: says when a superseded lineage began */
};

/* An approved version that its repository dropped before it was installed. */
struct oak_vanished {
	const char *repository, *name, *arch, *evr;
	oak_time approved_at;
	const char *level;
};

/* A change made without the reboot it needs. */
struct oak_pending_reboot {
	const char *name, *arch, *evr;
	oak_time installed_at;
};

/* Outcome of one patch in the last run. */
struct oak_last_outcome {
	const char *name, *arch, *evr; /* the version that was tried */
	const char *status;            /* FAILED, INSTALLED … */
	const char *error;
};

struct oak_memory {
	OAK_VEC(struct oak_first_seen) first_seen;
	OAK_VEC(struct oak_vanished) vanished;
	OAK_VEC(struct oak_pending_reboot) pending;
	oak_time last_no_reboot_install; /* OAK_TIME_NONE = never */
	OAK_VEC(struct oak_last_outcome) outcomes;
	bool lost; /* the database is new or was replaced: dates must not approve earlier than before */
};

#endif
