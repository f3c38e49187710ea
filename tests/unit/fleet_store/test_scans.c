/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scans as intervals: what a night writes, what history answers, how small it stays, two at once. */
#include "world.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "core/sink.h"

static const char *const tables[] = {"scan", "span", "state", "head", "detail", "package", "evr", "first_seen", "series",
				     "node", "repository"};
enum { TABLES = sizeof(tables) / sizeof(*tables) };

static void count_all(const struct world *w, int64_t n[TABLES])
{
	for (size_t i = 0; i < TABLES; i++)
		n[i] = count_rows(w, tables[i]);
}

static void test_unchanged_writes_one_row(void **state)
{
	(void)state;
	struct world w;
	int64_t before[TABLES], after[TABLES];
	world_new(&w, 50, 5);
	world_scan(&w);
	count_all(&w, before);
	assert_int_equal(before[1], 50);
	w.now += OAK_DAY; /* the lists were refreshed, too: their times are no change */
	w.release_date += OAK_DAY;
	world_scan(&w);
	count_all(&w, after);
	assert_int_equal(after[0], before[0] + 1);
	for (size_t i = 1; i < TABLES; i++)
		assert_int_equal(after[i], before[i]);
	world_done(&w);
}

static void test_intervals(void **state)
{
	(void)state;
	struct world w;
	struct oak_error err = {0};
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	world_new(&w, 10, 3);
	world_scan(&w); /* day 0: 0, 1, 2 missing */
	w.now += OAK_DAY;
	w.missing = 2; /* day 1: package-0002 was patched */
	world_scan(&w);
	w.now += OAK_DAY;
	w.release = 1; /* day 2: a newer version replaces the missing one */
	world_scan(&w);
	w.now += OAK_DAY;
	w.missing = 0; /* day 3: all patched */
	world_scan(&w);
	OAK_AUTO(oak_store_close_p) struct oak_store *store = world_open(&w);
	struct oak_span_rows rows = {0};
	struct oak_span_query query = {.patch = "package-0001", .state = OAK_STATE_MISSING, .from = OAK_TIME_NONE,
				       .until = OAK_TIME_NONE};
	assert_int_equal(oak_store_list_spans(store, arena, &query, &rows, &err), 0);
	assert_int_equal(rows.list.n, 2);
	assert_string_equal(rows.list.v[0].available, "2.0-1");
	assert_int_equal(rows.list.v[0].since, DAY0);
	assert_int_equal(rows.list.v[0].until, DAY0 + 2 * OAK_DAY);
	assert_string_equal(rows.list.v[1].available, "2.1-1");
	assert_int_equal(rows.list.v[1].until, DAY0 + 3 * OAK_DAY);
	assert_string_equal(rows.list.v[0].cves, "CVE-2026-0001");

	/* who lacked the patch of a CVE, by name.arch, and who still lacks anything */
	rows = (struct oak_span_rows){0};
	query = (struct oak_span_query){.cve = "CVE-2026-0002", .state = OAK_STATE_COUNT, .from = OAK_TIME_NONE,
					.until = OAK_TIME_NONE};
	assert_int_equal(oak_store_list_spans(store, arena, &query, &rows, &err), 0);
	assert_int_equal(rows.list.n, 1);
	assert_string_equal(rows.list.v[0].id, "package-0002.amd64");
	rows = (struct oak_span_rows){0};
	query = (struct oak_span_query){.patch = "package-0000.amd64", .state = -1, .open = true, .from = OAK_TIME_NONE,
					.until = OAK_TIME_NONE};
	assert_int_equal(oak_store_list_spans(store, arena, &query, &rows, &err), 0);
	assert_int_equal(rows.list.n, 1);
	assert_int_equal(rows.list.v[0].state, OAK_STATE_INSTALLED_OTHER);

	/* time to patch runs on across versions */
	struct oak_patch_times times = {0};
	assert_int_equal(oak_store_patch_times(store, arena, w.node, "debian", OAK_TIME_NONE, &times, &err), 0);
	assert_int_equal(times.list.n, 3);
	assert_string_equal(times.list.v[1].id, "package-0001.amd64");
	assert_int_equal(times.list.v[1].since, DAY0);
	assert_int_equal(times.list.v[1].until, DAY0 + 3 * OAK_DAY);
	assert_int_equal(times.list.v[2].until, DAY0 + OAK_DAY);
	assert_int_equal(times.list.v[1].approved_at, DAY0 - 10 * OAK_DAY);
	world_done(&w);
}

