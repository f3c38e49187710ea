/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum.assignment/1 and oakum.effective/1 by table. */
#include "baseline/assignment.h"
#include "baseline/reader.h"
#include "core/map.h"
#include "core/str.h"

static const char *const action_names[OAK_ASSIGNED_ACTION_COUNT] = {"INSTALL", "UNINSTALL"};
const char *const oak_withdrawal_names[OAK_WITHDRAWN_COUNT] = {"KEEP", "UNINSTALL"};

const char *oak_assigned_action_to_string(enum oak_assigned_action action)
{
	return action_names[action];
}

const char *oak_assigned_withdrawal_to_string(enum oak_assigned_withdrawal withdrawal)
{
	return oak_withdrawal_names[withdrawal];
}

static bool is_channel(const char *text)
{
	return oak_streq(text, "latest") || (strlen(text) > 2 && oak_ends_with(text, ".*") && strchr(text, '*') == text + strlen(text) - 1);
}

static void check_package(struct oak_reader *reader, const struct oak_path *path, void *record)
{
	const struct oak_assigned_package *p = record;
	if (p->action == OAK_ASSIGNED_INSTALL && !p->version == !p->channel)
		oak_reader_error(reader, path, "needs either version or channel ('latest', or a prefix such as '2.*')");
	if (p->action == OAK_ASSIGNED_UNINSTALL && (p->version || p->channel))
		oak_reader_error(reader, path, "has a version, but its action is UNINSTALL (leave the version out)");
}

#define PACKAGE(member) OAK_AT(struct oak_assigned_package, member)
static const struct oak_field package_fields[] = {
	{.key = "name", .kind = OAK_FIELD_STRING, PACKAGE(name), .flags = OAK_REQUIRED, .min = 1, .max = 128, .valid = oak_text_printable,
	 .text = "printable characters"},
	{.key = "version", .kind = OAK_FIELD_STRING, PACKAGE(version), .flags = OAK_OPTIONAL, .min = 1, .max = 128,
	 .valid = oak_text_printable, .text = "printable characters"},
	{.key = "channel", .kind = OAK_FIELD_STRING, PACKAGE(channel), .flags = OAK_OPTIONAL, .valid = is_channel,
	 .text = "'latest' or a prefix such as '2.*'"},
	{.key = "action", .kind = OAK_FIELD_ENUM, PACKAGE(action), OAK_NAMES(action_names)},
	{.key = "withdrawn", .kind = OAK_FIELD_ENUM, PACKAGE(withdrawn), OAK_NAMES(oak_withdrawal_names)},
};
static const struct oak_shape package_shape = {.fields = package_fields, .count = sizeof(package_fields) / sizeof(*package_fields),
					       .size = sizeof(struct oak_assigned_package), .check = check_package};

static void check_assignment(struct oak_reader *reader, const struct oak_path *path, void *record)
{
	const struct oak_assignment *a = record;
	struct oak_map names;
	oak_map_init(&names, reader->arena, a->packages.n);
	if (!a->baseline && !a->windows.n && !a->calendars.n && !a->packages.n && !a->ring)
		oak_reader_error(reader, path, "assigns nothing (give it a baseline, windows, calendars, packages or a ring)");
	for (size_t i = 0; i < a->packages.n; i++) {
		if (oak_map_has(&names, a->packages.v[i].name))
			oak_reader_error(reader, path, "names the package '%s' twice", a->packages.v[i].name);
		oak_map_put(&names, a->packages.v[i].name, (void *)a);
	}
}

#define ASSIGNMENT(member) OAK_AT(struct oak_assignment, member)
static const struct oak_field assignment_fields[] = {
	{.key = "schema", .kind = OAK_FIELD_SCHEMA, .text = "oakum.assignment/1"},
	{.key = "selector", .kind = OAK_FIELD_STRING, ASSIGNMENT(selector_text), .flags = OAK_REQUIRED, .min = 1, .max = OAK_SELECTOR_MAX},
	{.key = "priority", .kind = OAK_FIELD_INT, ASSIGNMENT(priority), .min = -1000000, .max = 1000000},
	{.key = "baseline", .kind = OAK_FIELD_STRING, ASSIGNMENT(baseline), .flags = OAK_OPTIONAL, .min = 1, .max = 4096},
	{.key = "windows", .kind = OAK_FIELD_STRINGS, ASSIGNMENT(windows), .max = 100},
	{.key = "calendars", .kind = OAK_FIELD_STRINGS, ASSIGNMENT(calendars), .max = 100},
	{.key = "packages", .kind = OAK_FIELD_OBJECTS, ASSIGNMENT(packages), .shape = &package_shape, .max = 1000},
	{.key = "ring", .kind = OAK_FIELD_STRING, ASSIGNMENT(ring), .flags = OAK_OPTIONAL, .min = 1, .max = 64},
};
static const struct oak_shape assignment_shape = {.fields = assignment_fields,
						  .count = sizeof(assignment_fields) / sizeof(*assignment_fields),
						  .size = sizeof(struct oak_assignment), .check = check_assignment};

