/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command is given: folders, clock, output, from options, configuration and environment. */
#ifndef OAK_CLI_CONTEXT_H
#define OAK_CLI_CONTEXT_H

#include "cli/cmd.h"

/* Fill everything but arena, cmd, args, parsed and config from the options of this call.
 * Errors: usage.root, usage.folder (INVALID). */
int oak_context_fill(struct oak_context *ctx, struct oak_error *err) OAK_MUST_USE;

#endif
