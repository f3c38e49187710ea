/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fetching calendars and asking them. */
#include "cli/calendars.h"

#include "cli/network.h"
#include "cli/repos.h"
#include "core/fs.h"
#include "core/str.h"

struct oak_calendar_text {
	const char *name, *text;
	size_t n;
	int type; /* -1 = the calendar's own */
};

enum { FETCH_S = 60 };

/* Take "#DEFAULT_OPEN" off the end. */
static const char *split_type(struct oak_arena *arena, const char *source, int *type)
{
	const char *hash = strrchr(source, '#');
	int given = hash ? oak_calendar_type_from_string(hash + 1) : -1;
	if (given < 0)
		return source;
	*type = given;
	return oak_arena_strndup(arena, source, (size_t)(hash - source));
}

/* Apple and Outlook hand out webcal://, which is https. */
static const char *url_of(struct oak_arena *arena, const char *source)
{
	if (oak_starts_with(source, "http://") || oak_starts_with(source, "https://") || oak_starts_with(source, "file://"))
		return source;
	return oak_starts_with(source, "webcal://") ? oak_arena_printf(arena, "https://%s", source + 9) : NULL;
}

static int fetch_url(struct oak_context *ctx, const char *url, struct oak_buf *buf)
{
	OAK_AUTO(oak_fetcher_free_p) struct oak_fetcher *fetcher = oak_network_fetcher(ctx);
	struct oak_transfer transfer = {.url = url, .body = buf, .max_bytes = OAK_ICAL_MAX, .refuse_html = true, .decode = true, .total_s = FETCH_S};
	if (!fetcher)
		return -1;
	return oak_fetch_one(fetcher, &transfer, &ctx->err) < 0 ? oak_context(&ctx->err, "calendar '%s'", url) : 0;
}

static int fetch(struct oak_context *ctx, const char *source, struct oak_buf *buf)
{
	if (oak_starts_with(source, "repo:") && oak_repos_resolve(ctx, source, &source) < 0)
		return -1;
	const char *url = url_of(ctx->arena, source);
	if (url)
		return fetch_url(ctx, url, buf);
	if (oak_fs_read(source, buf, &ctx->err) == 0)
		return 0;
	if (ctx->err.kind == OAK_NOT_FOUND || oak_streq(ctx->err.id, "file.too-large") ||
	    oak_streq(ctx->err.id, "file.directory"))
		ctx->err.kind = OAK_INVALID; /* the caller named it: bad input */
	return -1;
}

int oak_calendar_set_load(struct oak_context *ctx, const char *const *sources, size_t n, int type,
			  const struct oak_zone *floating, const struct oak_zones *zones, struct oak_calendar_set *ret)
{
	struct oak_calendar_text *v = oak_arena_alloc(ctx->arena, n * sizeof(*v) + 1);
	for (size_t i = 0; i < n; i++) {
		OAK_AUTO(oak_buf_done) struct oak_buf buf;
		oak_buf_init(&buf, OAK_ICAL_MAX);
		v[i].type = type;
		v[i].name = split_type(ctx->arena, sources[i], &v[i].type);
		if (fetch(ctx, v[i].name, &buf) < 0)
			return -1;
		v[i].text = oak_arena_strndup(ctx->arena, oak_buf_text(&buf), buf.n);
		v[i].n = buf.n;
	}
	*ret = (struct oak_calendar_set){v, n, floating, *zones};
	return 0;
}

static int read_one(struct oak_context *ctx, const struct oak_calendar_set *set, const struct oak_calendar_text *text,
		    oak_time from, struct oak_calendar *ret)
{
	const struct oak_ical_options options = {set->floating, set->zones, from};
	struct oak_ical ical;
	int type = text->type;
	if (oak_ical_read(ctx->arena, text->text, text->n, text->name, &options, &ical, &ctx->err) < 0)
		return -1;
	if (type < 0 && ical.type && (type = oak_calendar_type_from_string(ical.type)) < 0)
		return oak_fail(&ctx->err, OAK_INVALID, "calendar.type", 0,
				"calendar '%s' has the unknown X-CALENDAR-TYPE '%.40s' (DEFAULT_OPEN or DEFAULT_CLOSED)",
				text->name, ical.type);
	if (type < 0)
		return oak_fail(&ctx->err, OAK_INVALID, "calendar.type", 0,
				"calendar '%s' does not say whether its events open or close "
				"(give --type DEFAULT_OPEN or DEFAULT_CLOSED)",
				text->name);
	oak_calendar_init(ctx->arena, text->name, (enum oak_calendar_type)type, &ical, ret);
	return 0;
}

int oak_calendar_set_read(struct oak_context *ctx, const struct oak_calendar_set *set, oak_time from,
			  struct oak_calendars *ret)
{
	struct oak_calendar *v = oak_arena_alloc(ctx->arena, set->n * sizeof(*v) + 1);
	for (size_t i = 0; i < set->n; i++)
		if (read_one(ctx, set, &set->v[i], from, &v[i]) < 0)
			return -1;
	*ret = (struct oak_calendars){v, set->n};
	return 0;
}

int oak_calendar_set_ask(struct oak_context *ctx, const struct oak_calendar_set *set, oak_time t, bool *ret_open,
			 oak_time *ret_next)
{
	struct oak_calendars calendars;
	oak_time from = t, known = t;
	*ret_next = OAK_TIME_NEVER;
	for (int i = 0; i < OAK_CALENDAR_READS_MAX && (i == 0 || from < OAK_ICAL_HORIZON); i++, from = known) {
		if (oak_calendar_set_read(ctx, set, from, &calendars) < 0)
			return -1;
		bool open = oak_calendars_are_open(&calendars, from);
		if (i == 0)
			*ret_open = open;
		if (open != *ret_open) {
			*ret_next = from;
			return 0;
		}
		*ret_next = oak_calendars_next(&calendars, from, &known);
		if (*ret_next != OAK_TIME_NEVER || known == OAK_TIME_NEVER || known <= from)
			return 0;
	}
	return 0;
}

const char *oak_calendars_why(struct oak_context *ctx, const struct oak_calendars *calendars, oak_time t)
{
	for (size_t i = 0; i < calendars->n; i++) {
		const struct oak_calendar *c = &calendars->v[i];
		if (oak_calendar_is_open(c, t))
			continue;
		const struct oak_span *event = oak_calendar_event_at(c, t);
		if (event && event->summary[0])
			return oak_arena_printf(ctx->arena, "'%s' in calendar '%s'", event->summary, c->name);
		if (event)
			return oak_arena_printf(ctx->arena, "an event in calendar '%s'", c->name);
		return oak_arena_printf(ctx->arena, "no event of calendar '%s' is on", c->name);
	}
	return "";
}
