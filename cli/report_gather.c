/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathering for reports: from a folder or the state database, and which nodes count. */
#include <string.h>

#include "cli/node.h"
#include "cli/report.h"
#include "core/fs.h"
#include "core/str.h"
#include "fleet/feed/join.h"

enum { EXPECT_MAX = 16 * 1024 * 1024 };

static void find_mark(void *arg, const char *cve, struct oak_report_mark *ret)
{
	struct oak_feed_mark mark;
	struct oak_error ignored = {0}; /* a feed that cannot be read is doctor's matter */
	if (oak_feed_mark_of(arg, cve, &mark, &ignored) == 0)
		*ret = (struct oak_report_mark){mark.known_exploited, mark.ransomware, mark.scored, mark.added, mark.epss, mark.percentile};
}

static void open_marks(struct oak_context *ctx, struct oak_report *report)
{
	struct oak_feed_marks *marks = NULL;
	struct oak_error err = {0};
	if (oak_feed_marks_open(oak_arena_printf(ctx->arena, "%s/feeds", ctx->state_dir), &marks, &err) < 0) {
		oak_warn(&ctx->out, "known exploited CVEs and EPSS are not looked up: %s", err.cause);
		return;
	}
	struct oak_report_marks *both = OAK_NEW(ctx->arena, struct oak_report_marks);
	*both = (struct oak_report_marks){find_mark, marks};
	report->marks = both;
}

void oak_report_release(struct oak_report *report)
{
	if (report->marks)
		oak_feed_marks_free(report->marks->arg);
}

static int choose_nodes(struct oak_context *ctx, struct oak_report *report)
{
	const char *const *values;
	size_t n = oak_opt_list(ctx, "node", &values);
	for (size_t i = 0; i < n; i++)
		*oak_push(ctx->arena, &report->only_nodes) = values[i];
	n = oak_opt_list(ctx, "tag", &values);
	for (size_t i = 0; i < n; i++) {
		const char *eq = strchr(values[i], '=');
		if (!eq)
			return oak_fail(&ctx->err, OAK_INVALID, "usage.option-value", 0, "'--tag' cannot be '%s' (give KEY=VALUE)", values[i]);
		*oak_push(ctx->arena, &report->only_tags) =
			(struct oak_tag){oak_arena_strndup(ctx->arena, values[i], (size_t)(eq - values[i])), eq + 1};
	}
	return 0;
}

/* Nodes of --expect, one id or name a line, that nothing was heard of: never scanned. */
static int expect_nodes(struct oak_context *ctx, struct oak_report *report)
{
	const char *file = oak_opt_text(ctx, "expect");
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_str rest, line;
	oak_buf_init(&text, EXPECT_MAX);
	if (!file)
		return 0;
	if (oak_fs_read(file, &text, &ctx->err) < 0) {
		ctx->err.kind = ctx->err.kind == OAK_NOT_FOUND ? OAK_INVALID : ctx->err.kind;
		return -1;
	}
	rest = (struct oak_str){oak_buf_text(&text), text.n};
	struct oak_map names;
	oak_map_init(&names, ctx->arena, report->nodes.n);
	for (size_t i = 0; i < report->nodes.n; i++)
		if (report->nodes.v[i]->node.name)
			oak_map_put(&names, report->nodes.v[i]->node.name, report);
	while (oak_str_next(&rest, '\n', &line)) {
		line = oak_str_trim(line);
		const char *id = oak_arena_strndup(ctx->arena, line.p ? line.p : "", line.n);
		const struct oak_node node = {.id = id, .platform = {.booted_at = OAK_TIME_NONE}};
		if (*id && *id != '#' && !oak_map_has(&names, id))
			oak_report_know(report, &node);
	}
	return 0;
}

/* Nothing was ever stored here: this very node was never scanned. */
static int gather_nothing(struct oak_context *ctx, struct oak_report *report)
{
	struct oak_node node = {.platform = {.booted_at = OAK_TIME_NONE}};
	if (oak_node_id(ctx, &node.id) < 0)
		return -1;
	oak_report_know(report, &node);
	return 0;
}

/* Only summaries: a compliance report in a form that does not list patches. */
static bool summaries_only(struct oak_context *ctx, enum oak_report_kind kind)
{
	static const char *const forms[] = {"table", "json", "yaml", "csv", "openmetrics", "nagios"};
	const char *form = oak_opt_text(ctx, "output");
	bool plain = !form;
	for (size_t i = 0; form && i < sizeof(forms) / sizeof(*forms); i++)
		plain = plain || oak_streq(form, forms[i]);
	return kind == OAK_REPORT_COMPLIANCE && (plain || oak_opt_text(ctx, "aws"));
}

static int open_store(struct oak_context *ctx, struct oak_store **ret)
{
	const struct oak_store_options options = {.dir = ctx->state_dir, .read_only = true, .now = oak_ctx_now(ctx)};
	struct oak_error err = {0};
	if (oak_store_open(&options, ret, &err) == 0 || err.kind == OAK_NOT_FOUND)
		return 0;
	ctx->err = err;
	return -1;
}

int oak_report_gather(struct oak_context *ctx, enum oak_report_kind kind, struct oak_report *report, struct oak_store **ret_store)
{
	const char *from = oak_opt_text(ctx, "from");
	oak_report_init(report, ctx->arena, kind, oak_ctx_now(ctx));
	report->max_age = oak_opt_duration(ctx, "max-age", report->max_age);
	if (choose_nodes(ctx, report) < 0 || (!from && open_store(ctx, ret_store) < 0))
		return -1;
	open_marks(ctx, report);
	if (from)
		report->source = oak_report_folder(ctx->arena, from);
	else if (*ret_store)
		report->source = oak_report_store(ctx->arena, *ret_store, !summaries_only(ctx, kind), kind == OAK_REPORT_EXCEPTIONS);
	int rc = report->source ? report->source->gather(report->source, report, &ctx->err) : gather_nothing(ctx, report);
	if (rc < 0 || expect_nodes(ctx, report) < 0)
		return -1;
	oak_report_finish(report);
	for (size_t i = 0; i < report->unreadable.n; i++)
		oak_warn(&ctx->out, "cannot read '%s': %s", report->unreadable.v[i].file, report->unreadable.v[i].why);
	oak_phase_end(ctx, "gathering");
	return 0;
}
