/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Installed packages as 'package show' and 'package verify' see them. */
#include "cli/package_names.h"

static int absent(struct oak_context *ctx, const char *name)
{
	return oak_fail(&ctx->err, OAK_NOT_FOUND, "package.absent", 0, "no package '%s' is installed in '%s', and there is no such folder", name,
			ctx->root);
}

int oak_package_show_installed(struct oak_context *ctx, const char *name)
{
	return absent(ctx, name);
}

int oak_package_verify_installed(struct oak_context *ctx, const char *name)
{
	return absent(ctx, name);
}
