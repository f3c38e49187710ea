/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The document tables of a baseline, one per dialect, and what reading one needs to know. */
#ifndef OAK_BASELINE_BASELINE_TABLES_H
#define OAK_BASELINE_BASELINE_TABLES_H

#include "baseline/baseline.h"
#include "baseline/reader.h"

enum oak_dialect {
	OAK_DIALECT_OAKUM,    /* oakum.baseline/1 */
	OAK_DIALECT_AWS,      /* get-patch-baseline, create and update requests, an element of BaselineOverride */
	OAK_DIALECT_SNAPSHOT, /* what a node of AWS gets, without its envelope */
	OAK_DIALECT_COUNT
};

/* Ours; AWS's stand in the tables. */
enum {
	OAK_RULES_MAX = 100,
	OAK_FILTERS_MAX = 20,
	OAK_VALUES_MAX = 1000,
	OAK_ENTRIES_MAX = 100000,
	OAK_ENTRY_TEXT_MAX = 1024,
	OAK_AWS_ENTRIES_MAX = 50,
	OAK_AWS_ENTRY_TEXT_MAX = 100,
	OAK_DAYS_MAX = 360,
	OAK_KEPT_DEPTH = 16,
};

/* struct oak_reader.context while a baseline is read. */
struct oak_baseline_reading {
	struct oak_baseline *baseline;
	enum oak_dialect dialect;
	bool os_bad;    /* the operating system is in error: what depends on it is not checked */
	bool name_free; /* a name is there, or may be absent */
	OAK_VEC(struct oak_member) kept;
};

/* Lists of struct oak_filter, struct oak_rule and struct oak_source by dialect. */
extern const struct oak_shape oak_shape_filters[OAK_DIALECT_COUNT]; /* of struct oak_rule: its filter group */
extern const struct oak_shape oak_shape_global_filters[OAK_DIALECT_COUNT]; /* of struct oak_baseline */
extern const struct oak_shape oak_shape_rules[OAK_DIALECT_COUNT];	   /* of struct oak_baseline */
extern const struct oak_shape oak_shape_source[OAK_DIALECT_COUNT];

/* Whole documents. */
extern const struct oak_shape oak_shape_baseline_oakum;
extern const struct oak_shape oak_shape_baseline_aws;	 /* what get-patch-baseline prints, and every request */
extern const struct oak_shape oak_shape_baseline_create; /* for writing a create request */
extern const struct oak_shape oak_shape_snapshot;	 /* in its envelope */
extern const struct oak_shape oak_shape_snapshot_flat;	 /* for reading one without */

/* .read and .write of an approved or rejected list (struct oak_entry). */
void oak_read_entries(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, void *at);
bool oak_write_entries(const void *at, const char *key, struct oak_sink *sink);
bool oak_write_patterns(const void *at, const char *key, struct oak_sink *sink);

/* For .valid: AWS's NAME pattern, 1..64 characters. */
bool oak_baseline_name_ok(const char *text);

/* Member KEY of what AWS's documents hold besides the model; NULL = absent. */
const struct oak_value *oak_baseline_kept(const struct oak_baseline *baseline, const char *key);

#endif
