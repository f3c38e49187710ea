/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which archive of a package fits a host: AWS's rules, without backtracking. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_RESOLVE_H
#define OAK_DISTRIBUTOR_PACKAGE_RESOLVE_H

#include "distributor/package/manifest.h"
#include "distributor/package/platform.h"

/* One key that was looked at. */
struct oak_resolve_step {
	const char *level; /* "platform" "version" "arch" */
	const char *key;
	bool chosen;
	const char *why;
};
struct oak_resolution {
	const char *platform, *version, *arch; /* keys that were chosen; NULL from where it failed */
	const char *file;                      /* name of the archive */
	const struct oak_manifest_file *listed; /* its entry in "files"; NULL = it has none */
	OAK_VEC(struct oak_resolve_step) steps; /* every candidate, in the order of the document */
};

/* The archive of MANIFEST for HOST. 1. the platform's key, else _any; 2. the version's key, else the longest "6.2.*", else _any, else *;
 * 3. the arch's key, else _any. What was chosen at one level is final. *ret is filled on failure, too.
 * Errors: package.no-platform (NOT_FOUND: "no manifest found for platform: P, version V, architecture A").
 * Source: amazon-ssm-agent, birdwatcherservice extractPackageInfo. */
int oak_manifest_resolve(struct oak_arena *arena, const struct oak_manifest *manifest, const struct oak_package_host *host,
			 struct oak_resolution *ret, struct oak_error *err) OAK_MUST_USE;

/* Entries that no host, or not all of those meant, can reach: an _any beside named platforms that have gaps; keys that never match. */
void oak_manifest_lint(struct oak_arena *arena, const struct oak_manifest *manifest, struct oak_problems *ret);

#endif
