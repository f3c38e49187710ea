/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading JSON and YAML strictly, and writing both back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "core/sink.h"
#include "core/value.h"

static const struct oak_value_limits limits = {.bytes = 1 << 20};

static const struct {
	const char *text, *id; /* id NULL = fine */
} json_rows[] = {
	{"{\"a\": [1, -2.5, true, null, \"x\"]}", NULL},
	{"7", NULL},
	{"{\"a\":1,\"a\":2}", "json.invalid"},
	{"{} x", "json.invalid"},
	{"\"\xff\"", "json.invalid"},
	{"\"a\\u0000b\"", "json.invalid"},
	{"", "json.invalid"},
	{"{\"a\":", "json.invalid"},
	{"99999999999999999999", "json.invalid"},
}, yaml_rows[] = {
	{"a: [1, -2.5, true, ~, x]\nb:\n  - c: d\n", NULL},
	{"{\"a\": 1}", NULL},
	{"a: 1\na: 2\n", "yaml.invalid"},
	{"a: &x 1\n", "yaml.invalid"},
	{"a: *x\n", "yaml.invalid"},
	{"a: !!str 1\n", "yaml.invalid"},
	{"<<: {a: 1}\n", "yaml.invalid"},
	{"a: 1\n---\nb: 1\n", "yaml.invalid"},
	{"", "yaml.invalid"},
	{"a: \"\\0\"\n", "yaml.invalid"},
	{"[", "yaml.invalid"},
};

typedef int parse_fn(struct oak_arena *, const char *, size_t, const char *, const struct oak_value_limits *,
		     const struct oak_value **, struct oak_error *);

static void check(parse_fn *parse, const char *text, const char *id)
{
	struct oak_arena *arena = oak_arena_new();
	struct oak_error err = {0};
	const struct oak_value *value = NULL;
	int rc = parse(arena, text, strlen(text), "t", &limits, &value, &err);
	assert_int_equal(rc, id ? -1 : 0);
	if (id)
		assert_string_equal(err.id, id);
	oak_arena_free(arena);
}

static void test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(json_rows) / sizeof(*json_rows); i++)
		check(oak_json_parse, json_rows[i].text, json_rows[i].id);
	for (size_t i = 0; i < sizeof(yaml_rows) / sizeof(*yaml_rows); i++)
		check(oak_yaml_parse, yaml_rows[i].text, yaml_rows[i].id);
}

static void test_depth(void **state)
{
	(void)state;
	static char deep[100001];
	memset(deep, '[', 100000);
	check(oak_json_parse, deep, "value.too-deep");
	check(oak_yaml_parse, deep, "value.too-deep");
}

static void test_yaml_kinds(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum oak_value_kind kind;
	} rows[] = {
		{"12", OAK_VALUE_INT},	     {"yes", OAK_VALUE_STRING},	   {"True", OAK_VALUE_BOOL},
		{"1.5", OAK_VALUE_REAL},     {"1.2.3", OAK_VALUE_STRING},  {"0x10", OAK_VALUE_STRING},
		{"'12'", OAK_VALUE_STRING},  {"2026-11-23", OAK_VALUE_STRING}, {"~", OAK_VALUE_NULL},
		{"1e3", OAK_VALUE_REAL},     {"-", OAK_VALUE_ARRAY},	   {".5", OAK_VALUE_REAL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_arena *arena = oak_arena_new();
		const struct oak_value *value;
		assert_int_equal(oak_yaml_parse(arena, rows[i].text, strlen(rows[i].text), "t", &limits, &value, NULL),
				 0);
		assert_int_equal(value->kind, rows[i].kind);
		oak_arena_free(arena);
	}
}

/* What each sink writes, the parser of its language reads back as the same tree (compared as compact JSON). */
static void test_round_trip(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"{\"a\":[],\"b\":{},\"c\":[[1,2],[],[{}]],\"d\":[{\"x\":1,\"y\":[2]},{\"z\":{\"w\":null}}]}",
		"{\"quotes\":\"\\\"<script>\\\\ \\n\\t\\u0001\",\"yes\":\"no\",\"1\":\"12\",\"empty\":\"\"}",
		"[\"true\",\"null\",\"- a\",\"a: b\",\"#c\",\" x \",\"é\",true,null,-5,\"2026-11-23\"]",
		"[]", "{}", "\"x\"", "[[[1]]]",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct oak_arena *arena = oak_arena_new();
		const struct oak_value *first, *second;
		struct oak_buf buf, again;
		struct oak_sink sink;
		oak_buf_init(&buf, 1 << 16);
		oak_buf_init(&again, 1 << 16);
		assert_int_equal(oak_json_parse(arena, texts[i], strlen(texts[i]), "t", &limits, &first, NULL), 0);
		for (int yaml = 0; yaml < 2; yaml++) {
			struct oak_error err = {0};
			oak_buf_clear(&buf);
			oak_buf_clear(&again);
			if (yaml)
				oak_sink_yaml(&sink, &buf);
			else
				oak_sink_json(&sink, &buf);
			oak_put_value(&sink, first);
			int rc = (yaml ? oak_yaml_parse : oak_json_parse)(arena, buf.p, buf.n, "again", &limits, &second, &err);
			if (rc < 0)
				fail_msg("%s in:\n%s", err.cause, buf.p);
			oak_sink_json_compact(&sink, &again);
			oak_put_value(&sink, second);
			again.p[again.n - 1] = '\0'; /* its newline */
			assert_string_equal(again.p, texts[i]);
		}
		oak_buf_done(&buf);
		oak_buf_done(&again);
		oak_arena_free(arena);
	}
}

static void test_bad_bytes_become_replacement(void **state)
{
	(void)state;
	struct oak_buf buf;
	struct oak_sink sink;
	oak_buf_init(&buf, 100);
	oak_sink_json(&sink, &buf);
	sink.ops->string(&sink, "a\xff\x62");
	assert_string_equal(buf.p, "\"a\xef\xbf\xbd\x62\"\n");
	oak_buf_done(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),	   cmocka_unit_test(test_depth), cmocka_unit_test(test_yaml_kinds),
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_bad_bytes_become_replacement),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
