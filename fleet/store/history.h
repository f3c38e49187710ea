/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions about the stored past: scans, intervals of patches, who lacks what, how long it took. */
#ifndef OAK_FLEET_STORE_HISTORY_H
#define OAK_FLEET_STORE_HISTORY_H

#include "fleet/store/store.h"

/* One scan. Strings in the arena that was given. */
struct oak_scan_row {
	int64_t id;
	const char *node_id, *node_name, *baseline_id, *baseline_name;
	enum oak_operation operation;
	oak_time at, metadata_at;
	struct oak_summary summary;
	bool changed; /* differs from the scan before it */
};
struct oak_scan_rows {
	OAK_VEC(struct oak_scan_row) list;
};
struct oak_scan_query {
	const char *node_id, *baseline_id; /* NULL = any */
	int operation;                     /* enum oak_operation, -1 = any */
	oak_time from, until;              /* at in [from, until); NONE = open */
	size_t limit;                      /* 0 = all; newest first */
	bool latest;                       /* only the newest of each (node, baseline, operation) before UNTIL */
};
int oak_store_list_scans(struct oak_store *store, struct oak_arena *arena, const struct oak_scan_query *query,
			 struct oak_scan_rows *ret, struct oak_error *err) OAK_MUST_USE;

/* The verdict of a stored scan, rebuilt: of the newest scan of its series exactly; of an older one with the states,
 * versions, levels and reasons of then and the newest details (severity, advisories) of each interval.
 * Errors: store.no-scan (NOT_FOUND). */
int oak_store_load_verdict(struct oak_store *store, struct oak_arena *arena, int64_t scan, struct oak_verdict **ret,
			   struct oak_error *err) OAK_MUST_USE;

/* The same with patches in some states only (bits 1 << enum oak_state): of thousands of nodes in a moment. */
#define OAK_ALL_STATES ((1u << OAK_STATE_COUNT) - 1)
int oak_store_load_states(struct oak_store *store, struct oak_arena *arena, int64_t scan, unsigned states,
			  struct oak_verdict **ret, struct oak_error *err) OAK_MUST_USE;

/* An interval: a patch was in this state on this node from SINCE until UNTIL (NONE = still is). */
struct oak_span_row {
	const char *node_id, *node_name, *baseline_id;
	enum oak_operation operation;
	const char *id, *name, *arch, *installed, *available;
	enum oak_state state;
	enum oak_level level;
	enum oak_reason reason;
	oak_time since, until;
	oak_time released, approved_at;
	const char *classification, *severity;
	const char *cves; /* comma-separated, NULL = none */
};
struct oak_span_rows {
	OAK_VEC(struct oak_span_row) list; /* by node, patch, since */
};
struct oak_span_query {
	const char *node_id, *baseline_id; /* NULL = any */
	const char *patch;                 /* id (name.arch, KB) or name; NULL = any */
	const char *cve;                   /* NULL = any */
	int state;                         /* enum oak_state, -1 = any, OAK_STATE_COUNT = every non-compliant one */
	bool open;                         /* only those that still are */
	oak_time from, until;              /* overlaps [from, until); NONE = unbounded */
};
int oak_store_list_spans(struct oak_store *store, struct oak_arena *arena, const struct oak_span_query *query,
			 struct oak_span_rows *ret, struct oak_error *err) OAK_MUST_USE;

/* Time to patch: a patch was non-compliant from SINCE until UNTIL without a gap, whatever versions came meanwhile. */
struct oak_patch_time {
	const char *node_id, *id;
	enum oak_level level;       /* highest on the way */
	oak_time since, until;      /* UNTIL NONE = still open */
	oak_time approved_at;       /* of the first version in it, NONE = not known: the clock of an SLA */
};
struct oak_patch_times {
	OAK_VEC(struct oak_patch_time) list;
};
/* NODE_ID NULL = all nodes, which are told apart. */
int oak_store_patch_times(struct oak_store *store, struct oak_arena *arena, const char *node_id, const char *baseline_id,
			  oak_time from, struct oak_patch_times *ret, struct oak_error *err) OAK_MUST_USE;

/* When the newest scan of NODE under BASELINE_ID was; NONE = there is none. */
int oak_store_newest_scan(struct oak_store *store, const char *node_id, const char *baseline_id, enum oak_operation operation,
			  oak_time *ret_at, struct oak_error *err) OAK_MUST_USE;

/* Every node ever seen. */
struct oak_node_row {
	const char *id, *name, *family, *platform, *version, *arch;
	oak_time last_scan; /* newest of its series; NONE = never */
};
struct oak_node_rows {
	OAK_VEC(struct oak_node_row) list;
};
int oak_store_list_nodes(struct oak_store *store, struct oak_arena *arena, struct oak_node_rows *ret,
			 struct oak_error *err) OAK_MUST_USE;

#endif
