/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum resume: end what was interrupted by a crash or by the reboot that it asked for. */
#include "cli/recovery.h"
#include "core/lock.h"

static const struct oak_opt opts[] = {
	{"wait-lock", 0, OAK_OPT_TEXT, "DURATION", "wait so long for the package manager's locks (10m)", 0},
	{NULL, 0, 0, NULL, NULL, 0},
};

static int run(struct oak_context *ctx)
{
	OAK_AUTO(oak_lock_release) int lock = -1;
	size_t count = 0;
	if (ctx->dry_run)
		return 0;
	if (oak_host_lock(ctx, &lock) < 0)
		return -1;
	int code = oak_recover_all(ctx, true, &count);
	if (code >= 0 && count == 0)
		oak_note(&ctx->out, "nothing to resume");
	else if (code >= 0)
		oak_note(&ctx->out, "%zu %s looked at (see 'oakum history --runs')", count, count == 1 ? "run" : "runs");
	return code;
}

const struct oak_cmd oak_cmd_resume = {
	.name = "resume",
	.args = "",
	.summary = "end what a crash or a reboot interrupted",
	.description = "Reads the journals of runs that did not end, or that left packages half-way, brings the package database back to a clean state,\n"
		       "and finishes the run, or says exactly what a person must do. After a reboot that a run asked for it verifies that the boot happened, scans and ends\n"
		       "the run. Nothing to do is no error. The unit oakum-resume.service calls it at every boot.",
	.opts = opts,
	.flags = OAK_CMD_STORE | OAK_CMD_ROOT | OAK_CMD_CHANGES | OAK_CMD_GRACEFUL,
	.run = run,
};