static const char *verdict_text(struct oak_arena *arena, const struct oak_verdict *v)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	oak_buf_init(&buf, 1 << 24);
	oak_sink_json(&sink, &buf);
	oak_verdict_format(v, &sink);
	return oak_arena_strdup(arena, oak_buf_text(&buf));
}

static void test_rebuilt(void **state)
{
	(void)state;
	struct world w;
	struct oak_error err = {0};
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	world_new(&w, 20, 4);
	int64_t first = world_scan(&w);
	struct world then = w;
	w.now += OAK_DAY;
	w.missing = 1;
	int64_t second = world_scan(&w);
	OAK_AUTO(oak_store_close_p) struct oak_store *store = world_open(&w);
	const struct {
		int64_t scan;
		const struct world *w;
	} rows[] = {{first, &then}, {second, &w}};
	for (size_t i = 0; i < 2; i++) {
		struct oak_inventory *inventory = world_inventory(rows[i].w, arena);
		struct oak_verdict *expected = world_verdict(rows[i].w, arena, inventory), *got;
		inventory->repositories.v[0].watched_since = DAY0;
		assert_int_equal(oak_store_load_verdict(store, arena, rows[i].scan, &got, &err), 0);
		assert_int_equal(got->patches.n, expected->patches.n);
		/* rows come by state: compare as the sorted documents that they are */
		for (size_t k = 0; k < expected->patches.n; k++)
			for (size_t m = k + 1; m < expected->patches.n; m++)
				if (expected->patches.v[m].state < expected->patches.v[k].state) {
					struct oak_patch swap = expected->patches.v[k];
					memmove(&expected->patches.v[k], &expected->patches.v[m], sizeof(swap));
					expected->patches.v[m] = swap;
				}
		for (size_t k = 0; k + 1 < expected->patches.n; k++)
			for (size_t m = k + 1; m < expected->patches.n; m++)
				if (expected->patches.v[m].state == expected->patches.v[k].state &&
				    strcmp(expected->patches.v[m].name, expected->patches.v[k].name) < 0) {
					struct oak_patch swap = expected->patches.v[k];
					expected->patches.v[k] = expected->patches.v[m];
					expected->patches.v[m] = swap;
				}
		assert_string_equal(verdict_text(arena, got), verdict_text(arena, expected));
	}
	struct oak_verdict *none;
	assert_int_equal(oak_store_load_verdict(store, arena, 999, &none, &err), -1);
	assert_string_equal(err.id, "store.no-scan");
	world_done(&w);
}

static int64_t size_of(const struct world *w, const char *name)
{
	char path[96];
	struct stat st;
	snprintf(path, sizeof(path), "%s/%s", w->dir, name);
	return stat(path, &st) == 0 ? (int64_t)st.st_size : 0;
}

