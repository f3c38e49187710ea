/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The approval clock: which evidence counts first, and the instant at which a rule approves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "baseline/approval.h"

#define NOW ((oak_time)1795435200) /* 2026-11-23T12:00:00Z */
#define AGO(days) (NOW - (oak_time)(days) * OAK_DAY)

/* Everything that can be known about one version; NONE = absent. Days ago. */
struct row {
	const char *what;
	int advisory_updated, advisory_issued, update_updated, built, release_date, first_seen, watched_since, memory;
	bool memory_watched, memory_is_date, lost, by_issue;
	int expected;
	enum oak_release_basis basis;
};

static oak_time when(int days)
{
	return days < 0 ? OAK_TIME_NONE : AGO(days);
}

static void check(const struct row *row)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_inventory *inventory = oak_inventory_new(arena);
	struct oak_repository *r = oak_push(arena, &inventory->repositories);
	struct oak_baseline baseline = {.honour_delay = true, .date_basis = row->by_issue ? OAK_DATE_ISSUED : OAK_DATE_UPDATED};
	struct oak_memory memory = {.lost = row->lost};
	struct oak_update update;
	struct oak_advisory advisory;
	struct oak_evidence evidence;

	inventory->collected_at = AGO(1);
	oak_repository_init(r);
	r->id = "r";
	r->release_date = when(row->release_date);
	r->watched_since = when(row->watched_since);
	oak_update_init(&update);
	update.name = "curl";
	update.arch = "amd64";
	update.evr = "2";
	update.updated = when(row->update_updated);
	update.built = when(row->built);
	update.first_seen = when(row->first_seen);
	*oak_push(arena, &update.origins) = "r";
	oak_advisory_init(&advisory);
	advisory.updated = when(row->advisory_updated);
	advisory.issued = when(row->advisory_issued);
	if (row->memory >= 0)
		*oak_push(arena, &memory.first_seen) = (struct oak_first_seen){"r", "curl", "amd64", "2", when(row->memory), row->memory_watched,
									      row->memory_is_date, false};
	oak_evidence_init(&evidence, arena, inventory, &memory, NOW);
	struct oak_release release = oak_release_of(&evidence, &baseline, &update, &advisory);
	if (release.at != AGO(row->expected) || release.basis != row->basis)
		fail_msg("%s: %lld days ago by basis %d instead of %d by %d", row->what, (long long)((NOW - release.at) / OAK_DAY),
			 (int)release.basis, row->expected, (int)row->basis);
}

