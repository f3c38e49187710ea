/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum.plan/1: its members by table, its digest, and how two plans differ. */
#include <stdio.h>

#include "baseline/plan.h"
#include "baseline/reader.h"
#include "core/hash.h"
#include "core/map.h"
#include "core/str.h"

static const char *const kinds[] = {"UPGRADE", "INSTALL", "REMOVE", "DOWNGRADE"};
_Static_assert(sizeof(kinds) / sizeof(*kinds) == OAK_ACTION_COUNT, "one name a kind");

#define ACTION(member) OAK_AT(struct oak_plan_action, member)
static const struct oak_field action_fields[] = {
	{.key = "patch", .kind = OAK_FIELD_STRING, ACTION(patch), .flags = OAK_REQUIRED, .min = 1, .max = 1024},
	{.key = "kind", .kind = OAK_FIELD_ENUM, ACTION(kind), .flags = OAK_REQUIRED, OAK_NAMES(kinds)},
	{.key = "from", .kind = OAK_FIELD_STRING, ACTION(from), .max = 1024},
	{.key = "to", .kind = OAK_FIELD_STRING, ACTION(to), .max = 1024},
	{.key = "size", .kind = OAK_FIELD_INT64, ACTION(size), .min = 0, .max = INT64_MAX},
	{.key = "diskBytes", .kind = OAK_FIELD_INT64, ACTION(disk), .min = INT64_MIN, .max = INT64_MAX},
	{.key = "repository", .kind = OAK_FIELD_STRING, ACTION(repository), .flags = OAK_OPTIONAL},
	{.key = "reason", .kind = OAK_FIELD_STRING, ACTION(reason)},
	{.key = "asked", .kind = OAK_FIELD_BOOL, ACTION(asked)},
	{.key = "reversible", .kind = OAK_FIELD_BOOL, ACTION(reversible)},
	{.key = "undo", .kind = OAK_FIELD_STRING, ACTION(undo), .flags = OAK_OPTIONAL},
	{.key = "batch", .kind = OAK_FIELD_INT, ACTION(batch), .absent = 1, .min = 1, .max = 1000000},
};

static void check_action(struct oak_reader *reader, const struct oak_path *path, void *record)
{
	struct oak_plan_action *action = record;
	oak_patch_id_split(reader->arena, action->patch, &action->name, &action->arch);
	bool needs_to = action->kind != OAK_ACTION_REMOVE, needs_from = action->kind != OAK_ACTION_INSTALL;
	if ((needs_to && !action->to) || (needs_from && !action->from))
		oak_reader_error(reader, path, "'%s' needs %s", kinds[action->kind], needs_to && !action->to ? "'to'" : "'from'");
	if (action->patch[0] == '-' || (action->to && action->to[0] == '-'))
		oak_reader_error(reader, path, "a name or version does not begin with '-'");
}

static const struct oak_shape action_shape = {.fields = action_fields,
					      .count = sizeof(action_fields) / sizeof(*action_fields),
					      .size = sizeof(struct oak_plan_action),
					      .check = check_action};

static const struct oak_field refusal_fields[] = {
	{.key = "patch", .kind = OAK_FIELD_STRING, OAK_AT(struct oak_plan_refusal, patch), .flags = OAK_REQUIRED, .min = 1, .max = 1024},
	{.key = "reason", .kind = OAK_FIELD_STRING, OAK_AT(struct oak_plan_refusal, reason), .flags = OAK_REQUIRED},
	{.key = "detail", .kind = OAK_FIELD_STRING, OAK_AT(struct oak_plan_refusal, detail)},
};
static const struct oak_shape refusal_shape = OAK_SHAPE(struct oak_plan_refusal, refusal_fields);

static const struct oak_field disk_fields[] = {
	{.key = "path", .kind = OAK_FIELD_STRING, OAK_AT(struct oak_plan_disk, path), .flags = OAK_REQUIRED},
	{.key = "needs", .kind = OAK_FIELD_INT64, OAK_AT(struct oak_plan_disk, needs), .min = INT64_MIN, .max = INT64_MAX},
	{.key = "available", .kind = OAK_FIELD_INT64, OAK_AT(struct oak_plan_disk, available), .min = 0, .max = INT64_MAX},
};
static const struct oak_shape disk_shape = OAK_SHAPE(struct oak_plan_disk, disk_fields);

static const struct oak_field restart_fields[] = {
	{.key = "unit", .kind = OAK_FIELD_STRING, OAK_AT(struct oak_plan_restart, unit), .flags = OAK_REQUIRED},
	{.key = "reason", .kind = OAK_FIELD_STRING, OAK_AT(struct oak_plan_restart, reason)},
};
static const struct oak_shape restart_shape = OAK_SHAPE(struct oak_plan_restart, restart_fields);

