/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From installed packages and offers to updates[] of the inventory. Pure: no files, no foreign library. */
#ifndef OAK_SCANNERS_RPM_UPDATES_H
#define OAK_SCANNERS_RPM_UPDATES_H

#include "scanners/rpm/available.h"
#include "scanners/rpm/repoconf.h"

struct oak_rpm_source {
	const struct oak_rpm_repo *repo;
	struct oak_offer offer;
};

struct oak_updates_input {
	const struct oak_rpm_conf *conf;
	const struct oak_rpm_source *sources;
	size_t source_count;
	const struct oak_modules *modules; /* settled */
	bool all; /* every offered version, also older ones and those of packages that are not installed */
	bool complete; /* every enabled repository is among the sources */
	struct oak_package *packages;	   /* installed; hold and hold_kind are set here */
	size_t package_count;
};

/* Append to INVENTORY (everything in its arena): each offered version above the installed one, and each version that an
 * advisory names above it though nobody offers it (origins[] empty); advisories with exactly their version. What is obsoleted
 * becomes a problem. SCRATCH is for the work. Rules: docs/formats/rpm.md. */
void oak_updates_build(struct oak_arena *scratch, const struct oak_updates_input *input, struct oak_inventory *inventory);

#endif
