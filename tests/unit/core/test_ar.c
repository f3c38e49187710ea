/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The head of a .deb: what is read of it, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "core/ar.h"

#define DEB "!<arch>\ndebian-binary   1791032861  0     0     100644  4         `\n2.0\n"

static void test_deb(void **state)
{
	(void)state;
	struct oak_ar_member m;
	assert_true(oak_ar_first(DEB, sizeof(DEB) - 1, &m));
	assert_string_equal(m.name, "debian-binary");
	assert_int_equal(m.mtime, 1791032861);
	assert_int_equal(m.size, 4);
	assert_true(oak_ar_first("!<arch>\ndebian-binary/  0           0     0     100644  4         `\n", 68, &m));
	assert_string_equal(m.name, "debian-binary");
	assert_int_equal(m.mtime, 0);
}

static void test_refused(void **state)
{
	(void)state;
	char text[sizeof(DEB)];
	struct oak_ar_member m;
	for (size_t n = 0; n < 68; n++)
		assert_false(oak_ar_first(DEB, n, &m));
	static const struct {
		size_t at;
		char byte;
	} rows[] = {{0, '?'}, {24, 'x'}, {24, '-'}, {25, ' '}, {56, 'x'}, {66, 'x'}, {67, 'x'}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		memcpy(text, DEB, sizeof(DEB));
		text[rows[i].at] = rows[i].byte;
		assert_false(oak_ar_first(text, sizeof(DEB) - 1, &m));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_deb), cmocka_unit_test(test_refused)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
