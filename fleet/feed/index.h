/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index of one feed: a database file that is built whole, renamed into place and then only read. */
#ifndef OAK_FLEET_FEED_INDEX_H
#define OAK_FLEET_FEED_INDEX_H

#include "core/db.h"
#include "fleet/feed/feed.h"

struct oak_feed_advisory {
	const char *id;             /* "DSA-5544-1" "USN-6342-1" "CVE-2026-0001" */
	const char *classification; /* "Security" "Bugfix" "Enhancement"; NULL = left to the origin */
	const char *severity;       /* as the vendor writes it, NULL */
	oak_time issued, updated;
	const char *title;          /* cut at 160 bytes */
	const char *cves;           /* comma-separated, NULL = none */
};

struct oak_feed_fix {
	const char *ecosystem; /* "debian:bookworm" "ubuntu:jammy" "almalinux:10" */
	const char *package;   /* source package, or binary one */
	bool binary;
	const char *fixed;     /* first version with the fix */
	const char *severity;  /* of this package there, NULL = the advisory's */
};

struct oak_feed_index;

/* Begin DIR/NAME.db anew beside the old one; with ADD from a copy of it. Errors: core/db.h, file.*. */
int oak_feed_index_begin(const char *dir, const char *name, bool add, struct oak_feed_index **ret, struct oak_error *err)
	OAK_MUST_USE;
/* *ret_id is for oak_feed_index_fix. An id met again gets the newer record; its fixes of an earlier import go. */
int oak_feed_index_advisory(struct oak_feed_index *index, const struct oak_feed_advisory *advisory, int64_t *ret_id,
			    struct oak_error *err) OAK_MUST_USE;
int oak_feed_index_fix(struct oak_feed_index *index, int64_t advisory, const struct oak_feed_fix *fix,
		       struct oak_error *err) OAK_MUST_USE;
int oak_feed_index_mark(struct oak_feed_index *index, const char *cve, oak_time added, const char *note, double score,
			double percentile, struct oak_error *err) OAK_MUST_USE;
void oak_feed_index_date(struct oak_feed_index *index, oak_time at); /* the newest counts as data_at */
const char *oak_feed_index_name(const struct oak_feed_index *index);

/* Complete it (counts and facts of INFO into the file) without making it visible; then publish, which renames. */
int oak_feed_index_finish(struct oak_feed_index *index, struct oak_feed_info *info, struct oak_error *err) OAK_MUST_USE;
int oak_feed_index_publish(struct oak_feed_index *index, struct oak_error *err) OAK_MUST_USE;
void oak_feed_index_free(struct oak_feed_index *index); /* NULL accepted; unpublished: nothing of it stays */

/* Open DIR/NAME.db for reading; *ret NULL = not imported. Errors: core/db.h (db.corrupt names the file). */
int oak_feed_index_open(const char *dir, const char *name, struct oak_db **ret, struct oak_error *err) OAK_MUST_USE;
int oak_feed_index_info(struct oak_db *db, const char *name, struct oak_arena *arena, struct oak_feed_info *ret,
			struct oak_error *err) OAK_MUST_USE;

/* Every name that an index can have, NULL-terminated; and the name for a kind and its ecosystem. */
extern const char *const oak_feed_names[];

#endif
