/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the imported feeds say about the updates of an inventory, and about single CVEs. */
#ifndef OAK_FLEET_FEED_JOIN_H
#define OAK_FLEET_FEED_JOIN_H

#include "baseline/inventory.h"
#include "fleet/feed/feed.h"

/* Add advisories to INVENTORY's updates: on Debian and Ubuntu by source package and its version, elsewhere by binary
 * package (OSV). An advisory goes to the lowest offered version that has its fix, if the installed one has not. It brings
 * a date only to the very version it names, so that an old notice never approves a newer version. CVEs of KEV are marked,
 * also in advisories that the repositories brought. Feeds that cannot be read or are over 14 days old become problems.
 * No feeds: nothing happens. */
void oak_feed_join(const char *dir, oak_time now, struct oak_inventory *inventory);

/* KEV and EPSS. */
struct oak_feed_marks;
struct oak_feed_mark {
	bool known_exploited, ransomware;
	oak_time added;              /* to KEV, NONE */
	bool scored;                 /* EPSS has it */
	double epss, percentile;
};
/* Neither imported: every mark is empty. Errors: core/db.h. */
int oak_feed_marks_open(const char *dir, struct oak_feed_marks **ret, struct oak_error *err) OAK_MUST_USE;
void oak_feed_marks_free(struct oak_feed_marks *marks); /* NULL accepted */
OAK_DEFINE_AUTO(oak_feed_marks_free, struct oak_feed_marks *);
int oak_feed_mark_of(struct oak_feed_marks *marks, const char *cve, struct oak_feed_mark *ret, struct oak_error *err)
	OAK_MUST_USE;

/* "name" and version out of "name (version)"; without one the binary's EVR less a "+bN" of a rebuild. In ARENA. */
void oak_feed_source(struct oak_arena *arena, const char *source, const char *name, const char *evr, const char **ret_name,
		     const char **ret_version);

#endif