int oak_assignment_parse(struct oak_arena *arena, const struct oak_value *doc, const char *name, struct oak_assignment **ret,
			 struct oak_error *err)
{
	struct oak_assignment *a = OAK_NEW(arena, struct oak_assignment);
	struct oak_reader reader = {.arena = arena};
	oak_shape_read(&reader, doc, &assignment_shape, a);
	if (oak_reader_finish(&reader, name, "assignment.invalid", err) < 0 ||
	    oak_selector_parse(arena, a->selector_text, name, &a->selector, err) < 0)
		return -1;
	a->name = oak_arena_strdup(arena, name);
	*ret = a;
	return 0;
}

void oak_assignment_format(const struct oak_assignment *assignment, struct oak_sink *sink)
{
	oak_shape_write(&assignment_shape, assignment, NULL, sink);
}

/* --- oakum.effective/1 ------------------------------------------------------------------------------------------------ */

static void put_seen(const struct oak_effective_seen *seen, struct oak_sink *sink)
{
	sink->ops->begin_object(sink);
	oak_put_string(sink, "name", seen->assignment->name);
	oak_put_string(sink, "selector", seen->assignment->selector_text);
	oak_put_int(sink, "priority", seen->assignment->priority);
	oak_put_bool(sink, "matches", !seen->why_not);
	oak_put_string_opt(sink, "whyNot", seen->why_not);
	oak_put_string_opt(sink, "overruled", seen->overruled);
	sink->ops->end_object(sink);
}

static void put_from(const char *key, const struct oak_assignment *from, struct oak_sink *sink)
{
	oak_put_string(sink, key, from ? from->name : NULL);
}

static void put_package(const struct oak_effective_package *p, struct oak_sink *sink)
{
	sink->ops->begin_object(sink);
	oak_put_string(sink, "name", p->package->name);
	oak_put_string_opt(sink, "version", p->package->version);
	oak_put_string_opt(sink, "channel", p->package->channel);
	oak_put_string(sink, "action", action_names[p->package->action]);
	oak_put_string(sink, "withdrawn", oak_withdrawal_names[p->package->withdrawn]);
	put_from("from", p->from, sink);
	sink->ops->end_object(sink);
}

static void put_conflict(const struct oak_assignment_conflict *c, struct oak_sink *sink)
{
	sink->ops->begin_object(sink);
	oak_put_string(sink, "what", c->what);
	oak_put_string(sink, "a", c->a->name);
	oak_put_string(sink, "b", c->b->name);
	oak_put_string(sink, "saysA", c->says_a);
	oak_put_string(sink, "saysB", c->says_b);
	sink->ops->end_object(sink);
}

static void put_node(const struct oak_node *node, struct oak_sink *sink)
{
	oak_put_begin_object(sink, "node");
	oak_put_string(sink, "id", node->id);
	oak_put_string(sink, "name", node->name);
	oak_put_begin_object(sink, "tags");
	for (size_t i = 0; i < node->tags.n; i++)
		oak_put_string(sink, node->tags.v[i].key, node->tags.v[i].value);
	oak_put_end_object(sink);
	oak_put_string(sink, "os", node->platform.id);
	oak_put_string(sink, "family", node->platform.family);
	oak_put_string(sink, "version", node->platform.version);
	oak_put_string(sink, "arch", node->platform.arch);
	oak_put_end_object(sink);
}

void oak_effective_format(const struct oak_effective *e, const struct oak_node *node, struct oak_sink *sink)
{
	sink->ops->begin_object(sink);
	oak_put_string(sink, "schema", "oakum.effective/1");
	put_node(node, sink);
	oak_put_string(sink, "baseline", e->baseline ? e->baseline->baseline : NULL);
	put_from("baselineFrom", e->baseline, sink);
	oak_put_strings(sink, "windows", e->windows ? e->windows->windows.v : NULL, e->windows ? e->windows->windows.n : 0);
	put_from("windowsFrom", e->windows, sink);
	oak_put_strings(sink, "calendars", e->calendars ? e->calendars->calendars.v : NULL, e->calendars ? e->calendars->calendars.n : 0);
	put_from("calendarsFrom", e->calendars, sink);
	oak_put_string(sink, "ring", e->ring ? e->ring->ring : NULL);
	put_from("ringFrom", e->ring, sink);
	oak_put_begin_array(sink, "packages");
	for (size_t i = 0; i < e->packages.n; i++)
		put_package(&e->packages.v[i], sink);
	oak_put_end_array(sink);
	oak_put_begin_array(sink, "assignments");
	for (size_t i = 0; i < e->seen.n; i++)
		put_seen(&e->seen.v[i], sink);
	oak_put_end_array(sink);
	oak_put_begin_array(sink, "conflicts");
	for (size_t i = 0; i < e->conflicts.list.n; i++)
		put_conflict(&e->conflicts.list.v[i], sink);
	oak_put_end_array(sink);
	sink->ops->end_object(sink);
}