#define PLAN(member) OAK_AT(struct oak_plan, member)
static const struct oak_field node_fields[] = {
	{.key = "id", .kind = OAK_FIELD_STRING, PLAN(node_id), .flags = OAK_REQUIRED, .min = 1, .max = 128},
	{.key = "name", .kind = OAK_FIELD_STRING, PLAN(node_name)},
};
static const struct oak_field baseline_fields[] = {
	{.key = "id", .kind = OAK_FIELD_STRING, PLAN(baseline_id)},
	{.key = "name", .kind = OAK_FIELD_STRING, PLAN(baseline_name)},
	{.key = "digest", .kind = OAK_FIELD_STRING, PLAN(baseline_digest)},
};
static const struct oak_field reboot_fields[] = {
	{.key = "forecast", .kind = OAK_FIELD_BOOL, PLAN(reboot_forecast)},
	{.key = "reasons", .kind = OAK_FIELD_STRINGS, PLAN(reboot_reasons)},
};
/* Objects in the document whose members lie in the plan itself. */
static const struct oak_shape node_shape = OAK_SHAPE(struct oak_plan, node_fields);
static const struct oak_shape baseline_shape = OAK_SHAPE(struct oak_plan, baseline_fields);
static const struct oak_shape reboot_shape = OAK_SHAPE(struct oak_plan, reboot_fields);

static const struct oak_field plan_fields[] = {
	{.key = "schema", .kind = OAK_FIELD_SCHEMA, .text = "oakum.plan/1"},
	{.key = "digest", .kind = OAK_FIELD_STRING, PLAN(digest), .flags = OAK_REQUIRED, .min = 64, .max = 64},
	{.key = "node", .kind = OAK_FIELD_OBJECT, .offset = 0, .flags = OAK_REQUIRED, .shape = &node_shape},
	{.key = "baseline", .kind = OAK_FIELD_OBJECT, .offset = 0, .flags = OAK_REQUIRED, .shape = &baseline_shape},
	{.key = "snapshot", .kind = OAK_FIELD_STRING, PLAN(snapshot), .flags = OAK_OPTIONAL},
	{.key = "createdAt", .kind = OAK_FIELD_TIME, PLAN(created_at), .flags = OAK_REQUIRED},
	{.key = "metadataAt", .kind = OAK_FIELD_TIME, PLAN(metadata_at), .flags = OAK_OPTIONAL},
	{.key = "window", .kind = OAK_FIELD_STRING, PLAN(window), .flags = OAK_OPTIONAL},
	{.key = "actions", .kind = OAK_FIELD_OBJECTS, PLAN(actions), .flags = OAK_REQUIRED, .shape = &action_shape, .max = 200000},
	{.key = "refused", .kind = OAK_FIELD_OBJECTS, PLAN(refused), .flags = OAK_REQUIRED, .shape = &refusal_shape, .max = 200000},
	{.key = "downloadBytes", .kind = OAK_FIELD_INT64, PLAN(download_bytes), .min = 0, .max = INT64_MAX},
	{.key = "diskBytes", .kind = OAK_FIELD_INT64, PLAN(disk_bytes), .min = INT64_MIN, .max = INT64_MAX},
	{.key = "disk", .kind = OAK_FIELD_OBJECTS, PLAN(disk), .shape = &disk_shape},
	{.key = "seconds", .kind = OAK_FIELD_INT64, PLAN(seconds), .min = 0, .max = INT64_MAX},
	{.key = "reboot", .kind = OAK_FIELD_OBJECT, .offset = 0, .shape = &reboot_shape},
	{.key = "restarts", .kind = OAK_FIELD_OBJECTS, PLAN(restarts), .shape = &restart_shape},
};
static const struct oak_shape plan_shape = OAK_SHAPE(struct oak_plan, plan_fields);

void oak_plan_format(const struct oak_plan *plan, struct oak_sink *sink)
{
	oak_shape_write(&plan_shape, plan, NULL, sink);
}

int oak_plan_parse(struct oak_arena *arena, const struct oak_value *doc, const char *name, struct oak_plan **ret,
		   struct oak_error *err)
{
	struct oak_plan *plan = OAK_NEW(arena, struct oak_plan);
	struct oak_reader reader = {.arena = arena};
	oak_shape_read(&reader, doc, &plan_shape, plan);
	if (oak_reader_finish(&reader, name, "plan.invalid", err) < 0)
		return -1;
	plan->arena = arena;
	if (!oak_streq(oak_plan_digest(arena, plan), plan->digest))
		return oak_fail(err, OAK_UNTRUSTED, "plan.digest", 0,
				"'%s' is not what 'oakum plan' wrote: its digest does not fit its content (make a new plan)", name);
	*ret = plan;
	return 0;
}

static void canonical_action(const struct oak_plan_action *action, struct oak_sink *sink)
{
	oak_put_begin_object(sink, NULL);
	oak_put_string(sink, "from", action->from);
	oak_put_string(sink, "kind", kinds[action->kind]);
	oak_put_string(sink, "patch", action->patch);
	oak_put_string(sink, "to", action->to);
	oak_put_end_object(sink);
}

