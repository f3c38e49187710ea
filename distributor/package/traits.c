/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The members that recipes and manifests share, by table. */
#include "distributor/package/traits.h"

#include <string.h>

#include "core/str.h"
#include "core/time.h"

void oak_scalar_read(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, void *at)
{
	const char *text = oak_value_scalar(reader->arena, value);
	if (!text)
		oak_reader_error(reader, path, "must be a string, is %s", oak_value_kind_to_string(value->kind));
	else if (value->kind == OAK_VALUE_REAL && !value->real_text)
		oak_reader_error(reader, path, "must be a string, is a number (write it in quotes)");
	else
		memcpy(at, &text, sizeof(text));
}

bool oak_scalar_write(const void *at, const char *key, struct oak_sink *sink)
{
	const char *text;
	memcpy(&text, at, sizeof(text));
	oak_put_string_opt(sink, key, text);
	return text != NULL;
}

typedef OAK_VEC(struct oak_package_relation) relation_vec;

/* "tool >= 1.2" or {name: tool, range: ">= 1.2"}. */
static bool read_relation(struct oak_reader *reader, const struct oak_value *value, struct oak_package_relation *ret)
{
	const char *name = oak_value_string(value);
	if (value->kind == OAK_VALUE_OBJECT) {
		const char *range = oak_value_scalar(reader->arena, oak_value_get(value, "range"));
		if (!range)
			range = oak_value_scalar(reader->arena, oak_value_get(value, "version"));
		name = oak_value_string(oak_value_get(value, "name"));
		if (!name || !oak_package_name_check(name) || value->object.n > (range ? 2 : 1))
			return false;
		if (range)
			name = oak_arena_printf(reader->arena, "%s %s", name, range);
	}
	return name && oak_package_relation_parse(reader->arena, name, ret);
}

void oak_relations_read(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, void *at)
{
	relation_vec *to = at;
	if (value->kind != OAK_VALUE_ARRAY) {
		oak_reader_error(reader, path, "must be an array, is %s", oak_value_kind_to_string(value->kind));
		return;
	}
	for (size_t i = 0; i < value->array.n; i++) {
		struct oak_path here = {.up = path, .index = i};
		struct oak_package_relation relation;
		if (read_relation(reader, &value->array.v[i], &relation))
			*oak_push(reader->arena, to) = relation;
		else
			oak_reader_error(reader, &here, "must be as in \"tool >= 1.2, < 2\" or {name, range}");
	}
}

bool oak_relations_write(const void *at, const char *key, struct oak_sink *sink)
{
	const relation_vec *from = at;
	if (!from->n)
		return false;
	struct oak_arena *arena = oak_arena_new();
	oak_put_begin_array(sink, key);
	for (size_t i = 0; i < from->n; i++) {
		const char *text = oak_package_relation_text(arena, &from->v[i]);
		size_t name = strlen(from->v[i].name);
		oak_put_begin_object(sink, NULL);
		oak_put_string(sink, "name", from->v[i].name);
		oak_put_string_opt(sink, "range", text[name] ? text + name + 1 : NULL);
		oak_put_end_object(sink);
	}
	oak_put_end_array(sink);
	oak_arena_free(arena);
	return true;
}

static const char *const detect_names[OAK_DETECT_COUNT] = {"file", "dpkg", "rpm", "service", "registry"};
#define DETECT(member) OAK_AT(struct oak_package_detect, member)
static const struct oak_field detect_fields[] = {
	{.key = "type", .kind = OAK_FIELD_ENUM, DETECT(kind), OAK_NAMES(detect_names), .flags = OAK_REQUIRED},
	{.key = "path", .kind = OAK_FIELD_STRING, DETECT(path), .flags = OAK_OPTIONAL, .max = 4096, .valid = oak_text_printable},
	{.key = "sha256", .kind = OAK_FIELD_STRING, DETECT(sha256), .flags = OAK_OPTIONAL, .valid = oak_sha256_check, .text = "64 hexadecimal digits"},
	{.key = "name", .kind = OAK_FIELD_STRING, DETECT(name), .flags = OAK_OPTIONAL, .max = 255, .valid = oak_text_printable},
	{.key = "value", .kind = OAK_FIELD_CUSTOM, DETECT(value), .flags = OAK_OPTIONAL, .read = oak_scalar_read, .write = oak_scalar_write},
	{.key = "version", .kind = OAK_FIELD_CUSTOM, DETECT(version), .flags = OAK_OPTIONAL, .read = oak_scalar_read, .write = oak_scalar_write},
	{.key = "platform", .kind = OAK_FIELD_STRING, DETECT(platform), .flags = OAK_OPTIONAL, .max = 64},
};

