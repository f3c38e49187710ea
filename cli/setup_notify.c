/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum setup, who is told: one target a kind is setup's own, by its name; others in the configuration are left as they are. */
#include "cli/notify.h"
#include "cli/setup.h"
#include "core/str.h"
#include "core/system.h"
#include "core/trustfile.h"

enum { BODY_MAX = 1 << 20 };

static const char *const kind_names[OAK_TARGET_KIND_COUNT] = {[OAK_TARGET_COMMAND] = "command", [OAK_TARGET_MAIL] = "mail", [OAK_TARGET_WEBHOOK] = "webhook"};

bool oak_setup_notify_given(const struct oak_context *ctx)
{
	const char *const *mail;
	return oak_opt_list(ctx, "notify-mail", &mail) || oak_opt_text(ctx, "notify-webhook") || oak_opt_text(ctx, "notify-command");
}

static struct oak_value text_value(const char *text)
{
	return (struct oak_value){.kind = OAK_VALUE_STRING, .string = text};
}

/* V with member KEY as VALUE; the other members as they are. */
static struct oak_value with(struct oak_arena *arena, const struct oak_value *v, const char *key, struct oak_value value)
{
	struct oak_value copy = {.kind = OAK_VALUE_OBJECT};
	size_t n = v && v->kind == OAK_VALUE_OBJECT ? v->object.n : 0, at = n;
	struct oak_member *members = oak_arena_alloc(arena, (n + 1) * sizeof(*members));
	for (size_t i = 0; i < n; i++) {
		members[i] = v->object.v[i];
		if (oak_streq(v->object.v[i].key, key))
			at = i;
	}
	members[at] = (struct oak_member){key, value};
	copy.object.v = members;
	copy.object.n = at == n ? n + 1 : n;
	return copy;
}

/* The list 'notify' with the target KIND set to VALUE, NULL = taken away. */
static void put(struct oak_setup *s, enum oak_target_kind kind, const struct oak_value *value)
{
	static const char *const keys[] = {"notify"};
	struct oak_arena *arena = s->ctx->arena;
	const struct oak_value *list = oak_value_get(&s->config, "notify"), *known = NULL;
	struct oak_value changed = {.kind = OAK_VALUE_ARRAY};
	size_t n = list && list->kind == OAK_VALUE_ARRAY ? list->array.n : 0, k = 0;
	struct oak_value *items = oak_arena_alloc(arena, (n + 1) * sizeof(*items));
	for (size_t i = 0; i < n; i++) {
		bool mine = oak_streq(oak_value_string(oak_value_get(&list->array.v[i], "name")), kind_names[kind]);
		known = mine ? &list->array.v[i] : known;
		if (!mine)
			items[k++] = list->array.v[i];
		else if (value)
			items[k++] = with(arena, known, kind_names[kind], *value);
	}
	if (value && !known) {
		struct oak_value fresh = with(arena, NULL, "name", text_value(kind_names[kind]));
		items[k++] = with(arena, &fresh, kind_names[kind], *value);
	}
	changed.array.v = items;
	changed.array.n = k;
	oak_setup_set(s, keys, 1, k ? &changed : NULL);
}

static void put_mail(struct oak_setup *s, const char *const *to, size_t n)
{
	struct oak_value list = {.kind = OAK_VALUE_ARRAY};
	struct oak_value *items = oak_arena_alloc(s->ctx->arena, n * sizeof(*items));
	for (size_t i = 0; i < n; i++)
		items[i] = text_value(to[i]);
	list.array.v = items;
	list.array.n = n;
	put(s, OAK_TARGET_MAIL, n == 1 && oak_streq(to[0], "none") ? NULL : &list);
}

static void put_webhook(struct oak_setup *s, const char *url, const char *template)
{
	struct oak_value address = text_value(url), webhook;
	if (oak_streq(url, "none")) {
		put(s, OAK_TARGET_WEBHOOK, NULL);
		return;
	}
	webhook = with(s->ctx->arena, NULL, "url", address);
	if (template && !oak_streq(template, "generic"))
		webhook = with(s->ctx->arena, &webhook, "template", text_value(template));
	put(s, OAK_TARGET_WEBHOOK, &webhook);
}

static void put_command(struct oak_setup *s, const char *file)
{
	struct oak_value value = text_value(file);
	put(s, OAK_TARGET_COMMAND, oak_streq(file, "none") ? NULL : &value);
}

/* What a person answered: an address of the web, of a mailbox, or a path. */
static int put_answer(struct oak_setup *s)
{
	if (oak_starts_with(s->tell, "http://") || oak_starts_with(s->tell, "https://"))
		put_webhook(s, s->tell, NULL);
	else if (strchr(s->tell, '/') || strchr(s->tell, '\\'))
		put_command(s, s->tell);
	else if (strchr(s->tell, '@'))
		put_mail(s, &s->tell, 1);
	else
		return oak_fail(&s->ctx->err, OAK_INVALID, "setup.notify", 0, "'%s' is neither a mail address, nor an http(s) address, nor a program's path", s->tell);
	return 0;
}

