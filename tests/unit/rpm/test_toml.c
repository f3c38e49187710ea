/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dnf5's TOML: tables, keys with strings, inline tables; odd lines are named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "core/buf.h"
#include "scanners/rpm/toml.h"

static void on_table(void *arg, const char *name)
{
	oak_buf_addf(arg, "[%s]", name);
}

static void on_pair(void *arg, const char *key, const char *inner, const char *value)
{
	oak_buf_addf(arg, "%s%s%s=%s;", key, inner ? "/" : "", inner ? inner : "", value);
}

static void test_read(void **state)
{
	static const struct {
		const char *text, *out;
		int line;
	} cases[] = {
		{"", "", 0},
		{"# comment\n\n  \n", "", 0},
		{"version = \"1.0\"\n[packages]\n", "version=1.0;[packages]", 0},
		{"[[packages]]\nname = 'a b' # why\n[[packages.conditions]]\n", "[packages]name=a b;[packages.conditions]", 0},
		{"\"bash.x86_64\" = {reason = \"User\", from = 'x'}\r\n", "bash.x86_64/reason=User;bash.x86_64/from=x;", 0},
		{"a = {}\n", "", 0},
		{"a = \"say \\\"b\\\" # c\"", "a=say \"b\" # c;", 0},
		{"n = 12\nyes = true\n", "n=12;yes=true;", 0},
		{"a = \"b\"\nno toml\n", "a=b;", 2},
		{"a = \"open\n", "", 1},
		{"[open\n", "", 1},
		{"[[packages]\n", "", 1},
		{"a = {b = \"c\"\n", "a/b=c;", 1},
		{"a = [\"list\"]\n", "", 1},
		{"= \"b\"\n", "", 1},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
		struct oak_buf out OAK_AUTO(oak_buf_done);
		oak_buf_init(&out, 4096);
		const struct oak_toml_handler handler = {on_table, on_pair, &out};
		int line = oak_toml_read(arena, cases[i].text, strlen(cases[i].text), &handler);
		if (line != cases[i].line || strcmp(oak_buf_text(&out), cases[i].out) != 0)
			fail_msg("case %zu: line %d, '%s'", i, line, oak_buf_text(&out));
	}
}

static void test_every_prefix_ends(void **state)
{
	static const char text[] = "version = \"1.0\"\n[[packages]]\nname = \"a\\\\\"\n\"b\" = {c = 'd', e = \"f\"}\n";
	(void)state;
	for (size_t n = 0; n < sizeof(text); n++) {
		OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
		struct oak_buf out OAK_AUTO(oak_buf_done);
		oak_buf_init(&out, 4096);
		const struct oak_toml_handler handler = {on_table, on_pair, &out};
		assert_true(oak_toml_read(arena, text, n, &handler) <= 5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_read), cmocka_unit_test(test_every_prefix_ends)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
