/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the evaluation: packages grouped with their updates, and the parts that fill a verdict. */
#ifndef OAK_BASELINE_EVALUATION_H
#define OAK_BASELINE_EVALUATION_H

#include "baseline/judge.h"

/* One package name and architecture: what is installed and what is offered. */
struct oak_group {
	const char *name, *arch;
	const struct oak_package *installed; /* highest version; NULL = not installed */
	OAK_VEC(const struct oak_package *) versions; /* all installed ones: kernels */
	OAK_VEC(const struct oak_update *) updates;
	OAK_VEC(const struct oak_update *) successors; /* new packages that this metapackage would bring (kernel ABIs) */
	const struct oak_vanished *vanished; /* approved once, dropped before it was installed */
};

struct oak_groups {
	OAK_VEC(struct oak_group *) list;
	struct oak_map by_key;  /* name and architecture class */
	struct oak_map by_name; /* the first group of that name */
};

struct oak_run {
	struct oak_arena *arena;
	const struct oak_evaluation *input;
	struct oak_judge judge;
	struct oak_groups groups;
	struct oak_verdict *verdict;
	const struct oak_package *waiting_kernel; /* installed but not booted; NULL = none */
};

void oak_groups_build(struct oak_run *run);
/* The first group of that name, NULL = none; all of them are in list. */
const struct oak_group *oak_groups_find(const struct oak_groups *groups, const char *name);

/* The row of an installed group, or a count of NOT_APPLICABLE: patch-semantics (c.1). */
void oak_evaluate_group(struct oak_run *run, const struct oak_group *group);

/* Windows has updates, not packages: patch-semantics (b.5). */
void oak_evaluate_windows(struct oak_run *run);

/* True if GROUP is a kernel whose installed version waits for a boot; *RET_DETAIL says which runs. */
bool oak_kernel_waits(const struct oak_run *run, const struct oak_group *group, const char **ret_detail);

/* True if live patches of the running kernel remedy all CVEs of PATCH, a missing kernel; *RET_DETAIL names them. */
bool oak_kernel_live_patched(const struct oak_run *run, const struct oak_patch *patch, const char **ret_detail);

/* True if memory says that this installed version waits for a reboot that did not happen since. */
bool oak_reboot_pending(const struct oak_run *run, const char *name, const char *arch, const char *evr);

/* After an install what is still missing has failed; a remembered outcome gives the words. */
void oak_mark_missing(const struct oak_run *run, struct oak_patch *patch);

/* Freshness of the metadata that this baseline needs: problems, and false if the answer is not to be trusted. */
bool oak_metadata_usable(struct oak_run *run);

/* Counts, severity, status; sorts the rows. */
void oak_summarise(struct oak_run *run, bool metadata_usable);

void oak_run_problem(struct oak_run *run, const char *kind, const char *subject, const char *detail, const char *remedy);

/* A new row, zeroed, times and reasons absent. */
struct oak_patch *oak_run_row(struct oak_run *run, const char *id, const char *name, const char *arch);
/* What the row shows of the candidate that decided. */
void oak_row_of_judgement(struct oak_patch *patch, const struct oak_judgement *judgement);
/* What is in the lists of one row already. */
struct oak_remedied {
	struct oak_map advisories, cves, known_exploited;
};
void oak_remedied_init(struct oak_remedied *remedied, struct oak_arena *arena);
/* Add ADVISORY with its CVEs to the row, each once. */
void oak_row_add_advisory(struct oak_arena *arena, struct oak_patch *patch, struct oak_remedied *remedied,
			  const struct oak_advisory *advisory);

#endif
