/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum schedule next: when an expression is due. */
#include "cli/windows.h"

enum { COUNT_MAX = 100000 };

static const struct oak_opt opts[] = {
	{"timezone", 0, OAK_OPT_TEXT, "ZONE", "time zone of the expression, an IANA name (default UTC)", OAK_OPT_NO_CONFIG},
	{"offset", 0, OAK_OPT_TEXT, "DAYS", "calendar days between the cron instant and the due time, 0 to 31", OAK_OPT_NO_CONFIG},
	{"from", 0, OAK_OPT_TEXT, "TIME", "list times strictly after this one (default: now)", OAK_OPT_NO_CONFIG},
	{"count", 0, OAK_OPT_TEXT, "COUNT", "how many times to list (default 1)", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

static int parse(struct oak_context *ctx, struct oak_schedule *ret)
{
	struct oak_zones zones = oak_zones_system(ctx->arena);
	const char *name = oak_opt_text(ctx, "timezone");
	const struct oak_zone *zone = zones.find(zones.arg, name ? name : "UTC", &ctx->err);
	if (!zone || oak_schedule_parse(ctx->arena, ctx->args[0], zone, &zones, ret, &ctx->err) < 0)
		return -1;
	return oak_windows_offset(ctx, ret, &ret->offset_days);
}

static int run(struct oak_context *ctx)
{
	struct oak_schedule schedule;
	if (parse(ctx, &schedule) < 0)
		return -1;
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	struct oak_sink sink;
	char text[OAK_TIME_TEXT];
	bool document = oak_out_document(&ctx->out, &sink, &buf);
	oak_time from = oak_opt_time(ctx, "from", oak_ctx_now(ctx)), at = from;
	int64_t count = oak_opt_count(ctx, "count", 1);
	if (document) {
		sink.ops->begin_object(&sink);
		oak_put_string(&sink, "schema", "oakum.schedule/1");
		oak_put_begin_array(&sink, "times");
	} else if (ctx->out.format == OAK_OUT_CSV) {
		oak_buf_adds(&buf, "time\r\n");
	}
	for (int64_t i = 0; i < count && i < COUNT_MAX; i++) {
		at = oak_schedule_next(&schedule, from, at);
		if (at == OAK_TIME_NEVER)
			break;
		oak_time_format(at, text);
		if (document)
			sink.ops->string(&sink, text);
		else
			oak_buf_addf(&buf, "%s%s", text, ctx->out.format == OAK_OUT_CSV ? "\r\n" : "\n");
	}
	if (document) {
		oak_put_end_array(&sink);
		sink.ops->end_object(&sink);
	}
	return oak_out_end(&buf, &ctx->err);
}

const struct oak_cmd oak_cmd_schedule_next = {
	.name = "schedule next",
	.args = "EXPR",
	.min_args = 1,
	.max_args = 1,
	.summary = "when a schedule is due next",
	.description =
		"EXPR is cron(MINUTES HOURS DAY-OF-MONTH MONTH DAY-OF-WEEK YEAR), with seconds before them or not, "
		"rate(N UNITS), at(YYYY-MM-DDTHH:MM:SS) as in AWS, or a calendar event of systemd (\"Mon..Fri 03:00\").\n\n"
		"Times are listed strictly after --from. rate() counts from --from: the first time is one interval later. "
		"A local time that does not exist because clocks are put forward is due at the first instant after the gap; "
		"one that comes twice is due once, the first time. Fewer times than asked for are no error.",
	.opts = opts,
	.flags = OAK_CMD_NO_CONFIG,
	.run = run,
};
