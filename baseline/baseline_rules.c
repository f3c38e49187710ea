/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of filters, rules, entries and sources in AWS's two spellings and ours; patch-semantics (a.1) to (a.4). */
#include "baseline/baseline_names.h"
#include "baseline/baseline_tables.h"
#include "baseline/verdict_names.h"
#include "core/str.h"

static const struct oak_baseline_reading *reading(const struct oak_reader *reader)
{
	return reader->context;
}

static bool aws_value_ok(const char *text)
{
	size_t n = oak_text_length(text);
	return n >= 1 && n <= 64 && oak_text_printable(text);
}

static bool value_ok(const char *text)
{
	size_t n = oak_text_length(text);
	return n >= 1 && n <= OAK_ENTRY_TEXT_MAX && oak_text_printable(text);
}

static bool product_ok(const char *text)
{
	size_t n = oak_text_length(text);
	return n >= 1 && n <= 128;
}

static bool name_characters(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")] == '\0';
}

bool oak_baseline_name_ok(const char *text)
{
	size_t n = strlen(text);
	return n >= 3 && n <= 128 && name_characters(text);
}

static bool source_name_ok(const char *text)
{
	size_t n = strlen(text);
	return n >= 3 && n <= 50 && name_characters(text);
}

/* Filters */

static void check_filter(struct oak_reader *reader, const struct oak_path *path, void *record)
{
	const struct oak_filter *filter = record;
	const struct oak_baseline_reading *now = reading(reader);
	bool ours = now->dialect == OAK_DIALECT_OAKUM;
	struct oak_path here = {.up = path, .key = now->dialect == OAK_DIALECT_AWS ? "Key" : "key"};
	char keys[160];
	if (now->os_bad || (unsigned)filter->key >= OAK_FILTER_COUNT ||
	    oak_filter_key_allowed(now->baseline->os, filter->key, ours))
		return;
	oak_reader_error(reader, &here, "%s is not a filter key of %s (use %s)", oak_filter_key_names[filter->key],
			 oak_os_names[now->baseline->os],
			 oak_filter_keys_of(now->baseline->os, ours, keys, sizeof(keys)));
}

/* .absent of a key in error is none, so that only the error itself is said. */
#define FILTER(key_name, values_name, most, check_value, wanted)                                             \
	{                                                                                                    \
		{.key = key_name, .kind = OAK_FIELD_ENUM, OAK_AT(struct oak_filter, key), .flags = OAK_REQUIRED, \
		 .absent = -1, OAK_NAMES(oak_filter_key_names)},                                             \
		{.key = values_name, .kind = OAK_FIELD_STRINGS, OAK_AT(struct oak_filter, values),           \
		 .flags = OAK_REQUIRED, .min = 1, .max = (most), .valid = (check_value), .text = (wanted)},  \
	}
static const struct oak_field filter_fields[OAK_DIALECT_COUNT][2] = {
	[OAK_DIALECT_OAKUM] = FILTER("key", "values", OAK_VALUES_MAX, value_ok, "1 to 1024 printable characters"),
	[OAK_DIALECT_AWS] = FILTER("Key", "Values", 20, aws_value_ok, "1 to 64 printable characters"),
	[OAK_DIALECT_SNAPSHOT] = FILTER("key", "values", 20, aws_value_ok, "1 to 64 printable characters"),
};

#define FILTER_SHAPE(dialect)                                                                                \
	[dialect] = {                                                                                        \
		.fields = filter_fields[dialect], .count = 2, .size = sizeof(struct oak_filter), .check = check_filter}
static const struct oak_shape filter_shape[OAK_DIALECT_COUNT] = {
	FILTER_SHAPE(OAK_DIALECT_OAKUM),
	FILTER_SHAPE(OAK_DIALECT_AWS),
	FILTER_SHAPE(OAK_DIALECT_SNAPSHOT),
};

#define FILTERS(type, member, name, most, dialect)                                                           \
	{{.key = name, .kind = OAK_FIELD_OBJECTS, OAK_AT(type, member), .flags = OAK_REQUIRED, .max = (most), \
	  .shape = &filter_shape[dialect]}}
