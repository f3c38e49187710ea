/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of an upstream repository that signed metadata name with size and checksum: fetched many at a time, from one mirror after the
 * other, into a store that is named by checksums. */
#ifndef OAK_REPO_WANT_H
#define OAK_REPO_WANT_H

#include "repo/mirrors.h"

struct oak_want {
	const char *path; /* below the upstream's base, and below a snapshot's folder */
	int64_t size;	  /* -1 = not known */
	const char *algorithm, *hex; /* "sha256" … as oak_hasher_by_name reads it; HEX in lower case */
	bool optional;		     /* may be absent at the mirrors */
	const char *file;	     /* out: where the verified bytes are; NULL = absent */
};

struct oak_wants {
	struct oak_arena *arena;
	struct oak_mirrors *mirrors;
	const char *store; /* of the folder that is synced, or NULL: what is in it was verified when it came */
	const char *cas;   /* of the cache: what comes goes there; interrupted calls are gone on with */
	const volatile int *stop;
	void (*progress)(void *arg, int64_t done, int64_t total); /* NULL = none */
	void *arg;
	size_t fetched; /* out: files that came over the network, and their bytes */
	int64_t bytes;
};

/* "STORE/HH/NAME" for a checksum: NAME is the hex digits for sha256, "ALGORITHM-HEX" else. */
const char *oak_want_path(struct oak_arena *arena, const char *store, const struct oak_want *want);

/* Fill in WANT->file of all N. A path twice with different checksums, a name that is no plain path below the folder, and a checksum that is
 * none are refused. Errors: repo.path repo.checksum (UNTRUSTED), http.*, file.*. */
int oak_wants_fetch(struct oak_wants *wants, struct oak_want *v, size_t n, struct oak_error *err) OAK_MUST_USE;

/* Is a path from metadata of others a plain one? Like oak_tar_name_ok, but for ":" and "~" … in names of packages and hidden parts, which
 * are refused. */
bool oak_want_path_ok(const char *path);

#endif
