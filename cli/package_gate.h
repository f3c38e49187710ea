/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What package runs share with patch runs: windows, pauses, ids, resuming. (The models of patches and of packages do not meet in one file.) */
#ifndef OAK_CLI_PACKAGE_GATE_H
#define OAK_CLI_PACKAGE_GATE_H

#include "cli/cmd.h"

enum oak_package_gate { OAK_PACKAGE_GATE_OPEN, OAK_PACKAGE_GATE_PAUSED, OAK_PACKAGE_GATE_CLOSED };

/* May a package run begin now, by --window, --now, the configured windows and the node's pause? *ret_why in words.
 * Errors: those of cli/windows.h. */
int oak_package_gate_ask(struct oak_context *ctx, const char *node_id, enum oak_package_gate *ret, const char **ret_why) OAK_MUST_USE;

/* A new run's id, as those of patch runs. */
const char *oak_package_run_id(struct oak_context *ctx);

/* The end of a run as an entry of systemd's journal (cli/journal.h). */
void oak_package_journal_entry(struct oak_context *ctx, const char *node_id, const char *run, const char *status);

/* The row of the table in cli/recovery.c. */
int oak_package_recover(struct oak_context *ctx, bool finish, size_t *count) OAK_MUST_USE;

#endif
