/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The system's journal: one entry with fields at the end of a scan or run that systemd started. */
#ifndef OAK_CLI_JOURNAL_H
#define OAK_CLI_JOURNAL_H

#include "baseline/verdict.h"
#include "cli/cmd.h"

struct oak_journal_field {
	const char *name; /* upper case, digits, underscores: OAKUM_STATUS */
	const char *value; /* any text; NULL = left out */
};

/* Does nothing unless systemd's journal is there and takes our output ($JOURNAL_STREAM). Never fails its caller.
 * Source: systemd.journal-fields(7), the native protocol at systemd.io/JOURNAL_NATIVE_PROTOCOL. */
void oak_journal_send(const struct oak_journal_field *fields, size_t n);

/* OAKUM_EVENT=scan, OAKUM_NODE, OAKUM_STATUS, OAKUM_MISSING, OAKUM_BASELINE. */
void oak_journal_scan(struct oak_context *ctx, const struct oak_verdict *verdict);

/* OAKUM_EVENT=run, OAKUM_NODE, OAKUM_RUN, OAKUM_KIND, OAKUM_STATUS. */
void oak_journal_run(struct oak_context *ctx, const char *node_id, const char *run, const char *kind, const char *status);

#endif
