/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A package run: its operations in order, each in the journal before and after it; going back; and taking it up again after a crash. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_ENGINE_H
#define OAK_DISTRIBUTOR_PACKAGE_ENGINE_H

#include "core/clock.h"
#include "distributor/journal.h"
#include "distributor/package/platform.h"
#include "distributor/package/record.h"

enum { OAK_PACKAGE_REBOOTS = 3, OAK_PACKAGE_RESUMES = 3, OAK_PACKAGE_KEPT = 3 /* generations, the current one among them */ };

/* What every step needs. Borrowed. */
struct oak_package_job {
	struct oak_pkgs *pkgs;
	struct oak_arena *arena;
	struct oak_clock clock;
	struct oak_package_host host;
	const char *node_id, *boot_id; /* boot_id NULL: this system has none, then a person's resume counts as the boot */
	const volatile int *stop;      /* ends nothing half-way: asked between steps only, and while unpacking */
	void (*note)(void *arg, const char *text); /* for a person; may be NULL */
	void *note_arg;
	void (*ending)(void *arg); /* run is filled; called before the journal says that it ended, so that nothing of it is lost; may be NULL */
	void *ending_arg;
	struct oak_package_run *run;
	struct oak_generation *from, *to; /* NULL = none */
	struct oak_journal *journal;
	bool strict;                      /* an archive whose rights would be taken back is refused */
	bool resumed;                     /* scripts are told OAKUM_RESUME=1 */
	bool told_outside;                /* a person knows that scripts run outside the root */
	bool rebooted;                    /* a person says so; counts where there are no boot ids to compare */
};

enum oak_op_kind { OAK_OP_SCRIPT, OAK_OP_SWITCH, OAK_OP_VALIDATE, OAK_OP_DETECT, OAK_OP_HEALTH, OAK_OP_KIND_COUNT };
struct oak_package_op {
	enum oak_op_kind kind;
	enum oak_package_action action; /* of SCRIPT, VALIDATE */
	bool old;                       /* of the version before; SWITCH: back to it */
	bool tolerated;                 /* its failure is noted, no more */
	const char *label;
};
struct oak_package_ops {
	OAK_VEC(struct oak_package_op) v;
};

/* The operations of RUN, and those that go back once operation REACHED (from 1; 0 = none) had begun. Pure but for looking which scripts
 * the generations have. */
void oak_package_plan(const struct oak_package_job *job, struct oak_package_ops *ret);
void oak_package_plan_undo(const struct oak_package_job *job, const struct oak_package_ops *ops, size_t reached, struct oak_package_ops *ret);

/* What must hold before anything changes: scripts that are there and unambiguous, the sealed bytes of the old version where its scripts
 * will run, arguments. Errors: package.no-script, package.ambiguous, package.no-update (INVALID), package.tampered (UNTRUSTED), package.args. */
int oak_package_precheck(struct oak_package_job *job, struct oak_error *err) OAK_MUST_USE;

/* Begin: the package's folder, run.json, journal. Errors: journal.*, file.*. */
int oak_package_begin(struct oak_package_job *job, struct oak_error *err) OAK_MUST_USE;
/* A step that is told and journalled, but changes no host (verify, unpack). */
int oak_package_note_step(struct oak_package_job *job, enum oak_work work, const char *name, const char *detail, oak_time started_at,
			  struct oak_error *err) OAK_MUST_USE;
/* Carry out operations from FIRST (1 = all) and end the run: SUCCESS, PENDING_REBOOT, or FAILED after going back. run is filled.
 * -1 only where not even the journal could be written. */
int oak_package_execute(struct oak_package_job *job, size_t first, struct oak_error *err) OAK_MUST_USE;
/* Nothing of the host was changed yet: drop what was unpacked and end as STATUS. */
int oak_package_abandon(struct oak_package_job *job, enum oak_package_status status, const char *detail, const char *error_id,
			struct oak_error *err) OAK_MUST_USE;

/* What the journal says. Pure. */
struct oak_package_fold {
	bool begun, ended;
	const char *status;      /* of an ended run */
	size_t last;             /* newest forward operation with an intent; 0 = none */
	enum { OAK_FOLD_OPEN, OAK_FOLD_DONE, OAK_FOLD_FAILED, OAK_FOLD_REBOOT } outcome; /* of it */
	bool undoing;
	size_t reached;          /* forward operations begun when going back began */
	const char *boot_id;     /* when a reboot was asked for */
	int reboots, resumes;
	oak_time begun_at;
};
void oak_package_journal_fold(const struct oak_journal_entries *entries, struct oak_package_fold *ret);

/* Take the unfinished run of package NAME up. *ret_run NULL = there was none. A run that waits for a boot that has not happened stays
 * PENDING_REBOOT. Errors: as above. */
int oak_package_recover_run(struct oak_package_job *job, const char *name, struct oak_package_run **ret_run, struct oak_error *err) OAK_MUST_USE;

/* True if package NAME has a run that did not end. */
bool oak_package_is_pending(const struct oak_pkgs *pkgs, const char *name);

/* True if the store has no such package: never installed, or undone, or about to be removed. */
int oak_package_forget(const struct oak_pkgs *pkgs, const char *name, struct oak_error *err) OAK_MUST_USE;

#endif
