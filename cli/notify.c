/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the configuration to targets, and from scans to events. */
#include "cli/notify.h"

#include <string.h>

#include "baseline/verdict.h"
#include "core/str.h"
#include "fleet/store/history.h"
#include "scanners/host.h"

const char *oak_notify_dir(const struct oak_context *ctx)
{
	return oak_arena_printf(ctx->arena, "%s/notify", ctx->state_dir);
}

/* One target being read. */
struct reading {
	struct oak_context *ctx;
	struct oak_target *target;
	size_t index;
	int kinds; /* how many of command, mail and webhook it has */
};

static int wrong(const struct reading *r, const char *key, const char *what)
{
	return oak_fail(&r->ctx->err, OAK_INVALID, "notify.config", 0, "%s: notify[%zu].%s %s", r->ctx->config_file ? r->ctx->config_file : "configuration",
			r->index, key, what);
}

static int read_text(struct reading *r, const struct oak_value *v, const char *key, const char **ret)
{
	if (v->kind != OAK_VALUE_STRING || !*v->string)
		return wrong(r, key, "must be a text");
	*ret = v->string;
	return 0;
}

/* A text, or a list of texts. */
static int read_texts(struct reading *r, const struct oak_value *v, const char *key, void *vec)
{
	OAK_VEC(const char *) *texts = vec;
	const struct oak_value *items = v->kind == OAK_VALUE_ARRAY ? v->array.v : v;
	size_t n = v->kind == OAK_VALUE_ARRAY ? v->array.n : 1;
	for (size_t i = 0; i < n; i++)
		if (read_text(r, &items[i], key, oak_push(r->ctx->arena, texts)) < 0)
			return -1;
	return n ? 0 : wrong(r, key, "is empty");
}

static int read_name(struct reading *r, const struct oak_value *v)
{
	return read_text(r, v, "name", &r->target->name);
}

static int read_on(struct reading *r, const struct oak_value *v)
{
	OAK_VEC(const char *) words = {0};
	if (read_texts(r, v, "on", &words) < 0)
		return -1;
	r->target->events = 0;
	for (size_t i = 0; i < words.n; i++) {
		int kind = oak_event_kind_from_string(words.v[i]);
		if (kind < 0)
			return wrong(r, "on", "may have 'run' (a run ended) and 'status' (a node's status changed)");
		r->target->events |= 1u << kind;
	}
	return 0;
}

static int read_when(struct reading *r, const struct oak_value *v)
{
	return read_texts(r, v, "when", &r->target->statuses);
}

static int read_timeout(struct reading *r, const struct oak_value *v)
{
	if (v->kind != OAK_VALUE_STRING || !oak_duration_parse(v->string, &r->target->timeout_s) || r->target->timeout_s <= 0)
		return wrong(r, "timeout", "must be a duration such as 30s");
	return 0;
}

static int read_command(struct reading *r, const struct oak_value *v)
{
	r->target->kind = OAK_TARGET_COMMAND;
	r->kinds++;
	return read_text(r, v, "command", &r->target->command);
}

static int read_mail(struct reading *r, const struct oak_value *v)
{
	r->target->kind = OAK_TARGET_MAIL;
	r->kinds++;
	if (v->kind != OAK_VALUE_OBJECT)
		return read_texts(r, v, "mail", &r->target->to);
	for (size_t i = 0; i < v->object.n; i++) {
		const struct oak_member *m = &v->object.v[i];
		int rc = oak_streq(m->key, "to")	 ? read_texts(r, &m->value, "mail.to", &r->target->to)
			 : oak_streq(m->key, "from")	 ? read_text(r, &m->value, "mail.from", &r->target->from)
			 : oak_streq(m->key, "sendmail") ? read_text(r, &m->value, "mail.sendmail", &r->target->sendmail)
							 : wrong(r, "mail", "may have to, from and sendmail");
		if (rc < 0)
			return -1;
	}
	return r->target->to.n ? 0 : wrong(r, "mail.to", "is missing");
}

static int read_headers(struct reading *r, const struct oak_value *v)
{
	if (v->kind != OAK_VALUE_OBJECT)
		return wrong(r, "webhook.headers", "must be a map");
	for (size_t i = 0; i < v->object.n; i++) {
		const char *value = oak_value_string(&v->object.v[i].value), *key = v->object.v[i].key;
		if (!value || strpbrk(value, "\r\n") || strpbrk(key, "\r\n: ") || !*key)
			return wrong(r, "webhook.headers", "must have one-line texts as values");
		*oak_push(r->ctx->arena, &r->target->headers) = oak_arena_printf(r->ctx->arena, "%s: %s", key, value);
	}
	return 0;
}

