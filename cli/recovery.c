/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of kinds of runs, and the lock that they share. */
#include "cli/recovery.h"

#include <sys/stat.h>

#include "cli/package_gate.h"
#include "cli/session.h"
#include "cli/signals.h"
#include "core/fs.h"
#include "core/lock.h"

const struct oak_recovery_kind oak_recovery_kinds[] = {
	{"package", oak_package_recover},
	{"patch", oak_patch_recover},
	{NULL, NULL},
};

int oak_recover_all(struct oak_context *ctx, bool finish, size_t *count)
{
	int worst = 0;
	for (const struct oak_recovery_kind *kind = oak_recovery_kinds; kind->name; kind++) {
		int code = kind->recover(ctx, finish, count);
		if (code < 0)
			return oak_context(&ctx->err, "%s runs", kind->name);
		worst = oak_exit_worse(worst, code);
	}
	return worst;
}

int oak_host_lock(struct oak_context *ctx, int *ret_fd)
{
	struct stat st; /* one lock for each examined system; the package manager's own lock is the fence between state folders */
	if (oak_fs_mkdirs(ctx->state_dir, 0755, &ctx->err) < 0)
		return -1;
	if (stat(ctx->root, &st) < 0)
		return oak_fail_errno(&ctx->err, "patch.root", "cannot look at '%s'", ctx->root);
	const char *path = oak_arena_printf(ctx->arena, "%s/host-%llx-%llx.lock", ctx->state_dir, (unsigned long long)st.st_dev,
					    (unsigned long long)st.st_ino);
	return oak_lock_take(path, oak_opt_duration(ctx, "wait-lock", 0), &oak_stop_signal, ret_fd, &ctx->err);
}
