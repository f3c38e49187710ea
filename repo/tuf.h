/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* liboaktuf: a strict client of The Update Framework 1.0 (metadata that mirrors cannot forge, roll back or freeze). */
#ifndef OAK_REPO_TUF_H
#define OAK_REPO_TUF_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/error.h"
#include "core/mem.h"
#include "core/time.h"
#include "core/value.h"

#if defined(__GNUC__) && !defined(_WIN32)
#define OAK_TUF_API __attribute__((visibility("default")))
#else
#define OAK_TUF_API
#endif

/* Limits, after python-tuf's. */
enum {
	OAK_TUF_ROOT_MAX = 512000,
	OAK_TUF_TIMESTAMP_MAX = 16384,
	OAK_TUF_SNAPSHOT_MAX = 2000000,
	OAK_TUF_TARGETS_MAX = 5000000, /* where snapshot names no length */
	OAK_TUF_SIGNED_MAX = 256 * 1024 * 1024, /* a length that snapshot or timestamp may name */
	OAK_TUF_ROOT_STEPS = 256,
	OAK_TUF_DELEGATIONS = 32, /* that one search may ask */
	OAK_TUF_ROLES = 100000,	  /* that oak_tuf_each loads */
	OAK_TUF_HASHES = 8
};

/* Where metadata comes from. NAME is already quoted for a URL ("5.root.json", "2.team%2Fa.json"). Append at most MAX bytes
 * to OUT; more is an error, not a cut. An absent file is OAK_NOT_FOUND (or OAK_DENIED: some stores say so). */
struct oak_tuf_source {
	int (*get)(void *arg, const char *name, int64_t max, struct oak_buf *out, struct oak_error *err);
	void *arg;
};

struct oak_tuf_options {
	const char *dir; /* trusted metadata, exact bytes: root.json, timestamp.json, snapshot.json, targets.json, ROLE.json */
	struct oak_tuf_source metadata;
	oak_time now;	      /* the instant of the whole refresh */
	/* Metadata that expired before NOW pass until this instant (OAK_TIME_NONE or 0 = never), but a timestamp only if it has that version:
	 * somebody decided it for one bundle. */
	oak_time accept_expired_until;
	int64_t accept_timestamp;
	bool opaque_keyids;   /* take key ids as they stand (foreign roots); else each must be the hash of its key */
};

struct oak_tuf_hash {
	const char *algorithm; /* "sha256", "sha512"; others are not used */
	const char *hex;
};

/* One target as the trusted metadata describe it; lives as long as the client. */
struct oak_tuf_target {
	const char *path;
	int64_t length;
	struct oak_tuf_hash hashes[OAK_TUF_HASHES];
	size_t hash_count;
	const struct oak_value *custom; /* NULL = none */
	const char *role;		/* that signed it */
};

/* A client. Call sequence: oak_tuf_init once; then open, refresh, target …, close. Not thread-safe.
 * Errors of all: tuf.invalid (INVALID metadata), tuf.signature tuf.rollback tuf.expired tuf.mismatch tuf.keyid (UNTRUSTED),
 * tuf.no-target (NOT_FOUND), tuf.too-many (INVALID), file.*, and those of the source.
 * Whatever fails, the trusted metadata on disk are those of the last check that passed.
 * Source: TUF specification 1.0.34, section 5; docs/formats/tuf.md. */
struct oak_tuf;

/* Trust ROOT (the bytes of a root.json got by another way) and write it into DIR; other metadata there stay, and are
 * looked at again under that root. */
OAK_TUF_API int oak_tuf_init(const char *dir, const void *root, size_t n, bool opaque_keyids, struct oak_error *err)
	OAK_MUST_USE;
OAK_TUF_API struct oak_tuf *oak_tuf_open(const struct oak_tuf_options *options, struct oak_error *err);
OAK_TUF_API void oak_tuf_close(struct oak_tuf *tuf); /* NULL accepted */
OAK_DEFINE_AUTO(oak_tuf_close, struct oak_tuf *);

/* Bring root, timestamp, snapshot and targets up to date. */
OAK_TUF_API int oak_tuf_refresh(struct oak_tuf *tuf, struct oak_error *err) OAK_MUST_USE;

/* Find PATH through targets and its delegations, which are fetched as needed. After refresh. */
OAK_TUF_API int oak_tuf_find(struct oak_tuf *tuf, const char *path, const struct oak_tuf_target **ret,
			     struct oak_error *err) OAK_MUST_USE;

/* Load every delegated role and call EACH with every target that oak_tuf_find would give, in no order. */
OAK_TUF_API int oak_tuf_each(struct oak_tuf *tuf, int (*each)(void *arg, const struct oak_tuf_target *target), void *arg,
			     struct oak_error *err) OAK_MUST_USE;

/* The same for targets whose path begins with PREFIX: roles that cannot have such are not loaded. */
OAK_TUF_API int oak_tuf_each_below(struct oak_tuf *tuf, const char *prefix, int (*each)(void *arg, const struct oak_tuf_target *target),
				   void *arg, struct oak_error *err) OAK_MUST_USE;

/* "pkg/a/HASH.file", quoted for a URL below the targets' base: where a mirror keeps it. In ARENA. */
OAK_TUF_API const char *oak_tuf_target_url(const struct oak_tuf *tuf, struct oak_arena *arena,
					   const struct oak_tuf_target *target);

/* Length and all known hashes of bytes, or of a file, against a target. Errors: tuf.mismatch (UNTRUSTED), file.*. */
OAK_TUF_API int oak_tuf_check_bytes(const struct oak_tuf_target *target, const void *bytes, size_t n,
				    struct oak_error *err) OAK_MUST_USE;
OAK_TUF_API int oak_tuf_check_file(const struct oak_tuf_target *target, const char *file, struct oak_error *err)
	OAK_MUST_USE;

/* All bytes but letters, digits and "_.-~" as %XX ("/" too unless KEEP_SLASH). In ARENA. */
OAK_TUF_API const char *oak_tuf_quote(struct oak_arena *arena, const char *text, bool keep_slash);

/* Versions in force; 0 = none. ROLE: "root", "timestamp", "snapshot", "targets". */
OAK_TUF_API int64_t oak_tuf_version(const struct oak_tuf *tuf, const char *role);

#endif
