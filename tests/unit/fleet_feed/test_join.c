/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Feeds onto updates: which version gets which advisory, which date, severity and mark. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fleet/feed/join.h"

#define NOW ((oak_time)1795435200) /* 2026-11-23T12:00:00Z */

static char dir[64];

static void import(const char *name, bool add)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_feed_infos infos = {0};
	struct oak_error err = {0};
	const char *path = oak_arena_printf(arena, "%s/feeds/%s", TEST_DATA, name);
	const struct oak_feed_import options = {.dir = dir, .path = path, .now = NOW, .add = add};
	if (oak_feed_import(&options, arena, &infos, &err) < 0)
		fail_msg("%s: %s %s", err.id, err.trail, err.cause);
}

static int setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/oakum-feed-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	char *const argv[] = {"rm", "-rf", dir, NULL};
	pid_t pid = fork();
	if (pid == 0) {
		execvp("rm", argv);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
	return 0;
}

/* A host with one package of SOURCE at INSTALLED, and versions above it from CODENAME. */
struct host {
	struct oak_arena *arena;
	struct oak_inventory *inventory;
};

static struct host host_new(const char *family, const char *id, const char *version, const char *codename)
{
	struct host h = {.arena = oak_arena_new()};
	h.inventory = oak_inventory_new(h.arena);
	h.inventory->node.platform.family = family;
	h.inventory->node.platform.id = id;
	h.inventory->node.platform.version = version;
	*oak_push(h.arena, &h.inventory->repositories) = (struct oak_repository){.id = "r", .codename = codename, .trusted = true};
	return h;
}

static void add_package(struct host *h, const char *name, const char *source, const char *evr)
{
	*oak_push(h->arena, &h->inventory->packages) =
		(struct oak_package){.name = name, .arch = "amd64", .evr = evr, .source = source};
}

static struct oak_update *add_update(struct host *h, const char *name, const char *source, const char *evr, bool security)
{
	struct oak_update *u = oak_push(h->arena, &h->inventory->updates);
	*u = (struct oak_update){.name = name, .arch = "amd64", .evr = evr, .source = source, .security = security};
	*oak_push(h->arena, &u->origins) = "r";
	return u;
}

/* "id class severity date cves exploited;…" of an update. */
static const char *told(const struct host *h, size_t i)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	const struct oak_update *u = &h->inventory->updates.v[i];
	oak_buf_init(&buf, 1 << 16);
	for (size_t k = 0; k < u->advisories.n; k++) {
		const struct oak_advisory *a = &u->advisories.v[k];
		char at[OAK_TIME_TEXT];
		oak_buf_addf(&buf, "%s%s %s %s %.10s", k ? "; " : "", a->id, a->classification ? a->classification : "-",
			     a->severity ? a->severity : "-", oak_time_format(a->issued, at));
		for (size_t m = 0; m < a->cves.n; m++)
			oak_buf_addf(&buf, " %s", a->cves.v[m]);
		for (size_t m = 0; m < a->known_exploited.n; m++)
			oak_buf_addf(&buf, " !%s", a->known_exploited.v[m]);
	}
	return oak_arena_strdup(h->arena, oak_buf_text(&buf));
}

static void test_tracker_alone(void **state)
{
	(void)state;
	import("tracker.json", false);
	struct host h = host_new("debian", "debian", "12", "bookworm-security");
	add_package(&h, "libalpha1", "libalpha", "1.0-1");
	add_package(&h, "beta-tools", "beta (1:2.0-1)", "2.0-7");
	add_update(&h, "libalpha1", "libalpha", "1.0-1+deb12u1", true);
	add_update(&h, "libalpha1", "libalpha", "1.0-1+deb12u3+b2", true); /* a rebuild of u3 */
	add_update(&h, "beta-tools", "beta (1:2.1-1)", "2.1-9", false);
	oak_feed_join(dir, NOW, h.inventory);
	/* each fix at the lowest version that has it; a CVE has no date; from the security archive it is Security */
	assert_string_equal(told(&h, 0), "CVE-2026-1001 Security High - CVE-2026-1001");
	assert_string_equal(told(&h, 1), "CVE-2026-1002 Security Low - CVE-2026-1002");
	/* what is installed has CVE-2026-2001 already; a point release is not called security for a CVE's sake */
	assert_string_equal(told(&h, 2), "TEMP-0000000-ABCDEF - - -");
	assert_false(h.inventory->updates.v[2].security);
	assert_int_equal(h.inventory->problems.n, 0);
	oak_arena_free(h.arena);
}

