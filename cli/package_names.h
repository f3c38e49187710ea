/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What 'package show NAME' and 'package verify NAME' do about an installed package. */
#ifndef OAK_CLI_PACKAGE_NAMES_H
#define OAK_CLI_PACKAGE_NAMES_H

#include "cli/cmd.h"

/* Exit code, or -1 with ctx->err. Errors: package.absent (NOT_FOUND), and what the store gives. */
int oak_package_show_installed(struct oak_context *ctx, const char *name);
int oak_package_verify_installed(struct oak_context *ctx, const char *name);

#endif
