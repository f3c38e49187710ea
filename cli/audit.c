/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What commands write into the audit log: with the user behind sudo. */
#include "core/audit.h"

#include <stdlib.h>

#include "cli/cmd.h"
#include "core/system.h"

#ifndef _WIN32
#include <pwd.h>
#include <unistd.h>
#endif

#ifdef _WIN32
static const char *acting_user(struct oak_arena *arena)
{
	return oak_user_name(arena);
}
#else
static const char *acting_user(struct oak_arena *arena)
{
	const char *behind = getenv("SUDO_USER");
	const struct passwd *user = getpwuid(getuid());
	const char *name = user ? user->pw_name : oak_arena_printf(arena, "%u", (unsigned)getuid());
	return behind && getuid() == 0 ? oak_arena_printf(arena, "%s (sudo by %.64s)", name, behind)
				       : oak_arena_strdup(arena, name);
}
#endif

int oak_ctx_audit(struct oak_context *ctx, const char *event, const char *subject, const char *detail)
{
	if (ctx->dry_run)
		return 0;
	struct oak_clock real = oak_clock_system(); /* --at is what a verdict is as of, not when something was done */
	const struct oak_audit entry = {.at = oak_clock_now(&real),
					.user = acting_user(ctx->arena),
					.event = event,
					.subject = subject,
					.detail = detail};
	return oak_audit_append(ctx->state_dir, &entry, &ctx->err);
}
