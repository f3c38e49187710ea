/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum setup: from nothing to a machine that is scanned each night and patched in its window. */
#include <stdio.h>
#include <unistd.h>

#include "baseline/baseline.h"
#include "cli/assignments.h"
#include "cli/baselines.h"
#include "cli/config.h"
#include "cli/node.h"
#include "cli/setup.h"
#include "cli/show.h"
#include "cli/windows.h"
#include "core/fs.h"
#include "core/str.h"

enum { WINDOWS_SHOWN = 3, OPENINGS_SHOWN = 8, ANSWER_MAX = 400 };

static const struct oak_opt opts[] = {
	{"tags", 0, OAK_OPT_LIST, "K=V,…", "tags of this node; \"Patch Group\" chooses its baseline", OAK_OPT_NO_CONFIG},
	{"baseline", 'b', OAK_OPT_TEXT, "NAME|FILE", "judge this host by this baseline (default: the predefined one of its system)", OAK_OPT_NO_CONFIG},
	{"window", 0, OAK_OPT_TEXT, "EXPR", "patch in this maintenance window: cron(…), rate(…) or OnCalendar; 'none' takes it away", OAK_OPT_NO_CONFIG},
	{"duration", 0, OAK_OPT_TEXT, "HOURS", "how long it is open (3)", OAK_OPT_NO_CONFIG},
	{"cutoff", 0, OAK_OPT_TEXT, "HOURS", "how long before its end nothing new starts (1)", OAK_OPT_NO_CONFIG},
	{"timezone", 0, OAK_OPT_TEXT, "ZONE", "time zone of the window, an IANA name (UTC)", OAK_OPT_NO_CONFIG},
	{"reboot", 0, OAK_OPT_TEXT, "never|if-needed|always", "boot after patches", OAK_OPT_NO_CONFIG},
	{"notify-mail", 0, OAK_OPT_LIST, "ADDRESS", "mail the end of runs and changes of status to this address; 'none' takes it away", OAK_OPT_NO_CONFIG},
	{"notify-webhook", 0, OAK_OPT_TEXT, "URL", "post them to this address; 'none' takes it away", OAK_OPT_NO_CONFIG},
	{"notify-template", 0, OAK_OPT_TEXT, "NAME|FILE", "what the webhook expects: generic, slack, teams, servicenow or a template (generic)", OAK_OPT_NO_CONFIG},
	{"notify-command", 0, OAK_OPT_TEXT, "FILE", "run this program with the event on its standard input; 'none' takes it away", OAK_OPT_NO_CONFIG},
	{"converge", 0, OAK_OPT_FLAG, NULL, "keep to what trusted repositories assign to this node", OAK_OPT_NO_CONFIG},
	{"timers-only", 0, OAK_OPT_FLAG, NULL, "turn the timers on, leave the configuration", OAK_OPT_NO_CONFIG},
	{"no-timers", 0, OAK_OPT_FLAG, NULL, "write the configuration, leave the timers", OAK_OPT_NO_CONFIG},
	{"remove-timers", 0, OAK_OPT_FLAG, NULL, "turn the timers off, leave the configuration", OAK_OPT_NO_CONFIG},
	{"yes", 'y', OAK_OPT_FLAG, NULL, "ask nothing", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

/* --- the document ------------------------------------------------------------------------------------------------------------ */

static struct oak_value text_value(const char *text)
{
	return (struct oak_value){.kind = OAK_VALUE_STRING, .string = text};
}

static const char *value_text(struct oak_arena *arena, const struct oak_value *v)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	oak_buf_init(&buf, OAK_CONFIG_MAX);
	if (!v)
		return NULL;
	if (v->kind == OAK_VALUE_STRING)
		return v->string;
	oak_sink_json_compact(&sink, &buf);
	oak_put_value(&sink, v);
	return oak_arena_strndup(arena, oak_buf_text(&buf), strcspn(oak_buf_text(&buf), "\n"));
}

/* V with its member KEY (path of one key or more) set to VALUE, or taken away when VALUE is NULL: a changed copy. */
static struct oak_value with(struct oak_arena *arena, const struct oak_value *v, const char *const *keys, size_t depth, const struct oak_value *value)
{
	struct oak_value copy = {.kind = OAK_VALUE_OBJECT};
	size_t n = v && v->kind == OAK_VALUE_OBJECT ? v->object.n : 0;
	struct oak_member *members = oak_arena_alloc(arena, (n + 1) * sizeof(*members));
	const struct oak_value *old = v ? oak_value_get(v, keys[0]) : NULL;
	struct oak_value inner = depth > 1 ? with(arena, old, keys + 1, depth - 1, value) : value ? *value : (struct oak_value){0};
	bool gone = depth > 1 ? inner.object.n == 0 : value == NULL, seen = false;
	for (size_t i = 0; i < n; i++) {
		bool same = oak_streq(v->object.v[i].key, keys[0]);
		seen = seen || same;
		if (!(same && gone))
			members[copy.object.n++] = same ? (struct oak_member){keys[0], inner} : v->object.v[i];
	}
	if (!seen && !gone)
		members[copy.object.n++] = (struct oak_member){keys[0], inner};
	copy.object.v = members;
	return copy;
}

void oak_setup_set(struct oak_setup *s, const char *const *keys, size_t depth, const struct oak_value *value)
{
	struct oak_arena *arena = s->ctx->arena;
	const struct oak_value *old = &s->config;
	OAK_AUTO(oak_buf_done) struct oak_buf path;
	oak_buf_init(&path, 4096);
	for (size_t i = 0; i < depth; i++) {
		oak_buf_addf(&path, "%s%s", i ? "." : "", keys[i]);
		old = oak_value_get(old, keys[i]);
	}
	const char *before = value_text(arena, old), *after = value_text(arena, value);
	if (oak_streq(before, after))
		return;
	*oak_push(arena, &s->changes) = (struct oak_setup_change){oak_arena_strdup(arena, oak_buf_text(&path)), before, after};
	s->config = with(arena, &s->config, keys, depth, value);
}

static void set_text(struct oak_setup *s, const char *a, const char *b, const char *c, const char *text)
{
	const char *keys[3] = {a, b, c};
	struct oak_value value = text_value(text);
	oak_setup_set(s, keys, c ? 3 : 2, &value);
}

/* --- answers ------------------------------------------------------------------------------------------------------------------ */

/* On a terminal: the answer to QUESTION, FALLBACK for an empty one. */
static const char *ask(struct oak_setup *s, const char *question, const char *fallback)
{
	char line[ANSWER_MAX];
	oak_message("", oak_arena_printf(s->ctx->arena, "%s [%s]", question, fallback ? fallback : "none"));
	if (!fgets(line, sizeof(line), stdin))
		return fallback;
	struct oak_str answer = oak_str_trim(oak_str_of(line));
	return answer.n ? oak_arena_strndup(s->ctx->arena, answer.p, answer.n) : fallback;
}

static void answers(struct oak_setup *s)
{
	struct oak_context *ctx = s->ctx;
	const char *const *tags;
	OAK_AUTO(oak_buf_done) struct oak_buf all;
	oak_buf_init(&all, 65536);
	size_t n = oak_opt_list(ctx, "tags", &tags);
	for (size_t i = 0; i < n; i++)
		oak_buf_addf(&all, "%s%s", i ? "," : "", tags[i]);
	s->tags = n ? oak_arena_strdup(ctx->arena, oak_buf_text(&all)) : NULL;
	s->baseline = oak_opt_text(ctx, "baseline");
	s->window = oak_opt_text(ctx, "window");
	s->duration = oak_opt_text(ctx, "duration");
	s->cutoff = oak_opt_text(ctx, "cutoff");
	s->timezone = oak_opt_text(ctx, "timezone");
	s->reboot = oak_opt_text(ctx, "reboot");
	bool given = s->tags || s->baseline || s->window || s->reboot || oak_setup_notify_given(ctx) || oak_opt_flag(ctx, "converge");
	s->interactive = !given && !oak_opt_flag(ctx, "yes") && !oak_opt_flag(ctx, "timers-only") && !oak_opt_flag(ctx, "remove-timers") &&
			 isatty(STDIN_FILENO) && ctx->out.terminal;
	if (!s->interactive)
		return;
	s->tags = ask(s, "tags of this node, as role=web,Patch Group=prod", NULL);
	s->baseline = ask(s, "baseline ('oakum baseline list' names them)", NULL);
	s->tell = ask(s, "tell how runs end: a mail address, an https address, or a program", NULL);
	s->window = ask(s, "patch in a maintenance window, as cron(0 3 ? * SUN *)", NULL);
	if (!s->window)
		return;
	s->duration = ask(s, "hours that it is open", "3");
	s->cutoff = ask(s, "hours before its end in which nothing new starts", "1");
	s->timezone = ask(s, "its time zone", "UTC");
	s->reboot = ask(s, "boot after patches: never, if-needed, always", "if-needed");
}

static int set_tags(struct oak_setup *s)
{
	struct oak_context *ctx = s->ctx;
	struct oak_str rest = oak_str_of(s->tags);
	struct oak_tag tag;
	int more = 0;
	while (s->tags && (more = oak_tags_next(ctx, s->tags, &rest, &tag)) > 0)
		set_text(s, "node", "tags", tag.key, tag.value);
	return more;
}

static int set_baseline(struct oak_setup *s)
{
	struct oak_context *ctx = s->ctx;
	struct oak_inventory *host = oak_inventory_new(ctx->arena);
	struct oak_baseline *baseline;
	if (!s->baseline)
		return 0;
	oak_host_facts(ctx->root, oak_ctx_now(ctx), host);
	int os = oak_os_of_platform(&host->node.platform);
	if (os < 0)
		return oak_fail(&ctx->err, OAK_UNSUPPORTED, "setup.system", 0, "this host's system, '%s', has no baselines (give --baseline to each scan)",
				host->node.platform.id ? host->node.platform.id : "unknown");
	if (oak_baselines_load(ctx, s->baseline, &baseline) < 0)
		return -1;
	set_text(s, "baselines", "defaults", oak_os_to_string((enum oak_os)os), s->baseline);
	return 0;
}

static int set_window(struct oak_setup *s)
{
	static const char *const keys[] = {"windows", "maintenance"};
	struct oak_context *ctx = s->ctx;
	const char *const members[][2] = {{"schedule", s->window}, {"timezone", s->timezone ? s->timezone : "UTC"},
					  {"duration", s->duration ? s->duration : "3"}, {"cutoff", s->cutoff ? s->cutoff : "1"}};
	if (!s->window)
		return 0;
	if (oak_streq(s->window, "none")) {
		oak_setup_set(s, keys, 2, NULL);
		return 0;
	}
	struct oak_window *w = OAK_NEW(ctx->arena, struct oak_window);
	struct oak_zones zones = oak_zones_system(ctx->arena);
	*w = (struct oak_window){.name = "maintenance", .schedule = s->window, .timezone = members[1][1], .start = OAK_TIME_NONE, .end = OAK_TIME_NONE, .enabled = true};
	if (!oak_window_hours(members[2][1], &w->duration) || !oak_window_hours(members[3][1], &w->cutoff))
		return oak_fail(&ctx->err, OAK_INVALID, "window.hours", 0, "'%s' and '%s' must be hours (3, 1.5) or durations (90m)", members[2][1], members[3][1]);
	if (oak_window_finish(ctx->arena, w, &zones, false, &ctx->err) < 0)
		return -1;
	struct oak_value value = {.kind = OAK_VALUE_OBJECT};
	struct oak_member *m = oak_arena_alloc(ctx->arena, 4 * sizeof(*m));
	for (int i = 0; i < 4; i++)
		m[i] = (struct oak_member){members[i][0], text_value(members[i][1])};
	for (int i = 2; i < 4; i++) { /* hours are numbers, 90m is a text */
		int64_t hours;
		if (oak_parse_int(oak_str_of(members[i][1]), 0, 24, &hours))
			m[i].value = (struct oak_value){.kind = OAK_VALUE_INT, .integer = hours};
	}
	value.object.v = m, value.object.n = 4;
	oak_setup_set(s, keys, 2, &value);
	return 0;
}

static int make_config(struct oak_setup *s)
{
	struct oak_context *ctx = s->ctx;
	s->config = ctx->config ? *ctx->config : (struct oak_value){.kind = OAK_VALUE_OBJECT};
	answers(s);
	if (set_tags(s) < 0 || set_baseline(s) < 0 || set_window(s) < 0 || oak_setup_notify(s) < 0)
		return -1;
	if (s->reboot)
		set_text(s, "patch", "reboot", NULL, s->reboot);
	const struct oak_value *before = ctx->config;
	ctx->config = &s->config;
	if (!ctx->config_file)
		ctx->config_file = s->file;
	if (oak_config_check(ctx, &ctx->err) < 0 || oak_setup_notify_check(s) < 0) {
		ctx->config = before;
		return -1;
	}
	return 0;
}

/* --- timers -------------------------------------------------------------------------------------------------------------------- */

static int choose_timers(struct oak_setup *s)
{
	struct oak_context *ctx = s->ctx;
	const struct oak_value *windows = oak_value_get(&s->config, "windows");
	bool off = oak_opt_flag(ctx, "remove-timers"), any_window = windows && windows->kind == OAK_VALUE_OBJECT && windows->object.n;
	s->have_timers = oak_timers_kind() != NULL && oak_streq(ctx->root, "/") && !oak_opt_flag(ctx, "no-timers");
	if (!s->have_timers)
		return 0;
	if (oak_timers_look(ctx, s->timers) < 0)
		return -1;
	s->timers[OAK_TIMER_RESUME].wanted = !off;
	s->timers[OAK_TIMER_SCAN].wanted = !off;
	s->timers[OAK_TIMER_PATCH].wanted = !off && any_window;
	s->timers[OAK_TIMER_CONVERGE].wanted = !off && (oak_opt_flag(ctx, "converge") || s->timers[OAK_TIMER_CONVERGE].before);
	return 0;
}

static bool timers_change(const struct oak_setup *s)
{
	for (int i = 0; s->have_timers && i < OAK_TIMER_COUNT; i++)
		if (s->timers[i].wanted != s->timers[i].before)
			return true;
	return false;
}

/* --- telling --------------------------------------------------------------------------------------------------------------------- */

struct opening {
	const char *window;
	oak_time at;
};

static void put_document(struct oak_setup *s, const struct oak_window *window, const struct opening *openings, size_t n, struct oak_sink *sink)
{
	sink->ops->begin_object(sink);
	oak_put_string(sink, "schema", "oakum.setup/1");
	oak_put_string(sink, "config", s->file);
	oak_put_bool(sink, "dryRun", s->ctx->dry_run);
	oak_put_begin_array(sink, "changes");
	for (size_t i = 0; i < s->changes.n; i++) {
		sink->ops->begin_object(sink);
		oak_put_string(sink, "key", s->changes.v[i].path);
		oak_put_string(sink, "from", s->changes.v[i].before);
		oak_put_string(sink, "to", s->changes.v[i].after);
		sink->ops->end_object(sink);
	}
	oak_put_end_array(sink);
	oak_put_begin_array(sink, "timers");
	for (int i = 0; s->have_timers && i < OAK_TIMER_COUNT; i++) {
		sink->ops->begin_object(sink);
		oak_put_string(sink, "name", s->timers[i].name);
		oak_put_bool(sink, "enabled", s->timers[i].wanted);
		oak_put_bool(sink, "wasEnabled", s->timers[i].before);
		oak_put_string(sink, "when", s->timers[i].when);
		if (i == OAK_TIMER_SCAN && s->timers[i].wanted) {
			oak_time first, last;
			oak_timers_next_scan(oak_ctx_now(s->ctx), &first, &last);
			oak_put_time(sink, "next", first);
			oak_put_time(sink, "nextUntil", last);
		}
		sink->ops->end_object(sink);
	}
	oak_put_end_array(sink);
	oak_setup_notify_put(s, sink);
	oak_put_string(sink, "window", window ? window->name : NULL);
	oak_put_begin_array(sink, "openings");
	char text[OAK_TIME_TEXT];
	for (size_t i = 0; i < n; i++)
		sink->ops->string(sink, oak_time_format(openings[i].at, text));
	oak_put_end_array(sink);
	sink->ops->end_object(sink);
}

static void put_text(struct oak_setup *s, const struct opening *openings, size_t n, struct oak_buf *buf)
{
	struct oak_arena *arena = s->ctx->arena;
	oak_buf_addf(buf, "configuration: %s%s\n", s->file, s->changes.n ? "" : " (as it should be)");
	for (size_t i = 0; i < s->changes.n; i++) {
		const struct oak_setup_change *c = &s->changes.v[i];
		oak_buf_addf(buf, "  %s: %s%s%s\n", c->path, c->before ? c->before : "", c->before ? " -> " : "", c->after ? c->after : "(taken away)");
	}
	for (int i = 0; s->have_timers && i < OAK_TIMER_COUNT; i++)
		oak_buf_addf(buf, "%-22s %-9s %s\n", s->timers[i].name, s->timers[i].wanted == s->timers[i].before ? (s->timers[i].wanted ? "on" : "off")
				     : s->timers[i].wanted ? "-> on" : "-> off", s->timers[i].when);
	if (!s->have_timers && !oak_opt_flag(s->ctx, "no-timers"))
		oak_buf_adds(buf, "timers: none here (neither systemd nor cron); start 'oakum scan --refresh' and 'oakum patch --if-due' by your own means\n");
	oak_setup_notify_show(s, buf);
	if (s->have_timers && s->timers[OAK_TIMER_SCAN].wanted) {
		oak_time first, last;
		oak_timers_next_scan(oak_ctx_now(s->ctx), &first, &last);
		oak_buf_addf(buf, "scans next in          %s to %s\n", oak_show_time(arena, first), oak_show_time(arena, last));
	}
	for (size_t i = 0; i < n; i++)
		oak_buf_addf(buf, "%s%s (window '%s')\n", i ? "                       " : "patches next in        ", oak_show_time(arena, openings[i].at),
			     openings[i].window);
}

static int print(struct oak_setup *s)
{
	struct oak_context *ctx = s->ctx;
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	struct oak_windows windows = {0};
	struct oak_window_days days;
	struct opening openings[OPENINGS_SHOWN];
	oak_time at = oak_ctx_now(ctx);
	size_t n = 0;
	const struct oak_window *w = NULL;
	oak_out_buf(&buf);
	if (oak_windows_configured(ctx, &windows) < 0)
		return -1;
	for (size_t i = 0; i < windows.list.n; i++) { /* three openings of one window, or the next one of each */
		struct oak_opening o;
		w = windows.list.v[i];
		bool found = true;
		if (oak_window_days(ctx, &windows, w, &days) < 0)
			return -1;
		for (size_t first = n; found && n < OPENINGS_SHOWN && n - first < (windows.list.n == 1 ? WINDOWS_SHOWN : 1);) {
			if (oak_window_days_next(ctx, &days, at, n > first ? openings[n - 1].at : at, &o, &found) < 0)
				return -1;
			if (found)
				openings[n++] = (struct opening){w->name, o.opens};
		}
	}
	if (oak_out_document(&ctx->out, &sink, &buf))
		put_document(s, windows.list.n == 1 ? w : NULL, openings, n, &sink);
	else
		put_text(s, openings, n, &buf);
	return oak_out_end(&buf, &ctx->err);
}

/* --- doing it ---------------------------------------------------------------------------------------------------------------------- */

static int write_config(struct oak_setup *s)
{
	struct oak_context *ctx = s->ctx;
	OAK_AUTO(oak_buf_done) struct oak_buf old;
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_sink sink;
	const char *slash = strrchr(s->file, '/');
#ifdef _WIN32
	const char *back = strrchr(s->file, '\\');
	slash = !slash || (back && back > slash) ? back : slash;
#endif
	oak_buf_init(&old, OAK_CONFIG_MAX);
	oak_buf_init(&text, OAK_CONFIG_MAX);
	if (slash && oak_fs_mkdirs(oak_arena_strndup(ctx->arena, s->file, (size_t)(slash - s->file)), 0755, &ctx->err) < 0)
		return -1;
	/* what a person wrote, comments too, stays beside it */
	if (oak_fs_exists(s->file) && (oak_fs_read(s->file, &old, &ctx->err) < 0 ||
				       oak_fs_write_atomic(oak_arena_printf(ctx->arena, "%s.before-setup", s->file), oak_buf_text(&old), old.n, 0644, &ctx->err) < 0))
		return -1;
	oak_buf_adds(&text, "# written by 'oakum setup'; yours to change ('man oakum.yaml')\n");
	oak_sink_yaml(&sink, &text);
	oak_put_value(&sink, &s->config);
	return oak_fs_write_atomic(s->file, oak_buf_text(&text), text.n, 0644, &ctx->err);
}

static int confirmed(struct oak_setup *s)
{
	if (!s->interactive || (!s->changes.n && !timers_change(s)))
		return 1;
	const char *answer = ask(s, "do this (yes or no)", "no");
	return oak_strcaseeq(answer, "yes") || oak_strcaseeq(answer, "y");
}

static int carry_out(struct oak_setup *s)
{
	struct oak_context *ctx = s->ctx;
	bool timers = timers_change(s);
	if (!s->changes.n && !timers)
		return 0;
	if (oak_ctx_audit(ctx, "setup", s->file, NULL) < 0 || (s->changes.n && write_config(s) < 0))
		return -1;
	return timers ? oak_timers_apply(ctx, s->timers) : 0;
}

static int run(struct oak_context *ctx)
{
	struct oak_setup s = {.ctx = ctx};
	if (oak_opt_flag(ctx, "timers-only") && oak_opt_flag(ctx, "remove-timers"))
		return oak_fail(&ctx->err, OAK_INVALID, "usage.exclude", 0, "'--timers-only' and '--remove-timers' exclude each other");
	s.file = oak_opt_text(ctx, "config");
	if (!s.file)
		s.file = ctx->config_file ? ctx->config_file : oak_config_place(ctx->arena);
	if (make_config(&s) < 0 || choose_timers(&s) < 0 || print(&s) < 0)
		return -1;
	if (ctx->dry_run)
		return 0;
	if (!confirmed(&s)) {
		oak_note(&ctx->out, "nothing was changed");
		return 0;
	}
	return carry_out(&s);
}

const struct oak_cmd oak_cmd_setup = {
	.name = "setup",
	.args = "",
	.summary = "write the configuration, turn on the timers: a nightly scan, patches in a window",
	.description =
		"On a terminal and without options it asks; else it takes what the options say and leaves the rest as it is. Shows each key that "
		"changes, which timers are turned on or off, and when the window opens next; then writes the configuration (the one before is "
		"kept as FILE.before-setup) and turns the timers on. A second call changes nothing.\n\n"
		"Timers: a scan each night at a time of this machine's own; resume at boot; patch runs as soon as a configured window opens, "
		"once an opening; with --converge also 'oakum converge'. By systemd, else cron, on Windows as scheduled tasks. Other tools that "
		"install updates by themselves (unattended-upgrades, dnf-automatic) are left alone: turn them off if oakum is to decide.",
	.opts = opts,
	.flags = OAK_CMD_CHANGES | OAK_CMD_MAKES_CONFIG,
	.run = run,
};
