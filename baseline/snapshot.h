/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frozen, named sets of approved updates, promoted from ring to ring: oakum.snapshot/1. Pure. */
#ifndef OAK_BASELINE_SNAPSHOT_H
#define OAK_BASELINE_SNAPSHOT_H

#include "baseline/baseline.h"
#include "baseline/inventory.h"
#include "baseline/verdict.h"

struct oak_snapshot_item {
	const char *name, *arch, *evr;
	enum oak_level level;
	const char *repository; /* that offered it */
	const char *advisory;   /* NULL = none */
};

/* A repository as it was: DIGEST is the sha256 of every "name arch evr" line, sorted, that it offered. */
struct oak_snapshot_repository {
	const char *id, *uri, *digest;
	oak_time fetched_at, release_date;
	int64_t offered;
};

/* An archive that was kept when the snapshot was cut: of an approved version, or of what the solver brought with one. */
struct oak_snapshot_archive {
	const char *name, *arch, *evr;
	const char *file; /* plain name, in the folder of the snapshot's archives */
	const char *sha256;
};

struct oak_snapshot_ring {
	const char *ring;
	oak_time at;
};

struct oak_snapshot {
	const char *name;
	oak_time created_at;
	const char *node_id, *platform; /* where it was cut; "debian 12 amd64" */
	const char *baseline_id, *baseline_name, *baseline_digest;
	OAK_VEC(struct oak_snapshot_ring) rings; /* oldest promotion first */
	OAK_VEC(struct oak_snapshot_repository) repositories;
	OAK_VEC(struct oak_snapshot_item) approved; /* by name, arch, evr */
	OAK_VEC(struct oak_snapshot_archive) archives;
	const char *folder; /* of the archives; not part of the document, set by who loads it */
	const char *digest; /* sha256 of everything but name and rings; checked when read */
};

enum { OAK_SNAPSHOT_MAX = 64 * 1024 * 1024 };

/* Cut one: of every update of INVENTORY those that VERDICT's baseline approves. APPROVED holds one flag per update. */
struct oak_snapshot *oak_snapshot_cut(struct oak_arena *arena, const char *name, const struct oak_verdict *verdict,
				      const struct oak_inventory *inventory, const bool *approved,
				      const enum oak_level *levels, oak_time now);

/* Add a promotion; the same ring again moves to the end. Errors: snapshot.ring (INVALID: 1..64 of a-z A-Z 0-9 . _ -). */
int oak_snapshot_promote(struct oak_arena *arena, struct oak_snapshot *snapshot, const char *ring, oak_time now,
			 struct oak_error *err) OAK_MUST_USE;
bool oak_snapshot_name_check(const char *name); /* the same characters; no leading dot */

void oak_snapshot_format(const struct oak_snapshot *snapshot, struct oak_sink *sink);
/* Errors: snapshot.invalid (INVALID), snapshot.digest (UNTRUSTED). */
int oak_snapshot_parse(struct oak_arena *arena, const struct oak_value *doc, const char *name,
		       struct oak_snapshot **ret, struct oak_error *err) OAK_MUST_USE;

/* The world as the snapshot knows it: INVENTORY with only those updates that it holds (those no longer offered made up from
 * it), and BASELINE with its rules, filters and approved list replaced by "all of the snapshot"; rejections stay. */
void oak_snapshot_view(struct oak_arena *arena, const struct oak_snapshot *snapshot, const struct oak_inventory *inventory,
		       const struct oak_baseline *baseline, struct oak_inventory **ret_inventory,
		       struct oak_baseline **ret_baseline);

/* After evaluating the view: levels and rule from the snapshot, NO_LONGER_OFFERED where INVENTORY (the real one) has not
 * the version and KEPT (ids "name arch evr", may be NULL) neither. */
struct oak_map;
void oak_snapshot_mark(const struct oak_snapshot *snapshot, const struct oak_inventory *inventory,
		       const struct oak_map *kept, struct oak_verdict *verdict);

#endif
