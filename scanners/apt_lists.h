/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which package lists a scan of a dpkg host reads: the system's own or the ones that oakum refreshed, the newer. */
#ifndef OAK_SCANNERS_APT_LISTS_H
#define OAK_SCANNERS_APT_LISTS_H

#include <stdbool.h>

#include "core/error.h"
#include "core/mem.h"
#include "core/time.h"

/* One release that oakum refreshed itself. */
struct oak_apt_fetch {
	const char *release; /* "URI DIST", as the sources have it, without credentials */
	oak_time fetched;
};

struct oak_apt_lists {
	const char *dir;  /* absolute, without trailing slash */
	bool own;         /* it is ours: CACHE_DIR/apt/lists */
	oak_time fetched; /* last refresh of what has no row below; NONE = there are no lists */
	int64_t changed_ns; /* the same by the files' own times, in nanoseconds: orders two refreshes of one second */
	OAK_VEC(struct oak_apt_fetch) fetches;
};

/* Choose for ROOT. apply gives the same folder to apt-get as Dir::State::lists. CACHE_DIR NULL = none of ours. */
void oak_apt_lists_choose(struct oak_arena *arena, const char *root, const char *cache_dir, struct oak_apt_lists *ret);

/* Ours, whatever its age. */
void oak_apt_lists_own(struct oak_arena *arena, const char *cache_dir, struct oak_apt_lists *ret);

/* The system's own folder and its age: the package manager's stamps, else the newest change in the folder. */
void oak_apt_lists_host(struct oak_arena *arena, const char *root, struct oak_apt_lists *ret);

/* Keep when each release was refreshed, beside our lists. Errors: file.*. */
int oak_apt_lists_save(const char *cache_dir, const struct oak_apt_lists *lists, struct oak_error *err) OAK_MUST_USE;

#endif
