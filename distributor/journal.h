/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal of one run: intent, act, outcome; append-only, each line synced and checked. */
#ifndef OAK_DISTRIBUTOR_JOURNAL_H
#define OAK_DISTRIBUTOR_JOURNAL_H

#include <stdbool.h>

#include "core/error.h"
#include "core/mem.h"
#include "core/time.h"

enum oak_journal_kind { OAK_JOURNAL_INTENT, OAK_JOURNAL_OUTCOME, OAK_JOURNAL_NOTE, OAK_JOURNAL_KIND_COUNT };

/* Steps of a run, in their order; each kind of run uses those that it has. */
enum oak_work {
	OAK_WORK_RUN,          /* the whole; its outcome ends the journal */
	OAK_WORK_REPAIR,       /* package database brought back to a clean state */
	OAK_WORK_PRE_INSTALL,  /* hook */
	OAK_WORK_STAGE,        /* downloads */
	OAK_WORK_SECURE,       /* old archives put aside */
	OAK_WORK_SNAPSHOT,     /* file-system snapshot by command */
	OAK_WORK_COMMIT,       /* one batch: the host changes */
	OAK_WORK_MARKS,        /* auto-installed marks restored */
	OAK_WORK_POST_INSTALL, /* hook */
	OAK_WORK_SERVICES,
	OAK_WORK_PRE_REBOOT,   /* hook */
	OAK_WORK_REBOOT,
	OAK_WORK_ON_EXIT,      /* hook */
	OAK_WORK_RESCAN,
	/* of package runs */
	OAK_WORK_VERIFY,       /* signatures, hashes */
	OAK_WORK_UNPACK,       /* into a folder that nothing uses yet */
	OAK_WORK_SCRIPT,       /* a package's own script (subject): the host changes */
	OAK_WORK_SWITCH,       /* the new version becomes the current one: the host changes */
	OAK_WORK_HEALTH,       /* the package's own check */
	OAK_WORK_UNDO,         /* back to the version before */
	OAK_WORK_CLEAN,        /* what nobody needs any more is removed */
	OAK_WORK_COUNT
};

struct oak_journal_entry {
	enum oak_journal_kind kind;
	enum oak_work step;
	int batch;           /* of a COMMIT; else 0 */
	const char *subject; /* RUN: the kind, "patch" "rollback" "package"; a patch id, a unit, a hook, a script; NULL */
	const char *status;  /* OUTCOME: "DONE" "FAILED", of RUN the run's status; NULL */
	const char *detail;  /* error or note; NULL */
	const char *boot_id; /* RUN and REBOOT intents; NULL where there is none */
	oak_time at;
};

struct oak_journal;

/* Begin or continue the journal PATH. Space for what a run writes is reserved, so that a disk that fills later still takes the
 * outcome. A torn last line (power loss while it was written) is cut off; of a damaged journal PATH.damaged keeps a copy first.
 * Errors: journal.open, journal.write (IO), file.*. */
int oak_journal_open(const char *path, struct oak_journal **ret, struct oak_error *err) OAK_MUST_USE;
void oak_journal_close(struct oak_journal *journal); /* NULL accepted */
OAK_DEFINE_AUTO(oak_journal_close, struct oak_journal *);

/* Append one entry; it is on the disk when this returns. Errors: journal.write (IO). */
int oak_journal_append(struct oak_journal *journal, const struct oak_journal_entry *entry, struct oak_error *err) OAK_MUST_USE;

struct oak_journal_entries {
	OAK_VEC(struct oak_journal_entry) list;
	bool torn;    /* bytes after the last whole line were left out */
	bool damaged; /* and among them is an entry that was whole once, or one that only a newer oakum reads: this is no mere crash */
};

/* Read PATH. A line that does not fit its checksum, and what follows it, is left out.
 * Errors: file.open (NOT_FOUND …), file.too-large. */
int oak_journal_load(struct oak_arena *arena, const char *path, struct oak_journal_entries *ret, struct oak_error *err)
	OAK_MUST_USE;

/* The same from bytes in memory: whole lines as they stand in the file. *ret_used = bytes of the good part. */
void oak_journal_parse(struct oak_arena *arena, const char *text, size_t n, struct oak_journal_entries *ret, size_t *ret_used);
/* One line with its newline, in ARENA. */
const char *oak_journal_format(struct oak_arena *arena, const struct oak_journal_entry *entry);

const char *oak_work_to_string(enum oak_work step);

#endif
