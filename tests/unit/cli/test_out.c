/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables and CSV: alignment, quoting, cells that a spreadsheet would run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/out.h"
#include "core/mem.h"

static void expect(enum oak_out_format format, bool color, const char *const cells[4], const char *expected)
{
	static const char *const headers[] = {"name", "reasonDetail"};
	struct oak_out out = {.format = format, .color = color};
	struct oak_table *table = oak_table_new(&out, headers, 2);
	for (size_t i = 0; i < 4; i++)
		oak_table_cell(table, cells[i]);
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	oak_table_print(table, &buf);
	assert_string_equal(oak_buf_text(&buf), expected);
}

static void test_aligned(void **state)
{
	(void)state;
	expect(OAK_OUT_TABLE, false, (const char *const[]){"a", "x", "longer", NULL},
	       "NAME    REASONDETAIL\na       x\nlonger\n");
	expect(OAK_OUT_TABLE, false, (const char *const[]){"h\xc3\xa9", "x", "a\nb\033[31m", "y"},
	       "NAME      REASONDETAIL\nh\xc3\xa9        x\na?b?[31m  y\n");
}

static void test_last_column_fits_the_terminal(void **state)
{
	(void)state;
	static const char *const headers[] = {"a", "b"};
	static const struct {
		int width;
		const char *expected;
	} rows[] = {
		{0, "A   B\nxx  12345678901234567890\n"},
		{80, "A   B\nxx  12345678901234567890\n"},
		{24, "A   B\nxx  12345678901234567890\n"},
		{23, "A   B\nxx  123456789012345678\xe2\x80\xa6\n"},
		{10, "A   B\nxx  12345678901234567890\n"}, /* hopeless: the terminal wraps it */
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_out out = {.width = rows[i].width};
		struct oak_table *table = oak_table_new(&out, headers, 2);
		oak_table_cell(table, "xx");
		oak_table_cell(table, "12345678901234567890");
		OAK_AUTO(oak_buf_done) struct oak_buf buf;
		oak_out_buf(&buf);
		oak_table_print(table, &buf);
		assert_string_equal(oak_buf_text(&buf), rows[i].expected);
	}
}

static void test_csv(void **state)
{
	(void)state;
	expect(OAK_OUT_CSV, false, (const char *const[]){"a", "x,\"y\"", "two\nlines", NULL},
	       "name,reasonDetail\r\na,\"x,\"\"y\"\"\"\r\n\"two\nlines\",\r\n");
	expect(OAK_OUT_CSV, false, (const char *const[]){"=1+1", "+x", "-x", "@x"},
	       "name,reasonDetail\r\n\"'=1+1\",\"'+x\"\r\n\"'-x\",\"'@x\"\r\n");
	expect(OAK_OUT_CSV, false, (const char *const[]){"\tx", "\rx", "1=1", "a-b"},
	       "name,reasonDetail\r\n\"'\tx\",\"'\rx\"\r\n1=1,a-b\r\n");
}

static void test_colors_only_when_wanted(void **state)
{
	(void)state;
	static const char *const headers[] = {"x"};
	for (int on = 0; on < 2; on++) {
		struct oak_out out = {.color = on};
		struct oak_table *table = oak_table_new(&out, headers, 1);
		oak_table_cell(table, "y");
		oak_table_color(table, "31");
		OAK_AUTO(oak_buf_done) struct oak_buf buf;
		oak_out_buf(&buf);
		oak_table_print(table, &buf);
		assert_string_equal(oak_buf_text(&buf), on ? "\033[1mX\033[0m\n\033[31my\033[0m\n" : "X\ny\n");
		assert_string_equal(oak_color(&out, "31"), on ? "\033[31m" : "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_aligned),
		cmocka_unit_test(test_last_column_fits_the_terminal),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_colors_only_when_wanted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
