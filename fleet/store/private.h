/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the store share among themselves. */
#ifndef OAK_FLEET_STORE_PRIVATE_H
#define OAK_FLEET_STORE_PRIVATE_H

#include "core/buf.h"
#include "core/db.h"
#include "fleet/store/store.h"

struct oak_store {
	struct oak_db *db;
	char *dir, *path, *shared_dir;
	unsigned long long inode; /* of the file that is open, to be sure which one is put aside */
	bool read_only;
	oak_time now;
};

/* End of every public function: 0 passes; a damaged file is put aside and the error becomes store.damaged. */
int oak_store_settle(struct oak_store *store, int rc, struct oak_error *err);

/* First-seen times of one node as text that anybody may read: first-seen/HASH.tsv below a state folder. */
struct oak_seen_copy {
	OAK_VEC(struct oak_first_seen) list;
	OAK_VEC(struct oak_first_seen) repositories; /* repository and at: watched since */
};
/* An absent file gives empty lists and *ret_found false. Errors: store.copy (INVALID), file.* */
int oak_seen_copy_load(const char *dir, const char *node_id, struct oak_arena *arena, struct oak_seen_copy *ret,
		       bool *ret_found, struct oak_error *err) OAK_MUST_USE;
bool oak_seen_copy_exists(const char *dir, const char *node_id);
int oak_seen_copy_save(struct oak_store *store, int64_t node, const char *node_id, struct oak_error *err) OAK_MUST_USE;

/* The part of a patch that does not make an interval of its own, as one line of JSON. */
void oak_detail_format(const struct oak_patch *patch, struct oak_buf *buf);
int oak_detail_parse(struct oak_arena *arena, const char *text, struct oak_patch *patch, struct oak_error *err)
	OAK_MUST_USE;

/* Counts of a summary as one line of numbers. */
void oak_summary_pack(const struct oak_summary *summary, struct oak_buf *buf);
int oak_summary_unpack(const char *text, struct oak_summary *ret, struct oak_error *err) OAK_MUST_USE;

/* Everything of a verdict but patches and summary: baseline digest, problems, repositories. The times of the repositories
 * (fetchedAt, releaseDate, validUntil, watchedSince) go apart, as a line of numbers. */
void oak_head_format(const struct oak_verdict *verdict, struct oak_buf *buf, struct oak_buf *times);
int oak_head_parse(struct oak_arena *arena, const char *text, const char *times, struct oak_verdict *verdict,
		   struct oak_inventory *inventory, struct oak_error *err) OAK_MUST_USE;
void oak_facts_format(const struct oak_node *node, struct oak_buf *buf);
int oak_facts_parse(struct oak_arena *arena, const char *text, struct oak_node *node, struct oak_error *err)
	OAK_MUST_USE;

/* Number of the node, 0 = not known. */
int oak_store_node(struct oak_store *store, const char *node_id, int64_t *ret, struct oak_error *err) OAK_MUST_USE;
/* The same, made when missing. */
int oak_store_need_node(struct oak_store *store, const char *node_id, int64_t *ret, struct oak_error *err) OAK_MUST_USE;

/* Value KEY of the table meta in ARENA; NULL = absent. */
int oak_store_meta(struct oak_store *store, struct oak_arena *arena, const char *key, const char **ret,
		   struct oak_error *err) OAK_MUST_USE;

#endif
