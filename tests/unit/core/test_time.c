/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Instants and durations: parse, format, and round trips. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/time.h"

static void test_parse(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		oak_time expected;
		bool ok;
	} rows[] = {
		{"1970-01-01T00:00:00Z", 0, true},
		{"2026-11-23T12:00:00Z", 1795435200, true},
		{"2026-11-23T13:00:00+01:00", 1795435200, true},
		{"2026-11-23T12:00:00.999Z", 1795435200, true},
		{"2026-11-23", 1795392000, true},
		{"2024-02-29T00:00:00Z", 1709164800, true},
		{"2023-02-29T00:00:00Z", 0, false},
		{"2026-11-23T24:00:00Z", 0, false},
		{"2026-11-23T12:00:00", 0, false},
		{"2026-11-23T12:00:00Zx", 0, false},
		{"", 0, false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		oak_time t = 0;
		assert_int_equal(oak_time_parse(rows[i].text, &t), rows[i].ok);
		if (rows[i].ok)
			assert_int_equal(t, rows[i].expected);
	}
	oak_time t;
	assert_true(oak_time_parse_ceil("2026-11-23T12:00:00.001Z", &t));
	assert_int_equal(t, 1795435201);
}

static void test_round_trip(void **state)
{
	(void)state;
	for (oak_time t = -62135596800; t < 253402300799; t += 86399 * 977) {
		char text[OAK_TIME_TEXT];
		oak_time back;
		assert_true(oak_time_parse(oak_time_format(t, text), &back));
		assert_int_equal(t, back);
	}
}

static void test_duration(void **state)
{
	(void)state;
	int64_t s;
	char text[OAK_DURATION_TEXT];
	assert_true(oak_duration_parse("1h30m", &s));
	assert_int_equal(s, 5400);
	assert_string_equal(oak_duration_format(s, text), "1h30m");
	assert_true(oak_duration_parse("0", &s));
	assert_false(oak_duration_parse("", &s));
	assert_false(oak_duration_parse("10", &s));
	assert_false(oak_duration_parse("1m1h", &s));
	assert_false(oak_duration_parse("-1h", &s));
	assert_false(oak_duration_parse("99999999999999999999d", &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_duration),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
