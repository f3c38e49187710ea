/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Strings, buffers, maps and errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "core/buf.h"
#include "core/map.h"
#include "core/str.h"

static void test_numbers(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool ok;
		int64_t value;
	} rows[] = {
		{"0", true, 0},
		{"-9223372036854775808", true, INT64_MIN},
		{"9223372036854775807", true, INT64_MAX},
		{"9223372036854775808", false, 0},
		{"+5", true, 5},
		{"", false, 0},
		{"-", false, 0},
		{"1 ", false, 0},
		{"1a", false, 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int64_t value;
		assert_int_equal(oak_parse_int(oak_str_of(rows[i].text), INT64_MIN, INT64_MAX, &value), rows[i].ok);
		if (rows[i].ok)
			assert_int_equal(value, rows[i].value);
	}
	int64_t value;
	assert_false(oak_parse_int(OAK_STR("11"), 0, 10, &value));
}

static void test_split(void **state)
{
	(void)state;
	struct oak_str rest = OAK_STR("a,,b"), part;
	assert_true(oak_str_next(&rest, ',', &part) && oak_str_eq(part, OAK_STR("a")));
	assert_true(oak_str_next(&rest, ',', &part) && part.n == 0);
	assert_true(oak_str_next(&rest, ',', &part) && oak_str_eq(part, OAK_STR("b")));
	assert_false(oak_str_next(&rest, ',', &part));
	assert_true(oak_str_eq(oak_str_trim(OAK_STR(" \t x \r\n")), OAK_STR("x")));
}

static void test_compare(void **state)
{
	(void)state;
	assert_true(oak_strcaseeq("Moderate", "mODERATE"));
	assert_false(oak_streq("a", NULL));
	assert_true(oak_streq(NULL, NULL));
	assert_non_null(oak_strcasestr("Bookworm-Security", "security"));
	assert_null(oak_strcasestr("abc", "abcd"));
	assert_true(oak_ends_with("x.json", ".json") && !oak_ends_with("json", ".json"));
}

static void test_utf8(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool ok;
	} rows[] = {
		{"grün €\xf0\x9f\x90\xa7", true}, {"\xc3", false},	    {"\xc0\xaf", false},
		{"\xed\xa0\x80", false},	  {"\xf4\x90\x80\x80", false}, {"\xe0\x80\x80", false},
		{"\x80", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(oak_utf8_check(rows[i].text, strlen(rows[i].text)), rows[i].ok);
}

static void test_buffer_stops_at_its_maximum(void **state)
{
	(void)state;
	struct oak_buf buf;
	oak_buf_init(&buf, 8);
	assert_string_equal(oak_buf_text(&buf), "");
	oak_buf_addf(&buf, "%d", 12345);
	assert_false(buf.full);
	oak_buf_adds(&buf, "6789");
	assert_true(buf.full);
	assert_string_equal(buf.p, "12345");
	oak_buf_done(&buf);
}

static void test_map(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_map map;
	oak_map_init(&map, arena, 0);
	for (intptr_t i = 1; i < 5000; i++)
		oak_map_put(&map, oak_arena_printf(arena, "key%d", (int)i), (void *)i);
	for (intptr_t i = 1; i < 5000; i++) {
		char key[16];
		snprintf(key, sizeof(key), "key%d", (int)i);
		assert_ptr_equal(oak_map_find(&map, key), (void *)i);
	}
	assert_null(oak_map_find(&map, "absent"));
	assert_false(oak_map_has(&map, "absent"));
	assert_int_equal(map.n, 4999);
	oak_arena_free(arena);
}

static void test_error(void **state)
{
	(void)state;
	struct oak_error err = {0};
	char text[1100];
	errno = ENOENT;
	assert_int_equal(oak_fail_errno(&err, "file.open", "cannot open '%s'", "a\nb"), -1);
	assert_int_equal(err.kind, OAK_NOT_FOUND);
	oak_context(&err, "baseline '%s'", "x");
	oak_context(&err, "cannot scan '%s'", "/");
	assert_string_equal(oak_error_text(&err, text, sizeof(text)),
			    "cannot scan '/': baseline 'x': cannot open 'a?b': No such file or directory");
	oak_fail(&err, OAK_UNTRUSTED, "x.y", 0, "bad");
	assert_int_equal(oak_error_exit(&err), 5);
	assert_string_equal(oak_error_text(&err, text, sizeof(text)), "bad");
	oak_fail(NULL, OAK_IO, "x.y", 0, "nobody listens");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers), cmocka_unit_test(test_split), cmocka_unit_test(test_compare),
		cmocka_unit_test(test_utf8),	cmocka_unit_test(test_buffer_stops_at_its_maximum),
		cmocka_unit_test(test_map),	cmocka_unit_test(test_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