static void test_notice_over_cves(void **state)
{
	(void)state;
	import("tracker.json", false);
	import("dsa.list", false);
	import("kev.json", false);
	struct host h = host_new("debian", "debian", "12", "bookworm-updates");
	add_package(&h, "libalpha1", "libalpha", "1.0-1");
	add_update(&h, "libalpha1", "libalpha", "1.0-1+deb12u2", false);
	oak_feed_join(dir, NOW, h.inventory);
	/* the notice names both CVEs: one advisory, with the worst severity, its date (this very version) and the mark */
	assert_string_equal(told(&h, 0), "DSA-6001-1 Security High 2026-11-20 CVE-2026-1001 CVE-2026-1002 !CVE-2026-1001");
	assert_true(h.inventory->updates.v[0].security);
	oak_arena_free(h.arena);

	/* a later version has the fix, but was not released on the notice's day */
	h = host_new("debian", "debian", "12", "bookworm-security");
	add_package(&h, "libalpha1", "libalpha", "1.0-1");
	add_update(&h, "libalpha1", "libalpha", "1.0-1+deb12u5", true);
	oak_feed_join(dir, NOW, h.inventory);
	assert_string_equal(told(&h, 0), "DSA-6001-1 Security High - CVE-2026-1001 CVE-2026-1002 !CVE-2026-1001");
	oak_arena_free(h.arena);

	/* another release, another fix; a package that was never affected */
	h = host_new("debian", "debian", "13", "trixie-security");
	add_package(&h, "libalpha1", "libalpha", "1.2-1");
	add_package(&h, "gamma", NULL, "3.0-1");
	add_update(&h, "libalpha1", "libalpha", "1.2-2", true);
	add_update(&h, "gamma", NULL, "3.0-2", true);
	oak_feed_join(dir, NOW, h.inventory);
	assert_string_equal(told(&h, 0), "");
	assert_string_equal(told(&h, 1), "DSA-5999-2 Security - 2026-11-01");
	oak_arena_free(h.arena);
}

static void test_ubuntu(void **state)
{
	(void)state;
	import("notices.json", false);
	import("cves.json", false);
	import("kev.json", false);
	/* the release is known from the origin, or from the host */
	static const char *const codenames[] = {"jammy-updates", NULL, "stable"};
	for (size_t i = 0; i < 3; i++) {
		struct host h = host_new("debian", "ubuntu", "22.04", codenames[i]);
		add_package(&h, "libdelta1", "delta", "1.9-1");
		add_update(&h, "libdelta1", "delta", "2.0-0ubuntu0.22.04.1", false);
		oak_feed_join(dir, NOW, h.inventory);
		assert_string_equal(told(&h, 0),
				    "USN-9001-1 Security Critical 2026-11-10 CVE-2026-3001 CVE-2026-3002 !CVE-2026-3002");
		assert_true(h.inventory->updates.v[0].security);
		oak_arena_free(h.arena);
	}
}

static void test_osv(void **state)
{
	(void)state;
	import("osv.json", false);
	struct host h = host_new("rhel", "almalinux", "9.4", NULL);
	add_package(&h, "epsilon-libs", "epsilon", "1:2.4-1.el9");
	add_update(&h, "epsilon-libs", "epsilon", "1:2.4-5.el9", false);
	oak_feed_join(dir, NOW, h.inventory);
	assert_string_equal(told(&h, 0), "ALSA-2026:0001 Security Important 2026-11-01 CVE-2026-4001");
	oak_arena_free(h.arena);
	h = host_new("debian", "debian", "12", "bookworm");
	add_package(&h, "libzeta", "zeta", "5.0-1");
	add_update(&h, "libzeta", "zeta", "5.0-2", false);
	oak_feed_join(dir, NOW, h.inventory);
	assert_string_equal(told(&h, 0), "CVE-2026-5001 - Low - CVE-2026-5001");
	oak_arena_free(h.arena);
}

