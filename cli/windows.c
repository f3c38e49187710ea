/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding windows, and asking them. */
#include "cli/windows.h"

#include <stdio.h>
#include <string.h>

#include "cli/opt.h"
#include "cli/repos.h"
#include "core/str.h"
#include "core/trustfile.h"

int oak_windows_offset(struct oak_context *ctx, const struct oak_schedule *schedule, int *ret)
{
	const char *text = oak_opt_text(ctx, "offset");
	int64_t days = 0;
	if (text && !oak_parse_int(oak_str_of(text), 0, OAK_OFFSET_MAX, &days))
		return oak_fail(&ctx->err, OAK_INVALID, "schedule.offset", 0,
				"'--offset' cannot be '%s' (give 0 to %d days)", text, OAK_OFFSET_MAX);
	if (days && schedule->kind != OAK_SCHEDULE_CRON)
		return oak_fail(&ctx->err, OAK_INVALID, "schedule.offset", 0, "'--offset' goes with cron() only");
	*ret = (int)days;
	return 0;
}

static struct oak_zones *zones_of(struct oak_context *ctx, struct oak_windows *windows)
{
	if (!windows->zones.find)
		windows->zones = oak_zones_system(ctx->arena);
	return &windows->zones;
}

static int add_document(struct oak_context *ctx, const struct oak_value *doc, const char *name, struct oak_windows *ret)
{
	struct oak_window *window;
	if (oak_window_parse(ctx->arena, doc, name, zones_of(ctx, ret), &window, &ctx->err) < 0)
		return -1;
	*oak_push(ctx->arena, &ret->list) = window;
	return 0;
}

static int add_file(struct oak_context *ctx, const char *file, struct oak_windows *ret)
{
	const struct oak_value *doc;
	if (oak_input_load(ctx, file, OAK_WINDOW_MAX, &doc) < 0)
		return -1;
	return add_document(ctx, doc, file, ret);
}

/* A window that stands in the configuration itself gets its key as its name. */
static int add_inline(struct oak_context *ctx, const struct oak_member *m, struct oak_windows *ret)
{
	if (oak_value_get(&m->value, "name") || oak_value_get(&m->value, "Name"))
		return add_document(ctx, &m->value, m->key, ret);
	size_t n = m->value.object.n;
	struct oak_member *members = oak_arena_alloc(ctx->arena, (n + 1) * sizeof(*members));
	members[0].key = "name";
	members[0].value = (struct oak_value){.kind = OAK_VALUE_STRING, .string = m->key};
	if (n)
		memcpy(members + 1, m->value.object.v, n * sizeof(*members));
	struct oak_value named = {.kind = OAK_VALUE_OBJECT, .line = m->value.line};
	named.object.v = members;
	named.object.n = n + 1;
	return add_document(ctx, &named, m->key, ret);
}

/* "repo:NAME/policy/FILE": trusted because the repository is. */
static int add_from_repository(struct oak_context *ctx, const char *reference, struct oak_windows *ret)
{
	const char *file;
	const struct oak_value *doc;
	if (oak_repos_resolve(ctx, reference, &file) < 0 || oak_input_load(ctx, file, OAK_WINDOW_MAX, &doc) < 0)
		return -1;
	return add_document(ctx, doc, reference, ret);
}

/* A relative file in the configuration is relative to the configuration. */
static int add_configured_file(struct oak_context *ctx, const char *file, struct oak_windows *ret)
{
	const char *slash = ctx->config_file ? strrchr(ctx->config_file, '/') : NULL;
	if (oak_repos_is_reference(file))
		return add_from_repository(ctx, file, ret);
	if (file[0] != '/' && slash)
		file = oak_arena_printf(ctx->arena, "%.*s/%s", (int)(slash - ctx->config_file), ctx->config_file, file);
	return oak_trust_check(file, &ctx->err) < 0 ? -1 : add_file(ctx, file, ret);
}

static int add_configured(struct oak_context *ctx, const struct oak_member *m, struct oak_windows *ret)
{
	if (m->value.kind == OAK_VALUE_STRING)
		return add_configured_file(ctx, m->value.string, ret);
	if (m->value.kind == OAK_VALUE_OBJECT)
		return add_inline(ctx, m, ret);
	return oak_fail(&ctx->err, OAK_INVALID, "window.invalid", 0,
			"configuration key 'windows.%s' must be a file or a window, not %s", m->key,
			oak_value_kind_to_string(m->value.kind));
}

