/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Speeds in the package managers' own words, and what a host's earlier runs teach. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <unistd.h>

#include "cli/forecast.h"
#include "core/fs.h"

static void test_rates(void **state)
{
	static const struct {
		const char *line;
		int64_t rate;
	} rows[] = {
		{"Fetched 13.4 MB in 2s (6,700 kB/s)", 6700000},
		{"Fetched 3,482 kB in 0s (12.3 MB/s)", 12300000},
		{"Fetched 512 B in 1s (512 B/s)", 512},
		{"Total                                           5.0 MB/s |  13 MB     00:02    ", 5000000},
		{"Retrieving: hello-1.1-1.x86_64.rpm ...[done (3.0 MiB/s)]", 3145728},
		{"Total size: 6.1 k", 0},
		{"Get:1 http://x bookworm/main amd64 libc6 (2 MB/s)", 0},
		{"Fetched nothing (kB/s)", 0},
		{"Fetched (99999999999999999999 GB/s)", 0},
		{"", 0},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(oak_forecast_rate(rows[i].line), rows[i].rate);
}

static void test_learning(void **state)
{
	char dir[] = "/tmp/oak-forecast-XXXXXX";
	struct oak_context ctx = {.arena = oak_arena_new()};
	struct oak_patch_run run = {.arena = ctx.arena};
	struct oak_forecast f;
	(void)state;
	assert_non_null(mkdtemp(dir));
	ctx.state_dir = dir;
	oak_forecast_load(&ctx, "n", &f);
	assert_int_equal(f.bytes_per_second, 0);
	for (int i = 0; i < 4; i++)
		*oak_push(ctx.arena, &run.actions) = (struct oak_run_action){.status = OAK_DONE_INSTALLED, .started_at = 1000, .ended_at = 1008};
	assert_int_equal(oak_forecast_learn(&ctx, "n", &run, dir), 0);
	oak_forecast_load(&ctx, "n", &f);
	assert_int_equal(f.ms_per_action, 2000);
	assert_int_equal(f.runs, 1);
	for (int i = 0; i < 4; i++)
		run.actions.v[i].ended_at = 1000 + 24;
	const char *logs = oak_arena_printf(ctx.arena, "%s/logs", dir), *log = oak_arena_printf(ctx.arena, "%s/install.log", logs);
	static const char text[] = "# apt-get\nFetched 8 MB in 1s (8,000 kB/s)\n# exit 0\n";
	assert_int_equal(oak_fs_mkdirs(logs, 0700, &ctx.err), 0);
	assert_int_equal(oak_fs_write_atomic(log, text, sizeof(text) - 1, 0600, &ctx.err), 0);
	assert_int_equal(oak_forecast_learn(&ctx, "n", &run, dir), 0);
	oak_forecast_load(&ctx, "n", &f);
	assert_int_equal(f.ms_per_action, (3 * 2000 + 6000) / 4);
	assert_int_equal(f.bytes_per_second, 8000000);
	/* another node knows nothing; a file that is none teaches nothing */
	oak_forecast_load(&ctx, "m", &f);
	assert_int_equal(f.runs, 0);
	const char *path = oak_arena_printf(ctx.arena, "%s/forecast-n.json", dir);
	assert_int_equal(oak_fs_write_atomic(path, "{\"msPerAction\": -5}", 19, 0600, &ctx.err), 0);
	oak_forecast_load(&ctx, "n", &f);
	assert_int_equal(f.ms_per_action, 0);
	unlink(path);
	unlink(log);
	rmdir(logs);
	rmdir(dir);
	oak_arena_free(ctx.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_rates), cmocka_unit_test(test_learning)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