static void test_known_exploited_in_foreign_advisories(void **state)
{
	(void)state;
	import("kev.json", false);
	struct host h = host_new("rhel", "rhel", "9.4", NULL);
	struct oak_update *u = add_update(&h, "x", NULL, "1-1", true);
	struct oak_advisory *a = oak_push(h.arena, &u->advisories);
	*a = (struct oak_advisory){.id = "RHSA-2026:1", .classification = "Security", .issued = NOW};
	*oak_push(h.arena, &a->cves) = "CVE-2026-3002";
	oak_feed_join(dir, NOW, h.inventory);
	assert_string_equal(told(&h, 0), "RHSA-2026:1 Security - 2026-11-23 CVE-2026-3002 !CVE-2026-3002");
	oak_arena_free(h.arena);
}

static void test_marks(void **state)
{
	(void)state;
	struct oak_feed_mark mark;
	struct oak_error err = {0};
	import("kev.json", false);
	import("epss.csv", false);
	OAK_AUTO(oak_feed_marks_free_p) struct oak_feed_marks *marks = NULL;
	assert_int_equal(oak_feed_marks_open(dir, &marks, &err), 0);
	assert_int_equal(oak_feed_mark_of(marks, "CVE-2026-1001", &mark, &err), 0);
	assert_true(mark.known_exploited && mark.ransomware && mark.scored);
	assert_true(mark.epss > 0.969 && mark.epss < 0.971);
	assert_int_equal(oak_feed_mark_of(marks, "CVE-2026-1002", &mark, &err), 0);
	assert_true(!mark.known_exploited && mark.scored && mark.epss > 0 && mark.epss < 0.001);
	assert_int_equal(oak_feed_mark_of(marks, "CVE-1999-0001", &mark, &err), 0);
	assert_true(!mark.known_exploited && !mark.scored);
}

static void test_replace_and_add(void **state)
{
	(void)state;
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_feed_infos infos = {0};
	struct oak_error err = {0};
	import("tracker.json", false);
	import("tracker.json", true); /* the same again changes nothing */
	import("osv.json", true);
	assert_int_equal(oak_feed_list(dir, arena, &infos, &err), 0);
	assert_int_equal(infos.list.n, 3);
	assert_string_equal(infos.list.v[0].name, "debian-tracker");
	assert_int_equal(infos.list.v[0].advisories, 5);
	assert_int_equal(infos.list.v[0].fixes, 4);
}

static void test_damaged_and_old(void **state)
{
	(void)state;
	char path[128];
	import("tracker.json", false);
	import("dsa.list", false);
	snprintf(path, sizeof(path), "%s/debian-dsa.db", dir);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs("this is no database, this is a text that is long enough to be looked at, again and again and again", f);
	fclose(f);
	struct host h = host_new("debian", "debian", "12", "bookworm-security");
	add_package(&h, "libalpha1", "libalpha", "1.0-1");
	add_update(&h, "libalpha1", "libalpha", "1.0-1+deb12u1", true);
	oak_feed_join(dir, NOW + 20 * OAK_DAY, h.inventory);
	assert_string_equal(told(&h, 0), "CVE-2026-1001 Security High - CVE-2026-1001"); /* the other feed still counts */
	assert_int_equal(h.inventory->problems.n, 2);
	assert_string_equal(h.inventory->problems.v[0].kind, "feed-unreadable");
	assert_string_equal(h.inventory->problems.v[0].subject, "debian-dsa");
	assert_string_equal(h.inventory->problems.v[1].kind, "feed-old");
	oak_arena_free(h.arena);
}

static void test_source_names(void **state)
{
	(void)state;
	static const struct {
		const char *source, *name, *evr, *package, *version;
	} rows[] = {
		{NULL, "a", "1.0-1", "a", "1.0-1"},
		{"b", "a", "1.0-1+b1", "b", "1.0-1"},
		{"b (2:1.0-3)", "a", "4.5", "b", "2:1.0-3"},
		{NULL, "a", "1.0-1+deb12u1", "a", "1.0-1+deb12u1"},
		{NULL, "a", "1.0+b", "a", "1.0+b"},
		{NULL, "a", "12", "a", "12"},
	};
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *package, *version;
		oak_feed_source(arena, rows[i].source, rows[i].name, rows[i].evr, &package, &version);
		assert_string_equal(package, rows[i].package);
		assert_string_equal(version, rows[i].version);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_tracker_alone), TEST(test_notice_over_cves), TEST(test_ubuntu), TEST(test_osv),
		TEST(test_known_exploited_in_foreign_advisories), TEST(test_marks), TEST(test_replace_and_add),
		TEST(test_damaged_and_old), TEST(test_source_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
