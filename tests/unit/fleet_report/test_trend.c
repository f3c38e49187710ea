/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compliance by day and time to patch against promises; which verdict of a node counts; package URLs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "fleet/report/format.h"
#include "fleet/report/trend.h"

enum { DAY0 = 1792800000 }; /* 2026-10-24T00:00:00Z */
_Static_assert(DAY0 % OAK_DAY == 0, "a day begins");

static void test_days(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_trend_input input = {.from = DAY0 + 100, .until = DAY0 + 3 * OAK_DAY + 50};
	const struct oak_trend_point points[] = {
		{"b", DAY0 + 2 * OAK_DAY, OAK_UNKNOWN, 0},
		{"a", DAY0 - 9 * OAK_DAY, OAK_NON_COMPLIANT, 4}, /* before the first day: counts until the next one */
		{"a", DAY0 + OAK_DAY + 5, OAK_COMPLIANT, 0},
		{"a", DAY0 + 3 * OAK_DAY + 60, OAK_NON_COMPLIANT, 9}, /* after the end */
	};
	static const int64_t wanted[4][4] = {{1, 0, 1, 4}, {1, 1, 0, 0}, {2, 1, 0, 0}, {2, 1, 0, 0}}; /* nodes, compliant, not, missing */
	struct oak_trend trend;
	for (size_t i = 0; i < 4; i++)
		*oak_push(arena, &input.points) = points[i];
	oak_trend_make(arena, &input, &trend);
	assert_int_equal(trend.days.n, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(trend.days.v[i].at, DAY0 + (oak_time)i * OAK_DAY);
		assert_int_equal(trend.days.v[i].nodes, wanted[i][0]);
		assert_int_equal(trend.days.v[i].by_status[OAK_COMPLIANT], wanted[i][1]);
		assert_int_equal(trend.days.v[i].by_status[OAK_NON_COMPLIANT], wanted[i][2]);
		assert_int_equal(trend.days.v[i].missing, wanted[i][3]);
	}
	oak_arena_free(arena);
}

static void test_promises(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	const oak_time from = DAY0, until = DAY0 + 30 * OAK_DAY;
	struct oak_trend_input input = {.from = from, .until = until};
	const struct oak_trend_patch patches[] = {
		{"a", "in-time", OAK_LEVEL_CRITICAL, from, from + 7 * OAK_DAY, OAK_TIME_NONE}, /* exactly is in time */
		{"a", "late", OAK_LEVEL_CRITICAL, from, from + 7 * OAK_DAY + 1, OAK_TIME_NONE},
		{"a", "approved-before", OAK_LEVEL_CRITICAL, from, from + OAK_DAY, from - 9 * OAK_DAY}, /* the clock is the approval's */
		{"b", "open", OAK_LEVEL_CRITICAL, until - OAK_DAY, OAK_TIME_NONE, OAK_TIME_NONE},
		{"b", "overdue", OAK_LEVEL_CRITICAL, until - 20 * OAK_DAY, OAK_TIME_NONE, OAK_TIME_NONE},
		{"b", "closed-later", OAK_LEVEL_CRITICAL, until - 2 * OAK_DAY, until + OAK_DAY, OAK_TIME_NONE}, /* open as of then */
		{"b", "long-ago", OAK_LEVEL_CRITICAL, from - 9 * OAK_DAY, from - OAK_DAY, OAK_TIME_NONE},
		{"b", "no-promise", OAK_LEVEL_LOW, from, from + 29 * OAK_DAY, OAK_TIME_NONE},
	};
	struct oak_trend trend;
	input.sla[OAK_LEVEL_CRITICAL] = 7 * OAK_DAY;
	for (size_t i = 0; i < sizeof(patches) / sizeof(*patches); i++)
		*oak_push(arena, &input.patches) = patches[i];
	oak_trend_make(arena, &input, &trend);
	const struct oak_trend_level *l = &trend.levels[OAK_LEVEL_CRITICAL];
	assert_int_equal(l->closed, 3);
	assert_int_equal(l->within, 1);
	assert_int_equal(l->late, 2);
	assert_int_equal(l->open, 3);
	assert_int_equal(l->overdue, 1);
	assert_int_equal(l->median, 7 * OAK_DAY + 1);
	assert_int_equal(l->p90, 10 * OAK_DAY);
	assert_int_equal(trend.overdue.n, 1);
	assert_string_equal(trend.overdue.v[0].patch, "overdue");
	assert_int_equal(trend.overdue.v[0].due, until - 13 * OAK_DAY);
	assert_int_equal(trend.levels[OAK_LEVEL_LOW].closed, 1);
	assert_int_equal(trend.levels[OAK_LEVEL_LOW].within, 0);
	oak_arena_free(arena);
}

static void test_newest(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_report report;
	struct oak_inventory *inventory = oak_inventory_new(arena);
	struct oak_verdict v = {.arena = arena, .inventory = inventory, .evaluated_at = DAY0};
	inventory->node.id = "n";
	oak_report_init(&report, arena, OAK_REPORT_COMPLIANCE, DAY0 + 8 * OAK_DAY);
	*oak_push(arena, &v.patches) = (struct oak_patch){.id = "p", .state = OAK_STATE_MISSING};
	v.summary.status = OAK_NON_COMPLIANT;
	oak_report_add(&report, &v, "new", 0);
	v.evaluated_at--;
	v.summary.status = OAK_COMPLIANT;
	oak_report_add(&report, &v, "old", 0);
	oak_report_know(&report, &(struct oak_node){.id = "m"});
	oak_report_finish(&report);
	assert_int_equal(report.totals.nodes, 2);
	assert_int_equal(report.totals.by_status[OAK_NON_COMPLIANT], 1);
	assert_int_equal(report.totals.by_status[OAK_UNKNOWN], 1);
	assert_int_equal(report.totals.never_scanned, 1);
	assert_int_equal(report.totals.stale, 1);
	assert_string_equal(report.nodes.v[1]->file, "new");
	assert_int_equal(report.nodes.v[1]->bad.n, 1);
	oak_arena_free(arena);
}

static void test_purl(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	const struct oak_platform debian = {.family = "debian", .id = "debian", .version = "12"};
	const struct oak_platform rhel = {.family = "rhel", .id = "rhel", .version = "9.4"}, windows = {.family = "windows", .id = "windows"};
	assert_string_equal(oak_purl(arena, &debian, "g++-12", "amd64", "1:12.2.0-14+deb12u1"),
			    "pkg:deb/debian/g%2B%2B-12@1:12.2.0-14%2Bdeb12u1?arch=amd64&distro=debian-12");
	assert_string_equal(oak_purl(arena, &rhel, "openssl", "x86_64", "1:3.0.7-27.el9"),
			    "pkg:rpm/rhel/openssl@3.0.7-27.el9?arch=x86_64&distro=rhel-9.4&epoch=1");
	assert_string_equal(oak_purl(arena, &rhel, "bash", "x86_64", "0:5.1-1.el9"), "pkg:rpm/rhel/bash@5.1-1.el9?arch=x86_64&distro=rhel-9.4");
	assert_null(oak_purl(arena, &windows, "KB5000001", "", NULL));
	oak_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_days), cmocka_unit_test(test_promises), cmocka_unit_test(test_newest),
					   cmocka_unit_test(test_purl)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
