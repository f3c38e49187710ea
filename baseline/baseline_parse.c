/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a baseline: which shape it has, all of its errors, and what the reader should be told. */
#include <stdio.h>

#include "baseline/baseline_names.h"
#include "baseline/baseline_tables.h"
#include "core/str.h"

static const struct oak_shape *const shapes[] = {&oak_shape_baseline_oakum, &oak_shape_baseline_aws,
						 &oak_shape_snapshot, &oak_shape_snapshot_flat};
enum shape { OURS, AWS, SNAPSHOT, SNAPSHOT_FLAT };
static const enum oak_dialect dialects[] = {OAK_DIALECT_OAKUM, OAK_DIALECT_AWS, OAK_DIALECT_SNAPSHOT, OAK_DIALECT_SNAPSHOT};

/* Found out from the keys. What is none of AWS's is ours, so that a missing schema is said. */
static enum shape shape_of(const struct oak_value *doc)
{
	static const char *const snapshot_only[] = {"baselineId", "accountId", "createdTime", "patchGroup", "patches"};
	if (oak_value_get(doc, "schema"))
		return OURS;
	if (oak_value_get(doc, "patchBaseline"))
		return SNAPSHOT;
	for (size_t i = 0; i < doc->object.n; i++)
		if (doc->object.v[i].key[0] >= 'A' && doc->object.v[i].key[0] <= 'Z')
			return AWS;
	if (oak_value_get(oak_value_get(doc, "approvalRules"), "rules") ||
	    oak_value_get(oak_value_get(doc, "globalFilters"), "filters"))
		return SNAPSHOT_FLAT;
	for (size_t i = 0; i < sizeof(snapshot_only) / sizeof(*snapshot_only); i++)
		if (oak_value_get(doc, snapshot_only[i]))
			return SNAPSHOT_FLAT;
	return OURS;
}

static void warn(struct oak_baseline *baseline, const char *text)
{
	*oak_push(baseline->arena, &baseline->warnings) = text;
}

static void warn_filters(struct oak_baseline *baseline, const struct oak_filter *filters, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < filters[i].values.n; j++)
			if (!oak_filter_value_known(baseline->os, filters[i].key, filters[i].values.v[j]))
				warn(baseline, oak_arena_printf(baseline->arena, "'%s' is no %s known for %s",
								filters[i].values.v[j],
								oak_filter_key_names[filters[i].key],
								oak_os_names[baseline->os]));
}

static bool has_name(const struct oak_value *doc)
{
	const struct oak_value *inner = oak_value_get(doc, "patchBaseline");
	return oak_value_get(doc, "name") || oak_value_get(doc, "Name") || oak_value_get(inner, "name");
}

/* Legal, but hardly meant. */
static void collect_warnings(struct oak_baseline *baseline)
{
	bool windows = baseline->os == OAK_OS_WINDOWS;
	if (baseline->aws_shaped && oak_os_is_apt(baseline->os)) {
		baseline->honour_delay = false;
		warn(baseline, "AWS evaluates no approval delay on this operating system: read with honourDelay false "
			       "(import it and set honourDelay true to have one)");
	}
	warn_filters(baseline, baseline->global_filters.v, baseline->global_filters.n);
	for (size_t i = 0; i < baseline->rules.n; i++) {
		const struct oak_rule *rule = &baseline->rules.v[i];
		warn_filters(baseline, rule->filters.v, rule->filters.n);
		if (windows && rule->enable_non_security)
			warn(baseline, oak_arena_printf(baseline->arena, "rule %zu: enableNonSecurity has no effect on WINDOWS",
							i + 1));
	}
	if (windows && baseline->sources.n)
		warn(baseline, "sources have no effect on WINDOWS");
	if (!baseline->rules.n && !baseline->approved.n)
		warn(baseline, "it has neither rules nor approved patches: it approves nothing");
}