static int configured_map(struct oak_context *ctx, const struct oak_value **ret)
{
	*ret = oak_config_get(ctx, "windows");
	if (*ret && (*ret)->kind != OAK_VALUE_OBJECT)
		return oak_fail(&ctx->err, OAK_INVALID, "window.invalid", 0,
				"configuration key 'windows' must be an object of NAME: FILE or window");
	return 0;
}

int oak_windows_configured(struct oak_context *ctx, struct oak_windows *ret)
{
	const struct oak_value *map;
	zones_of(ctx, ret);
	if (configured_map(ctx, &map) < 0)
		return -1;
	for (size_t i = 0; map && i < map->object.n; i++)
		if (add_configured(ctx, &map->object.v[i], ret) < 0)
			return -1;
	return 0;
}

int oak_windows_load(struct oak_context *ctx, const char *name, struct oak_windows *ret)
{
	const struct oak_value *map;
	struct oak_suggestion near = {.word = name};
	if (oak_repos_is_reference(name))
		return add_from_repository(ctx, name, ret);
	if (oak_is_file_name(name))
		return add_file(ctx, name, ret);
	if (configured_map(ctx, &map) < 0)
		return -1;
	for (size_t i = 0; map && i < map->object.n; i++) {
		if (oak_streq(map->object.v[i].key, name))
			return add_configured(ctx, &map->object.v[i], ret);
		oak_suggest(&near, map->object.v[i].key);
	}
	if (near.best)
		return oak_fail(&ctx->err, OAK_INVALID, "window.unknown", 0, "there is no window '%s' (did you mean '%s'?)",
				name, near.best);
	return oak_fail(&ctx->err, OAK_INVALID, "window.unknown", 0,
			"there is no window '%s' (configure it under 'windows', or name a file with its folder)", name);
}

int oak_window_days(struct oak_context *ctx, const struct oak_windows *windows, const struct oak_window *window,
		    struct oak_window_days *ret)
{
	*ret = (struct oak_window_days){.window = window, .from = OAK_TIME_NONE};
	if (oak_calendar_set_load(ctx, window->calendars.v, window->calendars.n, -1, window->due.zone, &windows->zones,
				  &ret->set) < 0)
		return oak_context(&ctx->err, "window '%s' stays closed", window->name);
	return 0;
}

static int read_from(struct oak_context *ctx, struct oak_window_days *days, oak_time from)
{
	days->from = from;
	if (oak_calendar_set_read(ctx, &days->set, from, &days->calendars) < 0)
		return oak_context(&ctx->err, "window '%s' stays closed", days->window->name);
	return 0;
}

int oak_window_days_check(struct oak_context *ctx, struct oak_window_days *days, oak_time t, enum oak_window_state *ret_state,
			  struct oak_opening *ret)
{
	if (read_from(ctx, days, t) < 0)
		return -1;
	*ret_state = oak_window_check(days->window, &days->calendars, t, ret);
	return 0;
}

int oak_window_days_next(struct oak_context *ctx, struct oak_window_days *days, oak_time anchor, oak_time after,
			 struct oak_opening *ret, bool *ret_found)
{
	const struct oak_window *w = days->window;
	oak_time unknown = OAK_TIME_NEVER;
	*ret_found = false;
	for (int i = 0; i < OAK_CALENDAR_READS_MAX; i++, after = unknown - 1) {
		bool behind = days->from == OAK_TIME_NONE || days->from > after - w->duration;
		if ((i > 0 || behind) && read_from(ctx, days, after - w->duration) < 0)
			return -1;
		*ret_found = oak_window_next(w, &days->calendars, anchor, after, ret, &unknown);
		if (*ret_found || unknown == OAK_TIME_NEVER || unknown > OAK_ICAL_HORIZON)
			return 0;
		if (i > 0 && unknown - 1 <= after) /* more than a reading holds lies in one opening */
			return oak_fail(&ctx->err, OAK_INVALID, "ical.unsupported", 0,
					"the calendars of window '%s' hold too many events within one opening", w->name);
	}
	return 0;
}

static const char *opens_text(struct oak_context *ctx, oak_time next)
{
	char text[OAK_TIME_TEXT];
	if (next == OAK_TIME_NEVER)
		return "it does not open again";
	return oak_arena_printf(ctx->arena, "it opens %s", oak_time_format(next, text));
}