static int read_webhook(struct reading *r, const struct oak_value *v)
{
	struct oak_target *t = r->target;
	t->kind = OAK_TARGET_WEBHOOK;
	r->kinds++;
	if (v->kind == OAK_VALUE_STRING)
		return read_text(r, v, "webhook", &t->url);
	for (size_t i = 0; v->kind == OAK_VALUE_OBJECT && i < v->object.n; i++) {
		const struct oak_member *m = &v->object.v[i];
		int rc = oak_streq(m->key, "url")	  ? read_text(r, &m->value, "webhook.url", &t->url)
			 : oak_streq(m->key, "template")  ? read_text(r, &m->value, "webhook.template", &t->template)
			 : oak_streq(m->key, "project")	  ? read_text(r, &m->value, "webhook.project", &t->project)
			 : oak_streq(m->key, "issueType") ? read_text(r, &m->value, "webhook.issueType", &t->issue_type)
			 : oak_streq(m->key, "headers")	  ? read_headers(r, &m->value)
							  : wrong(r, "webhook", "may have url, template, headers, project and issueType");
		if (rc < 0)
			return -1;
	}
	if (!t->url || (!oak_starts_with(t->url, "http://") && !oak_starts_with(t->url, "https://")))
		return wrong(r, "webhook.url", "must be an http or https address");
	return 0;
}

static const struct {
	const char *key;
	int (*read)(struct reading *r, const struct oak_value *v);
} members[] = {{"name", read_name},	  {"on", read_on},     {"when", read_when},	  {"timeout", read_timeout},
	       {"command", read_command}, {"mail", read_mail}, {"webhook", read_webhook}};

static int read_target(struct reading *r, const struct oak_value *v)
{
	if (v->kind != OAK_VALUE_OBJECT)
		return wrong(r, "", "must be a map");
	for (size_t i = 0; i < v->object.n; i++) {
		size_t k = 0, n = sizeof(members) / sizeof(*members);
		while (k < n && !oak_streq(members[k].key, v->object.v[i].key))
			k++;
		if (k == n)
			return wrong(r, v->object.v[i].key, "is not known (name, on, when, timeout, command, mail, webhook)");
		if (members[k].read(r, &v->object.v[i].value) < 0)
			return -1;
	}
	if (!r->target->name)
		return wrong(r, "name", "is missing");
	return r->kinds == 1 ? 0 : wrong(r, "", "must have one of command, mail and webhook");
}

int oak_notify_targets(struct oak_context *ctx, struct oak_targets *ret)
{
	const struct oak_value *list = oak_config_get(ctx, "notify");
	if (!list)
		return 0;
	if (list->kind != OAK_VALUE_ARRAY)
		return oak_fail(&ctx->err, OAK_INVALID, "notify.config", 0, "%s: notify must be a list of targets", ctx->config_file ? ctx->config_file : "configuration");
	for (size_t i = 0; i < list->array.n; i++) {
		struct oak_target *t = oak_push(ctx->arena, &ret->list);
		struct reading r = {.ctx = ctx, .target = t, .index = i};
		*t = (struct oak_target){.events = 1u << OAK_EVENT_RUN_ENDED | 1u << OAK_EVENT_STATUS_CHANGED,
					 .proxy = oak_config_text(ctx, "network.proxy"),
					 .ca_file = oak_config_text(ctx, "network.caFile")};
		if (read_target(&r, &list->array.v[i]) < 0)
			return -1;
		for (size_t k = 0; k < i; k++)
			if (oak_streq(ret->list.v[k].name, t->name))
				return wrong(&r, "name", "is there twice");
	}
	return 0;
}

static bool speaks(const struct oak_context *ctx)
{
	return !ctx->dry_run && !ctx->no_notify && oak_config_get(ctx, "notify");
}

/* A notification that fails must not fail what it speaks of. */
static bool targets_or_warning(struct oak_context *ctx, struct oak_targets *targets)
{
	struct oak_error before = ctx->err;
	int rc = oak_notify_targets(ctx, targets);
	if (rc < 0)
		oak_warn(&ctx->out, "nobody is notified: %s", ctx->err.cause);
	ctx->err = before;
	return rc == 0 && targets->list.n > 0;
}

