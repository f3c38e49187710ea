/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the report commands share: gathering, and the table on a terminal. */
#ifndef OAK_CLI_REPORT_H
#define OAK_CLI_REPORT_H

#include "cli/cmd.h"
#include "fleet/report/report.h"
#include "fleet/store/history.h"

/* The state database as a source of verdicts; WITH_PATCHES false: summaries are enough. Borrows the store. */
struct oak_report_source *oak_report_store(struct oak_arena *arena, struct oak_store *store, bool with_patches, bool with_excused);

/* Fill REPORT from --from or the state database, by --node, --tag, --max-age and --expect. *RET_STORE (the caller closes
 * it) stays NULL with --from, or when there is no database yet. */
int oak_report_gather(struct oak_context *ctx, enum oak_report_kind kind, struct oak_report *report, struct oak_store **ret_store)
	OAK_MUST_USE;

/* The end of a report that was gathered, or only zeroed; for OAK_AUTO. */
void oak_report_release(struct oak_report *report);

/* The parts of a trend and of exceptions that only the command line knows. */
int oak_report_fill_trend(struct oak_context *ctx, struct oak_report *report, struct oak_store *store) OAK_MUST_USE;
int oak_report_fill_exceptions(struct oak_context *ctx, struct oak_report *report) OAK_MUST_USE;

/* The report as a person reads it. */
int oak_report_table(struct oak_context *ctx, struct oak_report *report, struct oak_buf *out) OAK_MUST_USE;

/* Put every verdict and run of folder DIR into STORE, oldest first; what is there already is left alone. With --dry-run
 * nothing is written, and STORE may be NULL: empty. */
struct oak_report_imported {
	size_t verdicts, known, runs, unreadable;
};
int oak_report_import(struct oak_context *ctx, const char *dir, struct oak_store *store, struct oak_report_imported *ret) OAK_MUST_USE;

/* Sign the bytes with --sign as a DSSE envelope of that media type, appended to OUT. */
int oak_report_sign(struct oak_context *ctx, const char *key, const char *media_type, const struct oak_buf *report,
		    struct oak_buf *out) OAK_MUST_USE;

#endif
