/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Carrying out a plan: hooks, downloads, old archives, batch by batch, marks, services; each step in the journal. */
#ifndef OAK_DISTRIBUTOR_PATCH_APPLY_H
#define OAK_DISTRIBUTOR_PATCH_APPLY_H

#include "core/clock.h"
#include "distributor/journal_fold.h"
#include "distributor/patch/aside.h"
#include "distributor/patch/hooks.h"
#include "distributor/patch/run.h"

/* May something begin now? */
enum oak_apply_gate {
	OAK_APPLY_OPEN,
	OAK_APPLY_CUT_OFF,     /* the window lets nothing new start */
	OAK_APPLY_STOPPED,     /* a signal, or a person's pause */
	OAK_APPLY_UNFIT        /* disk, power */
};

struct oak_apply {
	struct oak_patch_host host;
	const struct oak_installer *installer;
	const struct oak_plan *plan;
	const char *plan_path, *node_id;
	struct oak_hooks hooks;
	enum oak_restart restart;
	bool download_only;
	const char *snapshot_command; /* absolute path of a program called with "create RUN"; NULL = none */
	struct oak_clock clock;
	/* Asked before each batch, which will take about SECONDS; *ret_why (static or in ARENA) in words. NULL = always open. */
	enum oak_apply_gate (*gate)(void *arg, struct oak_arena *arena, int64_t seconds, const char **ret_why);
	void *gate_arg;
	struct oak_journal *journal;
	size_t broken; /* packages that are not cleanly installed, as oak_apply_look saw it */
	bool fresh;  /* the plan was made from this host's state just now, in this process */
	bool staged; /* downloads and old archives are there before the first batch; else commit and secure see to them */
	struct oak_aside aside; /* securing, while commit downloads */
	struct oak_installed_list first, newest; /* what oak_apply_look saw */
	struct oak_run_state before; /* what an earlier process of this run did; zero for a new one */
};

/* Do it. RUN has id, kind, arena, plan; it gets actions, services, notes, detail, and as status SUCCESS, PARTIAL, FAILED, CUT_OFF,
 * INTERRUPTED or SKIPPED, seen from what is installed afterwards (the rescan has the last word). -1 only where not even
 * the journal could be written, or before anything was changed: a lock (lock.held), a moved plan (patch.moved), a bad
 * hook (hook.*, trust.*), a failed download (patch.download), a refused signature or hash of all that was
 * to be done (patch.untrusted). */
int oak_apply_run(struct oak_apply *apply, struct oak_patch_run *run, struct oak_error *err) OAK_MUST_USE;

/* A hook as a step of the journal. */
int oak_apply_hook(struct oak_apply *apply, struct oak_patch_run *run, enum oak_hook hook, struct oak_error *err) OAK_MUST_USE;

/* Which actions are not done yet, as seen from what is installed; and whether each of RUN's is. */
int oak_apply_look(struct oak_apply *apply, struct oak_patch_run *run, struct oak_error *err) OAK_MUST_USE;

/* What going back would be now, as a plan of its own: what is not back yet, the other way round; what cannot be undone is refused (MOVED:
 * another version than the run's is here; IRREVERSIBLE; ARCHIVE_ABSENT, ARCHIVE_CHANGED: not what was put aside). Borrows from APPLY's plan. */
int oak_rollback_plan(struct oak_apply *apply, const char *run_id, struct oak_arena *arena, struct oak_plan **ret, struct oak_error *err)
	OAK_MUST_USE;
/* All of it or nothing. Errors: rollback.irreversible, rollback.moved (CONFLICT), rollback.archive (CONFLICT, UNTRUSTED), naming the first. */
int oak_rollback_check(const struct oak_plan *back, struct oak_error *err) OAK_MUST_USE;
/* Undo PLAN's actions (those whose version is installed), which must have been checked. Hooks run as for any change. Errors: hook.*, trust.*;
 * what the package manager could not do is in RUN. */
int oak_rollback_run(struct oak_apply *apply, struct oak_patch_run *run, struct oak_error *err) OAK_MUST_USE;

/* Shorthands for the journal. */
int oak_apply_intent(struct oak_apply *apply, enum oak_work work, int batch, const char *subject, const char *boot_id,
		     struct oak_error *err) OAK_MUST_USE;
int oak_apply_outcome(struct oak_apply *apply, enum oak_work work, int batch, const char *status, const char *detail,
		      struct oak_error *err) OAK_MUST_USE;

#endif
