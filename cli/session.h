/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One patch run from the command's side: host lock, run folder, journal, rescan, reboot, end; and picking one up again. */
#ifndef OAK_CLI_SESSION_H
#define OAK_CLI_SESSION_H

#include "cli/plan_run.h"
#include "cli/window_gate.h"
#include "distributor/patch/apply.h"

enum oak_reboot_policy { OAK_REBOOT_NEVER, OAK_REBOOT_IF_NEEDED, OAK_REBOOT_ALWAYS, OAK_REBOOT_POLICY_COUNT };

enum { OAK_RUN_MAX = 256 * 1024 * 1024 }; /* of run.json */

/* What a run was begun with; kept in its folder as options.json for resume. */
struct oak_session_options {
	enum oak_reboot_policy reboot;
	enum oak_restart restart;
	enum oak_conffiles conffiles;
	bool aws, download_only, refreshed, now;
	const char *window;    /* --window; NULL */
	const char *baseline;  /* path of the copy in the run's folder */
	const char *override;  /* the same; NULL */
	const char *rollback_of;
	bool judge_by_actions; /* a plan of another baseline than the node's: its actions decide alone */
};

struct oak_session {
	struct oak_context *ctx;
	const char *node_id;
	int lock;              /* -1 = not held */
	struct oak_session_options options;
	const char *options_lost; /* why those of an earlier run cannot be read; NULL */
	struct oak_plan_run plan;
	struct oak_apply apply;
	struct oak_patch_run run;
	struct oak_window_gate gate;
	const char *dir;       /* of the run */
	struct oak_pending_reboot *pending; /* from before the run, still waiting */
	size_t pending_count;
	bool pending_loaded;
};

/* Node id and folder; the host lock is the caller's. */
int oak_session_init(struct oak_context *ctx, struct oak_session *session) OAK_MUST_USE;
/* The same with the host lock (one run at a time). Errors: lock.held (TRANSIENT). */
int oak_session_open(struct oak_context *ctx, struct oak_session *session) OAK_MUST_USE;
void oak_session_done(struct oak_session *session);

/* Options of this call into session->options. */
void oak_session_read_options(struct oak_session *session);

/* STATE/runs or STATE/runs/ID, in ctx->arena. */
const char *oak_session_path(const struct oak_context *ctx, const char *id);

/* Begin a run: folder, copies of plan and baseline, options, journal, audit line, row in the store. */
int oak_session_begin(struct oak_session *session, const char *kind, const struct oak_plan *plan) OAK_MUST_USE;

/* A run that did nothing: MISSED_WINDOW, SKIPPED. Recorded like any other. Returns the exit code. */
int oak_session_not_run(struct oak_session *session, enum oak_run_status status, const char *detail) OAK_MUST_USE;

/* Print the run: as a document also where CODE is -1 (a hook or a download failed: ctx->err stays), else only where it is not. Returns
 * CODE, or -1. */
int oak_session_print(struct oak_session *session, int code) OAK_MUST_USE;

/* Carry it out, rescan, reboot if that is to be, end. Returns the exit code, -1 with ctx->err set. */
int oak_session_execute(struct oak_session *session) OAK_MUST_USE;

/* Parts of it that resume needs too (session_end.c). */
int oak_session_finish(struct oak_session *session) OAK_MUST_USE;  /* rescan, status, reboot, end */
int oak_session_end(struct oak_session *session) OAK_MUST_USE;     /* on-exit hook, document, journal, store; exit code */
int oak_session_store(struct oak_session *session) OAK_MUST_USE;   /* run.json and the row as they are now */

/* Repair and, with FINISH, carry on every unfinished run of this node. *COUNT grows by them. Returns the worst exit code, -1 on error.
 * Called by resume, and by patch and apply before they begin. */
int oak_session_recover(struct oak_session *session, bool finish, size_t *count) OAK_MUST_USE;

/* The row of the table in cli/recovery.c. */
int oak_patch_recover(struct oak_context *ctx, bool finish, size_t *count) OAK_MUST_USE;

/* The scan that the second half of a run needs, judged by what the run was begun with (oak_session_load). */
int oak_session_scan(struct oak_session *session) OAK_MUST_USE;

/* Ask the system to boot. Errors: patch.reboot. */
int oak_session_reboot_now(struct oak_session *session) OAK_MUST_USE;

const char *oak_reboot_policy_to_string(enum oak_reboot_policy policy);

/* Fill session->apply from configuration, options and session->dir; PLAN may be NULL. */
void oak_session_equip(struct oak_session *session, const struct oak_plan *plan);

/* Load a run's plan and options by id. Errors: run.unknown (INVALID), plan.invalid … */
int oak_session_load(struct oak_session *session, const char *id, struct oak_plan **ret_plan) OAK_MUST_USE;

/* A run in words, or its document. */
void oak_show_run(struct oak_context *ctx, const struct oak_patch_run *run, struct oak_buf *buf);

#endif
