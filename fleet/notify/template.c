/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bodies of webhooks as their receivers publish them, own templates, and mail. */
#include "core/fs.h"
#include "core/sink.h"
#include "core/str.h"
#include "core/trustfile.h"
#include "fleet/notify/notify.h"

enum { TEMPLATE_MAX = 256 * 1024 };

/* What a template speaks of. */
struct facts {
	struct oak_arena *arena;
	const struct oak_target *target;
	const struct oak_event *event;
	const char *key, *title, *text, *at;
};

static void generic(struct oak_sink *sink, const struct facts *f)
{
	(void)f;
	(void)sink;
}

/* Slack, incoming webhook: text is the fallback, blocks the message. */
static void slack(struct oak_sink *sink, const struct facts *f)
{
	oak_put_string(sink, "text", f->text);
	oak_put_begin_array(sink, "blocks");
	sink->ops->begin_object(sink);
	oak_put_string(sink, "type", "section");
	oak_put_begin_object(sink, "text");
	oak_put_string(sink, "type", "plain_text");
	oak_put_string(sink, "text", f->text);
	oak_put_end_object(sink);
	sink->ops->end_object(sink);
	sink->ops->begin_object(sink);
	oak_put_string(sink, "type", "context");
	oak_put_begin_array(sink, "elements");
	sink->ops->begin_object(sink);
	oak_put_string(sink, "type", "plain_text");
	oak_put_string(sink, "text", oak_arena_printf(f->arena, "%s, %s", f->event->node_id ? f->event->node_id : "", f->at));
	sink->ops->end_object(sink);
	oak_put_end_array(sink);
	sink->ops->end_object(sink);
	oak_put_end_array(sink);
}

static void text_block(struct oak_sink *sink, const char *text, bool heading)
{
	sink->ops->begin_object(sink);
	oak_put_string(sink, "type", "TextBlock");
	oak_put_string(sink, "text", text);
	oak_put_bool(sink, "wrap", true);
	if (heading)
		oak_put_string(sink, "weight", "Bolder");
	sink->ops->end_object(sink);
}

