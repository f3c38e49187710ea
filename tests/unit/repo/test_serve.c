/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What requests name and want: paths, ranges, conditions, dates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "repo/serve.h"

static void test_path(void **state)
{
	(void)state;
	static const struct {
		const char *raw, *path; /* NULL = refused */
	} rows[] = {
		{"/metadata/1.root.json", "metadata/1.root.json"}, {"/a%2Bb%2fc", "a+b/c"}, {"/a?b=../c", "a"}, {"/a#b", "a"},
		{"/%c3%a9", "\xc3\xa9"}, {"/a%20b", "a b"}, {"/a%25", "a%"}, {"/a%2525", "a%25"},
		{"", NULL}, {"/", NULL}, {"a", NULL}, {"//a", NULL}, {"/a//b", NULL}, {"/a/", NULL}, {"/a/../b", NULL}, {"/..", NULL},
		{"/.", NULL}, {"/.oakum/x", NULL}, {"/a/.b", NULL}, {"/%2e%2e/a", NULL}, {"/a%2f..%2fb", NULL}, {"/a%00", NULL}, {"/a%", NULL},
		{"/a%2", NULL}, {"/a%zz", NULL}, {"/a\\b", NULL}, {"/a%5cb", NULL}, {"/a%0ab", NULL}, {"/%c0%ae", NULL}, {"/%ff", NULL},
		{"http://h/a", NULL}, {"*", NULL},
	};
	char path[OAK_SERVE_PATH_MAX], *text = NULL;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool fine = oak_serve_path(rows[i].raw, path);
		if (fine != (rows[i].path != NULL) || (fine && strcmp(path, rows[i].path) != 0))
			fail_msg("'%s' is '%s'", rows[i].raw, fine ? path : "refused");
	}
	text = test_malloc(5000);
	memset(text, 'a', 4999);
	text[4999] = '\0';
	text[0] = '/';
	assert_false(oak_serve_path(text, path));
	test_free(text);
}

static void test_range(void **state)
{
	(void)state;
	static const struct {
		const char *header;
		int64_t size;
		enum oak_range kind;
		int64_t from, length;
	} rows[] = {
		{"bytes=0-0", 10, OAK_RANGE_PART, 0, 1},     {"bytes=2-5", 10, OAK_RANGE_PART, 2, 4},	{"bytes=2-", 10, OAK_RANGE_PART, 2, 8},
		{"bytes=2-99", 10, OAK_RANGE_PART, 2, 8},    {"bytes=-3", 10, OAK_RANGE_PART, 7, 3},	{"bytes=-30", 10, OAK_RANGE_PART, 0, 10},
		{"bytes = 2-5", 10, OAK_RANGE_PART, 2, 4},   {"bytes=10-", 10, OAK_RANGE_NONE, 0, 10},	{"bytes=-0", 10, OAK_RANGE_NONE, 0, 10},
		{"bytes=0-", 0, OAK_RANGE_NONE, 0, 0},	     {"bytes=10-20", 10, OAK_RANGE_NONE, 0, 10}, {"bytes=-1", 0, OAK_RANGE_NONE, 0, 0},
		{"bytes=5-2", 10, OAK_RANGE_WHOLE, 0, 10},   {"bytes=1-2,4-5", 10, OAK_RANGE_WHOLE, 0, 10},
		{"lines=1-2", 10, OAK_RANGE_WHOLE, 0, 10},   {"bytes=", 10, OAK_RANGE_WHOLE, 0, 10},	{"bytes", 10, OAK_RANGE_WHOLE, 0, 10},
		{"bytes=-", 10, OAK_RANGE_WHOLE, 0, 10},     {"bytes=a-b", 10, OAK_RANGE_WHOLE, 0, 10}, {"", 10, OAK_RANGE_WHOLE, 0, 10},
		{"bytes=99999999999999999999-", 10, OAK_RANGE_WHOLE, 0, 10}, {"bytes=1--2", 10, OAK_RANGE_WHOLE, 0, 10},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t from, length;
		enum oak_range kind = oak_serve_range(rows[i].header, rows[i].size, &from, &length);
		if (kind != rows[i].kind || from != rows[i].from || length != rows[i].length)
			fail_msg("'%s' of %lld: %d %lld+%lld", rows[i].header, (long long)rows[i].size, (int)kind, (long long)from, (long long)length);
	}
}

static void test_decide(void **state)
{
	(void)state;
	static const struct {
		struct oak_serve_conditions asked;
		int status;
	} rows[] = {
		{{.range = NULL}, 200},
		{{.if_none_match = "\"e\""}, 304},
		{{.if_none_match = "W/\"e\", \"f\""}, 304},
		{{.if_none_match = "*"}, 304},
		{{.if_none_match = "\"f\"", .if_modified_since = "Sun, 06 Nov 1994 08:49:37 GMT"}, 200}, /* the tag wins */
		{{.if_modified_since = "Sun, 06 Nov 1994 08:49:37 GMT"}, 304},
		{{.if_modified_since = "Sun, 06 Nov 1994 08:49:36 GMT"}, 200},
		{{.if_modified_since = "yesterday"}, 200},
		{{.if_match = "\"e\""}, 200},
		{{.if_match = "W/\"e\""}, 412},
		{{.if_unmodified_since = "Sun, 06 Nov 1994 08:49:36 GMT"}, 412},
		{{.range = "bytes=0-1"}, 206},
		{{.range = "bytes=100-"}, 416},
		{{.range = "bytes=0-1", .if_range = "\"e\""}, 206},
		{{.range = "bytes=0-1", .if_range = "W/\"e\""}, 200},
		{{.range = "bytes=0-1", .if_range = "Sun, 06 Nov 1994 08:49:37 GMT"}, 206},
		{{.range = "bytes=0-1", .if_range = "Sun, 06 Nov 1994 08:49:38 GMT"}, 200},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (oak_serve_decide(&rows[i].asked, "\"e\"", 784111777, 10).status != rows[i].status)
			fail_msg("row %zu", i);
}

static void test_dates(void **state)
{
	(void)state;
	static const int64_t times[] = {0, 784111777, 951782400, 1795435200, 4102444799};
	char text[OAK_HTTP_DATE];
	int64_t back;
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
		oak_http_date_format(times[i], text);
		assert_true(oak_http_date_parse(text, &back));
		assert_int_equal(back, times[i]);
	}
	oak_http_date_format(784111777, text);
	assert_string_equal(text, "Sun, 06 Nov 1994 08:49:37 GMT");
	assert_false(oak_http_date_parse("Sun, 06 Xyz 1994 08:49:37 GMT", &back));
	assert_false(oak_http_date_parse("Sun, 06 anF 1994 08:49:37 GMT", &back));
	assert_false(oak_http_date_parse("", &back));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_path), cmocka_unit_test(test_range), cmocka_unit_test(test_decide),
					   cmocka_unit_test(test_dates)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
