/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mirrors of one repository: which is asked next, and one file from several of them. */
#ifndef OAK_REPO_MIRRORS_H
#define OAK_REPO_MIRRORS_H

#include "core/http.h"
#include "repo/tuf.h"

/* What became of a mirror in this process: better ones are asked first. */
enum oak_mirror_state { OAK_MIRROR_FINE, OAK_MIRROR_SLOW, OAK_MIRROR_DEAD, OAK_MIRROR_LIES };

struct oak_mirror {
	const char *url; /* http, https, file, or a folder's path */
	enum oak_mirror_state state;
};

/* Limits. A mirror that gives less than MIN_RATE bytes a second for SLOW_S seconds is left for the next one, which goes on with the same
 * part file. Only when no better one is left are slow ones taken as they are, within the deadline: TOTAL_S seconds, or what the signed
 * length takes at LEAST_RATE, whichever is longer. */
struct oak_mirror_limits {
	int64_t min_rate; /* 0 = 16384 */
	int64_t slow_s;	  /* 0 = 10 */
	int64_t total_s;  /* 0 = 60 */
	int64_t least_rate; /* 0 = 1024 */
};

struct oak_mirrors {
	struct oak_mirror *v;
	size_t n;
	struct oak_fetcher *fetcher; /* borrowed */
	struct oak_arena *arena;     /* borrowed */
	struct oak_mirror *current;  /* whose metadata the open client has and goes on asking for; NULL = none yet */
	struct oak_mirror_limits limits;
};

/* COUNT addresses; in ARENA. */
void oak_mirrors_init(struct oak_mirrors *mirrors, struct oak_arena *arena, const char *const *urls, size_t count,
		      struct oak_fetcher *fetcher, const struct oak_mirror_limits *limits);

/* "URL/WHAT/NAME" with one slash between each; a folder's path becomes file://. */
const char *oak_mirror_url(struct oak_arena *arena, const char *mirror, const char *what, const char *name);

/* Bring TUF's metadata in OPTIONS->dir up to date, all of them from one mirror; OPTIONS->metadata is ignored. *ret is open then.
 * MIRRORS must outlive it. Errors: those of the first mirror, one that lied before one that is dead; tuf.*, http.*. */
int oak_mirrors_refresh(struct oak_mirrors *mirrors, const struct oak_tuf_options *options, struct oak_tuf **ret,
			struct oak_error *err) OAK_MUST_USE;

/* One metadata file from the current mirror, unchecked. */
int oak_mirrors_metadata(struct oak_mirrors *mirrors, const char *name, int64_t max, struct oak_buf *out, struct oak_error *err)
	OAK_MUST_USE;

/* The current mirror gave a delegated role that did not pass, or nothing: the caller closes its client and refreshes again. */
void oak_mirrors_blame(struct oak_mirrors *mirrors, const struct oak_error *err);

/* TARGET as FILE, whole and checked: what an interrupted call left in FILE.part is gone on with, from one mirror after the other. The
 * signed length is the cap whatever a server says. A part that several mirrors wrote and that turns out wrong is begun again.
 * Errors: tuf.mismatch, http.*, file.*. */
int oak_mirrors_fetch(struct oak_mirrors *mirrors, const struct oak_tuf *tuf, const struct oak_tuf_target *target, const char *file,
		      struct oak_error *err) OAK_MUST_USE;

#endif