static void test_evidence(void **state)
{
	(void)state;
	static const struct row rows[] = {
		/*                          au  ai  uu  bu  rd  fs  ws  me */
		{"all: the advisory",        2, 30, 40, 50, 60, 5, 90, 6, true, false, false, false, 2, OAK_BASIS_ADVISORY_UPDATED},
		{"by issue",                 2, 30, 40, 50, 60, 5, 90, 6, true, false, false, true, 30, OAK_BASIS_ADVISORY_ISSUED},
		{"by issue, only updated",   2, -1, -1, 50, 60, 5, 90, 6, true, false, false, true, 2, OAK_BASIS_ADVISORY_UPDATED},
		{"only issued",             -1, 30, -1, 50, 60, 5, 90, 6, true, false, false, false, 30, OAK_BASIS_ADVISORY_ISSUED},
		{"the update's own date",   -1, -1, 40, 50, 60, 5, 90, 6, true, false, false, false, 40, OAK_BASIS_ADVISORY_UPDATED},
		{"first seen, watched",     -1, -1, -1, 50, 60, 5, 90, 6, true, false, false, false, 6, OAK_BASIS_FIRST_SEEN},
		{"inventory, watched",      -1, -1, -1, 50, 60, 5, 90, -1, false, false, false, false, 5, OAK_BASIS_FIRST_SEEN},
		{"same scan is not watched", -1, -1, -1, 50, 60, 5, 5, -1, false, false, false, false, 50, OAK_BASIS_BUILD_TIME},
		{"not watched: built",      -1, -1, -1, 50, 60, 5, -1, 6, false, false, false, false, 50, OAK_BASIS_BUILD_TIME},
		{"not built: Release date", -1, -1, -1, -1, 60, 5, -1, 6, false, false, false, false, 60, OAK_BASIS_RELEASE_DATE},
		{"Release date is later",   -1, -1, -1, -1, 2, 5, -1, 6, false, false, false, false, 6, OAK_BASIS_FIRST_SCAN},
		{"Release date remembered", -1, -1, -1, -1, 2, 5, -1, 6, false, true, false, false, 6, OAK_BASIS_RELEASE_DATE},
		{"nothing: this scan",      -1, -1, -1, -1, -1, -1, -1, -1, false, false, false, false, 1, OAK_BASIS_FIRST_SCAN},
		{"built after it was seen", -1, -1, -1, 0, -1, -1, -1, 6, false, false, false, false, 6, OAK_BASIS_FIRST_SCAN},
		{"lost: the scan since",    -1, -1, -1, 50, 60, -1, -1, 3, false, false, true, false, 3, OAK_BASIS_FIRST_SCAN},
		{"lost: advisories count",   9, -1, -1, 50, 60, -1, -1, 3, false, false, true, false, 9, OAK_BASIS_ADVISORY_UPDATED},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check(&rows[i]);
}

static void test_instant(void **state)
{
	(void)state;
	const struct oak_rule week = {.has_days = true, .approve_after_days = 7, .approve_until = OAK_TIME_NONE};
	const struct oak_rule today = {.has_days = true, .approve_after_days = 0, .approve_until = OAK_TIME_NONE};
	const struct oak_rule until = {.approve_until = AGO(6)};
	const struct oak_rule none = {.approve_until = OAK_TIME_NONE};
	struct oak_baseline baseline = {.honour_delay = true};
	const struct oak_release edge = {AGO(7), OAK_BASIS_ADVISORY_UPDATED, false}, seen = {NOW, OAK_BASIS_FIRST_SCAN, true};

	assert_int_equal(oak_approval_at(&baseline, &week, &edge), NOW);
	assert_false(oak_approval_reached(&week, &edge, NOW, NOW)); /* strict */
	assert_true(oak_approval_reached(&week, &edge, NOW, NOW + 1));
	assert_true(oak_approval_reached(&today, &seen, NOW, NOW)); /* first seen in this very scan */
	assert_int_equal(oak_approval_at(&baseline, &until, &edge), AGO(7));
	assert_true(oak_approval_reached(&until, &edge, AGO(7), NOW));
	const struct oak_release late = {AGO(6), OAK_BASIS_ADVISORY_UPDATED, false};
	assert_int_equal(oak_approval_at(&baseline, &until, &late), OAK_TIME_NEVER);
	assert_false(oak_approval_reached(&until, &late, OAK_TIME_NEVER, NOW));
	assert_int_equal(oak_approval_at(&baseline, &none, &edge), OAK_TIME_NONE);
	baseline.undated = OAK_UNDATED_HOLD;
	assert_int_equal(oak_approval_at(&baseline, &week, &seen), OAK_TIME_NEVER);
	assert_int_equal(oak_approval_at(&baseline, &week, &edge), NOW);
	baseline.undated = OAK_UNDATED_APPROVE;
	assert_int_equal(oak_approval_at(&baseline, &week, &seen), OAK_TIME_NONE);
	baseline.honour_delay = false;
	assert_int_equal(oak_approval_at(&baseline, &week, &edge), OAK_TIME_NONE);
	assert_true(oak_approval_reached(&week, &edge, OAK_TIME_NONE, NOW));
	const struct oak_release far = {OAK_TIME_NEVER - 10, OAK_BASIS_ADVISORY_UPDATED, false};
	baseline = (struct oak_baseline){.honour_delay = true};
	assert_int_equal(oak_approval_at(&baseline, &week, &far), OAK_TIME_NEVER); /* no overflow */
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_evidence), cmocka_unit_test(test_instant)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