static const struct oak_field global_fields[OAK_DIALECT_COUNT][1] = {
	[OAK_DIALECT_OAKUM] = FILTERS(struct oak_baseline, global_filters, "patchFilters", OAK_FILTERS_MAX, OAK_DIALECT_OAKUM),
	[OAK_DIALECT_AWS] = FILTERS(struct oak_baseline, global_filters, "PatchFilters", 4, OAK_DIALECT_AWS),
	[OAK_DIALECT_SNAPSHOT] = FILTERS(struct oak_baseline, global_filters, "filters", 4, OAK_DIALECT_SNAPSHOT),
};
static const struct oak_field group_fields[OAK_DIALECT_COUNT][1] = {
	[OAK_DIALECT_OAKUM] = FILTERS(struct oak_rule, filters, "patchFilters", OAK_FILTERS_MAX, OAK_DIALECT_OAKUM),
	[OAK_DIALECT_AWS] = FILTERS(struct oak_rule, filters, "PatchFilters", 4, OAK_DIALECT_AWS),
	[OAK_DIALECT_SNAPSHOT] = FILTERS(struct oak_rule, filters, "filters", 4, OAK_DIALECT_SNAPSHOT),
};

#define ONE(table, dialect, type) [dialect] = {.fields = table[dialect], .count = 1, .size = sizeof(type)}
#define ALL(table, type)                                                                                     \
	{                                                                                                    \
		ONE(table, OAK_DIALECT_OAKUM, type), ONE(table, OAK_DIALECT_AWS, type),                      \
			ONE(table, OAK_DIALECT_SNAPSHOT, type)                                               \
	}
const struct oak_shape oak_shape_global_filters[OAK_DIALECT_COUNT] = ALL(global_fields, struct oak_baseline);
const struct oak_shape oak_shape_filters[OAK_DIALECT_COUNT] = ALL(group_fields, struct oak_rule);

/* Rules */

static void read_days(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, void *at)
{
	struct oak_rule *rule = at;
	if (value->kind == OAK_VALUE_STRING)
		oak_reader_error(reader, path, "must be a whole number of days, 0 to %d, is the string \"%.60s\"",
				 OAK_DAYS_MAX, value->string);
	else if (value->kind != OAK_VALUE_INT)
		oak_reader_error(reader, path, "must be a whole number of days, 0 to %d, is %s", OAK_DAYS_MAX,
				 oak_value_kind_to_string(value->kind));
	else if (value->integer < 0 || value->integer > OAK_DAYS_MAX)
		oak_reader_error(reader, path, "must be 0 to %d days, is %lld", OAK_DAYS_MAX, (long long)value->integer);
	else
		rule->approve_after_days = (int)value->integer;
	rule->has_days = true; /* given, even if wrong */
}

static bool write_days(const void *at, const char *key, struct oak_sink *sink)
{
	const struct oak_rule *rule = at;
	if (rule->has_days)
		oak_put_int(sink, key, rule->approve_after_days);
	return rule->has_days;
}

static void read_date(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *value, void *at)
{
	struct oak_rule *rule = at;
	oak_time day = 0;
	if (value->kind != OAK_VALUE_STRING || strlen(value->string) != 10 || !oak_time_parse(value->string, &day))
		oak_reader_error(reader, path, "must be a date as in 2026-11-23, is %s%.60s",
				 value->kind == OAK_VALUE_STRING ? "" : oak_value_kind_to_string(value->kind),
				 value->kind == OAK_VALUE_STRING ? value->string : "");
	rule->approve_until_date = value->kind == OAK_VALUE_STRING ? value->string : "";
	rule->approve_until = day + OAK_DAY;
}

static bool write_date(const void *at, const char *key, struct oak_sink *sink)
{
	const struct oak_rule *rule = at;
	oak_put_string_opt(sink, key, rule->approve_until_date);
	return rule->approve_until_date;
}

/* Exactly one of delay and date. Where AWS has no delay at all (apt) both may be absent. */
static void check_rule(struct oak_reader *reader, const struct oak_path *path, void *record)
{
	struct oak_rule *rule = record;
	const struct oak_baseline_reading *now = reading(reader);
	bool pascal = now->dialect == OAK_DIALECT_AWS;
	const char *days = pascal ? "ApproveAfterDays" : "approveAfterDays";
	const char *date = pascal ? "ApproveUntilDate" : "approveUntilDate";
	if (!rule->approve_until_date)
		rule->approve_until = OAK_TIME_NONE;
	if (rule->has_days && rule->approve_until_date)
		oak_reader_error(reader, path, "has both %s and %s (give one)", days, date);
	if (!rule->has_days && !rule->approve_until_date && !now->os_bad && !oak_os_is_apt(now->baseline->os))
		oak_reader_error(reader, path, "needs one of %s and %s", days, date);
}

