/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum report: compliance, patch, cve, inventory, trend, exceptions, in any format. */
#include <errno.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "cli/report.h"
#include "core/fs.h"
#include "core/str.h"
#include "fleet/report/format.h"

enum { REPORT_MAX = 1 << 30, EXIT_COMPLIANCE = 3, EXIT_PARTLY = 4 };

/* Where the bytes go: standard output as they come; a file or a signature when all are there. */
static int drain(void *arg, struct oak_buf *buf, struct oak_error *err)
{
	(void)arg;
	if (oak_out_end(buf, err) < 0)
		return -1;
	oak_buf_clear(buf);
	return 0;
}

static int write_report(struct oak_context *ctx, struct oak_report *report, struct oak_report_out *out)
{
	const char *call = oak_opt_text(ctx, "aws"), *format = oak_opt_text(ctx, "output");
	if (call)
		return oak_report_aws(report, call, out, &ctx->err);
	if (!format || oak_streq(format, "table"))
		return oak_report_table(ctx, report, out->buf);
	return oak_report_write(report, format, out, &ctx->err);
}

static const char *media_type(struct oak_context *ctx)
{
	const char *format = oak_opt_text(ctx, "output"), *type = format ? oak_report_media_type(format) : NULL;
	return oak_opt_text(ctx, "aws") ? "application/json" : type ? type : "text/plain";
}

/* --out FILE is written whole or not at all, its signature beside it as FILE.sig, first. */
static int save(struct oak_context *ctx, const char *file, const char *key, const struct oak_buf *report)
{
	OAK_AUTO(oak_buf_done) struct oak_buf envelope;
	oak_buf_init(&envelope, REPORT_MAX);
	if (key && (oak_report_sign(ctx, key, media_type(ctx), report, &envelope) < 0 ||
		    oak_fs_write_atomic(oak_arena_printf(ctx->arena, "%s.sig", file), envelope.p, envelope.n, 0644, &ctx->err) < 0))
		return -1;
	return oak_fs_write_atomic(file, oak_buf_text(report), report->n, 0644, &ctx->err);
}

/* --out; "-" is standard output. */
static const char *out_file(const struct oak_context *ctx)
{
	const char *file = oak_opt_text(ctx, "out");
	return oak_streq(file, "-") ? NULL : file;
}

static int give_out(struct oak_context *ctx, struct oak_buf *report)
{
	const char *file = out_file(ctx), *key = oak_opt_text(ctx, "sign");
	OAK_AUTO(oak_buf_done) struct oak_buf envelope;
	oak_buf_init(&envelope, REPORT_MAX);
	if (report->full)
		return oak_fail(&ctx->err, OAK_IO, "out.too-large", 0, "the result is larger than %zu bytes", report->max);
	if (file)
		return save(ctx, file, key, report);
	if (!key)
		return oak_out_end(report, &ctx->err);
	return oak_report_sign(ctx, key, media_type(ctx), report, &envelope) < 0 ? -1 : oak_out_end(&envelope, &ctx->err);
}

static int fill(struct oak_context *ctx, struct oak_report *report, struct oak_store *store)
{
	if (report->kind == OAK_REPORT_TREND)
		return oak_report_fill_trend(ctx, report, store);
	return report->kind == OAK_REPORT_EXCEPTIONS ? oak_report_fill_exceptions(ctx, report) : 0;
}

/* A plugin's line has a plugin's exit code, whatever else there is to say. */
static int exit_of(const struct oak_context *ctx, const struct oak_report *report)
{
	bool whole = report->totals.by_status[OAK_COMPLIANT] == report->totals.nodes;
	int code = oak_opt_flag(ctx, "exit-code") && !whole ? EXIT_COMPLIANCE : 0;
	if (oak_streq(oak_opt_text(ctx, "output"), "nagios") && !oak_opt_text(ctx, "aws"))
		return oak_report_nagios_exit(report);
	return oak_exit_worse(code, report->unreadable.n ? EXIT_PARTLY : 0);
}

static int run(struct oak_context *ctx, enum oak_report_kind kind)
{
	OAK_AUTO(oak_store_close_p) struct oak_store *store = NULL;
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	OAK_AUTO(oak_report_release) struct oak_report report = {.arena = NULL};
	struct oak_report_out out = {.buf = &buf};
	oak_buf_init(&buf, REPORT_MAX);
	if (oak_report_gather(ctx, kind, &report, &store) < 0 || fill(ctx, &report, store) < 0)
		return -1;
	if (!out_file(ctx) && !oak_opt_text(ctx, "sign"))
		out.drain = drain;
	if (write_report(ctx, &report, &out) < 0 || give_out(ctx, &buf) < 0)
		return -1;
	oak_phase_end(ctx, "writing");
	return exit_of(ctx, &report);
}

