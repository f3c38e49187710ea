/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trust policy: read by table, its keys loaded, a rule chosen by a package's name. */
#include "distributor/package/trust.h"

#include <string.h>

#include "baseline/glob.h"
#include "baseline/reader.h"
#include "core/str.h"
#include "core/trustfile.h"
#include "core/value.h"

void oak_package_trust_init(struct oak_package_trust *trust)
{
	*trust = (struct oak_package_trust){.arena = oak_arena_new()};
}

void oak_package_trust_done(struct oak_package_trust *trust)
{
	for (size_t i = 0; i < trust->keys.n; i++)
		oak_key_free(trust->keys.v[i].key);
	oak_arena_free(trust->arena);
	*trust = (struct oak_package_trust){0};
}

struct key_row {
	const char *name, *file, *pem;
};
#define KEY(m) OAK_AT(struct key_row, m)
static const struct oak_field key_fields[] = {
	{.key = "name", .kind = OAK_FIELD_STRING, KEY(name), .flags = OAK_REQUIRED, .min = 1, .max = 128, .valid = oak_text_printable},
	{.key = "file", .kind = OAK_FIELD_STRING, KEY(file), .flags = OAK_OPTIONAL, .min = 1, .max = 4096},
	{.key = "pem", .kind = OAK_FIELD_STRING, KEY(pem), .flags = OAK_OPTIONAL, .min = 1, .max = OAK_PEM_MAX},
};
static void check_key(struct oak_reader *reader, const struct oak_path *path, void *record)
{
	const struct key_row *row = record;
	if (!row->file == !row->pem)
		oak_reader_error(reader, path, "needs either 'file' or 'pem'");
}
static const struct oak_shape key_shape = {
	.fields = key_fields, .count = sizeof(key_fields) / sizeof(*key_fields), .size = sizeof(struct key_row), .check = check_key};

#define RULE(m) OAK_AT(struct oak_trust_rule, m)
static const struct oak_field rule_fields[] = {
	{.key = "packages", .kind = OAK_FIELD_STRINGS, RULE(packages), .flags = OAK_REQUIRED, .min = 1, .max = 1000},
	{.key = "keys", .kind = OAK_FIELD_STRINGS, RULE(keys), .flags = OAK_REQUIRED, .min = 1, .max = OAK_TRUST_KEYS},
	{.key = "threshold", .kind = OAK_FIELD_INT, RULE(threshold), .absent = 1, .min = 1, .max = OAK_TRUST_KEYS},
	{.key = "requireSbom", .kind = OAK_FIELD_BOOL, RULE(sbom)},
	{.key = "requireProvenance", .kind = OAK_FIELD_BOOL, RULE(provenance)},
	{.key = "builders", .kind = OAK_FIELD_STRINGS, RULE(builders), .flags = OAK_OPTIONAL, .max = 1000},
	{.key = "strict", .kind = OAK_FIELD_BOOL, RULE(strict)},
	{.key = "evenFromRepository", .kind = OAK_FIELD_BOOL, RULE(even_from_repository)},
};
static const struct oak_shape rule_shape = OAK_SHAPE(struct oak_trust_rule, rule_fields);

struct policy {
	OAK_VEC(struct key_row) keys;
	OAK_VEC(struct oak_trust_rule) rules;
};
static const struct oak_field policy_fields[] = {
	{.key = "schema", .kind = OAK_FIELD_SCHEMA, .text = "oakum.trust/1"},
	{.key = "keys", .kind = OAK_FIELD_OBJECTS, OAK_AT(struct policy, keys), .flags = OAK_REQUIRED, .max = OAK_TRUST_KEYS, .shape = &key_shape},
	{.key = "rules", .kind = OAK_FIELD_OBJECTS, OAK_AT(struct policy, rules), .flags = OAK_REQUIRED, .max = 1000, .shape = &rule_shape},
};
static const struct oak_shape policy_shape = OAK_SHAPE(struct policy, policy_fields);

static struct oak_trust_key *find_key(struct oak_package_trust *trust, const char *name)
{
	for (size_t i = 0; i < trust->keys.n; i++)
		if (oak_streq(trust->keys.v[i].name, name))
			return &trust->keys.v[i];
	return NULL;
}

static int add_key(struct oak_package_trust *trust, const char *policy, const struct key_row *row, struct oak_error *err)
{
	const char *slash = strrchr(policy, '/'), *file = row->file;
	struct oak_key *key;
	if (file && file[0] != '/' && slash)
		file = oak_arena_printf(trust->arena, "%.*s/%s", (int)(slash - policy), policy, file);
	if (file && oak_trust_check(file, err) < 0)
		return -1;
	key = file ? oak_key_load(file, err) : oak_key_parse(row->pem, strlen(row->pem), row->name, err);
	if (!key)
		return oak_context(err, "trust policy '%s'", policy);
	*oak_push(trust->arena, &trust->keys) = (struct oak_trust_key){row->name, key};
	return 0;
}

