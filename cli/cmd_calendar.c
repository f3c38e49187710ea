/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum calendar state, oakum calendar next: are change calendars open, and when does that change. */
#include "cli/calendars.h"

#define COMMON \
	{"type", 0, OAK_OPT_TEXT, "DEFAULT_OPEN|DEFAULT_CLOSED", "whether events close or open (default: X-CALENDAR-TYPE in the file)", \
	 OAK_OPT_NO_CONFIG | OAK_OPT_CHOICE}, \
	{"timezone", 0, OAK_OPT_TEXT, "ZONE", "zone of all-day and floating times without X-WR-TIMEZONE (default UTC)", OAK_OPT_NO_CONFIG}
static const struct oak_opt opts[] = {
	COMMON,
	{NULL, 0, 0, NULL, NULL, 0},
};
static const struct oak_opt next_opts[] = {
	COMMON,
	{"from", 0, OAK_OPT_TEXT, "TIME", "ask as of this time, as 'window next' and 'schedule next' do (default: --at, else now)", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

struct answer {
	bool open;
	oak_time at, next;
	const char *why;
};

static int ask(struct oak_context *ctx, struct answer *ret)
{
	struct oak_zones zones = oak_zones_system(ctx->arena);
	const char *name = oak_opt_text(ctx, "timezone");
	const struct oak_zone *zone = zones.find(zones.arg, name ? name : "UTC", &ctx->err);
	struct oak_calendar_set set;
	struct oak_calendars now;
	int type = oak_calendar_type_from_string(oak_opt_text(ctx, "type"));
	ret->at = oak_opt_time(ctx, "from", oak_ctx_now(ctx));
	if (!zone || oak_calendar_set_load(ctx, ctx->args, ctx->arg_count, type, zone, &zones, &set) < 0 ||
	    oak_calendar_set_ask(ctx, &set, ret->at, &ret->open, &ret->next) < 0 ||
	    oak_calendar_set_read(ctx, &set, ret->at, &now) < 0)
		return -1;
	for (size_t i = 0; i < now.n; i++)
		if (now.v[i].open_always)
			oak_warn(&ctx->out, "calendar '%s' has no events: it blocks nothing", now.v[i].name);
	ret->why = oak_calendars_why(ctx, &now, ret->at);
	return 0;
}

static void words(const struct answer *a, bool next_first, struct oak_buf *buf)
{
	char at[OAK_TIME_TEXT], next[OAK_TIME_TEXT];
	oak_time_format(a->at, at);
	oak_time_format(a->next, next);
	const char *verb = a->open ? "closes" : "opens";
	if (next_first && a->next != OAK_TIME_NEVER)
		oak_buf_addf(buf, "%s %s\n", verb, next);
	oak_buf_addf(buf, "%s at %s%s%s\n", a->open ? "OPEN" : "CLOSED", at, *a->why ? ": " : "", a->why);
	if (a->next == OAK_TIME_NEVER)
		oak_buf_addf(buf, "never %s\n", verb);
	else if (!next_first)
		oak_buf_addf(buf, "%s %s\n", verb, next);
}

static int print(struct oak_context *ctx, bool next_first)
{
	struct answer a;
	if (ask(ctx, &a) < 0)
		return -1;
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	struct oak_sink sink;
	char at[OAK_TIME_TEXT], next[OAK_TIME_TEXT];
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		sink.ops->begin_object(&sink);
		oak_put_string(&sink, "schema", "oakum.calendar/1");
		oak_put_string(&sink, "state", a.open ? "OPEN" : "CLOSED");
		oak_put_time(&sink, "atTime", a.at);
		oak_put_time(&sink, "nextTransitionTime", a.next);
		sink.ops->end_object(&sink);
	} else if (ctx->out.format == OAK_OUT_CSV) {
		oak_buf_addf(&buf, "state,atTime,nextTransitionTime\r\n%s,%s,%s\r\n", a.open ? "OPEN" : "CLOSED",
			     oak_time_format(a.at, at), a.next == OAK_TIME_NEVER ? "" : oak_time_format(a.next, next));
	} else {
		words(&a, next_first, &buf);
	}
	return oak_out_end(&buf, &ctx->err);
}

static int run_state(struct oak_context *ctx)
{
	return print(ctx, false);
}

static int run_next(struct oak_context *ctx)
{
	return print(ctx, true);
}

static const char description[] =
	"Reads iCalendar files or http(s) URLs (Google, Outlook, Apple). Several calendars are open only if all are. Events of "
	"a DEFAULT_OPEN calendar close it, those of a DEFAULT_CLOSED one open it; cancelled events, to-dos and events marked "
	"X-EVENT-TYPE:ADVISORY do nothing; a calendar without any event blocks nothing.\n\n"
	"The instant is --at, else now. The exit code says only whether the question could be answered.";

const struct oak_cmd oak_cmd_calendar_state = {
	.name = "calendar state",
	.args = "FILE|URL...",
	.min_args = 1,
	.max_args = -1,
	.summary = "whether calendars are open",
	.description = description,
	.opts = opts,
	.run = run_state,
};

const struct oak_cmd oak_cmd_calendar_next = {
	.name = "calendar next",
	.args = "FILE|URL...",
	.min_args = 1,
	.max_args = -1,
	.summary = "when calendars open or close next",
	.description = description,
	.opts = next_opts,
	.run = run_next,
};