static void read_document(struct oak_reader *reader, const struct oak_path *path, const struct oak_value *doc)
{
	struct oak_baseline_reading *now = reader->context;
	struct oak_baseline *baseline = now->baseline;
	baseline->arena = reader->arena;
	oak_shape_clear(&oak_shape_baseline_oakum, baseline);
	if (doc->kind != OAK_VALUE_OBJECT) {
		oak_reader_error(reader, path, "must be an object, is %s%s", oak_value_kind_to_string(doc->kind),
				 doc->kind == OAK_VALUE_ARRAY ? " (a list of baselines goes to --baseline-override)" : "");
		return;
	}
	enum shape shape = shape_of(doc);
	now->dialect = dialects[shape];
	now->name_free |= has_name(doc);
	baseline->aws_shaped = shape != OURS;
	oak_shape_read_at(reader, path, doc, shapes[shape], baseline);
	if (now->kept.n) {
		struct oak_value *kept = OAK_NEW(reader->arena, struct oak_value);
		*kept = (struct oak_value){.kind = OAK_VALUE_OBJECT, .object = {now->kept.v, now->kept.n}};
		baseline->kept = kept;
	}
}

static int finish(struct oak_reader *reader, const char *name, struct oak_baseline **ret, struct oak_problems *ret_errors,
		  struct oak_error *err)
{
	struct oak_baseline_reading *now = reader->context;
	if (ret_errors)
		*ret_errors = reader->errors;
	if (oak_reader_finish(reader, name, "baseline.invalid", err) < 0)
		return -1;
	collect_warnings(now->baseline);
	*ret = now->baseline;
	return 0;
}

int oak_baseline_parse(struct oak_arena *arena, const struct oak_value *doc, const char *name,
		       struct oak_baseline **ret, struct oak_problems *ret_errors, struct oak_error *err)
{
	struct oak_baseline_reading now = {.baseline = OAK_NEW(arena, struct oak_baseline)};
	struct oak_reader reader = {.arena = arena, .context = &now};
	read_document(&reader, NULL, doc);
	return finish(&reader, name, ret, ret_errors, err);
}

/* Operating system of one element, without judging the rest of it; -1 if it cannot be read. */
static int os_of_element(const struct oak_value *element)
{
	static const char *const keys[] = {"OperatingSystem", "operatingSystem"};
	if (element->kind != OAK_VALUE_OBJECT)
		return -1;
	const struct oak_value *inner = oak_value_get(element, "patchBaseline");
	for (size_t i = 0; i < 2; i++) {
		const struct oak_value *os = oak_value_get(inner ? inner : element, keys[i]);
		if (os)
			return oak_os_from_string(oak_value_string(os));
	}
	return OAK_OS_WINDOWS; /* AWS's default */
}

int oak_baseline_parse_override(struct oak_arena *arena, const struct oak_value *doc, const char *name, enum oak_os os,
				struct oak_baseline **ret, struct oak_problems *ret_errors, struct oak_error *err)
{
	size_t found = 0, count = 0;
	if (doc->kind != OAK_VALUE_ARRAY)
		return oak_fail(err, OAK_INVALID, "baseline.override-array", 0,
				"'%s' must be an array of baselines, is %s (give one baseline with --baseline)", name,
				oak_value_kind_to_string(doc->kind));
	for (size_t i = 0; i < doc->array.n; i++) {
		int element = os_of_element(&doc->array.v[i]);
		if (element < 0)
			return oak_fail(err, OAK_INVALID, "baseline.override-element", 0,
					"'%s': element [%zu] is no baseline of a known operating system", name, i);
		if (element == (int)os) {
			found = i;
			count++;
		}
	}
	if (count == 0)
		return oak_fail(err, OAK_INVALID, "baseline.override-none", 0, "'%s' has no baseline for %s", name,
				oak_os_names[os]);
	if (count > 1)
		return oak_fail(err, OAK_INVALID, "baseline.override-two", 0,
				"'%s' has %zu baselines for %s (one is allowed)", name, count, oak_os_names[os]);
	struct oak_baseline_reading now = {.baseline = OAK_NEW(arena, struct oak_baseline), .name_free = true};
	struct oak_reader reader = {.arena = arena, .context = &now};
	struct oak_path path = {.index = found};
	read_document(&reader, &path, &doc->array.v[found]);
	return finish(&reader, name, ret, ret_errors, err);
}
