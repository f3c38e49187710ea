/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Patterns of excludes, versionlocks and zypp locks; vendors that count as one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "scanners/rpm/locks.h"

static const struct oak_nevra bash = {"bash", "1:5.1.8-2.el9", "x86_64"};

static void test_nevra_match(void **state)
{
	static const struct {
		const char *pattern;
		bool match;
	} cases[] = {{"bash", true},
		     {"ba*", true},
		     {"bas", false},
		     {"bash.x86_64", true},
		     {"bash.i686", false},
		     {"bash-5.1.8", true},
		     {"bash-5.1.8-2.el9", true},
		     {"bash-5.1.8-2.el9.x86_64", true},
		     {"bash-1:5.1.8-2.el9.x86_64", true},
		     {"bash-0:5.1.8-2.el9.x86_64", false},
		     {"1:bash-5.1.8-2.el9.x86_64", true},
		     {"bash-5.1.*", true},
		     {"bash-5.2*", false},
		     {"*.x86_64", true},
		     {"[ab]ash", true},
		     {"", false}};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (oak_nevra_match(cases[i].pattern, &bash) != cases[i].match)
			fail_msg("pattern '%s'", cases[i].pattern);
}

static bool held(struct oak_lock lock, const char *installed)
{
	struct oak_rpm_conf conf = {.locks = {&lock, 1, 1}};
	return oak_locks_find(&conf, "repo", &bash, installed) != NULL;
}

static void test_zypp(void **state)
{
	(void)state;
	struct oak_lock lock = {.kind = OAK_LOCK_ZYPP, .pattern = "ba*", .match = OAK_MATCH_GLOB};
	assert_true(held(lock, NULL));
	lock.match = OAK_MATCH_EXACT;
	assert_false(held(lock, NULL));
	lock = (struct oak_lock){.kind = OAK_LOCK_ZYPP, .pattern = "BASH", .match = OAK_MATCH_EXACT, .ignore_case = true};
	assert_true(held(lock, NULL));
	lock.op = ">=", lock.evr = "5.2";
	assert_true(held(lock, NULL)); /* 1:5.1.8 is above it: the epoch counts */
	lock.evr = "1:5.2";
	assert_false(held(lock, NULL));
	lock.op = "<";
	assert_true(held(lock, NULL));
	lock.op = "=", lock.evr = "1:5.1.8";
	assert_true(held(lock, NULL));
	lock.repo = "other";
	assert_false(held(lock, NULL));
	lock = (struct oak_lock){.kind = OAK_LOCK_ZYPP, .pattern = "as", .match = OAK_MATCH_SUBSTRING};
	assert_true(held(lock, NULL));
	lock.match = OAK_MATCH_REGEX, lock.pattern = "^b.s";
	assert_true(held(lock, NULL));
	lock.pattern = "("; /* no regular expression: holds nothing */
	assert_false(held(lock, NULL));
	lock = (struct oak_lock){.kind = OAK_LOCK_ZYPP, .pattern = "bash", .patch = true};
	assert_false(held(lock, NULL));
}

static void test_versionlock(void **state)
{
	(void)state;
	struct oak_lock lock = {.kind = OAK_LOCK_VERSIONLOCK, .pattern = "bash-1:5.1.8-2.el9.*"};
	assert_false(held(lock, "5.0-1"));
	lock.pattern = "bash-1:5.1.7-1.el9.*";
	assert_true(held(lock, "5.0-1"));
	lock.pattern = "1:bash-5.1.7-1.el9.*";
	assert_true(held(lock, "5.0-1"));
	lock.pattern = "zsh-0:1-1.*";
	assert_false(held(lock, "5.0-1"));
	lock.pattern = "!bash-1:5.1.8-2.el9.*";
	assert_true(held(lock, "5.0-1"));
}

static void test_vendor(void **state)
{
	(void)state;
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_rpm_conf conf = {.vendor_change = false};
	oak_ini_words(arena, "suse,opensuse", oak_push(arena, &conf.vendors));
	assert_true(oak_vendor_change_allowed(&conf, "SUSE LLC <https://www.suse.com/>", "openSUSE"));
	assert_true(oak_vendor_change_allowed(&conf, NULL, ""));
	assert_false(oak_vendor_change_allowed(&conf, "openSUSE", "Packman"));
	assert_false(oak_vendor_change_allowed(&conf, "obs://suse", "openSUSE"));
	conf.vendor_change = true;
	assert_true(oak_vendor_change_allowed(&conf, "openSUSE", "Packman"));
}

static void test_expand(void **state)
{
	(void)state;
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_map vars;
	oak_map_init(&vars, arena, 4);
	oak_map_put(&vars, "releasever", (void *)(uintptr_t)"9");
	assert_string_equal(oak_ini_expand(arena, &vars, "a/$releasever/${releasever}x/$nope/${nope}/$"), "a/9/9x/$nope/${nope}/$");
	assert_string_equal(oak_ini_expand(arena, &vars, "${nope:-d}${releasever:-d}${releasever:+y}${nope:+y}"), "d9y");
	assert_string_equal(oak_ini_expand(arena, &vars, "${open"), "${open");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_nevra_match), cmocka_unit_test(test_zypp),
					   cmocka_unit_test(test_versionlock), cmocka_unit_test(test_vendor),
					   cmocka_unit_test(test_expand)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
