/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum notify: what waits, sending it, and a test of each target. */
#include "cli/notify.h"
#include "cli/show.h"
#include "core/str.h"

enum { EXIT_PARTLY = 4 };

static int load(struct oak_context *ctx, struct oak_spool_list *ret)
{
	return oak_spool_load(oak_notify_dir(ctx), ctx->arena, ret, &ctx->err);
}

static void put_item(struct oak_sink *sink, const struct oak_spooled *item)
{
	sink->ops->begin_object(sink);
	oak_put_string(sink, "key", item->key);
	oak_put_string(sink, "target", item->target);
	oak_put_string(sink, "state", oak_spool_state_to_string(item->state));
	oak_put_int(sink, "attempts", item->attempts);
	oak_put_time(sink, "queuedAt", item->queued_at);
	oak_put_time(sink, "nextAt", item->next_at);
	oak_put_string(sink, "why", item->why);
	oak_put_string(sink, "event", oak_event_kind_to_string(item->event.kind));
	oak_put_string(sink, "status", item->event.status);
	oak_put_string(sink, "node", item->event.node_id);
	sink->ops->end_object(sink);
}

static int print(struct oak_context *ctx, const struct oak_spool_list *items)
{
	static const char *const headers[] = {"queued", "target", "state", "attempts", "event", "next", "why"};
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	oak_out_buf(&buf);
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		sink.ops->begin_object(&sink);
		oak_put_string(&sink, "schema", "oakum.notifications/1");
		oak_put_begin_array(&sink, "notifications");
		for (size_t i = 0; i < items->list.n; i++)
			put_item(&sink, &items->list.v[i]);
		oak_put_end_array(&sink);
		sink.ops->end_object(&sink);
		return oak_out_end(&buf, &ctx->err);
	}
	struct oak_table *t = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
	for (size_t i = 0; i < items->list.n; i++) {
		const struct oak_spooled *item = &items->list.v[i];
		oak_table_cell(t, oak_show_time(ctx->arena, item->queued_at));
		oak_table_cell(t, item->target);
		oak_table_cell(t, oak_spool_state_to_string(item->state));
		oak_table_cellf(t, "%lld", (long long)item->attempts);
		oak_table_cell(t, oak_event_text(ctx->arena, &item->event));
		oak_table_cell(t, item->state == OAK_SPOOL_QUEUED ? oak_show_time(ctx->arena, item->next_at) : "");
		oak_table_cell(t, item->why);
	}
	oak_table_print(t, &buf);
	return oak_out_end(&buf, &ctx->err);
}

static int run_list(struct oak_context *ctx)
{
	struct oak_targets targets = {0};
	struct oak_spool_list items = {0};
	if (oak_notify_targets(ctx, &targets) < 0 || load(ctx, &items) < 0)
		return -1;
	return print(ctx, &items);
}

static void said(void *arg, const struct oak_spooled *item)
{
	struct oak_context *ctx = arg;
	oak_note(&ctx->out, "%s: %s%s%s", item->target, oak_spool_state_to_string(item->state), item->why ? ": " : "", item->why ? item->why : "");
}

static int flush(struct oak_context *ctx, const struct oak_targets *targets, bool all)
{
	struct oak_spool_flush f = {.dir = oak_notify_dir(ctx), .targets = targets->list.v, .n = targets->list.n, .now = oak_ctx_now(ctx), .all = all,
				    .offline = ctx->no_network, .stop = &oak_stop_signal, .said = said, .arg = ctx};
	if (ctx->dry_run)
		return 0;
	if (oak_spool_flush(&f, &ctx->err) < 0)
		return -1;
	return f.lost || f.waiting ? EXIT_PARTLY : 0;
}

static int run_flush(struct oak_context *ctx)
{
	struct oak_targets targets = {0};
	return oak_notify_targets(ctx, &targets) < 0 ? -1 : flush(ctx, &targets, oak_opt_flag(ctx, "all"));
}

static int run_test(struct oak_context *ctx)
{
	struct oak_targets targets = {0};
	size_t n = 0;
	char at[OAK_TIME_TEXT];
	if (oak_notify_targets(ctx, &targets) < 0)
		return -1;
	for (size_t i = 0; i < targets.list.n; i++)
		if (!ctx->arg_count || oak_streq(ctx->args[0], targets.list.v[i].name))
			targets.list.v[n++] = targets.list.v[i];
	targets.list.n = n;
	if (!n)
		return oak_fail(&ctx->err, OAK_INVALID, "notify.target", 0, "there is no target '%s' in the configuration (see 'notify' in oakum.yaml)",
				ctx->arg_count ? ctx->args[0] : "");
	const struct oak_event event = {.id = oak_arena_printf(ctx->arena, "test/%s", oak_time_format(oak_ctx_now(ctx), at)), .kind = OAK_EVENT_TEST,
					.at = oak_ctx_now(ctx), .node_name = oak_config_text(ctx, "node.name"), .status = "TEST"};
	if (ctx->dry_run)
		return 0;
	if (oak_spool_add(oak_notify_dir(ctx), &event, targets.list.v, n, oak_ctx_now(ctx), &n, &ctx->err) < 0)
		return -1;
	return flush(ctx, &targets, false);
}

static const struct oak_opt flush_opts[] = {
	{"all", 0, OAK_OPT_FLAG, NULL, "also what failed, what is not due yet, and what may have arrived already", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

const struct oak_cmd oak_cmd_notify_list = {
	.name = "notify list",
	.args = "",
	.summary = "notifications: sent, waiting, failed",
	.description = "One row an event and target of the last 90 days. QUEUED waits for its next attempt, UNKNOWN may or may not have arrived (the\n"
		       "attempt was interrupted) and is not sent again unless 'notify flush --all' is asked to.",
	.run = run_list,
};

const struct oak_cmd oak_cmd_notify_flush = {
	.name = "notify flush",
	.args = "",
	.summary = "send notifications that wait",
	.description = "Scans and runs send their notifications themselves; what could not be sent waits, for a minute first and for six hours at\n"
		       "most, and is given up after seven days. Ends with 4 when something still waits or is lost.",
	.opts = flush_opts,
	.flags = OAK_CMD_CHANGES | OAK_CMD_GRACEFUL,
	.run = run_flush,
};

const struct oak_cmd oak_cmd_notify_test = {
	.name = "notify test",
	.args = "[NAME]",
	.max_args = 1,
	.summary = "send a test event to one target, or to all",
	.description = "Shows that a target of the configuration can be reached: a command, a mail or a webhook.",
	.flags = OAK_CMD_CHANGES | OAK_CMD_GRACEFUL,
	.run = run_test,
};
