/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model of reports: the newest verdict of each node, gathered from anywhere, and what is asked of all of them. */
#ifndef OAK_FLEET_REPORT_REPORT_H
#define OAK_FLEET_REPORT_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "baseline/baseline.h"
#include "core/error.h"
#include "core/map.h"
#include "core/mem.h"

enum oak_report_kind {
	OAK_REPORT_COMPLIANCE,
	OAK_REPORT_PATCH,
	OAK_REPORT_CVE,
	OAK_REPORT_INVENTORY,
	OAK_REPORT_TREND,
	OAK_REPORT_EXCEPTIONS,
	OAK_REPORT_KIND_COUNT
};
const char *oak_report_kind_to_string(enum oak_report_kind kind);

/* The newest run of a node. */
struct oak_report_run {
	const char *id, *status;
	oak_time ended_at;
};

/* One node with its newest verdict. Strings in the report's arena. */
struct oak_report_node {
	struct oak_node node;
	const char *baseline_id, *baseline_name;
	enum oak_operation operation;
	oak_time evaluated_at; /* OAK_TIME_NONE = never scanned; its status then is UNKNOWN */
	oak_time metadata_at;
	struct oak_summary summary;
	OAK_VEC(struct oak_patch) bad;     /* patches that are not compliant */
	OAK_VEC(struct oak_patch) excused; /* patches in a state by an exception (reason EXCEPTION or REJECTED) */
	struct oak_report_run run;         /* id NULL = none is known */
	const char *file;                  /* where the verdict is, for the source */
	const char *inventory_file;        /* where its newest inventory is; NULL = none */
	oak_time collected_at;             /* of that inventory */
	int64_t scan;
	bool stale; /* last seen longer ago than the report's max_age */
};

struct oak_report_totals {
	int64_t nodes, by_status[OAK_STATUS_COUNT], stale, never_scanned;
	struct oak_summary sum; /* counts only */
};

/* What a source was not able to read. */
struct oak_report_unreadable {
	const char *file, *why;
};

struct oak_report_source;

struct oak_report {
	struct oak_arena *arena;
	enum oak_report_kind kind;
	oak_time generated_at;
	int64_t max_age; /* seconds */
	OAK_VEC(struct oak_report_node *) nodes; /* by name, then id, after oak_report_finish */
	struct oak_map by_id, texts;             /* private to collect.c */
	struct oak_report_totals totals;
	OAK_VEC(struct oak_report_unreadable) unreadable;
	struct oak_report_source *source;
	const struct oak_report_marks *marks; /* KEV and EPSS; NULL = none */
	OAK_VEC(const char *) only_nodes;     /* ids or names; none = all */
	OAK_VEC(struct oak_tag) only_tags;    /* all of them must be there */
	OAK_VEC(struct oak_baseline *) baselines; /* that the source holds */
	const struct oak_trend *trend;           /* of OAK_REPORT_TREND */
	const struct oak_exceptions *exceptions; /* of OAK_REPORT_EXCEPTIONS */
};

/* Where verdicts come from. */
struct oak_report_source {
	/* Call oak_report_add for every verdict, in any order; problems of single files go to report->unreadable. */
	int (*gather)(struct oak_report_source *source, struct oak_report *report, struct oak_error *err);
	/* The whole verdict of NODE again, in ARENA. */
	int (*load)(struct oak_report_source *source, const struct oak_report_node *node, struct oak_arena *arena,
		    struct oak_verdict **ret, struct oak_error *err);
	/* The inventory of NODE that oak_report_add_inventory spoke of, in ARENA; NULL = the source has none. */
	int (*load_inventory)(struct oak_report_source *source, const struct oak_report_node *node, struct oak_arena *arena,
			      struct oak_inventory **ret, struct oak_error *err);
};

/* Marks of a CVE from imported feeds. */
struct oak_report_mark {
	bool known_exploited, ransomware, scored;
	oak_time added;
	double epss, percentile;
};
struct oak_report_marks {
	void (*find)(void *arg, const char *cve, struct oak_report_mark *ret);
	void *arg;
};

void oak_report_init(struct oak_report *report, struct oak_arena *arena, enum oak_report_kind kind, oak_time now);
/* Take what the report keeps of VERDICT; an older one of the same node is dropped, of two of one instant the one that was
 * given later stays. FILE and SCAN are for the source's load. */
void oak_report_add(struct oak_report *report, const struct oak_verdict *verdict, const char *file, int64_t scan);
/* A node that is known without a verdict, and a node's run. */
struct oak_report_node *oak_report_know(struct oak_report *report, const struct oak_node *node);
/* A recorded inventory in FILE: the newest of a node is kept, if its instant is newer than the verdict's it says what is installed. */
void oak_report_add_inventory(struct oak_report *report, const struct oak_inventory *inventory, const char *file);
void oak_report_add_run(struct oak_report *report, const struct oak_node *node, const struct oak_report_run *run);
void oak_report_cannot_read(struct oak_report *report, const char *file, const char *why);
/* True if the report is about this node. */
bool oak_report_wants(const struct oak_report *report, const struct oak_node *node);
/* Sort and count. */
void oak_report_finish(struct oak_report *report);
/* TEXT once in the arena; NULL gives NULL. */
const char *oak_report_text(struct oak_report *report, const char *text);
const char *oak_node_label(const struct oak_node *node); /* its name, else its id */

/* Verdicts, runs and inventories in a folder and the folders below it (*.json, *.yaml, *.yml). Freed with the arena. */
struct oak_report_source *oak_report_folder(struct oak_arena *arena, const char *dir);

/* Patches that nodes lack, worst first; CVEs with their patches, exploited ones first; packages by name. */
struct oak_report_lack {
	const struct oak_report_node *node;
	const struct oak_patch *patch;
};
struct oak_report_patch {
	const char *id, *name;
	const struct oak_patch *worst; /* the row of the highest level, for classification and severity */
	size_t cves, known_exploited;
	int64_t by_state[OAK_STATE_COUNT];
	OAK_VEC(struct oak_report_lack) nodes;
};
struct oak_report_patches {
	OAK_VEC(struct oak_report_patch *) list;
};
void oak_report_by_patch(struct oak_report *report, struct oak_report_patches *ret);

struct oak_report_cve {
	const char *id;
	struct oak_report_mark mark;
	enum oak_level level;
	OAK_VEC(struct oak_report_lack) rows; /* by patch, then node */
	size_t nodes, patches;                /* distinct */
};
struct oak_report_cves {
	OAK_VEC(struct oak_report_cve *) list;
};
void oak_report_by_cve(struct oak_report *report, struct oak_report_cves *ret);

/* What is installed on NODE, by its newest verdict or inventory, in ARENA; nothing for a node of which there is neither.
 * Errors: those of the source. */
struct oak_report_item {
	const char *id, *name, *arch, *version;
};
struct oak_report_items {
	OAK_VEC(struct oak_report_item) list;
};
int oak_report_installed(struct oak_report *report, const struct oak_report_node *node, struct oak_arena *arena, struct oak_report_items *ret,
			 struct oak_error *err) OAK_MUST_USE;

struct oak_report_package {
	const char *name, *arch, *version;
	int64_t nodes;
};
struct oak_report_packages {
	OAK_VEC(struct oak_report_package *) list;
	OAK_VEC(int64_t) counts; /* packages of each node, as report->nodes */
};
/* Errors: those of the source. */
int oak_report_by_package(struct oak_report *report, struct oak_report_packages *ret, struct oak_error *err) OAK_MUST_USE;

/* True if PATCH says that something is installed. */
bool oak_patch_is_installed(const struct oak_patch *patch);

#endif
