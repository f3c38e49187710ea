/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Security feeds: what distributions and others publish about vulnerabilities, imported into indices of our own. */
#ifndef OAK_FLEET_FEED_FEED_H
#define OAK_FLEET_FEED_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "core/mem.h"
#include "core/time.h"

/* Read by what they hold, never by their name:
 *   debian-tracker  the security tracker's JSON: source package → CVE → release
 *   debian-dsa      data/DSA/list (and debian-dla, debian-dtsa): text
 *   ubuntu-usn      notices of the Ubuntu security API, or the USN database
 *   ubuntu-cve      CVEs of the Ubuntu security API: priorities
 *   osv-debian, osv-ubuntu, osv-almalinux … one per ecosystem: single documents, arrays, folders
 *   kev             CISA's known exploited vulnerabilities        epss   exploit prediction scores, csv
 * each plain, in a folder, compressed, or together in one archive. */

enum { OAK_FEED_ENTRY_MAX = 512 * 1024 * 1024 };   /* of one document */
#define OAK_FEED_TOTAL_MAX ((int64_t)1024 * 1024 * 1024) /* of a file or all that is in it */
enum { OAK_FEED_FILES_MAX = 400000 };

struct oak_feed_info {
	const char *name;          /* "debian-tracker": also the name of its index, NAME.db */
	const char *file;          /* what it was imported from, as named by the caller */
	const char *sha256;        /* of that file; NULL for a folder */
	const char *signed_by;     /* key id, NULL = nobody */
	oak_time imported_at;
	oak_time data_at;          /* newest date in the data itself, NONE = it has none: its age counts from here */
	int64_t advisories;        /* distinct ids */
	int64_t packages;          /* distinct (ecosystem, package) */
	int64_t fixes;             /* (ecosystem, package, version, advisory) */
	int64_t marks;             /* CVEs with a mark or score (kev, epss) */
};
struct oak_feed_infos {
	OAK_VEC(struct oak_feed_info) list; /* by name */
};

struct oak_feed_import {
	const char *dir;       /* folder of the indices; made when missing */
	const char *path;      /* file or folder */
	const char *said;      /* what the index calls it; NULL = path */
	const char *signed_by; /* noted in the index */
	bool add;              /* keep what is there, replace advisories of the same id; else the whole feed is replaced */
	bool check_only;       /* read everything, change nothing */
	oak_time now;
	const volatile int *stop; /* non-zero ends it; NULL = none */
};

/* Import all feeds in PATH. All of them or none: indices are built beside the old ones and renamed at the end. Memory is
 * bounded by the largest single record, not by the file. *RET gets the feeds that were imported.
 * Errors: feed.unknown, feed.invalid, feed.truncated, feed.too-large, feed.empty (INVALID), feed.interrupted, json.invalid,
 * and those of core/unpack.h, core/db.h, file.*. */
int oak_feed_import(const struct oak_feed_import *options, struct oak_arena *arena, struct oak_feed_infos *ret,
		    struct oak_error *err) OAK_MUST_USE;

/* What is imported in DIR; an absent folder is an empty list. A damaged index is an error that names it. */
int oak_feed_list(const char *dir, struct oak_arena *arena, struct oak_feed_infos *ret, struct oak_error *err)
	OAK_MUST_USE;

#endif
