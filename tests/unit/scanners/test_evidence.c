/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Build dates: asked for once, kept by hash, never without being allowed to; through a fetcher of the test's own. */
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

#include "core/fs.h"
#include "scanners/evidence.h"

#define NOW ((oak_time)1795435200)
#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static char dir[64];
static int asked;
static const struct oak_http_access *last_access;

/* Answers "…/DATE.deb" with a head of that date, "…/html" with a page, anything else with 404. */
static int fetch(struct oak_fetcher *f, struct oak_transfer *v, size_t n, void (*done)(void *arg, const struct oak_transfer *t),
		 void *arg, struct oak_error *err)
{
	(void)f;
	(void)done;
	(void)arg;
	(void)err;
	for (size_t i = 0; i < n; i++, asked++) {
		long long date;
		assert_int_equal(v[i].length, 132);
		last_access = v[i].access;
		if (sscanf(v[i].url, "http://host/%lld.deb", &date) == 1)
			oak_buf_addf(v[i].body, "!<arch>\ndebian-binary   %-12lld0     0     100644  4         `\n2.0\n", date);
		else if (strstr(v[i].url, "html"))
			oak_buf_adds(v[i].body, "<html>");
		else
			oak_fail(&v[i].err, OAK_NOT_FOUND, "http.status", 404, "cannot fetch '%s'", v[i].url);
	}
	return 0;
}
static struct oak_fetcher fetcher = {.fetch = fetch};

static struct oak_update *add(struct oak_inventory *i, const char *uri, const char *hash)
{
	struct oak_update *u = oak_push(i->arena, &i->updates);
	*u = (struct oak_update){.name = "x", .arch = "amd64", .evr = "1", .uri = uri, .sha256 = hash, .built = OAK_TIME_NONE};
	return u;
}

static void date_all(struct oak_inventory *i, bool network)
{
	const struct oak_evidence_request request = {.cache_dir = dir, .fetcher = network ? &fetcher : NULL, .now = NOW};
	oak_evidence_build_dates(&request, i);
}

static void test_kept_for_ever(void **state)
{
	(void)state;
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_inventory *i = oak_inventory_new(arena);
	add(i, "http://host/1791032861.deb", HASH_A);
	date_all(i, false); /* not allowed: not asked, and no problem either */
	assert_int_equal(i->updates.v[0].built, OAK_TIME_NONE);
	assert_int_equal(asked, 0);
	assert_int_equal(i->problems.n, 0);
	date_all(i, true);
	assert_int_equal(i->updates.v[0].built, 1791032861);
	assert_int_equal(asked, 1);
	for (int network = 0; network < 2; network++) { /* from then on by its hash, wherever it lies */
		i = oak_inventory_new(arena);
		add(i, "http://elsewhere/x.deb", HASH_A);
		date_all(i, network);
		assert_int_equal(i->updates.v[0].built, 1791032861);
		assert_int_equal(asked, 1);
	}
}

static void test_not_learned(void **state)
{
	(void)state;
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_inventory *i = oak_inventory_new(arena);
	add(i, "http://host/absent", HASH_B);
	add(i, "http://host/html", HASH_B);
	add(i, "http://host/0.deb", HASH_B);          /* reproducible to the point of having no date */
	add(i, "http://host/1895435200.deb", HASH_B); /* of the future */
	add(i, "cdrom:[x]/y.deb", HASH_B);            /* nothing that is fetched */
	add(i, "http://host/1791032000.deb", NULL);   /* without a hash: used, not kept */
	add(i, NULL, HASH_B);
	date_all(i, true);
	for (size_t k = 0; k < 7; k++)
		assert_int_equal(i->updates.v[k].built, k == 5 ? 1791032000 : OAK_TIME_NONE);
	assert_int_equal(i->problems.n, 1);
	assert_string_equal(i->problems.v[0].kind, "build-date-unknown");
	assert_string_equal(i->problems.v[0].subject, "4 package files");
	assert_string_equal(i->problems.v[0].detail, "cannot fetch 'http://host/absent'");
}

static void test_local_and_damaged(void **state)
{
	(void)state;
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_inventory *i = oak_inventory_new(arena);
	struct oak_error err = {0};
	static const char head[] = "!<arch>\ndebian-binary   1790000000  0     0     100644  4         `\n2.0\n";
	const char *path = oak_arena_printf(arena, "%s/p.deb", dir), *kept = oak_arena_printf(arena, "%s/build-dates", dir);
	assert_int_equal(oak_fs_write_atomic(path, head, sizeof(head) - 1, 0644, &err), 0);
	static const char noise[] = "\x01\x02 nonsense\n" HASH_B " 12x\n" HASH_B "\n" HASH_A " 1791032861";
	assert_int_equal(oak_fs_write_atomic(kept, noise, sizeof(noise) - 1, 0600, &err), 0);
	add(i, oak_arena_printf(arena, "file:%s", path), HASH_B);
	add(i, oak_arena_printf(arena, "file://%s", path), NULL);
	add(i, "file:/nonexistent/x.deb", NULL);
	add(i, "http://host/x", HASH_A);
	date_all(i, false);
	assert_int_equal(i->updates.v[0].built, 1790000000);
	assert_int_equal(i->updates.v[1].built, 1790000000);
	assert_int_equal(i->updates.v[2].built, OAK_TIME_NONE);
	assert_int_equal(i->updates.v[3].built, 1791032861);
	assert_int_equal(i->problems.n, 0);
}

static void test_way_of_the_package_manager(void **state)
{
	(void)state;
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_inventory *i = oak_inventory_new(arena);
	for (size_t way = 0; way < 4; way++) { /* 0 = any; 3 = there is no such one */
		i->updates.n = 0;
		i->accesses.n = 0;
		*oak_push(arena, &i->accesses) = (struct oak_http_access){.proxy = ""};
		*oak_push(arena, &i->accesses) = (struct oak_http_access){.user = "aladdin"};
		add(i, "http://host/absent", NULL)->access = way;
		date_all(i, true);
		assert_ptr_equal(last_access, way == 1 || way == 2 ? &i->accesses.v[way - 1] : NULL);
	}
}

static int setup(void **state)
{
	(void)state;
	asked = 0;
	snprintf(dir, sizeof(dir), "/tmp/oakum-evidence-XXXXXX");
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_kept_for_ever), TEST(test_not_learned), TEST(test_local_and_damaged),
					   TEST(test_way_of_the_package_manager)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
