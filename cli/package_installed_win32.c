/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where packages cannot be installed yet, none is. */
#include "cli/package_names.h"

static int absent(struct oak_context *ctx, const char *name)
{
	return oak_fail(&ctx->err, OAK_NOT_FOUND, "package.absent", 0, "no package '%s' is installed here, and there is no such folder", name);
}

int oak_package_show_installed(struct oak_context *ctx, const char *name)
{
	return absent(ctx, name);
}

int oak_package_verify_installed(struct oak_context *ctx, const char *name)
{
	return absent(ctx, name);
}
