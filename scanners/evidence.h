/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a .deb was built: from the first 132 bytes of the file, kept for ever by the file's hash. */
#ifndef OAK_SCANNERS_EVIDENCE_H
#define OAK_SCANNERS_EVIDENCE_H

#include "baseline/inventory.h"
#include "core/http.h"

struct oak_evidence_request {
	const char *cache_dir;       /* oakum's own for this root; holds "build-dates" */
	struct oak_fetcher *fetcher; /* NULL = nothing is fetched: only what is kept, and files of this host */
	oak_time now;
};

/* Set .built of INVENTORY's updates that name a file (uri) and have none yet. What cannot be learned becomes one problem
 * "build-date-unknown"; never an error. A date in the future, or one of no sense (before 1994), is no evidence.
 * Only the package manager checks a file's hash, and only of the whole: a date comes from whoever serves the repository. */
void oak_evidence_build_dates(const struct oak_evidence_request *request, struct oak_inventory *inventory);

#endif