/* Each kind needs the member that says what is looked for. */
static void check_detect(struct oak_reader *reader, const struct oak_path *path, void *record)
{
	const struct oak_package_detect *detect = record;
	bool by_path = detect->kind == OAK_DETECT_FILE || detect->kind == OAK_DETECT_REGISTRY;
	if (by_path ? !detect->path : !detect->name)
		oak_reader_error(reader, path, "a rule of the type \"%s\" needs '%s'", detect_names[detect->kind], by_path ? "path" : "name");
}

const struct oak_shape oak_package_detect_shape = {.fields = detect_fields,
						    .count = sizeof(detect_fields) / sizeof(*detect_fields),
						    .size = sizeof(struct oak_package_detect),
						    .check = check_detect};

#define HEALTH(member) OAK_AT(struct oak_package_health, member)
static const struct oak_field health_fields[] = {
	{.key = "script", .kind = OAK_FIELD_STRING, HEALTH(script), .flags = OAK_OPTIONAL, .min = 1, .max = 255, .valid = oak_package_file_check, .text = "the name of a file in the archive"},
	{.key = "command", .kind = OAK_FIELD_STRINGS, HEALTH(command), .flags = OAK_OPTIONAL, .max = 64, .valid = oak_text_printable},
	{.key = "attempts", .kind = OAK_FIELD_INT, HEALTH(attempts), .absent = 1, .min = 1, .max = 1000},
	{.key = "interval", .kind = OAK_FIELD_DURATION, HEALTH(interval), .absent = 5, .max = 86400},
	{.key = "timeout", .kind = OAK_FIELD_DURATION, HEALTH(timeout), .absent = 60, .min = 1, .max = 86400},
};
static const struct oak_shape health_shape = OAK_SHAPE(struct oak_package_health, health_fields);

/* "health.sh" or an object. */
void oak_health_read(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, void *at)
{
	struct oak_package_health *health = at;
	struct oak_member script = {.key = "script", .value = *value};
	struct oak_value object = {.kind = OAK_VALUE_OBJECT};
	object.object.v = &script;
	object.object.n = 1;
	oak_shape_read_at(reader, path, value->kind == OAK_VALUE_STRING ? &object : value, &health_shape, health);
	health->given = true;
	if (!health->script == !health->command.n)
		oak_reader_error(reader, path, "needs either 'script' or 'command'");
}

bool oak_health_write(const void *at, const char *key, struct oak_sink *sink)
{
	const struct oak_package_health *health = at;
	if (health->given)
		oak_shape_write(&health_shape, health, key, sink);
	return health->given;
}

static int action_of(const char *key)
{
	for (int i = 0; i < OAK_PACKAGE_COUNT; i++)
		if (oak_streq(key, oak_package_action_to_string((enum oak_package_action)i)))
			return i;
	return -1;
}

/* {install: 10m, uninstall: 600}: durations, or seconds as numbers. */
void oak_timeouts_read(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, void *at)
{
	int64_t *timeouts = at;
	if (value->kind != OAK_VALUE_OBJECT) {
		oak_reader_error(reader, path, "must be an object, is %s", oak_value_kind_to_string(value->kind));
		return;
	}
	for (size_t i = 0; i < value->object.n; i++) {
		const struct oak_member *member = &value->object.v[i];
		struct oak_path here = {.up = path, .key = member->key};
		int64_t seconds = member->value.kind == OAK_VALUE_INT ? member->value.integer : 0;
		int action = action_of(member->key);
		if (action < 0)
			oak_reader_error(reader, &here, "unknown key (known: install, uninstall, update, validate)");
		else if (member->value.kind == OAK_VALUE_STRING ? !oak_duration_parse(member->value.string, &seconds) : member->value.kind != OAK_VALUE_INT)
			oak_reader_error(reader, &here, "must be a duration as in 10m, or seconds");
		else if (seconds < 1 || seconds > 7 * 86400)
			oak_reader_error(reader, &here, "must be between 1 second and 7 days");
		else
			timeouts[action] = seconds;
	}
}