const char *oak_plan_digest(struct oak_arena *arena, const struct oak_plan *plan)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, OAK_PLAN_MAX);
	struct oak_sink sink;
	oak_sink_json_compact(&sink, &text);
	oak_put_begin_object(&sink, NULL);
	oak_put_begin_array(&sink, "actions");
	for (size_t i = 0; i < plan->actions.n; i++)
		canonical_action(&plan->actions.v[i], &sink);
	oak_put_end_array(&sink);
	oak_put_string(&sink, "baseline", plan->baseline_digest);
	oak_put_string(&sink, "node", plan->node_id);
	oak_put_begin_array(&sink, "refused");
	for (size_t i = 0; i < plan->refused.n; i++) {
		oak_put_begin_object(&sink, NULL);
		oak_put_string(&sink, "patch", plan->refused.v[i].patch);
		oak_put_string(&sink, "reason", plan->refused.v[i].reason);
		oak_put_end_object(&sink);
	}
	oak_put_end_array(&sink);
	oak_put_string(&sink, "snapshot", plan->snapshot);
	oak_put_end_object(&sink);
	struct oak_str body = oak_str_trim((struct oak_str){text.p, text.n}); /* without the final newline */
	unsigned char digest[OAK_SHA256_SIZE];
	oak_sha256(body.p, body.n, digest);
	char *hex = oak_arena_alloc(arena, OAK_SHA256_TEXT);
	oak_hex(digest, sizeof(digest), hex);
	return hex;
}

const struct oak_plan_action *oak_plan_find(const struct oak_plan *plan, const char *patch)
{
	for (size_t i = 0; i < plan->actions.n; i++)
		if (oak_streq(plan->actions.v[i].patch, patch))
			return &plan->actions.v[i];
	return NULL;
}

static const char *none(const char *text)
{
	return text ? text : "nothing";
}

static void compare_actions(struct oak_arena *arena, const struct oak_plan *then, const struct oak_plan *now,
			    struct oak_plan_changes *ret)
{
	for (size_t i = 0; i < then->actions.n; i++) {
		const struct oak_plan_action *a = &then->actions.v[i], *b = oak_plan_find(now, a->patch);
		if (!b)
			*oak_push(arena, &ret->lines) = oak_arena_printf(arena, "%s: %s to %s is no longer to be done",
									 a->patch, none(a->from), none(a->to));
		else if (!oak_streq(a->from, b->from) || !oak_streq(a->to, b->to) || a->kind != b->kind)
			*oak_push(arena, &ret->lines) =
				oak_arena_printf(arena, "%s: was %s to %s, is now %s to %s", a->patch, none(a->from),
						 none(a->to), none(b->from), none(b->to));
	}
	for (size_t i = 0; i < now->actions.n; i++)
		if (!oak_plan_find(then, now->actions.v[i].patch))
			*oak_push(arena, &ret->lines) =
				oak_arena_printf(arena, "%s: %s to %s is new", now->actions.v[i].patch,
						 none(now->actions.v[i].from), none(now->actions.v[i].to));
}

static bool refuses(const struct oak_plan *plan, const struct oak_plan_refusal *wanted)
{
	for (size_t i = 0; i < plan->refused.n; i++)
		if (oak_streq(plan->refused.v[i].patch, wanted->patch) && oak_streq(plan->refused.v[i].reason, wanted->reason))
			return true;
	return false;
}

void oak_plan_compare(struct oak_arena *arena, const struct oak_plan *then, const struct oak_plan *now,
		      struct oak_plan_changes *ret)
{
	if (!oak_streq(then->node_id, now->node_id))
		*oak_push(arena, &ret->lines) =
			oak_arena_printf(arena, "the plan is for node '%s', this is '%s'", none(then->node_id), none(now->node_id));
	if (!oak_streq(then->baseline_digest, now->baseline_digest))
		*oak_push(arena, &ret->lines) = oak_arena_printf(arena, "the baseline was '%s', is now '%s', or has changed",
								 none(then->baseline_name), none(now->baseline_name));
	if (!oak_streq(then->snapshot, now->snapshot))
		*oak_push(arena, &ret->lines) = oak_arena_printf(arena, "the snapshot was '%s', is now '%s'",
								 none(then->snapshot), none(now->snapshot));
	compare_actions(arena, then, now, ret);
	for (size_t i = 0; i < now->refused.n; i++)
		if (!refuses(then, &now->refused.v[i]))
			*oak_push(arena, &ret->lines) =
				oak_arena_printf(arena, "%s: is now refused (%s)", now->refused.v[i].patch, now->refused.v[i].reason);
	for (size_t i = 0; i < then->refused.n; i++)
		if (!refuses(now, &then->refused.v[i]))
			*oak_push(arena, &ret->lines) =
				oak_arena_printf(arena, "%s: is no longer refused (%s)", then->refused.v[i].patch, then->refused.v[i].reason);
	if (!ret->lines.n && !oak_streq(then->digest, now->digest))
		*oak_push(arena, &ret->lines) = "the order of the actions has changed";
}