/* Different keys by value. */
static int distinct(const struct oak_trust_rule *rule)
{
	int n = 0;
	for (size_t i = 0; i < rule->values.n; i++) {
		bool again = false;
		for (size_t k = 0; k < i; k++)
			again = again || oak_streq(oak_key_fingerprint(rule->values.v[i]), oak_key_fingerprint(rule->values.v[k]));
		n += !again;
	}
	return n;
}

static int check_threshold(const struct oak_trust_rule *rule, const char *where, struct oak_error *err)
{
	if (rule->threshold <= distinct(rule))
		return 0;
	return oak_fail(err, OAK_INVALID, "policy.threshold", 0, "%s asks for %d signatures, but names only %d different keys", where,
			rule->threshold, distinct(rule));
}

static int add_rule(struct oak_package_trust *trust, const char *policy, const struct oak_trust_rule *row, struct oak_error *err)
{
	struct oak_trust_rule rule = *row;
	for (size_t i = 0; i < rule.keys.n; i++) {
		const struct oak_trust_key *key = find_key(trust, rule.keys.v[i]);
		if (!key)
			return oak_fail(err, OAK_INVALID, "policy.invalid", 0, "trust policy '%s' has no key of the name '%s'", policy, rule.keys.v[i]);
		*oak_push(trust->arena, &rule.values) = key->key;
	}
	if (check_threshold(&rule, policy, err) < 0)
		return -1;
	*oak_push(trust->arena, &trust->rules) = rule;
	return 0;
}

int oak_package_trust_load(struct oak_package_trust *trust, const char *path, struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = OAK_TRUST_MAX};
	const struct oak_value *doc;
	struct policy policy = {0};
	struct oak_reader reader = {.arena = trust->arena};
	if (oak_trust_check(path, err) < 0 || oak_value_load(trust->arena, path, &limits, &doc, err) < 0)
		return -1;
	oak_shape_read(&reader, doc, &policy_shape, &policy);
	for (size_t i = 0; i < policy.keys.n; i++)
		for (size_t k = 0; k < i; k++)
			if (oak_streq(policy.keys.v[i].name, policy.keys.v[k].name))
				oak_reader_error(&reader, NULL, "two keys have the name '%s'", policy.keys.v[i].name);
	if (oak_reader_finish(&reader, path, "policy.invalid", err) < 0)
		return -1;
	for (size_t i = 0; i < policy.keys.n; i++)
		if (add_key(trust, path, &policy.keys.v[i], err) < 0)
			return -1;
	for (size_t i = 0; i < policy.rules.n; i++)
		if (add_rule(trust, path, &policy.rules.v[i], err) < 0)
			return -1;
	return 0;
}

static int raise_thresholds(struct oak_package_trust *trust, int threshold, struct oak_error *err)
{
	for (size_t i = 0; i < trust->rules.n; i++) {
		struct oak_trust_rule *rule = &trust->rules.v[i];
		if (rule->threshold < threshold)
			rule->threshold = threshold;
		if (check_threshold(rule, "'--threshold'", err) < 0)
			return -1;
	}
	return 0;
}

int oak_package_trust_keys(struct oak_package_trust *trust, const char *const *pems, size_t n, int threshold, struct oak_error *err)
{
	struct oak_trust_rule all = {.threshold = threshold > 0 ? threshold : 1};
	if (!n)
		return raise_thresholds(trust, threshold, err);
	for (size_t i = 0; i < n; i++) {
		struct oak_key *key = oak_key_load(pems[i], err);
		if (!key)
			return -1;
		*oak_push(trust->arena, &trust->keys) = (struct oak_trust_key){oak_arena_strdup(trust->arena, pems[i]), key};
		*oak_push(trust->arena, &all.values) = key;
	}
	if (check_threshold(&all, "'--threshold'", err) < 0)
		return -1;
	for (size_t i = 0; i < trust->rules.n; i++) {
		struct oak_trust_rule *rule = &trust->rules.v[i];
		rule->values.v = all.values.v;
		rule->values.n = rule->values.cap = all.values.n;
		rule->threshold = all.threshold;
	}
	*oak_push(trust->arena, &all.packages) = "*"; /* names that no rule of the policy fits */
	*oak_push(trust->arena, &trust->rules) = all;
	return 0;
}

const struct oak_trust_rule *oak_package_trust_rule(const struct oak_package_trust *trust, const char *name)
{
	for (size_t i = 0; i < trust->rules.n; i++)
		for (size_t k = 0; k < trust->rules.v[i].packages.n; k++)
			if (oak_glob_match(trust->rules.v[i].packages.v[k], name))
				return &trust->rules.v[i];
	return NULL;
}
