/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A patch run as it is told afterwards: oakum.run/1, its states, and which exit code each becomes. */
#ifndef OAK_DISTRIBUTOR_PATCH_RUN_H
#define OAK_DISTRIBUTOR_PATCH_RUN_H

#include "baseline/plan.h"
#include "baseline/verdict.h"
#include "distributor/patch/services.h"

enum oak_run_status {
	OAK_RUN_SUCCESS,
	OAK_RUN_PENDING_REBOOT,
	OAK_RUN_PARTIAL,
	OAK_RUN_CUT_OFF,
	OAK_RUN_FAILED,
	OAK_RUN_INTERRUPTED,
	OAK_RUN_MISSED_WINDOW,
	OAK_RUN_SKIPPED,
	OAK_RUN_RUNNING, /* not ended: only in documents of unfinished runs */
	OAK_RUN_STATUS_COUNT
};
const char *oak_run_status_to_string(enum oak_run_status status);
int oak_run_status_from_string(const char *text); /* -1 = unknown */

/* CLI.md: SUCCESS 0, PENDING_REBOOT 0, PARTIAL 4, CUT_OFF 4, FAILED 1, INTERRUPTED 1, MISSED_WINDOW 75, SKIPPED 75. */
int oak_run_exit(enum oak_run_status status);

/* What AWS's documents would end with: 194 / 195 where a reboot follows, 1 failure, 2 nothing but failed dependencies,
 * 0 else. REFUSED: something was refused because of dependencies; DONE: something was installed. Source: patch-semantics (c.4), goldens
 * 30, 35, 37, 39. */
struct oak_aws_exit {
	bool reboots, failed, refused, done;
};
int oak_run_aws_exit(const struct oak_aws_exit *facts);

/* The same for what ends a run before it begins; 0 = the error has no code of AWS's. */
int oak_run_aws_error(const char *error_id);

enum oak_done_status { OAK_DONE_INSTALLED, OAK_DONE_FAILED, OAK_DONE_NOT_STARTED, OAK_DONE_REFUSED, OAK_DONE_COUNT };

struct oak_run_action {
	const char *patch, *from, *to;
	enum oak_done_status status;
	const char *error; /* NULL */
	oak_time started_at, ended_at;
};

struct oak_run_reboot {
	const char *policy;    /* never if-needed always */
	bool needed, asked_for; /* asked_for: we asked the system to boot, or told our caller to */
	OAK_VEC(const char *) reasons;
	const char *boot_id;   /* before it */
	bool booted;           /* it happened */
};

struct oak_patch_run {
	struct oak_arena *arena;
	const char *id, *kind; /* "patch" "rollback" */
	const char *rollback_of; /* NULL */
	const char *installer;
	const struct oak_plan *plan;
	oak_time started_at, ended_at;
	enum oak_run_status status;
	const char *detail;    /* why it is not SUCCESS, in words; NULL */
	OAK_VEC(struct oak_run_action) actions;
	struct oak_services services;
	struct oak_run_reboot reboot;
	OAK_VEC(const char *) notes; /* repairs, warnings */
	OAK_VEC(const char *) logs;  /* file names in run_dir/logs */
	const struct oak_verdict *verdict; /* of the scan afterwards; NULL = none */
	const struct oak_value *plan_document, *verdict_document; /* instead of the two, for runs read back */
};

void oak_patch_run_format(const struct oak_patch_run *run, struct oak_sink *sink);

/* "20261123-154702-9c41": sortable, unique enough on one host. RANDOM: any bits. In ARENA. */
const char *oak_run_id_make(struct oak_arena *arena, oak_time now, unsigned random);
bool oak_run_id_check(const char *id); /* only what such an id may hold: it becomes a path */

#endif