/* Microsoft Teams: a message with one Adaptive Card. */
static void teams(struct oak_sink *sink, const struct facts *f)
{
	oak_put_string(sink, "type", "message");
	oak_put_begin_array(sink, "attachments");
	sink->ops->begin_object(sink);
	oak_put_string(sink, "contentType", "application/vnd.microsoft.card.adaptive");
	oak_put_string(sink, "contentUrl", NULL);
	oak_put_begin_object(sink, "content");
	oak_put_string(sink, "$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
	oak_put_string(sink, "type", "AdaptiveCard");
	oak_put_string(sink, "version", "1.4");
	oak_put_begin_array(sink, "body");
	text_block(sink, f->title, true);
	text_block(sink, f->text, false);
	text_block(sink, oak_arena_printf(f->arena, "%s, %s", f->event->node_id ? f->event->node_id : "", f->at), false);
	oak_put_end_array(sink);
	oak_put_end_object(sink);
	sink->ops->end_object(sink);
	oak_put_end_array(sink);
}

/* ServiceNow, Table API, incident: correlation_id lets it find its own again. */
static void servicenow(struct oak_sink *sink, const struct facts *f)
{
	bool bad = oak_event_is_bad(f->event);
	oak_put_string(sink, "short_description", f->title);
	oak_put_string(sink, "description", f->text);
	oak_put_string(sink, "category", "software");
	oak_put_string(sink, "urgency", bad ? "2" : "3");
	oak_put_string(sink, "impact", bad ? "2" : "3");
	oak_put_string(sink, "correlation_id", f->key);
	oak_put_string(sink, "correlation_display", "oakum");
}

/* Jira, REST API version 2: create an issue. */
static void jira(struct oak_sink *sink, const struct facts *f)
{
	oak_put_begin_object(sink, "fields");
	oak_put_begin_object(sink, "project");
	oak_put_string(sink, "key", f->target->project ? f->target->project : "OPS");
	oak_put_end_object(sink);
	oak_put_begin_object(sink, "issuetype");
	oak_put_string(sink, "name", f->target->issue_type ? f->target->issue_type : "Task");
	oak_put_end_object(sink);
	oak_put_string(sink, "summary", f->title);
	oak_put_string(sink, "description", f->text);
	oak_put_begin_array(sink, "labels");
	sink->ops->string(sink, "oakum");
	sink->ops->string(sink, oak_arena_printf(f->arena, "oakum-%.16s", f->key));
	oak_put_end_array(sink);
	oak_put_end_object(sink);
}

static const struct {
	const char *name;
	void (*put)(struct oak_sink *sink, const struct facts *f);
} templates[] = {{"generic", generic}, {"slack", slack}, {"teams", teams}, {"servicenow", servicenow}, {"jira", jira}};

/* Titles of tickets and subjects of mail have limits, and one line. */
static const char *one_line(struct oak_arena *arena, const char *text, size_t most)
{
	char *copy = oak_arena_strdup(arena, text);
	for (char *p = copy; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = ' ';
	size_t n = strlen(copy);
	if (n > most)
		for (n = most; n && ((unsigned char)copy[n] & 0xc0) == 0x80;)
			n--;
	copy[n] = '\0';
	return copy;
}

static void fill(struct facts *f, struct oak_arena *arena, const struct oak_target *target, const struct oak_event *event, const char *key)
{
	char at[OAK_TIME_TEXT];
	const char *text = oak_event_text(arena, event);
	*f = (struct facts){arena, target, event, key, one_line(arena, oak_arena_printf(arena, "oakum: %s", text), 150),
			    one_line(arena, text, 2900), oak_arena_strdup(arena, oak_time_format(event->at, at))};
}

/* A value inside a JSON string: as the sink quotes it, without the quotes. */
static void add_quoted(struct oak_buf *out, const char *text)
{
	OAK_AUTO(oak_buf_done) struct oak_buf quoted;
	struct oak_sink sink;
	oak_buf_init(&quoted, 1 << 20);
	oak_sink_json_compact(&sink, &quoted);
	sink.ops->string(&sink, text ? text : "");
	const char *end = strrchr(oak_buf_text(&quoted), '"');
	if (end && end > quoted.p)
		oak_buf_add(out, quoted.p + 1, (size_t)(end - quoted.p) - 1);
}

/* {{name}} in a file of one's own. */
static int substitute(const struct facts *f, const char *text, struct oak_buf *out, struct oak_error *err)
{
	const struct oak_event *e = f->event;
	const struct {
		const char *name, *value;
	} values[] = {{"key", f->key}, {"title", f->title}, {"text", f->text}, {"at", f->at}, {"kind", oak_event_kind_to_string(e->kind)},
		      {"node", e->node_id}, {"nodeName", e->node_name}, {"status", e->status}, {"previous", e->previous}, {"level", e->level},
		      {"run", e->run}, {"detail", e->detail}, {"missing", oak_arena_printf(f->arena, "%lld", (long long)e->missing)},
		      {"failed", oak_arena_printf(f->arena, "%lld", (long long)e->failed)}};
	for (const char *open; (open = strstr(text, "{{")); ) {
		const char *close = strstr(open, "}}");
		size_t i = 0, n = sizeof(values) / sizeof(*values);
		for (; close && i < n; i++)
			if (oak_str_eq((struct oak_str){open + 2, (size_t)(close - open) - 2}, oak_str_of(values[i].name)))
				break;
		if (!close || i == n)
			return oak_fail(err, OAK_INVALID, "notify.template", 0, "template '%s': '%.40s' is no value that there is", f->target->template, open);
		oak_buf_add(out, text, (size_t)(open - text));
		add_quoted(out, values[i].value);
		text = close + 2;
	}
	oak_buf_adds(out, text);
	return 0;
}

static int from_file(const struct facts *f, struct oak_buf *out, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, TEMPLATE_MAX);
	if (!strpbrk(f->target->template, "/\\"))
		return oak_fail(err, OAK_INVALID, "notify.template", 0,
				"there is no template '%s' (generic, slack, teams, servicenow, jira, or the path of a file)", f->target->template);
	if (oak_trust_check(f->target->template, err) < 0 || oak_fs_read(f->target->template, &text, err) < 0)
		return oak_context(err, "template of '%s'", f->target->name);
	return substitute(f, oak_buf_text(&text), out, err);
}

int oak_notify_render(const struct oak_target *target, const struct oak_event *event, const char *key, struct oak_buf *out,
		      struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_sink sink;
	struct facts f;
	fill(&f, arena, target, event, key);
	for (size_t i = 0; i < sizeof(templates) / sizeof(*templates); i++) {
		if (!oak_streq(templates[i].name, target->template ? target->template : "generic"))
			continue;
		if (templates[i].put == generic) {
			oak_event_format(event, out);
			return 0;
		}
		oak_sink_json_compact(&sink, out);
		sink.ops->begin_object(&sink);
		templates[i].put(&sink, &f);
		sink.ops->end_object(&sink);
		return 0;
	}
	return from_file(&f, out, err);
}

/* RFC 2047, so that no name breaks out of its header line. */
static void add_header_word(struct oak_buf *out, const char *text)
{
	bool plain = true;
	for (const char *p = text; *p; p++)
		plain = plain && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x7f && *p != '=';
	if (plain) {
		oak_buf_adds(out, text);
		return;
	}
	oak_buf_adds(out, "=?UTF-8?Q?");
	for (const char *p = text; *p; p++) {
		bool safe = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9');
		oak_buf_addf(out, safe ? "%c" : "=%02X", (unsigned)(unsigned char)*p);
	}
	oak_buf_adds(out, "?=");
}

void oak_notify_mail(const struct oak_target *target, const struct oak_event *event, const char *key, struct oak_buf *out)
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_civil c;
	struct facts f;
	fill(&f, arena, target, event, key);
	oak_time_to_civil(event->at, &c);
	oak_buf_adds(out, "To: ");
	for (size_t i = 0; i < target->to.n; i++)
		oak_buf_addf(out, "%s%s", i ? ", " : "", one_line(arena, target->to.v[i], 320));
	if (target->from)
		oak_buf_addf(out, "\nFrom: %s", one_line(arena, target->from, 320));
	oak_buf_adds(out, "\nSubject: ");
	add_header_word(out, f.title);
	oak_buf_addf(out, "\nDate: %s, %d %s %d %02d:%02d:%02d +0000\nMessage-ID: <%.32s@oakum.invalid>\nAuto-Submitted: auto-generated\n"
		     "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n",
		     days[oak_weekday(event->at)], c.day, months[c.month - 1], c.year, c.hour, c.minute, c.second, key);
	oak_buf_addf(out, "%s\n\nnode: %s %s\nat: %s\n", f.text, event->node_name ? event->node_name : "", event->node_id ? event->node_id : "", f.at);
	if (event->run)
		oak_buf_addf(out, "run: %s (oakum run show %s)\n", event->run, event->run);
}
