/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bundles: a repository in one tar, for those whom no network reaches. Importing is an ordinary refresh with the tar as transport. */
#ifndef OAK_REPO_BUNDLE_H
#define OAK_REPO_BUNDLE_H

#include "repo/tuf.h"

struct oak_bundle_counts {
	int64_t snapshot;  /* version that it brings */
	size_t targets;	   /* files in it (export), files that were new (import) */
	int64_t bytes;
};

struct oak_bundle_export {
	const char *dir, *to;
	const char *scratch; /* an empty folder, left with rubbish */
	int64_t since;	     /* leave out targets that this snapshot version reached; 0 = none */
	oak_time now;
};

/* Write DIR's metadata (all roots) and targets into the tar TO, each checked as a client would; expiry is looked at when it is imported.
 * Errors: repo.absent, repo.since (INVALID: that snapshot is not there), repo.path, tuf.*, tar.write, file.*. */
int oak_bundle_export(const struct oak_bundle_export *export, struct oak_bundle_counts *ret, struct oak_error *err) OAK_MUST_USE;

struct oak_bundle_import {
	const char *tar;
	const char *stage;   /* an empty folder, left with rubbish */
	const char *trusted; /* the client's own metadata */
	const char *mirror;  /* a folder that becomes, or is, a mirror of the repository */
	oak_time now, accept_expired_until;
	bool opaque_keyids;
	/* Called when everything was checked and before anything changes, with the timestamp's version (may be NULL), and then for each
	 * target with its verified file, before the trust moves on (may be NULL). */
	int (*checked)(void *arg, int64_t timestamp, struct oak_error *err);
	int (*each)(void *arg, const struct oak_tuf_target *target, const char *file, struct oak_error *err);
	void *arg;
};

/* Refresh from the tar, put what it brings into MIRROR, and trust it. Until all of it is checked nothing changes.
 * Errors: tar.invalid, tuf.* (UNTRUSTED), repo.bundle-gap (NOT_FOUND: an earlier bundle has to come first), repo.path, file.*. */
int oak_bundle_import(const struct oak_bundle_import *import, struct oak_bundle_counts *ret, struct oak_error *err) OAK_MUST_USE;

/* Unpack TAR into STAGE: metadata/… and targets/… only; it must end with metadata/timestamp.json. Errors: tar.invalid, file.*. */
int oak_bundle_unpack(const char *tar, const char *stage, struct oak_error *err) OAK_MUST_USE;

#endif
