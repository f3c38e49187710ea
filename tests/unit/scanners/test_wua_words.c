/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Result codes as words: the table against the header that it was made after, and what a person reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/str.h"
#include "scanners/wua/wua_words.h"

#define HEADER "/usr/share/mingw-w64/include/wuerror.h"

/* Every WU_ code of ours has its published value. */
static void test_header(void **state)
{
	(void)state;
	FILE *file = fopen(HEADER, "r");
	char line[256], name[128];
	unsigned long code;
	size_t n, seen = 0, ours = 0;
	const struct oak_wua_word *words = oak_wua_words(&n);
	for (size_t i = 0; i < n; i++)
		ours += oak_starts_with(words[i].name, "WU_");
	if (!file) {
		const char *strict = getenv("OAKUM_TEST_STRICT");
		if (strict && oak_streq(strict, "1"))
			fail_msg("no %s, though bootstrap promises it", HEADER);
		print_message("skipped: no %s\n", HEADER);
		skip();
	}
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "#define %127s _HRESULT_TYPEDEF_(%lx", name, &code) != 2)
			continue;
		for (size_t i = 0; i < n; i++)
			if (oak_streq(words[i].name, name)) {
				seen++;
				assert_int_equal(words[i].code, code);
			}
	}
	fclose(file);
	assert_int_equal(seen, ours);
	assert_true(ours >= 180);
}

static void test_table(void **state)
{
	(void)state;
	size_t n;
	const struct oak_wua_word *words = oak_wua_words(&n);
	assert_true(n >= 200);
	for (size_t i = 0; i < n; i++) {
		char text[512];
		assert_true(words[i].kind > OAK_OK && words[i].kind < OAK_ERROR_KIND_COUNT);
		assert_ptr_equal(oak_wua_word_find((int32_t)words[i].code), &words[i]); /* each code once */
		assert_true(strlen(words[i].words) > 10 && strlen(words[i].remedy) > 5);
		assert_true(strlen(oak_wua_word_text((int32_t)words[i].code, text, sizeof(text))) < 300); /* nothing is cut off */
	}
}

static void test_fail(void **state)
{
	(void)state;
	struct oak_error err = {0};
	assert_int_equal(oak_wua_fail(&err, "wua.search", (int32_t)0x8024402C, "cannot search for updates"), -1);
	assert_int_equal(err.kind, OAK_TRANSIENT);
	assert_int_equal(oak_error_exit(&err), 75);
	assert_int_equal((uint32_t)err.sys, 0x8024402C);
	assert_non_null(strstr(err.cause, "cannot search for updates: cannot reach the update server"));
	assert_non_null(strstr(err.cause, "0x8024402C WU_E_PT_WINHTTP_NAME_NOT_RESOLVED: check name resolution"));
	assert_int_equal(oak_wua_fail(&err, "wua.search", (int32_t)0x80070005, "cannot search for updates"), -1);
	assert_int_equal(err.kind, OAK_DENIED);
	assert_int_equal(oak_wua_fail(&err, "wua.search", (int32_t)0x8ABCDEF0, "cannot search for updates"), -1);
	assert_int_equal(err.kind, OAK_IO);
	assert_non_null(strstr(err.cause, "0x8ABCDEF0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_header), cmocka_unit_test(test_table), cmocka_unit_test(test_fail)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
