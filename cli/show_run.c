/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run as a person reads it. */
#include "cli/session.h"
#include "cli/show.h"

static const char *const words[OAK_DONE_COUNT] = {"installed", "FAILED", "not started", "refused"};

static void rows(struct oak_context *ctx, const struct oak_patch_run *run, struct oak_buf *buf)
{
	static const char *const headers[] = {"patch", "from", "to", "status", "error"};
	struct oak_table *t = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
	for (size_t i = 0; i < run->actions.n; i++) {
		const struct oak_run_action *a = &run->actions.v[i];
		oak_table_cell(t, a->patch);
		oak_table_cell(t, a->from);
		oak_table_cell(t, a->to);
		oak_table_cell(t, a->status == OAK_DONE_INSTALLED && !a->to ? "removed" : words[a->status]);
		if (a->status == OAK_DONE_FAILED)
			oak_table_color(t, "31");
		oak_table_cell(t, a->error);
	}
	oak_table_print(t, buf);
}

static void remarks(const struct oak_patch_run *run, struct oak_buf *buf)
{
	bool forward = oak_streq(run->kind, "patch"); /* what the plan of a run refused is no matter of going back */
	for (size_t i = 0; forward && run->plan && i < run->plan->refused.n; i++)
		oak_buf_addf(buf, "left alone: %s (%s%s%s)\n", run->plan->refused.v[i].patch, run->plan->refused.v[i].reason,
			     run->plan->refused.v[i].detail ? ": " : "", run->plan->refused.v[i].detail ? run->plan->refused.v[i].detail : "");
	for (size_t i = 0; i < run->services.v.n; i++) {
		const struct oak_service *s = &run->services.v.v[i];
		oak_buf_addf(buf, "service %s: %s, %s%s%s\n", s->unit, oak_service_status_to_string(s->status), s->reason, s->error ? ": " : "",
			     s->error ? s->error : "");
	}
	for (size_t i = 0; i < run->notes.n; i++)
		oak_buf_addf(buf, "note: %s\n", run->notes.v[i]);
	for (size_t i = 0; i < run->reboot.reasons.n; i++)
		oak_buf_addf(buf, "reboot needed: %s\n", run->reboot.reasons.v[i]);
}

void oak_show_run(struct oak_context *ctx, const struct oak_patch_run *run, struct oak_buf *buf)
{
	struct oak_sink sink;
	if (oak_out_document(&ctx->out, &sink, buf)) {
		oak_patch_run_format(run, &sink);
		return;
	}
	if (run->actions.n || ctx->out.format == OAK_OUT_CSV)
		rows(ctx, run, buf);
	if (ctx->out.format == OAK_OUT_CSV)
		return;
	if (!run->actions.n)
		oak_buf_adds(buf, "nothing was to be done\n");
	remarks(run, buf);
	oak_buf_addf(buf, "\n%s %s: %s%s%s\n", run->kind, run->id ? run->id : "", oak_run_status_to_string(run->status), run->detail ? ", " : "",
		     run->detail ? run->detail : "");
	if (run->verdict)
		oak_buf_addf(buf, "the scan afterwards, by '%s': %s, missing %lld\n", run->verdict->baseline_name, oak_status_to_string(run->verdict->summary.status),
			     (long long)(run->verdict->summary.count[OAK_STATE_MISSING] + run->verdict->summary.count[OAK_STATE_FAILED]));
}
