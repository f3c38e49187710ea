/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum why: what decided about one package, advisory, CVE or KB. */
#include "baseline/why.h"

#include "cli/scan_run.h"
#include "cli/show.h"

static const struct oak_opt opts[] = {
	OAK_JUDGE_OPTS,
	OAK_SCAN_OPTS,
	{NULL, 0, 0, NULL, NULL, 0},
};

static void add_row(struct oak_context *ctx, const struct oak_patch *p, struct oak_buf *out)
{
	const char *approved = oak_show_time(ctx->arena, p->approved_at), *until = oak_show_time(ctx->arena, p->until);
	const char *released = oak_show_time(ctx->arena, p->released);

	oak_buf_addf(out, "%s: %s", p->id, oak_state_to_string(p->state));
	if (p->reason != OAK_REASON_NONE)
		oak_buf_addf(out, " (%s)", oak_reason_to_string(p->reason));
	oak_buf_addf(out, "\n  installed %s, available %s\n", p->installed ? p->installed : "none", p->available ? p->available : "none");
	if (p->reason_detail)
		oak_buf_addf(out, "  %s\n", p->reason_detail);
	if (p->rule)
		oak_buf_addf(out, "  decided by %s\n", p->rule);
	if (released && p->basis != OAK_BASIS_NONE)
		oak_buf_addf(out, "  released %s (%s)\n", released, oak_basis_to_string(p->basis));
	if (approved)
		oak_buf_addf(out, "  approved %s %s\n", p->approved_at < oak_ctx_now(ctx) ? "since" : "after", approved);
	if (until && p->until != p->approved_at)
		oak_buf_addf(out, "  until %s\n", until);
}

static void add_steps(struct oak_context *ctx, const struct oak_why *why, struct oak_buf *out)
{
	static const char *const headers[] = {"patch", "version", "advisory", "met", "matched", "detail"};
	struct oak_table *table = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));

	for (size_t i = 0; i < why->steps.n; i++) {
		const struct oak_why_step *s = &why->steps.v[i];

		oak_table_cell(table, s->patch);
		oak_table_cell(table, s->version);
		oak_table_cell(table, s->advisory);
		oak_table_cellf(table, "%s %s", oak_step_kind_to_string(s->kind), s->ref);
		oak_table_cell(table, s->decided ? "decided" : s->matched ? "yes" : "no");
		oak_table_cell(table, s->detail);
	}
	oak_table_print(table, out);
}

static void add_text(struct oak_context *ctx, const struct oak_scan_run *scan, const struct oak_why *why, struct oak_buf *out)
{
	const char *name = scan->chosen.baseline->name;

	oak_buf_addf(out, "%s: %s%s%s%s\n", why->item, oak_state_to_string(why->decision), why->reason ? " (" : "",
		     why->reason ? oak_reason_to_string(why->reason) : "", why->reason ? ")" : "");
	if (why->reason_detail)
		oak_buf_addf(out, "  %s\n", why->reason_detail);
	if (!why->patches.n)
		oak_buf_adds(out, "  no installed package and no update of one here has to do with it\n");
	oak_buf_addf(out, "baseline: %s (%s); node: %s\n", name ? name : "", scan->chosen.why,
		     oak_status_to_string(why->verdict->summary.status));
	for (size_t i = 0; i < why->patches.n; i++)
		add_row(ctx, why->patches.v[i], out);
	if (why->steps.n)
		oak_buf_addc(out, '\n');
}

static int print(struct oak_context *ctx, const struct oak_scan_run *scan, const struct oak_why *why)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;

	oak_out_buf(&buf);
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		oak_why_format(why, &sink);
	} else {
		if (ctx->out.format == OAK_OUT_TABLE)
			add_text(ctx, scan, why, &buf);
		if (why->steps.n || ctx->out.format == OAK_OUT_CSV)
			add_steps(ctx, why, &buf);
		oak_scan_run_warn(scan, why->verdict->problems.v, why->verdict->problems.n);
	}
	return oak_out_end(&buf, &ctx->err) < 0 ? -1 : oak_scan_run_exit(scan);
}

static int run(struct oak_context *ctx)
{
	OAK_AUTO(oak_scan_run_done) struct oak_scan_run scan = {0};

	if (oak_scan_run_inventory(ctx, &scan) < 0 || oak_scan_run_choose(&scan) < 0 || oak_scan_run_recall(&scan, false) < 0)
		return -1;
	const struct oak_evaluation input = {.inventory = scan.inventory,
					     .baseline = scan.chosen.baseline,
					     .memory = scan.memory,
					     .operation = OAK_SCAN,
					     .now = oak_ctx_now(ctx)};
	return print(ctx, &scan, oak_why(ctx->arena, &input, ctx->args[0]));
}

const struct oak_cmd oak_cmd_why = {
	.name = "why",
	.args = "ITEM",
	.min_args = 1,
	.max_args = 1,
	.summary = "what decided about a package, advisory, CVE or KB",
	.description =
		"ITEM is a package (NAME, NAME.ARCH or NAME:ARCH), an advisory, a CVE, a bug or a KB. Prints its state, the\n"
		"release date with its evidence, the instant of its approval, what holds it, and every filter, rule, list entry\n"
		"and exception that each version of it met: what matched, what did not, and which one decided.\n\n"
		"The answer comes from the same evaluation as that of 'oakum scan'. NOT_APPLICABLE: nothing installed here has\n"
		"to do with ITEM.",
	.opts = opts,
	.flags = OAK_CMD_STORE | OAK_CMD_ROOT,
	.run = run,
};