bool oak_timeouts_write(const void *at, const char *key, struct oak_sink *sink)
{
	const int64_t *timeouts = at;
	char text[OAK_DURATION_TEXT];
	int64_t any = 0;
	for (int i = 0; i < OAK_PACKAGE_COUNT; i++)
		any |= timeouts[i];
	if (!any)
		return false;
	oak_put_begin_object(sink, key);
	for (int i = 0; i < OAK_PACKAGE_COUNT; i++)
		if (timeouts[i])
			oak_put_string(sink, oak_package_action_to_string((enum oak_package_action)i), oak_duration_format(timeouts[i], text));
	oak_put_end_object(sink);
	return true;
}

typedef OAK_VEC(struct oak_package_arg) arg_vec;
static const char *const arg_types[OAK_ARG_COUNT] = {"string", "integer", "boolean"};
#define ARG(member) OAK_AT(struct oak_package_arg, member)
static const struct oak_field arg_fields[] = {
	{.key = "type", .kind = OAK_FIELD_ENUM, ARG(type), OAK_NAMES(arg_types)},
	{.key = "required", .kind = OAK_FIELD_BOOL, ARG(required), .flags = OAK_OPTIONAL},
	{.key = "secret", .kind = OAK_FIELD_BOOL, ARG(secret), .flags = OAK_OPTIONAL},
	{.key = "default", .kind = OAK_FIELD_CUSTOM, ARG(fallback), .flags = OAK_OPTIONAL, .read = oak_scalar_read, .write = oak_scalar_write},
	{.key = "description", .kind = OAK_FIELD_STRING, ARG(description), .flags = OAK_OPTIONAL, .max = 1024},
};
static const struct oak_shape arg_shape = OAK_SHAPE(struct oak_package_arg, arg_fields);

static bool arg_name_check(const char *name)
{
	size_t n = strlen(name);
	return oak_starts_with(name, "SSM_") && n > 4 && n <= 128 &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

/* {SSM_X: {type, required, secret, default}} or {SSM_X: default}. */
void oak_args_read(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, void *at)
{
	arg_vec *to = at;
	if (value->kind != OAK_VALUE_OBJECT) {
		oak_reader_error(reader, path, "must be an object, is %s", oak_value_kind_to_string(value->kind));
		return;
	}
	for (size_t i = 0; i < value->object.n; i++) {
		const struct oak_member *member = &value->object.v[i];
		struct oak_path here = {.up = path, .key = member->key};
		struct oak_package_arg arg = {.name = member->key};
		if (!arg_name_check(member->key))
			oak_reader_error(reader, &here, "must be named SSM_ and letters, digits, underscores");
		if (member->value.kind == OAK_VALUE_OBJECT)
			oak_shape_read_at(reader, &here, &member->value, &arg_shape, &arg);
		else if (member->value.kind != OAK_VALUE_NULL)
			oak_scalar_read(reader, &here, &member->value, &arg.fallback);
		if (arg.fallback && !oak_package_arg_accepts(&arg, arg.fallback))
			oak_reader_error(reader, &here, "the default is no %s", arg_types[arg.type]);
		*oak_push(reader->arena, to) = arg;
	}
}

bool oak_args_write(const void *at, const char *key, struct oak_sink *sink)
{
	const arg_vec *from = at;
	if (!from->n)
		return false;
	oak_put_begin_object(sink, key);
	for (size_t i = 0; i < from->n; i++)
		oak_shape_write(&arg_shape, &from->v[i], from->v[i].name, sink);
	oak_put_end_object(sink);
	return true;
}