#define REPORT_OPTS(formats)                                                                                           \
	{"from", 0, OAK_OPT_TEXT, "DIR", "report on the verdicts, runs and inventories in this folder", OAK_OPT_NO_CONFIG},    \
	{"output", 'o', OAK_OPT_TEXT, formats, "format of the report", 0},                                                     \
	{"out", 0, OAK_OPT_TEXT, "FILE", "write the report into this file, whole or not at all", OAK_OPT_NO_CONFIG},           \
	{"sign", 0, OAK_OPT_TEXT, "FILE|pkcs11:URI|cmd:PATH", "sign with this private key: FILE.sig with --out, else an envelope", OAK_OPT_NO_CONFIG}, \
	{"passphrase-file", 0, OAK_OPT_TEXT, "FILE", "file with the key's passphrase", OAK_OPT_NO_CONFIG},                     \
	{"node", 0, OAK_OPT_LIST, "ID|NAME", "only this node", OAK_OPT_NO_CONFIG},                                             \
	{"tag", 0, OAK_OPT_LIST, "KEY=VALUE", "only nodes with this tag", OAK_OPT_NO_CONFIG},                                  \
	{"expect", 0, OAK_OPT_TEXT, "FILE", "nodes that must be there, an id or name a line", 0},                              \
	{"max-age", 0, OAK_OPT_TEXT, "DURATION", "a node seen longer ago than this is late (7d)", 0}

#define VERDICT_FORMATS "table|json|yaml|csv|html|junit|sarif|openmetrics|cyclonedx|nagios"

static const struct oak_opt verdict_opts[] = {
	REPORT_OPTS(VERDICT_FORMATS),
	{"aws", 0, OAK_OPT_TEXT, "CALL", "answer as AWS does: describe-instance-patch-states …", OAK_OPT_NO_CONFIG},
	{"exit-code", 0, OAK_OPT_FLAG, NULL, "end with 3 unless every node is compliant", 0},
	{NULL, 0, 0, NULL, NULL, 0},
};

static const struct oak_opt trend_opts[] = {
	REPORT_OPTS("table|json|yaml|csv|html"),
	{"since", 0, OAK_OPT_TEXT, "DURATION", "look back so far (30d)", 0},
	{"sla", 0, OAK_OPT_LIST, "LEVEL=DURATION", "time within which patches of a level must be installed (CRITICAL=7d)", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

static const struct oak_opt exceptions_opts[] = {
	REPORT_OPTS("table|json|yaml|csv|html"),
	{"baseline", 'b', OAK_OPT_LIST, "NAME|FILE", "look at this baseline too", OAK_OPT_NO_CONFIG},
	{"soon", 0, OAK_OPT_TEXT, "DURATION", "an exception ends soon when it has less time than this (14d)", 0},
	{NULL, 0, 0, NULL, NULL, 0},
};

#define FORMATS_TEXT                                                                                                   \
	"\n\nOf several verdicts of one node the newest counts. A file that cannot be read is named, and the exit code is 4.\n" \
	"html is one page without scripts; junit, sarif and cyclonedx are for other tools; openmetrics is for Prometheus and\n" \
	"node_exporter's textfile collector; nagios is one line of a monitoring plugin, with a plugin's exit code (0 OK,\n"     \
	"1 late nodes, 2 not compliant, 3 unknown). With --sign and --out FILE the signature is FILE.sig; without --out the\n"  \
	"output is a DSSE envelope that holds the report. 'oakum report verify' checks both."

#define REPORT(lower, upper, options, brief, text)                                                                     \
	static int run_##lower(struct oak_context *ctx)                                                                \
	{                                                                                                              \
		return run(ctx, OAK_REPORT_##upper);                                                                   \
	}                                                                                                              \
	const struct oak_cmd oak_cmd_report_##lower = {.name = "report " #lower,                                       \
						       .args = "",                                                     \
						       .summary = brief,                                               \
						       .description = text FORMATS_TEXT,                               \
						       .opts = options,                                                \
						       .flags = OAK_CMD_STORE,                                         \
						       .run = run_##lower};

REPORT(compliance, COMPLIANCE, verdict_opts, "which nodes are compliant, and when each was last seen",
       "One row a node with its newest verdict: from the state database, or from a folder of collected verdicts. Nodes that\n"
       "were never scanned are named, nodes that were not seen for --max-age are called late.")
REPORT(patch, PATCH, verdict_opts, "which patches are missing, and on which nodes",
       "One row a patch that is MISSING, FAILED, INSTALLED_REJECTED or INSTALLED_PENDING_REBOOT somewhere, worst first.")
REPORT(cve, CVE, verdict_opts, "CVEs with approved patches that are missing, and on which nodes",
       "From a CVE to the patches that mend it and the nodes that lack them; known exploited ones (KEV) first, with their EPSS\n"
       "scores where the feeds are imported ('oakum feed import').")
REPORT(inventory, INVENTORY, verdict_opts, "packages and versions of all nodes",
       "Nodes with their platforms, and each installed version with the number of nodes that have it.")
REPORT(trend, TREND, trend_opts, "compliance over time, and time to patch against what was promised",
       "For each day how many nodes were compliant, and by level how long patches took: from their approval, or from the first\n"
       "scan that missed them, to the scan that found them installed. Promises: CRITICAL 7 days, HIGH 14, MEDIUM 30, LOW 90,\n"
       "or reports.sla in the configuration, or --sla.")
REPORT(exceptions, EXCEPTIONS, exceptions_opts, "exceptions of baselines: owner, reason, end, and what they cover",
       "Every entry of the approved and rejected lists of the baselines that this host knows, and those that verdicts speak of.")