/* 400 nights of one host of 984 packages: every third night something new is missing, every tenth all is patched. */
static void test_400_nights_stay_small(void **state)
{
	(void)state;
	struct world w;
	struct oak_error err = {0};
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	world_new(&w, 984, 112);
	world_scan(&w);
	int64_t first = size_of(&w, "state.db") + size_of(&w, "state.db-wal");
	struct timespec a, b;
	double unchanged = 1e9;
	for (int night = 1; night < 400; night++) {
		w.now += OAK_DAY;
		w.missing = night % 10 == 0 ? 0 : night % 3 == 0 ? (w.missing + 9) % 112 : w.missing;
		w.release = night / 10;
		clock_gettime(CLOCK_MONOTONIC, &a);
		world_scan(&w);
		clock_gettime(CLOCK_MONOTONIC, &b);
		double ms = (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
		unchanged = ms < unchanged ? ms : unchanged;
	}
	OAK_AUTO(oak_store_close_p) struct oak_store *store = world_open(&w);
	int64_t before, after;
	assert_int_equal(oak_store_vacuum(store, &before, &after, &err), 0);
	print_message("400 nights, 984 packages: %lld kB after the first, %lld kB after all (%lld kB vacuumed), "
		      "an unchanged night %.2f ms\n",
		      (long long)first / 1024, (long long)before / 1024, (long long)after / 1024, unchanged);
	assert_true(after < 2 * 1024 * 1024);
	struct oak_problems problems = {0};
	assert_int_equal(oak_store_check(store, arena, &problems, &err), 0);
	assert_int_equal(problems.list.n, 0);

	/* forgetting: the newest scan and what is open stay */
	struct oak_store_prune pruned;
	assert_int_equal(oak_store_prune(store, w.now - 100 * OAK_DAY, &pruned, &err), 0);
	assert_int_equal(pruned.scans, 299);
	assert_int_equal(oak_store_prune(store, w.now + OAK_DAY, &pruned, &err), 0);
	assert_int_equal(count_rows(&w, "scan"), 1);
	assert_int_equal(count_rows(&w, "span"), 984);
	assert_int_equal(oak_store_check(store, arena, &problems, &err), 0);
	assert_int_equal(problems.list.n, 0);
	world_done(&w);
}

static void test_two_at_once(void **state)
{
	(void)state;
	struct world w;
	struct oak_error err = {0};
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	enum { PROCESSES = 4, SCANS = 6 };
	world_new(&w, 40, 4);
	for (int p = 0; p < PROCESSES; p++) {
		pid_t pid = fork();
		assert_true(pid >= 0);
		for (int i = 0; pid == 0 && i < SCANS; i++) {
			w.missing = (size_t)((i + p) % 5); /* they disagree about what is missing */
			world_scan(&w);
		}
		if (pid == 0)
			_exit(0);
	}
	for (int p = 0; p < PROCESSES; p++) {
		int status;
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(count_rows(&w, "scan"), PROCESSES * SCANS);
	assert_int_equal(count_rows(&w, "span WHERE until IS NULL"), 40);
	OAK_AUTO(oak_store_close_p) struct oak_store *store = world_open(&w);
	struct oak_problems problems = {0};
	assert_int_equal(oak_store_check(store, arena, &problems, &err), 0);
	assert_int_equal(problems.list.n, 0);
	world_done(&w);
}

static void test_clock_set_back(void **state)
{
	(void)state;
	struct world w;
	struct oak_error err = {0};
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	world_new(&w, 5, 2);
	world_scan(&w);
	w.now -= 100 * OAK_DAY;
	w.missing = 1;
	world_scan(&w);
	OAK_AUTO(oak_store_close_p) struct oak_store *store = world_open(&w);
	struct oak_problems problems = {0};
	assert_int_equal(oak_store_check(store, arena, &problems, &err), 0);
	assert_int_equal(problems.list.n, 0);
	struct oak_scan_rows rows = {0};
	struct oak_scan_query query = {.operation = -1, .from = OAK_TIME_NONE, .until = OAK_TIME_NONE, .latest = true};
	assert_int_equal(oak_store_list_scans(store, arena, &query, &rows, &err), 0);
	assert_int_equal(rows.list.n, 1);
	assert_int_equal(rows.list.v[0].summary.count[OAK_STATE_MISSING], 1);
	assert_true(rows.list.v[0].changed);
	world_done(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unchanged_writes_one_row),
		cmocka_unit_test(test_intervals),
		cmocka_unit_test(test_rebuilt),
		cmocka_unit_test(test_400_nights_stay_small),
		cmocka_unit_test(test_two_at_once),
		cmocka_unit_test(test_clock_set_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
