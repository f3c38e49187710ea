/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum window next, check, list: when maintenance windows open, and whether one is open. */
#include "cli/windows.h"
#include "core/str.h"

enum { COUNT_MAX = 100000, EXIT_CLOSED = 75, EXIT_PARTLY = 4 };

static const struct oak_opt next_opts[] = {
	{"duration", 0, OAK_OPT_TEXT, "HOURS", "length in hours, or as '90m' (default 1)", OAK_OPT_NO_CONFIG},
	{"cutoff", 0, OAK_OPT_TEXT, "HOURS", "how long before the end nothing new starts (default 0)", OAK_OPT_NO_CONFIG},
	{"timezone", 0, OAK_OPT_TEXT, "ZONE", "time zone of the schedule, an IANA name (default UTC)", OAK_OPT_NO_CONFIG},
	{"offset", 0, OAK_OPT_TEXT, "DAYS", "calendar days between the cron instant and the opening, 0 to 31", OAK_OPT_NO_CONFIG},
	{"from", 0, OAK_OPT_TEXT, "TIME", "list openings strictly after this time (default: now)", OAK_OPT_NO_CONFIG},
	{"count", 0, OAK_OPT_TEXT, "COUNT", "how many openings to list (default 1)", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

static int hours(struct oak_context *ctx, const char *option, int64_t *seconds)
{
	const char *text = oak_opt_text(ctx, option);
	if (text && !oak_window_hours(text, seconds))
		return oak_fail(&ctx->err, OAK_INVALID, "window.hours", 0,
				"'--%s' cannot be '%s' (give hours, or a duration such as 90m)", option, text);
	return 0;
}

/* Options of the command line laid over a window. */
static int override(struct oak_context *ctx, const struct oak_windows *windows, struct oak_window *w)
{
	const char *zone = oak_opt_text(ctx, "timezone");
	if (zone)
		w->timezone = zone;
	if (hours(ctx, "duration", &w->duration) < 0 || hours(ctx, "cutoff", &w->cutoff) < 0 ||
	    oak_window_finish(ctx->arena, w, &windows->zones, false, &ctx->err) < 0)
		return -1;
	if (!oak_opt_text(ctx, "offset"))
		return 0;
	if (oak_windows_offset(ctx, &w->due, &w->offset) < 0)
		return -1;
	w->due.offset_days = w->offset;
	return 0;
}

static bool is_configured(const struct oak_context *ctx, const char *name)
{
	return oak_value_get(oak_config_get(ctx, "windows"), name) != NULL;
}

/* NAME, FILE or EXPR: cron(, rate(, at( and OnCalendar= are expressions; a configured name is a name; .json .yaml .yml and
 * what exists is a file; what else reads as a calendar event is an expression. */
static int find(struct oak_context *ctx, const char *text, struct oak_windows *ret, struct oak_window **ret_window)
{
	struct oak_schedule schedule;
	struct oak_error ignored = {0};
	struct oak_zones zones = oak_zones_system(ctx->arena);
	bool expression = oak_schedule_is_text(text);
	if (!expression && !is_configured(ctx, text) && !oak_ends_with(text, ".json") && !oak_ends_with(text, ".yaml") &&
	    !oak_ends_with(text, ".yml"))
		expression = oak_schedule_parse(ctx->arena, text, oak_zone_utc(), &zones, &schedule, &ignored) == 0;
	ret->zones = zones;
	struct oak_window *w = OAK_NEW(ctx->arena, struct oak_window);
	if (expression) {
		*w = (struct oak_window){.name = text, .schedule = text, .start = OAK_TIME_NONE, .end = OAK_TIME_NONE,
					 .duration = 3600, .enabled = true};
	} else {
		if (oak_windows_load(ctx, text, ret) < 0)
			return -1;
		*w = *ret->list.v[0];
	}
	*ret_window = w;
	return override(ctx, ret, w);
}

struct rows {
	struct oak_context *ctx;
	struct oak_sink sink;
	struct oak_table *table;
	struct oak_buf *buf;
	bool document;
};

static void begin(struct oak_context *ctx, struct oak_buf *buf, struct rows *rows)
{
	static const char *const headers[] = {"name", "opensAt", "closesAt", "cutoffAt"};
	*rows = (struct rows){.ctx = ctx, .buf = buf};
	rows->document = oak_out_document(&ctx->out, &rows->sink, buf);
	if (rows->document) {
		rows->sink.ops->begin_object(&rows->sink);
		oak_put_string(&rows->sink, "schema", "oakum.windows/1");
		oak_put_begin_array(&rows->sink, "windows");
	} else {
		rows->table = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
	}
}

static void time_cell(struct oak_table *table, oak_time t)
{
	char text[OAK_TIME_TEXT];
	oak_table_cell(table, t == OAK_TIME_NEVER || t == OAK_TIME_NONE ? NULL : oak_time_format(t, text));
}

static void row(struct rows *rows, const char *name, const struct oak_opening *o)
{
	if (!rows->document) {
		oak_table_cell(rows->table, name);
		time_cell(rows->table, o->opens);
		time_cell(rows->table, o->closes);
		time_cell(rows->table, o->cutoff);
		return;
	}
	rows->sink.ops->begin_object(&rows->sink);
	oak_put_string(&rows->sink, "name", name);
	oak_put_time(&rows->sink, "opensAt", o->opens);
	oak_put_time(&rows->sink, "closesAt", o->closes);
	oak_put_time(&rows->sink, "cutoffAt", o->cutoff);
	rows->sink.ops->end_object(&rows->sink);
}

static int end(struct rows *rows)
{
	if (rows->document) {
		oak_put_end_array(&rows->sink);
		rows->sink.ops->end_object(&rows->sink);
	} else {
		oak_table_print(rows->table, rows->buf);
	}
	return oak_out_end(rows->buf, &rows->ctx->err);
}

static int run_next(struct oak_context *ctx)
{
	struct oak_windows windows = {0};
	struct oak_window *w;
	struct oak_window_days days;
	oak_time from = oak_opt_time(ctx, "from", oak_ctx_now(ctx)), at = from;
	if (find(ctx, ctx->args[0], &windows, &w) < 0 || oak_window_days(ctx, &windows, w, &days) < 0)
		return -1;
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	struct rows rows;
	struct oak_opening o;
	begin(ctx, &buf, &rows);
	int64_t count = oak_opt_count(ctx, "count", 1);
	bool found = true;
	for (int64_t i = 0; i < count && i < COUNT_MAX && found; i++) {
		if (oak_window_days_next(ctx, &days, from, at, &o, &found) < 0)
			return -1;
		if (found)
			row(&rows, w->name, &o);
		at = o.opens;
	}
	return end(&rows);
}

const struct oak_cmd oak_cmd_window_next = {
	.name = "window next",
	.args = "NAME|FILE|EXPR",
	.min_args = 1,
	.max_args = 1,
	.summary = "when a window opens next",
	.description =
		"Lists openings strictly after --from; an open one is a matter of 'window check'. EXPR is a schedule as in "
		"'schedule next'. Options override what the window says. Fewer openings than asked for are no error; a "
		"disabled window has none.\n\n"
		"Where a window has calendars, an opening begins when they let something start, and its cut-off comes when "
		"they close; openings that they close altogether are left out.",
	.opts = next_opts,
	.run = run_next,
};

/* The opening that GATE is about: the one around now, else the next one. */
static struct oak_opening opening_of(const struct oak_gate *g, oak_time t)
{
	struct oak_opening o = {OAK_TIME_NEVER, OAK_TIME_NEVER, OAK_TIME_NEVER};
	if (g->state == OAK_WINDOW_OPEN)
		return (struct oak_opening){g->closes - g->window->duration, g->closes, g->cutoff};
	(void)t;
	if (g->next != OAK_TIME_NEVER)
		o = (struct oak_opening){g->next, g->next + g->window->duration,
					 g->next + g->window->duration - g->window->cutoff};
	return o;
}

static int print_check(struct oak_context *ctx, const struct oak_gate *g)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	struct rows rows;
	struct oak_opening o = opening_of(g, oak_ctx_now(ctx));
	if (ctx->out.format == OAK_OUT_TABLE) {
		oak_buf_addf(&buf, "%s\n", g->why);
		return oak_out_end(&buf, &ctx->err);
	}
	begin(ctx, &buf, &rows);
	row(&rows, g->window->name, &o);
	if (!rows.document)
		return end(&rows);
	oak_put_end_array(&rows.sink);
	oak_put_string(&rows.sink, "state", oak_window_state_to_string(g->state));
	oak_put_string(&rows.sink, "reason", g->why);
	rows.sink.ops->end_object(&rows.sink);
	return oak_out_end(&buf, &ctx->err);
}

static int run_check(struct oak_context *ctx)
{
	struct oak_windows windows = {0};
	struct oak_gate gate;
	windows.zones = oak_zones_system(ctx->arena);
	if (oak_windows_load(ctx, ctx->args[0], &windows) < 0 ||
	    oak_windows_gate(ctx, &windows, oak_ctx_now(ctx), &gate) < 0 || print_check(ctx, &gate) < 0)
		return -1;
	return gate.state == OAK_WINDOW_OPEN ? 0 : EXIT_CLOSED;
}

const struct oak_cmd oak_cmd_window_check = {
	.name = "window check",
	.args = "NAME|FILE",
	.min_args = 1,
	.max_args = 1,
	.summary = "whether something may start in a window now",
	.description = "Exit code 0 if something may start now (or at --at), 75 if not: the window is closed or disabled, past "
		       "its cut-off, or a calendar closes it. Says why not, and when next.",
	.run = run_check,
};

static int run_list(struct oak_context *ctx)
{
	struct oak_windows windows = {0};
	if (oak_windows_configured(ctx, &windows) < 0)
		return -1;
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	struct rows rows;
	begin(ctx, &buf, &rows);
	oak_time now = oak_ctx_now(ctx);
	bool all = true;
	char text[1100];
	for (size_t i = 0; i < windows.list.n; i++) {
		struct oak_windows one = {.zones = windows.zones};
		struct oak_gate gate = {.state = OAK_WINDOW_CLOSED, .next = OAK_TIME_NEVER};
		*oak_push(ctx->arena, &one.list) = windows.list.v[i];
		if (oak_windows_gate(ctx, &one, now, &gate) < 0) {
			oak_warn(&ctx->out, "%s", oak_error_text(&ctx->err, text, sizeof(text)));
			ctx->err = (struct oak_error){.kind = OAK_OK};
			all = false;
		}
		struct oak_opening o = opening_of(&gate, now);
		row(&rows, windows.list.v[i]->name, &o);
	}
	return end(&rows) < 0 ? -1 : all ? 0 : EXIT_PARTLY;
}

const struct oak_cmd oak_cmd_window_list = {
	.name = "window list",
	.args = "",
	.summary = "the windows of this host, with the opening that is on or comes next",
	.description = "Windows come from the configuration: 'windows: {NAME: FILE}', or the window itself in place of FILE. One whose "
		       "calendars cannot be read has no times and is told as a warning; the exit code is 4 then.",
	.run = run_list,
};