/* Why this window does not let anything start, and when it does next. */
static const char *closed_text(struct oak_context *ctx, const struct oak_window *w, const struct oak_calendars *calendars,
			       enum oak_window_state state, const struct oak_opening *o, oak_time t, oak_time next)
{
	char text[OAK_TIME_TEXT];
	const char *opens = opens_text(ctx, next);
	switch (state) {
	case OAK_WINDOW_DISABLED:
		return oak_arena_printf(ctx->arena, "window '%s' is disabled", w->name);
	case OAK_WINDOW_CUT_OFF:
		return oak_arena_printf(ctx->arena,
					"window '%s' is past its cut-off: nothing new starts after %s; %s", w->name,
					oak_time_format(o->cutoff, text), opens);
	case OAK_WINDOW_CALENDAR:
		return oak_arena_printf(ctx->arena, "window '%s' is open, but closed by %s; %s", w->name,
					oak_calendars_why(ctx, calendars, t), opens);
	case OAK_WINDOW_CLOSED:
		if (w->due.kind == OAK_SCHEDULE_RATE && w->due.start == OAK_TIME_NONE)
			return oak_arena_printf(ctx->arena,
						"window '%s' has a rate() without startDate, so nobody knows when it opens",
						w->name);
		return oak_arena_printf(ctx->arena, "window '%s' is closed; %s", w->name, opens);
	case OAK_WINDOW_OPEN:
	case OAK_WINDOW_STATE_COUNT:
		break;
	}
	return "";
}

/* What one window says. */
static int ask(struct oak_context *ctx, const struct oak_windows *windows, const struct oak_window *w, oak_time t,
	       struct oak_gate *ret)
{
	struct oak_window_days days;
	struct oak_opening o = {OAK_TIME_NEVER, OAK_TIME_NEVER, OAK_TIME_NEVER}, next;
	char text[OAK_TIME_TEXT];
	bool anchored = w->due.kind != OAK_SCHEDULE_RATE || w->due.start != OAK_TIME_NONE, found = false;
	*ret = (struct oak_gate){.window = w, .next = OAK_TIME_NEVER};
	if (oak_window_days(ctx, windows, w, &days) < 0 || oak_window_days_check(ctx, &days, t, &ret->state, &o) < 0)
		return -1;
	struct oak_calendars calendars = days.calendars;
	if (anchored && oak_window_days_next(ctx, &days, t, t, &next, &found) < 0)
		return -1;
	ret->cutoff = o.cutoff;
	ret->closes = o.closes;
	if (found)
		ret->next = next.opens;
	ret->why = ret->state == OAK_WINDOW_OPEN
			   ? oak_arena_printf(ctx->arena, "window '%s' is open; something may start before %s", w->name,
					      oak_time_format(o.cutoff, text))
			   : closed_text(ctx, w, &calendars, ret->state, &o, t, ret->next);
	return 0;
}

/* Is A the better answer? Open beats closed; then longer open, then opening earlier. */
static bool better(const struct oak_gate *a, const struct oak_gate *b)
{
	bool a_open = a->state == OAK_WINDOW_OPEN, b_open = b->state == OAK_WINDOW_OPEN;
	if (a_open != b_open)
		return a_open;
	return a_open ? a->cutoff > b->cutoff : a->next < b->next;
}

int oak_windows_gate(struct oak_context *ctx, const struct oak_windows *windows, oak_time t, struct oak_gate *ret)
{
	struct oak_gate best = {NULL, OAK_WINDOW_OPEN, OAK_TIME_NEVER, OAK_TIME_NEVER, OAK_TIME_NEVER, "no window is set"};
	struct oak_error unread = {0};
	char text[1100];
	for (size_t i = 0; i < windows->list.n; i++) {
		struct oak_gate one;
		if (ask(ctx, windows, windows->list.v[i], t, &one) < 0) { /* it stays closed; the others are asked all the same */
			unread = unread.id ? unread : ctx->err;
			ctx->err = (struct oak_error){.kind = OAK_OK};
			continue;
		}
		if (!best.window || better(&one, &best))
			best = one;
	}
	if (unread.id && (!best.window || best.state != OAK_WINDOW_OPEN)) {
		ctx->err = unread;
		return -1;
	}
	if (unread.id)
		oak_warn(&ctx->out, "%s", oak_error_text(&unread, text, sizeof(text)));
	*ret = best;
	return 0;
}