int oak_setup_notify(struct oak_setup *s)
{
	struct oak_context *ctx = s->ctx;
	const char *const *mail;
	const char *url = oak_opt_text(ctx, "notify-webhook"), *template = oak_opt_text(ctx, "notify-template");
	const char *command = oak_opt_text(ctx, "notify-command");
	size_t n = oak_opt_list(ctx, "notify-mail", &mail);
	const struct oak_value *list = oak_value_get(&s->config, "notify");
	if (template && (!url || oak_streq(url, "none")))
		return oak_fail(&ctx->err, OAK_INVALID, "setup.notify", 0, "'--notify-template %s' needs --notify-webhook", template);
	if (list && list->kind != OAK_VALUE_ARRAY && (n || url || command || s->tell))
		return oak_fail(&ctx->err, OAK_INVALID, "notify.config", 0, "%s: notify must be a list of targets", s->file);
	if (n)
		put_mail(s, mail, n);
	if (url)
		put_webhook(s, url, template);
	if (command)
		put_command(s, command);
	return s->tell ? put_answer(s) : 0;
}

/* A program or a template that cannot be used is better refused now than found out in the night. */
static int check_target(struct oak_context *ctx, const struct oak_target *t)
{
	const struct oak_event event = {.id = "test", .kind = OAK_EVENT_TEST, .at = oak_ctx_now(ctx), .status = "TEST"};
	OAK_AUTO(oak_buf_done) struct oak_buf body;
	oak_buf_init(&body, BODY_MAX);
	if (t->kind == OAK_TARGET_WEBHOOK)
		return oak_notify_render(t, &event, "test", &body, &ctx->err);
	if (t->kind != OAK_TARGET_COMMAND)
		return 0;
	if (!oak_path_is_absolute(t->command))
		return oak_fail(&ctx->err, OAK_INVALID, "setup.notify", 0, "'%s' must be an absolute path", t->command);
	return oak_trust_check(t->command, &ctx->err);
}

int oak_setup_notify_check(struct oak_setup *s)
{
	struct oak_context *ctx = s->ctx;
	struct oak_targets targets = {0};
	if (oak_notify_targets(ctx, &targets) < 0)
		return -1;
	for (size_t i = 0; oak_setup_notify_given(ctx) && i < targets.list.n; i++)
		if (check_target(ctx, &targets.list.v[i]) < 0) {
			ctx->err.kind = ctx->err.kind == OAK_NOT_FOUND ? OAK_INVALID : ctx->err.kind;
			return oak_context(&ctx->err, "notify '%s'", targets.list.v[i].name);
		}
	return 0;
}

/* Where TARGET's messages go, in words; secrets in addresses are not shown. */
static const char *where(struct oak_arena *arena, const struct oak_target *t)
{
	const char *text = t->command;
	if (t->kind == OAK_TARGET_WEBHOOK) {
		const char *host = strstr(t->url, "://"), *at = host ? strchr(host, '@') : NULL;
		host = at ? at + 1 : host ? host + 3 : t->url;
		return oak_arena_printf(arena, "%s, as %s expects it", oak_arena_strndup(arena, host, strcspn(host, "/?#")), t->template ? t->template : "generic");
	}
	for (size_t i = 0; i < t->to.n; i++)
		text = i ? oak_arena_printf(arena, "%s, %s", text, t->to.v[i]) : t->to.v[i];
	return text;
}

void oak_setup_notify_put(struct oak_setup *s, struct oak_sink *sink)
{
	struct oak_targets targets = {0};
	struct oak_error before = s->ctx->err;
	if (oak_notify_targets(s->ctx, &targets) < 0)
		s->ctx->err = before;
	oak_put_begin_array(sink, "notify");
	for (size_t i = 0; i < targets.list.n; i++) {
		const struct oak_target *t = &targets.list.v[i];
		sink->ops->begin_object(sink);
		oak_put_string(sink, "name", t->name);
		oak_put_string(sink, "kind", kind_names[t->kind]);
		oak_put_string(sink, "to", where(s->ctx->arena, t));
		sink->ops->end_object(sink);
	}
	oak_put_end_array(sink);
}

void oak_setup_notify_show(struct oak_setup *s, struct oak_buf *buf)
{
	struct oak_targets targets = {0};
	struct oak_error before = s->ctx->err;
	if (oak_notify_targets(s->ctx, &targets) < 0)
		s->ctx->err = before;
	for (size_t i = 0; i < targets.list.n; i++)
		oak_buf_addf(buf, "%-22s %-9s %s\n", i ? "" : "tells", kind_names[targets.list.v[i].kind], where(s->ctx->arena, &targets.list.v[i]));
}
