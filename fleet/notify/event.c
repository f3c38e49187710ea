/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events as documents and in words. */
#include "core/sink.h"
#include "core/str.h"
#include "core/value.h"
#include "fleet/notify/notify.h"

static const char *const names[OAK_EVENT_KIND_COUNT] = {"RUN_ENDED", "STATUS_CHANGED", "TEST"};
static const char *const short_names[OAK_EVENT_KIND_COUNT] = {"run", "status", "test"};

const char *oak_event_kind_to_string(enum oak_event_kind kind)
{
	return names[kind];
}

int oak_event_kind_from_string(const char *text)
{
	for (int i = 0; text && i < OAK_EVENT_KIND_COUNT; i++)
		if (oak_strcaseeq(text, names[i]) || oak_strcaseeq(text, short_names[i]))
			return i;
	return -1;
}

static const char *node_of(const struct oak_event *e)
{
	return e->node_name && *e->node_name ? e->node_name : e->node_id ? e->node_id : "this node";
}

const char *oak_event_text(struct oak_arena *arena, const struct oak_event *e)
{
	const char *what = e->kind == OAK_EVENT_RUN_ENDED ? oak_arena_printf(arena, "run %s%son %s ended: %s", e->run ? e->run : "", e->run ? " " : "", node_of(e), e->status)
			 : e->kind == OAK_EVENT_TEST	  ? oak_arena_printf(arena, "a test of notifications from %s", node_of(e))
							  : oak_arena_printf(arena, "%s is %s", node_of(e), e->status);
	if (e->previous)
		what = oak_arena_printf(arena, "%s (was %s)", what, e->previous);
	if (e->missing || e->failed)
		what = oak_arena_printf(arena, "%s; %lld patches missing, %lld failed%s%s", what, (long long)e->missing, (long long)e->failed,
					e->level ? ", worst level " : "", e->level ? e->level : "");
	if (e->pending_reboot)
		what = oak_arena_printf(arena, "%s; %lld wait for a reboot", what, (long long)e->pending_reboot);
	return e->detail ? oak_arena_printf(arena, "%s (%s)", what, e->detail) : what;
}

bool oak_event_is_bad(const struct oak_event *e)
{
	static const char *const good[] = {"SUCCESS", "COMPLIANT", "PENDING_REBOOT", "CONVERGED", "UNCHANGED", "TEST"};
	for (size_t i = 0; e->status && i < sizeof(good) / sizeof(*good); i++)
		if (oak_streq(good[i], e->status))
			return false;
	return true;
}

void oak_event_format(const struct oak_event *e, struct oak_buf *out)
{
	struct oak_sink sink;
	oak_sink_json_compact(&sink, out);
	sink.ops->begin_object(&sink);
	oak_put_string(&sink, "schema", "oakum.event/1");
	oak_put_string(&sink, "id", e->id);
	oak_put_string(&sink, "kind", names[e->kind]);
	oak_put_time(&sink, "at", e->at);
	oak_put_begin_object(&sink, "node");
	oak_put_string(&sink, "id", e->node_id);
	oak_put_string(&sink, "name", e->node_name);
	oak_put_end_object(&sink);
	oak_put_string(&sink, "status", e->status);
	oak_put_string_opt(&sink, "previous", e->previous);
	oak_put_string_opt(&sink, "level", e->level);
	oak_put_string_opt(&sink, "run", e->run);
	oak_put_string_opt(&sink, "detail", e->detail);
	oak_put_int(&sink, "missing", e->missing);
	oak_put_int(&sink, "failed", e->failed);
	oak_put_int(&sink, "installedPendingReboot", e->pending_reboot);
	sink.ops->end_object(&sink);
}

static int64_t number(const struct oak_value *doc, const char *key)
{
	const struct oak_value *v = oak_value_get(doc, key);
	return v && v->kind == OAK_VALUE_INT ? v->integer : 0;
}

int oak_event_parse(struct oak_arena *arena, const char *text, size_t n, const char *name, struct oak_event *ret, struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = 1 << 20, .depth = 8};
	const struct oak_value *doc;
	if (oak_json_parse(arena, text, n, name, &limits, &doc, err) < 0)
		return -1;
	const struct oak_value *node = oak_value_get(doc, "node");
	const char *at = oak_value_string(oak_value_get(doc, "at"));
	int kind = oak_event_kind_from_string(oak_value_string(oak_value_get(doc, "kind")));
	struct oak_event e = {
		.id = oak_value_string(oak_value_get(doc, "id")),
		.kind = kind < 0 ? OAK_EVENT_TEST : (enum oak_event_kind)kind,
		.at = OAK_TIME_NONE,
		.node_id = oak_value_string(oak_value_get(node, "id")),
		.node_name = oak_value_string(oak_value_get(node, "name")),
		.status = oak_value_string(oak_value_get(doc, "status")),
		.previous = oak_value_string(oak_value_get(doc, "previous")),
		.level = oak_value_string(oak_value_get(doc, "level")),
		.run = oak_value_string(oak_value_get(doc, "run")),
		.detail = oak_value_string(oak_value_get(doc, "detail")),
		.missing = number(doc, "missing"),
		.failed = number(doc, "failed"),
		.pending_reboot = number(doc, "installedPendingReboot"),
	};
	if (kind < 0 || !e.id || !e.status || !at || !oak_time_parse(at, &e.at))
		return oak_fail(err, OAK_INVALID, "notify.event", 0, "'%s' is no event", name);
	*ret = e;
	return 0;
}
