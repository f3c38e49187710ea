/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Globs: each rule, agreement with the C library's matcher, the index against one pattern after the other, and time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <fnmatch.h>

#include "baseline/glob.h"

static void test_match(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *text;
		bool matches;
	} rows[] = {
		{"kernel", "kernel", true},	    {"KERNEL", "kernel", true},	    {"kernel", "kernel-default", false},
		{"kernel*", "kernel", true},	    {"ker?el", "kernel", true},	    {"*", "", true},
		{"", "", true},			    {"", "a", false},		    {"?", "", false},
		{"kernel-[0-9]*", "kernel-4.14", true}, {"kernel-[0-9]*", "kernel-x", false}, {"[!a-c]x", "dx", true},
		{"[^a-c]x", "bx", false},	    {"[]x]", "]", true},	    {"[a-", "[a-", true},
		{"[*]", "*", true},		    {"[*]", "x", false},	    {"*-dev", "libssl-dev", true},
		{"*-dev", "libssl-dev2", false},    {"lib*-*-dev", "libx-y-dev", true}, {"a*b*c", "aXbXbXc", true},
		{"a*b*c", "aXbXbX", false},	    {"**", "x", true},		    {"caf?", "caf\xC3\xA9", true},
		{"[A-Z]1", "q1", true},		    {"a-?", "a-", false},	    {"python3.[0-9]", "python3.9", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (oak_glob_match(rows[i].pattern, rows[i].text) != rows[i].matches)
			fail_msg("'%s' on '%s' is %d", rows[i].pattern, rows[i].text, !rows[i].matches);
}

static void test_runs(void **state)
{
	(void)state;
	static const struct {
		const char *pattern, *runs; /* separated by blanks */
		bool is_pattern;
	} rows[] = {
		{"kernel", "kernel", false}, {"lib*-dev", "lib -dev", true}, {"*", "", true},	  {"[ab]", "", true},
		{"a[b]ccc?d", "a ccc d", true}, {"[a", "[a", false},	     {"?x*yz", "x yz", true}, {"", "", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *p = rows[i].pattern, *wanted = rows[i].runs;
		struct oak_str run;

		assert_int_equal(oak_glob_is_pattern(p), rows[i].is_pattern);
		while (oak_glob_next_run(&p, &run)) {
			assert_memory_equal(run.p, wanted, run.n);
			wanted += run.n + (wanted[run.n] == ' ');
		}
		assert_string_equal(wanted, "");
	}
}

static uint64_t seed = 88172645463325252u;

static unsigned next_random(unsigned below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % below;
}

static void random_text(char *out, const char *letters, unsigned most)
{
	unsigned n = next_random(most + 1);

	for (unsigned i = 0; i < n; i++)
		out[i] = letters[next_random((unsigned)strlen(letters))];
	out[n] = '\0';
}

/* fnmatch treats '/' and a leading '.' and '\' specially only with flags or when they occur: they do not occur here. */
static void test_against_fnmatch(void **state)
{
	(void)state;
	char pattern[12], text[12];

	for (int i = 0; i < 200000; i++) {
		random_text(pattern, "aab**?c", 8);
		random_text(text, "aabbc", 8);
		if (oak_glob_match(pattern, text) != (fnmatch(pattern, text, 0) == 0))
			fail_msg("'%s' on '%s' differs from fnmatch", pattern, text);
	}
}

enum { PATTERNS = 400 };
static bool hit[PATTERNS];

static void mark(void *arg, size_t index)
{
	(void)arg;
	hit[index] = true;
}

static void test_set(void **state)
{
	(void)state;
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const char *patterns[PATTERNS];
	char text[16];

	for (size_t i = 0; i < PATTERNS; i++) {
		random_text(text, "abAB-c*?[a]", 9);
		patterns[i] = oak_arena_strdup(arena, text);
	}
	struct oak_glob_set *set = oak_glob_set_new(arena, patterns, PATTERNS);
	for (int round = 0; round < 5000; round++) {
		random_text(text, "abcABC-[", 10);
		memset(hit, 0, sizeof(hit));
		oak_glob_set_match(set, text, mark, NULL);
		for (size_t i = 0; i < PATTERNS; i++)
			if (hit[i] != oak_glob_match(patterns[i], text))
				fail_msg("the set says %d for '%s' on '%s'", hit[i], patterns[i], text);
	}
}

static void test_empty_set(void **state)
{
	(void)state;
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_glob_set *set = oak_glob_set_new(arena, NULL, 0);

	memset(hit, 0, sizeof(hit));
	oak_glob_set_match(set, "anything", mark, NULL);
	assert_false(hit[0]);
}

/* A pattern that makes naive matchers take for ever: this returns at once, or the test's limit ends it. */
static void test_hostile(void **state)
{
	(void)state;
	char pattern[4001], text[20001];

	for (size_t i = 0; i < sizeof(pattern) - 1; i += 2)
		memcpy(pattern + i, "*a", 2);
	pattern[sizeof(pattern) - 1] = '\0';
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 2] = 'b';
	text[sizeof(text) - 1] = '\0';
	assert_false(oak_glob_match(pattern, text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_match), cmocka_unit_test(test_runs),	cmocka_unit_test(test_against_fnmatch),
		cmocka_unit_test(test_set),   cmocka_unit_test(test_empty_set), cmocka_unit_test(test_hostile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
