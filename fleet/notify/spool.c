/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The spool of notifications: every step is on disk before the next one begins. */
#include <stdlib.h>

#include "core/fault.h"
#include "core/fs.h"
#include "core/hash.h"
#include "core/lock.h"
#include "core/sink.h"
#include "core/str.h"
#include "core/value.h"
#include "fleet/notify/notify.h"

enum { ITEM_MAX = 1 << 20, LOCK_WAIT_S = 5, FIRST_RETRY_S = 60, LAST_RETRY_S = 6 * 3600, GIVE_UP_DAYS = 7, FORGET_DAYS = 90 };

static const char *const state_names[OAK_SPOOL_STATE_COUNT] = {"QUEUED", "SENDING", "SENT", "UNKNOWN", "FAILED"};

const char *oak_spool_state_to_string(enum oak_spool_state state)
{
	return state_names[state];
}

static int save(const char *dir, const struct oak_spooled *item, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	OAK_AUTO(oak_buf_done) struct oak_buf text, event;
	struct oak_sink sink;
	oak_buf_init(&text, ITEM_MAX);
	oak_buf_init(&event, ITEM_MAX);
	oak_event_format(&item->event, &event);
	oak_sink_json_compact(&sink, &text);
	sink.ops->begin_object(&sink);
	oak_put_string(&sink, "schema", "oakum.notification/1");
	oak_put_string(&sink, "key", item->key);
	oak_put_string(&sink, "target", item->target);
	oak_put_string(&sink, "state", state_names[item->state]);
	oak_put_int(&sink, "attempts", item->attempts);
	oak_put_time(&sink, "queuedAt", item->queued_at);
	oak_put_time(&sink, "nextAt", item->next_at);
	oak_put_string_opt(&sink, "why", item->why);
	oak_put_string(&sink, "event", oak_buf_text(&event));
	sink.ops->end_object(&sink);
	return oak_fs_write_atomic(oak_arena_printf(arena, "%s/%s.json", dir, item->key), oak_buf_text(&text), text.n, 0600, err);
}

static oak_time time_of(const struct oak_value *doc, const char *key)
{
	const char *text = oak_value_string(oak_value_get(doc, key));
	oak_time t = OAK_TIME_NONE;
	if (text)
		oak_time_parse(text, &t);
	return t;
}

static int load(struct oak_arena *arena, const char *path, struct oak_spooled *ret, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	const struct oak_value_limits limits = {.bytes = ITEM_MAX, .depth = 8};
	const struct oak_value *doc;
	oak_buf_init(&text, ITEM_MAX);
	if (oak_fs_read(path, &text, err) < 0 || oak_json_parse(arena, oak_buf_text(&text), text.n, path, &limits, &doc, err) < 0)
		return -1;
	const char *state = oak_value_string(oak_value_get(doc, "state")), *event = oak_value_string(oak_value_get(doc, "event"));
	const struct oak_value *attempts = oak_value_get(doc, "attempts");
	struct oak_spooled item = {.key = oak_value_string(oak_value_get(doc, "key")),
				   .target = oak_value_string(oak_value_get(doc, "target")),
				   .state = OAK_SPOOL_STATE_COUNT,
				   .attempts = attempts && attempts->kind == OAK_VALUE_INT ? attempts->integer : 0,
				   .queued_at = time_of(doc, "queuedAt"),
				   .next_at = time_of(doc, "nextAt"),
				   .why = oak_value_string(oak_value_get(doc, "why"))};
	for (int i = 0; i < OAK_SPOOL_STATE_COUNT; i++)
		if (oak_streq(state, state_names[i]))
			item.state = (enum oak_spool_state)i;
	if (!item.key || !item.target || !event || item.state == OAK_SPOOL_STATE_COUNT)
		return oak_fail(err, OAK_INVALID, "notify.spool", 0, "'%s' is no notification (remove it)", path);
	if (oak_event_parse(arena, event, strlen(event), path, &item.event, err) < 0)
		return -1;
	*ret = item;
	return 0;
}

/* The same event for the same target always has the same key. */
static const char *key_of(struct oak_arena *arena, const struct oak_event *event, const char *target)
{
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	const char *text = oak_arena_printf(arena, "%s\n%s\n%s", event->node_id ? event->node_id : "", event->id, target);
	oak_sha256(text, strlen(text), digest);
	oak_hex(digest, 20, hex);
	return oak_arena_strdup(arena, hex);
}

int oak_spool_add(const char *dir, const struct oak_event *event, const struct oak_target *targets, size_t n, oak_time now, size_t *ret_n,
		  struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	size_t added = 0;
	for (size_t i = 0; i < n; i++) {
		const char *key = key_of(arena, event, targets[i].name);
		const struct oak_spooled item = {.key = key, .target = targets[i].name, .queued_at = now, .next_at = now, .event = *event};
		if (!oak_target_wants(&targets[i], event) || oak_fs_exists(oak_arena_printf(arena, "%s/%s.json", dir, key)))
			continue;
		if ((!added && oak_fs_mkdirs(dir, 0700, err) < 0) || save(dir, &item, err) < 0)
			return -1;
		oak_fault_point("notify.queued");
		added++;
	}
	*ret_n = added;
	return 0;
}

