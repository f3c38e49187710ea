/* SPDX-License-Identifier: GPL-3.0-or-later */
/* List entries: every spelling of a package, ids, versions with operators, and what is no spelling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "baseline/match.h"

static bool names(enum oak_flavour flavour, const char *pattern, const char *name, const char *arch, const char *evr)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const struct oak_entry entry = {.pattern = pattern, .expires = OAK_TIME_NONE};
	struct oak_matcher *matcher = oak_matcher_new(arena, &entry, 1, flavour);
	struct oak_hits hits = {0};

	oak_matcher_package(matcher, name, arch, evr, &hits);
	return hits.list.n == 1;
}

struct row {
	const char *pattern;
	bool matches;
};

static void check(enum oak_flavour flavour, const struct row *rows, size_t n, const char *name, const char *arch, const char *evr)
{
	for (size_t i = 0; i < n; i++)
		if (names(flavour, rows[i].pattern, name, arch, evr) != rows[i].matches)
			fail_msg("'%s' on %s.%s %s is %d", rows[i].pattern, name, arch, evr, !rows[i].matches);
}
#define CHECK(flavour, rows, name, arch, evr) check(flavour, rows, sizeof(rows) / sizeof(*(rows)), name, arch, evr)

static void test_rpm(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"bind", true},		      {"bind.x86_64", true},	    {"bind-9.16", true},
		{"bind-9.16-3.el9", true},    {"bind-9.16-3.el9.x86_64", true}, {"bind-32:9.16-3.el9", true},
		{"bind-32:9.16-3.el9.x86_64", true}, {"32:bind-9.16-3.el9.x86_64", true}, {"bind.x86_64:32:9.16-3.el9", true},
		{"BIND*", true},	      {"bind-libs", false},	    {"bin", false},
		{"9.16", false},	      {"9.16-3.el9", false},	    {"32:9.16-3.el9", false},
		{"bind.i686", false},	      {"bind-0:9.16-3.el9", false}, {"bind = 32:9.16-3.el9", true},
		{"bind=32:9.16", true},	      {"bind < 32:9.17", true},	    {"bind >= 32:9.17", false},
		{"bind >= 32:9.10 < 32:9.16", false}, {"bind >= 32:9.10 <= 32:9.16", true}, {"bi* != 32:9.16-3.el9", false},
		{"bind.x86_64 > 32:9.16-2", true}, {"bind:x86_64", false},
	};
	CHECK(OAK_FLAVOUR_RPM, rows, "bind", "x86_64", "32:9.16-3.el9");
	CHECK(OAK_FLAVOUR_SUSE, rows, "bind", "x86_64", "32:9.16-3.el9");
}

static void test_deb(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{"libssl3", true},	  {"libssl3.amd64", true},	{"libssl3:amd64", true},
		{"libssl3-1:3.0.1-1", true}, {"libssl3.amd64:1:3.0.1-1", true}, {"libssl?", true},
		{"libssl3-dev", false},	  {"amd64:1:3.0.1-1", false},	{"1:3.0.1-1", false},
		{"libssl3 < 1:3.0.2", true}, {"libssl3=1:3.0.1-1", true}, {"libssl3 = 3.0.1-1", false},
	};
	CHECK(OAK_FLAVOUR_DEB, rows, "libssl3", "amd64", "1:3.0.1-1");
}

static void test_without_version(void **state)
{
	(void)state;
	static const struct row rows[] = {{"bind", true}, {"bind.x86_64", true}, {"bind < 2", false}, {"bind-*", false}};
	CHECK(OAK_FLAVOUR_RPM, rows, "bind", "x86_64", NULL);
}

static size_t hits_of(const char *const *patterns, size_t n, enum oak_flavour flavour, const struct oak_update *update,
		      const struct oak_advisory *advisory)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_entry entries[16];
	struct oak_hits hits = {0};

	for (size_t i = 0; i < n; i++)
		entries[i] = (struct oak_entry){.pattern = patterns[i], .expires = OAK_TIME_NONE};
	struct oak_matcher *matcher = oak_matcher_new(arena, entries, n, flavour);
	oak_matcher_candidate(matcher, update, advisory, &hits);
	for (size_t i = 1; i < hits.list.n; i++)
		assert_true(hits.list.v[i - 1].entry < hits.list.v[i].entry);
	return hits.list.n;
}

static void test_ids(void **state)
{
	(void)state;
	const char *cves[] = {"CVE-2026-1", "CVE-2026-2"}, *bugs[] = {"1234567"};
	struct oak_advisory advisory = {.id = "RHSA-2026:0001", .cves = {cves, 2, 2}, .bugs = {bugs, 1, 1}};
	const struct oak_update update = {.name = "openssl", .arch = "x86_64", .evr = "1.1-1"};
	static const char *const yes[] = {"rhsa-2026:0001", "cve-2026-2", "1234567", "patch:RHSA-2026:0001", "openssl*", "openssl"};
	static const char *const no[] = {"RHSA-2026", "CVE-2026-*", "123456", "rhsa-2026:0001 = 1", "CVE-2026-11"};

	assert_int_equal(hits_of(yes, 6, OAK_FLAVOUR_RPM, &update, &advisory), 6);
	assert_int_equal(hits_of(no, 5, OAK_FLAVOUR_RPM, &update, &advisory), 0);
}

static void test_windows(void **state)
{
	(void)state;
	const struct oak_update update = {.name = "title", .arch = "", .evr = "1", .kb = "KB2032276", .update_id = "abc-def",
					  .title = "Security (ms10-048) and MS10-0489 MS1-048"};
	static const char *const yes[] = {"KB2032276", "kb2032276", "2032276", "MS10-048", "ABC-DEF"};
	static const char *const no[] = {"KB203227", "MS10-049", "MS10-0489", "KB*"};

	assert_int_equal(hits_of(yes, 5, OAK_FLAVOUR_WINDOWS, &update, NULL), 5);
	assert_int_equal(hits_of(no, 4, OAK_FLAVOUR_WINDOWS, &update, NULL), 0);
}

static void test_unmatched(void **state)
{
	(void)state;
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	static const char *const patterns[] = {"here", "elsewhere", "glob*", "CVE-2024-1", "RHSA-2017:0864", "1234", "KB12",
					       "MS10-048", "4.14.109", "DSA-5000-1", "7zip", "kernel-4.18.0-2023.el8"};
	struct oak_entry entries[12];
	struct oak_hits hits = {0};

	for (size_t i = 0; i < 12; i++)
		entries[i] = (struct oak_entry){.pattern = patterns[i], .expires = OAK_TIME_NONE};
	struct oak_matcher *matcher = oak_matcher_new(arena, entries, 12, OAK_FLAVOUR_RPM);
	oak_matcher_package(matcher, "here", "x86_64", "1-1", &hits);
	assert_int_equal(oak_matcher_unmatched_names(matcher), 3); /* elsewhere, 7zip, kernel-4.18… */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rpm), cmocka_unit_test(test_deb),	    cmocka_unit_test(test_without_version),
		cmocka_unit_test(test_ids), cmocka_unit_test(test_windows), cmocka_unit_test(test_unmatched),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
