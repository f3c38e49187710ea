/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mirroring upstream repositories: everything is verified by the upstream's own keys in a cache before the folder changes; each state of
 * the upstream becomes a dated snapshot, and snapshots share their files by hard links.
 *   DIR/snapshots/20261123T181500Z/…   a whole repository, as the upstream has it
 *   DIR/current -> snapshots/…         the newest; replaced at once
 *   DIR/.oakum/store/HH/CHECKSUM       the files, once each */
#ifndef OAK_REPO_SYNC_H
#define OAK_REPO_SYNC_H

#include "repo/want.h"

struct oak_upstream {
	const char *const *urls;
	size_t url_count;
	const char *suite; /* apt: "bookworm-security", or "./" for a flat one; NULL = rpm */
	const char *const *components, *const *arches; /* apt; none = all that Release names */
	size_t component_count, arch_count;
	const char *keyring; /* a file */
	bool gpgcheck;	     /* rpm: packages are signed, too, by keys of the keyring */
};

struct oak_sync {
	struct oak_arena *arena;
	const struct oak_upstream *upstream;
	struct oak_mirrors *mirrors;
	const char *dir, *cas, *work; /* WORK: an empty folder of the cache */
	oak_time now;
	const volatile int *stop;
	void (*progress)(void *arg, int64_t done, int64_t total);
	void *arg;
	/* out */
	const char *stamp; /* of the new snapshot; NULL = nothing new upstream */
	size_t files, fetched;
	int64_t bytes;
};

/* Errors: repo.signature repo.checksum repo.path repo.rollback repo.expired (UNTRUSTED), repo.upstream (INVALID: not what such a
 * repository looks like), http.*, exec.start, file.*. After any of them DIR is as it was. */
int oak_sync_apt(struct oak_sync *sync, struct oak_error *err) OAK_MUST_USE;
int oak_sync_rpm(struct oak_sync *sync, struct oak_error *err) OAK_MUST_USE;

/* ---- shared by both ---- */

/* BASE/PATH of the first mirror that gives it and for which CHECK is content, as WORK/NAME; that mirror is asked first from then on.
 * CHECK may be NULL. */
int oak_sync_first(struct oak_sync *sync, const char *path, const char *name, int (*check)(struct oak_sync *sync, struct oak_error *err),
		   struct oak_error *err) OAK_MUST_USE;
/* One small file from the mirror that oak_sync_first chose last (or is asking now). */
int oak_sync_get(struct oak_sync *sync, const char *path, const char *name, struct oak_error *err) OAK_MUST_USE;
const char *oak_sync_work(const struct oak_sync *sync, const char *name);

/* Where PATH of the newest snapshot is; NULL = there is no such file. */
const char *oak_sync_current(const struct oak_sync *sync, const char *path);
bool oak_sync_same(const char *a, const char *b);

/* Fetch all of N, then make a snapshot of them and of EXTRAS (path, file) and let current point to it. */
struct oak_sync_extra {
	const char *path, *file;
};
int oak_sync_commit(struct oak_sync *sync, struct oak_want *wants, size_t n, const struct oak_sync_extra *extras, size_t extra_count,
		    struct oak_error *err) OAK_MUST_USE;
int oak_sync_fetch(struct oak_sync *sync, struct oak_want *wants, size_t n, struct oak_error *err) OAK_MUST_USE;

/* Remove all but the newest KEEP snapshots of DIR, and files that none has any more. *ret_n says how many went. */
int oak_sync_prune(struct oak_arena *arena, const char *dir, int keep, size_t *ret_n, struct oak_error *err) OAK_MUST_USE;

/* Whole file, unpacked whatever its compression, in ARENA. Errors: unpack.*. */
int oak_sync_unpack(struct oak_sync *sync, const char *file, struct oak_str *ret, struct oak_error *err) OAK_MUST_USE;

#endif