static int oldest_first(const void *a, const void *b)
{
	const struct oak_spooled *x = a, *y = b;
	if (x->queued_at != y->queued_at)
		return x->queued_at < y->queued_at ? -1 : 1;
	return strcmp(x->key, y->key);
}

int oak_spool_load(const char *dir, struct oak_arena *arena, struct oak_spool_list *ret, struct oak_error *err)
{
	const char *const *names;
	size_t n;
	if (oak_fs_list(arena, dir, ".json", &names, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (load(arena, oak_arena_printf(arena, "%s/%s", dir, names[i]), oak_push(arena, &ret->list), err) < 0)
			return -1;
	if (ret->list.n)
		qsort(ret->list.v, ret->list.n, sizeof(*ret->list.v), oldest_first);
	return 0;
}

static const struct oak_target *target_of(const struct oak_spool_flush *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (oak_streq(f->targets[i].name, name))
			return &f->targets[i];
	return NULL;
}

static oak_time next_try(const struct oak_spooled *item, oak_time now)
{
	int64_t wait = FIRST_RETRY_S;
	for (int64_t i = 1; i < item->attempts && wait < LAST_RETRY_S; i++)
		wait *= 2;
	return now + (wait > LAST_RETRY_S ? LAST_RETRY_S : wait);
}

static void settle(struct oak_spool_flush *f, struct oak_spooled *item, enum oak_sent sent)
{
	bool give_up = f->now - item->queued_at > GIVE_UP_DAYS * (int64_t)OAK_DAY;
	static const enum oak_spool_state states[OAK_SENT_COUNT] = {OAK_SPOOL_SENT, OAK_SPOOL_QUEUED, OAK_SPOOL_FAILED, OAK_SPOOL_UNKNOWN};
	item->state = sent == OAK_SENT_NOT && give_up ? OAK_SPOOL_FAILED : states[sent];
	item->next_at = item->state == OAK_SPOOL_QUEUED ? next_try(item, f->now) : item->state == OAK_SPOOL_SENT ? f->now : OAK_TIME_NONE;
	f->sent += item->state == OAK_SPOOL_SENT;
	f->waiting += item->state == OAK_SPOOL_QUEUED;
	f->lost += item->state == OAK_SPOOL_UNKNOWN || item->state == OAK_SPOOL_FAILED;
}

static int attempt(struct oak_spool_flush *f, const struct oak_target *target, struct oak_spooled *item, struct oak_error *err)
{
	struct oak_error why = {0};
	char text[1100];
	item->state = OAK_SPOOL_SENDING;
	item->attempts++;
	if (save(f->dir, item, err) < 0)
		return -1;
	oak_fault_point("notify.sending");
	enum oak_sent sent = oak_notify_send(target, &item->event, item->key, f->stop, &why);
	oak_fault_point("notify.sent");
	item->why = sent == OAK_SENT ? NULL : oak_error_text(&why, text, sizeof(text));
	settle(f, item, sent);
	int rc = save(f->dir, item, err);
	if (f->said)
		f->said(f->arg, item);
	return rc;
}

/* Interrupted in the middle of an attempt: it may have arrived. */
static int found_sending(struct oak_spool_flush *f, struct oak_spooled *item, struct oak_error *err)
{
	item->state = OAK_SPOOL_UNKNOWN;
	item->why = "the attempt was interrupted: it may have arrived";
	item->next_at = OAK_TIME_NONE;
	f->lost++;
	if (save(f->dir, item, err) < 0)
		return -1;
	if (f->said)
		f->said(f->arg, item);
	return 0;
}

static int take(struct oak_spool_flush *f, struct oak_spooled *item, struct oak_error *err)
{
	const struct oak_target *target = target_of(f, item->target);
	bool lost = item->state == OAK_SPOOL_UNKNOWN || item->state == OAK_SPOOL_FAILED;
	bool due = f->all || item->next_at == OAK_TIME_NONE || item->next_at <= f->now;
	if (item->state == OAK_SPOOL_SENDING && found_sending(f, item, err) < 0)
		return -1;
	if (item->state == OAK_SPOOL_SENT && item->next_at != OAK_TIME_NONE && f->now - item->next_at > FORGET_DAYS * (int64_t)OAK_DAY) {
		OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
		return oak_fs_remove(oak_arena_printf(arena, "%s/%s.json", f->dir, item->key), err);
	}
	if (item->state != OAK_SPOOL_QUEUED && !(f->all && lost))
		return 0;
	if (!target || !due || (f->offline && target->kind == OAK_TARGET_WEBHOOK)) {
		f->waiting++;
		return 0;
	}
	return attempt(f, target, item, err);
}

int oak_spool_flush(struct oak_spool_flush *f, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	OAK_AUTO(oak_lock_release) int lock = -1;
	struct oak_spool_list items = {0};
	if (!oak_fs_is_dir(f->dir))
		return 0;
	if (oak_lock_take(oak_arena_printf(arena, "%s/lock", f->dir), LOCK_WAIT_S, f->stop, &lock, err) < 0 ||
	    oak_spool_load(f->dir, arena, &items, err) < 0)
		return -1;
	for (size_t i = 0; i < items.list.n; i++) {
		if (f->stop && *f->stop)
			return oak_fail(err, OAK_INTERRUPTED, "notify.interrupted", 0, "interrupted (what waits stays in '%s')", f->dir);
		if (take(f, &items.list.v[i], err) < 0)
			return -1;
	}
	return 0;
}
