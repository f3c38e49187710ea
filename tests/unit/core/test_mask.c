/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets in URLs: what is masked, and what stays readable. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/mask.h"

static void test_table(void **state)
{
	(void)state;
	static const struct {
		const char *text, *expected;
	} rows[] = {
		{"plain text", "plain text"},
		{"", ""},
		{"http://example.org/debian", "http://example.org/debian"},
		{"http://u:p@example.org/debian stable", "http://***@example.org/debian stable"},
		{"https://token@example.org", "https://***@example.org"},
		{"https://u:p@ss@example.org/x@y", "https://***@example.org/x@y"},
		{"cannot fetch 'https://u:p@h/x': 401", "cannot fetch 'https://***@h/x': 401"},
		{"https://h/x?token=abc&n=1", "https://h/x?token=***&n=1"},
		{"https://h/x?n=1&X-Amz-Signature=abc#f", "https://h/x?n=1&X-Amz-Signature=***#f"},
		{"https://h/x?ApiKey=abc", "https://h/x?ApiKey=***"},
		{"https://h/x?keyboard=abc", "https://h/x?keyboard=abc"},
		{"a http://u:p@h b ftp://v:q@i c", "a http://***@h b ftp://***@i c"},
		{"http://", "http://"},
		{"see http://h? and more", "see http://h? and more"},
	};
	struct oak_arena *arena = oak_arena_new();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_string_equal(oak_mask_url(arena, rows[i].text), rows[i].expected);
	assert_null(oak_mask_url(arena, NULL));
	oak_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_table)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
