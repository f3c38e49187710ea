/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a root's own packages are. */
#include "cli/package_dir.h"

#include <unistd.h>

#include "core/str.h"

const char *oak_package_store_dir(struct oak_context *ctx)
{
#ifdef _WIN32
	return oak_streq(ctx->root, "/") ? ctx->state_dir : oak_arena_printf(ctx->arena, "%s/var/lib/oakum", ctx->root);
#else
	if (oak_streq(ctx->root, "/") && geteuid() != 0)
		return ctx->state_dir; /* a user's own packages */
	return oak_arena_printf(ctx->arena, "%s/var/lib/oakum", oak_streq(ctx->root, "/") ? "" : ctx->root);
#endif
}
