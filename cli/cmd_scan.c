/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum scan: what is missing on this machine, and how bad that is. */
#include "cli/journal.h"
#include "cli/notify.h"
#include "cli/scan_run.h"
#include "cli/show.h"

enum { EXIT_NOT_COMPLIANT = 3 };

static const struct oak_opt opts[] = {
	OAK_JUDGE_OPTS,
	OAK_SCAN_OPTS,
	{"override-list", 0, OAK_OPT_TEXT, "FILE", "ignored, as by AWS: a scan knows no override list", OAK_OPT_NO_CONFIG},
	{"exit-code", 0, OAK_OPT_FLAG, NULL, "end with 3 when the node is not compliant, or unknown", 0},
	{NULL, 0, 0, NULL, NULL, 0},
};

static int finish(struct oak_context *ctx, const struct oak_scan_run *run)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	oak_show_verdict(ctx, run->verdict, run->chosen.why, &buf);
	if (ctx->out.format == OAK_OUT_TABLE || ctx->out.format == OAK_OUT_CSV)
		oak_scan_run_warn(run, run->verdict->problems.v, run->verdict->problems.n);
	if (oak_out_end(&buf, &ctx->err) < 0)
		return -1;
	oak_phase_end(ctx, "writing");
	int code = oak_scan_run_exit(run);
	if (oak_opt_flag(ctx, "exit-code") && run->verdict->summary.status != OAK_COMPLIANT)
		code = oak_exit_worse(code, EXIT_NOT_COMPLIANT);
	return code;
}

static int run(struct oak_context *ctx)
{
	OAK_AUTO(oak_scan_run_done) struct oak_scan_run scan = {0};
	if (oak_opt_text(ctx, "override-list"))
		oak_message("warning: ", "a scan ignores --override-list (it is for 'oakum plan' and 'oakum patch')");
	if (oak_scan_run_verdict(ctx, OAK_SCAN, &scan) < 0)
		return -1;
	const char *previous = oak_notify_previous(ctx, scan.store, scan.verdict);
	if (oak_scan_run_save(&scan) < 0)
		return -1;
	int code = finish(ctx, &scan);
	if (code >= 0 && scan.scan_id)
		oak_notify_scan(ctx, previous, scan.verdict);
	if (code >= 0 && scan.scan_id)
		oak_journal_scan(ctx, scan.verdict);
	return code;
}

const struct oak_cmd oak_cmd_scan = {
	.name = "scan",
	.args = "",
	.summary = "what is missing on this machine, and how bad that is",
	.description =
		"Reads the installed packages and what the repositories offer, judges every update by a baseline, remembers\n"
		"the result, and prints a summary with what is missing, worst first. Nothing of the host is changed; the\n"
		"package manager's own lists are read, or, with --refresh, a private copy is fetched.\n\n"
		"Which baseline: --baseline, else the one of the node's 'Patch Group' tag, else the default of its OS, else the\n"
		"predefined one. With --inventory a recorded inventory is judged anywhere, as of --at.\n\n"
		"The status is UNKNOWN when a repository that the baseline needs has no metadata, failed, or is too old.",
	.opts = opts,
	.flags = OAK_CMD_STORE | OAK_CMD_ROOT,
	.run = run,
};
