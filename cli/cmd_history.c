/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum history: what was scanned, run and changed here. */
#include "cli/cmd.h"
#include "cli/show.h"
#include "core/audit.h"
#include "fleet/store/history.h"

enum { DEFAULT_LIMIT = 50 };

static const struct oak_opt opts[] = {
	{"runs", 0, OAK_OPT_FLAG, NULL, "patch and package runs", OAK_OPT_NO_CONFIG},
	{"scans", 0, OAK_OPT_FLAG, NULL, "scans", OAK_OPT_NO_CONFIG},
	{"audit", 0, OAK_OPT_FLAG, NULL, "changes of host, keys, policies and exceptions, with a check of their chain", OAK_OPT_NO_CONFIG},
	{"node", 0, OAK_OPT_TEXT, "ID", "of this node only", OAK_OPT_NO_CONFIG},
	{"limit", 0, OAK_OPT_TEXT, "COUNT", "the newest so many (50; 0 is all)", 0},
	{NULL, 0, 0, NULL, NULL, 0},
};

struct history {
	bool scans, runs, audit; /* what was asked for */
	struct oak_scan_rows scan_rows;
	struct oak_run_rows run_rows;
	struct oak_audit_log log;
	size_t first; /* of the log's lines to be shown */
};

static int load_store(struct oak_context *ctx, struct history *h, size_t limit)
{
	const struct oak_store_options options = {.dir = ctx->state_dir, .read_only = true, .now = oak_ctx_now(ctx)};
	const char *node = oak_opt_text(ctx, "node");
	const struct oak_scan_query query = {.node_id = node, .operation = -1, .from = OAK_TIME_NONE,
					     .until = OAK_TIME_NONE, .limit = limit};
	OAK_AUTO(oak_store_close_p) struct oak_store *store = NULL;
	struct oak_error err = {0};
	if (oak_store_open(&options, &store, &err) < 0) {
		if (err.kind == OAK_NOT_FOUND)
			return 0; /* nothing happened here yet */
		ctx->err = err;
		return -1;
	}
	if (h->scans && oak_store_list_scans(store, ctx->arena, &query, &h->scan_rows, &ctx->err) < 0)
		return -1;
	if (h->runs && oak_store_list_runs(store, ctx->arena, node, limit, &h->run_rows, &ctx->err) < 0)
		return -1;
	return 0;
}

static int load(struct oak_context *ctx, struct history *h)
{
	size_t limit = (size_t)oak_opt_count(ctx, "limit", DEFAULT_LIMIT);
	if ((h->scans || h->runs) && load_store(ctx, h, limit) < 0)
		return -1;
	if (h->audit && oak_audit_load(ctx->arena, ctx->state_dir, &h->log, &ctx->err) < 0)
		return -1;
	h->first = limit && h->log.list.n > limit ? h->log.list.n - limit : 0;
	return 0;
}

static void put_scan(struct oak_sink *sink, const struct oak_scan_row *row)
{
	const struct oak_summary *s = &row->summary;
	sink->ops->begin_object(sink);
	oak_put_int(sink, "id", row->id);
	oak_put_string(sink, "node", row->node_id);
	oak_put_string_opt(sink, "nodeName", row->node_name);
	oak_put_string_opt(sink, "baseline", row->baseline_id);
	oak_put_string_opt(sink, "baselineName", row->baseline_name);
	oak_put_string(sink, "operation", oak_operation_to_string(row->operation));
	oak_put_time(sink, "at", row->at);
	oak_put_time_opt(sink, "metadataAt", row->metadata_at);
	oak_put_string(sink, "status", oak_status_to_string(s->status));
	oak_put_string(sink, "severity", oak_level_to_string(s->severity));
	oak_put_int(sink, "missing", s->count[OAK_STATE_MISSING]);
	oak_put_int(sink, "failed", s->count[OAK_STATE_FAILED]);
	oak_put_int(sink, "installedRejected", s->count[OAK_STATE_INSTALLED_REJECTED]);
	oak_put_int(sink, "installedPendingReboot", s->count[OAK_STATE_INSTALLED_PENDING_REBOOT]);
	oak_put_bool(sink, "changed", row->changed);
	sink->ops->end_object(sink);
}

static void put_run(struct oak_sink *sink, const struct oak_run_row *row)
{
	sink->ops->begin_object(sink);
	oak_put_string(sink, "id", row->id);
	oak_put_string(sink, "node", row->node_id);
	oak_put_string(sink, "kind", row->kind);
	oak_put_string(sink, "status", row->status);
	oak_put_time(sink, "startedAt", row->started_at);
	oak_put_time(sink, "endedAt", row->ended_at);
	sink->ops->end_object(sink);
}

static void put_audit(struct oak_sink *sink, const struct oak_audit *e)
{
	sink->ops->begin_object(sink);
	oak_put_int(sink, "seq", e->seq);
	oak_put_time(sink, "at", e->at);
	oak_put_string(sink, "user", e->user);
	oak_put_string(sink, "event", e->event);
	oak_put_string(sink, "subject", e->subject);
	oak_put_string_opt(sink, "detail", e->detail);
	oak_put_string(sink, "hash", e->hash);
	sink->ops->end_object(sink);
}

