/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help, manual pages and completion, all from the command table. */
#ifndef OAK_CLI_HELP_H
#define OAK_CLI_HELP_H

#include "cli/cmd.h"

/* --help of the program (WORDS ""), of a group ("baseline") or of a command. */
void oak_help_format(struct oak_arena *arena, const char *words, struct oak_buf *out);

/* A manual page in roff: "oakum" (section 1), "oakum-scan" …, "oakum.yaml" (section 5). False if there is none. */
bool oak_man_format(struct oak_arena *arena, const char *page, struct oak_buf *out);
/* The names of all pages, with section: "oakum.1", one a line. */
void oak_man_list(struct oak_buf *out);

/* Completion script for SHELL ("bash", "zsh", "fish"); false for any other. */
bool oak_completion_format(struct oak_arena *arena, const char *shell, struct oak_buf *out);

/* "-o, --output FORMAT" */
const char *oak_opt_usage(struct oak_arena *arena, const struct oak_opt *opt);
/* "oakum scan [options]" */
const char *oak_cmd_usage(struct oak_arena *arena, const struct oak_cmd *cmd);
const struct oak_cmd *oak_cmd_find(const char *name); /* NULL = absent */
/* Summary of a group; NULL if WORDS is none. */
const char *oak_group_summary(const char *words);

#endif
