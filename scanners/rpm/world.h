/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What scan, refresh and resolve all start from: installed packages and configuration of one root. */
#ifndef OAK_SCANNERS_RPM_WORLD_H
#define OAK_SCANNERS_RPM_WORLD_H

#include "scanners/rpm/metadata.h"
#include "scanners/rpm/rpmdb.h"
#include "scanners/scanner.h"

struct oak_rpm_world {
	struct oak_arena *arena;
	struct oak_rpmdb db;
	struct oak_installed installed;
	struct oak_rpm_conf conf;
	struct oak_metadata_request metadata; /* conf, cache, keys */
	const char *const *archives;	      /* package files on offer besides the repositories */
	size_t archive_count;
	bool all_versions; /* of packages that are not installed, too */
	struct oak_map names;		      /* of installed packages */
	char names_digest[65];
};

/* RET must stay where it is while used. Errors: rpm.db-*. */
int oak_rpm_world_load(struct oak_arena *arena, const struct oak_scan_request *request, struct oak_rpm_world *ret,
		       struct oak_error *err) OAK_MUST_USE;

#endif
