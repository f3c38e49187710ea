/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a root's own packages are. */
#ifndef OAK_CLI_PACKAGE_DIR_H
#define OAK_CLI_PACKAGE_DIR_H

#include "cli/cmd.h"

/* ROOT/var/lib/oakum, where this root's packages are. In ctx->arena. */
const char *oak_package_store_dir(struct oak_context *ctx);

#endif
