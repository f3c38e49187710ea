/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a journal, or any prefix of it, says about its run. Pure. */
#ifndef OAK_DISTRIBUTOR_JOURNAL_FOLD_H
#define OAK_DISTRIBUTOR_JOURNAL_FOLD_H

#include "distributor/journal.h"

enum oak_work_state {
	OAK_WORK_NOT_BEGUN,
	OAK_WORK_UNKNOWN, /* intent without outcome: it may have happened, wholly or in part */
	OAK_WORK_DONE,
	OAK_WORK_FAILED
};

struct oak_run_state {
	bool begun, ended;
	const char *kind;    /* "patch" "rollback" "package" …; NULL = not begun */
	const char *status;  /* of an ended run */
	const char *boot_id; /* when it began, or before its last reboot */
	oak_time begun_at, ended_at;
	enum oak_work_state step[OAK_WORK_COUNT]; /* of COMMIT: the newest batch */
	int batches_done;  /* batches whose outcome is known, good or bad */
	int open_batch;    /* with intent and without outcome; 0 = none */
	int reboots;       /* intents to reboot so far */
	bool changed;      /* the host may have been changed */
};

/* What is to be done about a run found on the disk. */
enum oak_recovery {
	OAK_RECOVER_NOTHING,  /* ended, or never begun */
	OAK_RECOVER_FORGET,   /* begun, nothing changed: end it as INTERRUPTED */
	OAK_RECOVER_REPAIR,   /* the package database may be half-way: repair, then continue */
	OAK_RECOVER_CONTINUE, /* between two steps: continue */
	OAK_RECOVER_UNCLEAN,  /* ended, but the package database could not be put in order: try that again */
	OAK_RECOVER_REBOOTED, /* it asked for a reboot: see whether that happened */
};

/* Fold the entries, in their order. Of entries after the end of the run only repairs count. */
void oak_journal_fold(const struct oak_journal_entries *entries, struct oak_run_state *ret);
enum oak_recovery oak_run_recovery(const struct oak_run_state *state);

#endif