static void document(const struct history *h, struct oak_sink *sink)
{
	sink->ops->begin_object(sink);
	oak_put_string(sink, "schema", "oakum.history/1");
	if (h->scans) {
		oak_put_begin_array(sink, "scans");
		for (size_t i = 0; i < h->scan_rows.list.n; i++)
			put_scan(sink, &h->scan_rows.list.v[i]);
		oak_put_end_array(sink);
	}
	if (h->runs) {
		oak_put_begin_array(sink, "runs");
		for (size_t i = 0; i < h->run_rows.list.n; i++)
			put_run(sink, &h->run_rows.list.v[i]);
		oak_put_end_array(sink);
	}
	if (h->audit) {
		oak_put_bool(sink, "auditSound", h->log.broken == 0);
		oak_put_begin_array(sink, "audit");
		for (size_t i = h->log.list.n; i-- > h->first;)
			put_audit(sink, &h->log.list.v[i]);
		oak_put_end_array(sink);
	}
	sink->ops->end_object(sink);
}

static void scan_table(struct oak_context *ctx, const struct history *h, struct oak_buf *buf)
{
	static const char *const headers[] = {"scan", "at", "node", "baseline", "operation", "status", "missing", "failed"};
	struct oak_table *t = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
	for (size_t i = 0; i < h->scan_rows.list.n; i++) {
		const struct oak_scan_row *row = &h->scan_rows.list.v[i];
		oak_table_cellf(t, "%lld", (long long)row->id);
		oak_table_cell(t, oak_show_time(ctx->arena, row->at));
		oak_table_cell(t, row->node_name ? row->node_name : row->node_id);
		oak_table_cell(t, row->baseline_name ? row->baseline_name : row->baseline_id);
		oak_table_cell(t, oak_operation_to_string(row->operation));
		oak_table_cell(t, oak_status_to_string(row->summary.status));
		oak_table_cellf(t, "%lld", (long long)row->summary.count[OAK_STATE_MISSING]);
		oak_table_cellf(t, "%lld", (long long)row->summary.count[OAK_STATE_FAILED]);
	}
	oak_table_print(t, buf);
}

static void run_table(struct oak_context *ctx, const struct history *h, struct oak_buf *buf)
{
	static const char *const headers[] = {"run", "kind", "started", "ended", "node", "status"};
	struct oak_table *t = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
	for (size_t i = 0; i < h->run_rows.list.n; i++) {
		const struct oak_run_row *row = &h->run_rows.list.v[i];
		oak_table_cell(t, row->id);
		oak_table_cell(t, row->kind);
		oak_table_cell(t, oak_show_time(ctx->arena, row->started_at));
		oak_table_cell(t, oak_show_time(ctx->arena, row->ended_at));
		oak_table_cell(t, row->node_id);
		oak_table_cell(t, row->status);
	}
	oak_table_print(t, buf);
}

static void audit_table(struct oak_context *ctx, const struct history *h, struct oak_buf *buf)
{
	static const char *const headers[] = {"seq", "at", "user", "event", "subject", "detail"};
	struct oak_table *t = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
	for (size_t i = h->log.list.n; i-- > h->first;) {
		const struct oak_audit *e = &h->log.list.v[i];
		oak_table_cellf(t, "%lld", (long long)e->seq);
		oak_table_cell(t, oak_show_time(ctx->arena, e->at));
		oak_table_cell(t, e->user);
		oak_table_cell(t, e->event);
		oak_table_cell(t, e->subject);
		oak_table_cell(t, e->detail);
	}
	oak_table_print(t, buf);
}

static int run(struct oak_context *ctx)
{
	struct history h = {.scans = oak_opt_flag(ctx, "scans"),
			    .runs = oak_opt_flag(ctx, "runs"),
			    .audit = oak_opt_flag(ctx, "audit")};
	if (!h.scans && !h.runs && !h.audit)
		h.scans = h.runs = true;
	if (ctx->out.format == OAK_OUT_CSV && h.scans + h.runs + h.audit > 1)
		h.runs = h.audit = false; /* one kind of row in a CSV */
	if (load(ctx, &h) < 0)
		return -1;
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	struct oak_sink sink;
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		document(&h, &sink);
	} else {
		if (h.scans)
			scan_table(ctx, &h, &buf);
		oak_buf_adds(&buf, h.scans && (h.runs || h.audit) ? "\n" : "");
		if (h.runs)
			run_table(ctx, &h, &buf);
		oak_buf_adds(&buf, h.runs && h.audit ? "\n" : "");
		if (h.audit)
			audit_table(ctx, &h, &buf);
	}
	if (oak_out_end(&buf, &ctx->err) < 0)
		return -1;
	if (h.log.broken)
		return oak_fail(&ctx->err, OAK_UNTRUSTED, "audit.chain", 0,
				"the audit log '%s/audit.log' was changed: line %zu: %s (compare it with a backup)",
				ctx->state_dir, h.log.broken, h.log.why);
	return 0;
}

const struct oak_cmd oak_cmd_history = {
	.name = "history",
	.args = "",
	.summary = "what was scanned, run and changed here",
	.description = "Lists the newest scans and runs, with --audit every change of host, keys, policies and exceptions. The audit\n"
		       "log is chained by hashes: a line that was changed or removed is found, and the exit code is then 5.",
	.opts = opts,
	.flags = OAK_CMD_STORE,
	.run = run,
};