#define RULE(group_key, level_key, days_key, date_key, non_key, dialect)                                                \
	{                                                                                                    \
		{.key = group_key, .kind = OAK_FIELD_OBJECT, .flags = OAK_REQUIRED, .shape = &oak_shape_filters[dialect]}, \
		{.key = level_key, .kind = OAK_FIELD_ENUM, OAK_AT(struct oak_rule, level),                       \
		 .absent = OAK_LEVEL_UNSPECIFIED, OAK_NAMES(oak_level_names)},                               \
		{.key = days_key, .kind = OAK_FIELD_CUSTOM, .read = read_days, .write = write_days},             \
		{.key = date_key, .kind = OAK_FIELD_CUSTOM, .read = read_date, .write = write_date},             \
		{.key = non_key, .kind = OAK_FIELD_BOOL, OAK_AT(struct oak_rule, enable_non_security)}, \
	}
static const struct oak_field rule_fields[OAK_DIALECT_COUNT][5] = {
	[OAK_DIALECT_OAKUM] = RULE("patchFilterGroup", "complianceLevel", "approveAfterDays", "approveUntilDate",
				   "enableNonSecurity", OAK_DIALECT_OAKUM),
	[OAK_DIALECT_AWS] = RULE("PatchFilterGroup", "ComplianceLevel", "ApproveAfterDays", "ApproveUntilDate",
				 "EnableNonSecurity", OAK_DIALECT_AWS),
	[OAK_DIALECT_SNAPSHOT] = RULE("filterGroup", "complianceLevel", "approveAfterDays", "approveUntilDate",
				      "enableNonSecurity", OAK_DIALECT_SNAPSHOT),
};

#define RULE_SHAPE(dialect)                                                                                  \
	[dialect] = {.fields = rule_fields[dialect], .count = 5, .size = sizeof(struct oak_rule), .check = check_rule}
static const struct oak_shape rule_shape[OAK_DIALECT_COUNT] = {
	RULE_SHAPE(OAK_DIALECT_OAKUM),
	RULE_SHAPE(OAK_DIALECT_AWS),
	RULE_SHAPE(OAK_DIALECT_SNAPSHOT),
};

#define RULES(name, most, dialect)                                                                           \
	{{.key = name, .kind = OAK_FIELD_OBJECTS, OAK_AT(struct oak_baseline, rules), .flags = OAK_REQUIRED, \
	  .max = (most), .shape = &rule_shape[dialect]}}
static const struct oak_field rules_fields[OAK_DIALECT_COUNT][1] = {
	[OAK_DIALECT_OAKUM] = RULES("patchRules", OAK_RULES_MAX, OAK_DIALECT_OAKUM),
	[OAK_DIALECT_AWS] = RULES("PatchRules", 10, OAK_DIALECT_AWS),
	[OAK_DIALECT_SNAPSHOT] = RULES("rules", 10, OAK_DIALECT_SNAPSHOT),
};
const struct oak_shape oak_shape_rules[OAK_DIALECT_COUNT] = ALL(rules_fields, struct oak_baseline);

/* Sources */

#define SOURCE(name_key, products_key, text_key, most)                                                       \
	{                                                                                                    \
		{.key = name_key, .kind = OAK_FIELD_STRING, OAK_AT(struct oak_source, name), .flags = OAK_REQUIRED, \
		 .valid = source_name_ok, .text = "3 to 50 of the characters a-z A-Z 0-9 _ - ."},            \
		{.key = products_key, .kind = OAK_FIELD_STRINGS, OAK_AT(struct oak_source, products),        \
		 .flags = OAK_REQUIRED, .min = 1, .max = 20, .valid = product_ok, .text = "1 to 128 characters"}, \
		{.key = text_key, .kind = OAK_FIELD_STRING, OAK_AT(struct oak_source, configuration),        \
		 .flags = OAK_REQUIRED, .min = 1, .max = (most)},                                            \
	}
static const struct oak_field source_fields[OAK_DIALECT_COUNT][3] = {
	[OAK_DIALECT_OAKUM] = SOURCE("name", "products", "configuration", 65536),
	[OAK_DIALECT_AWS] = SOURCE("Name", "Products", "Configuration", 1024),
	[OAK_DIALECT_SNAPSHOT] = SOURCE("name", "products", "configuration", 1024),
};
#define SOURCE_SHAPE(dialect) [dialect] = {.fields = source_fields[dialect], .count = 3, .size = sizeof(struct oak_source)}
const struct oak_shape oak_shape_source[OAK_DIALECT_COUNT] = {
	SOURCE_SHAPE(OAK_DIALECT_OAKUM),
	SOURCE_SHAPE(OAK_DIALECT_AWS),
	SOURCE_SHAPE(OAK_DIALECT_SNAPSHOT),
};