void oak_notify_event(struct oak_context *ctx, const struct oak_event *event)
{
	struct oak_targets targets = {0};
	struct oak_error err = {0};
	size_t n = 0;
	if (!speaks(ctx) || !targets_or_warning(ctx, &targets))
		return;
	if (oak_spool_add(oak_notify_dir(ctx), event, targets.list.v, targets.list.n, oak_ctx_now(ctx), &n, &err) < 0)
		oak_warn(&ctx->out, "nobody is notified: %s", err.cause);
}

static void said(void *arg, const struct oak_spooled *item)
{
	struct oak_context *ctx = arg;
	if (item->state == OAK_SPOOL_SENT)
		return;
	oak_warn(&ctx->out, "notification for '%s' is %s: %s", item->target, oak_spool_state_to_string(item->state), item->why ? item->why : "");
}

void oak_notify_flush(struct oak_context *ctx)
{
	struct oak_targets targets = {0};
	struct oak_error err = {0};
	if (!speaks(ctx) || !targets_or_warning(ctx, &targets))
		return;
	struct oak_spool_flush flush = {.dir = oak_notify_dir(ctx), .targets = targets.list.v, .n = targets.list.n, .now = oak_ctx_now(ctx),
					.offline = ctx->no_network, .stop = &oak_stop_signal, .said = said, .arg = ctx};
	if (oak_spool_flush(&flush, &err) < 0 && err.kind != OAK_TRANSIENT)
		oak_warn(&ctx->out, "notifications wait: %s", err.cause);
}

const char *oak_notify_node_name(struct oak_context *ctx)
{
	const char *name = oak_config_text(ctx, "node.name");
	if (name || !speaks(ctx))
		return name;
	struct oak_inventory *host = oak_inventory_new(ctx->arena);
	oak_host_facts(ctx->root, oak_ctx_now(ctx), host);
	return host->node.name;
}

void oak_notify_run(struct oak_context *ctx, const struct oak_notify_run *run)
{
	if (!speaks(ctx))
		return;
	const struct oak_event event = {
		.id = oak_arena_printf(ctx->arena, "run/%s/%s", run->id, run->status),
		.kind = OAK_EVENT_RUN_ENDED,
		.at = run->ended_at,
		.node_id = run->node_id,
		.node_name = oak_notify_node_name(ctx),
		.status = run->status,
		.run = run->unnamed ? NULL : run->id,
		.detail = run->detail,
	};
	oak_notify_event(ctx, &event);
}

const char *oak_notify_previous(struct oak_context *ctx, struct oak_store *store, const struct oak_verdict *verdict)
{
	struct oak_scan_rows rows = {0};
	struct oak_error err = {0};
	const struct oak_scan_query query = {.node_id = verdict->inventory->node.id, .baseline_id = verdict->baseline_id, .operation = (int)verdict->operation,
					     .from = OAK_TIME_NONE, .until = OAK_TIME_NONE, .limit = 1};
	if (!store || !speaks(ctx) || oak_store_list_scans(store, ctx->arena, &query, &rows, &err) < 0 || !rows.list.n)
		return NULL;
	return oak_status_to_string(rows.list.v[0].summary.status);
}

void oak_notify_scan(struct oak_context *ctx, const char *previous, const struct oak_verdict *verdict)
{
	const struct oak_summary *s = &verdict->summary;
	const char *status = oak_status_to_string(s->status);
	char at[OAK_TIME_TEXT];
	if (!speaks(ctx))
		return;
	const struct oak_event event = {
		.id = oak_arena_printf(ctx->arena, "status/%s/%s/%s", verdict->baseline_id ? verdict->baseline_id : "", status,
				       oak_time_format(verdict->evaluated_at, at)),
		.kind = OAK_EVENT_STATUS_CHANGED,
		.at = verdict->evaluated_at,
		.node_id = verdict->inventory->node.id,
		.node_name = verdict->inventory->node.name,
		.status = status,
		.previous = previous,
		.level = s->status == OAK_NON_COMPLIANT ? oak_level_to_string(s->severity) : NULL,
		.missing = s->count[OAK_STATE_MISSING],
		.failed = s->count[OAK_STATE_FAILED],
		.pending_reboot = s->count[OAK_STATE_INSTALLED_PENDING_REBOOT],
	};
	/* The first scan of a node is news only when it is bad. */
	if (previous ? !oak_streq(previous, status) : s->status != OAK_COMPLIANT)
		oak_notify_event(ctx, &event);
	oak_notify_flush(ctx);
}
