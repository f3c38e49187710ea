/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guard between apt and dpkg: the script itself, fed as apt feeds it, and asked as apt asks us. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <unistd.h>

#include "core/exec.h"
#include "core/fs.h"
#include "core/str.h"
#include "distributor/patch/apt.h"

static char dir[] = "/tmp/oak-guard-XXXXXX";
static struct oak_arena *arena;

static const struct oak_plan_action actions[] = {
	{.name = "libssl3", .arch = "amd64", .kind = OAK_ACTION_UPGRADE, .from = "3.0.20-1", .to = "3.0.22-1~deb12u2"},
	{.name = "tzdata", .arch = "all", .kind = OAK_ACTION_UPGRADE, .from = "1:2024a-0", .to = "1:2025b-0"},
	{.name = "old", .arch = "amd64", .kind = OAK_ACTION_REMOVE, .from = "1"},
};
static const struct oak_plan_action *const list[] = {&actions[0], &actions[1], &actions[2]};

static int ready_rc, asked_times;
static int on_ready(void *arg, struct oak_error *err)
{
	(void)arg;
	asked_times++;
	return ready_rc ? oak_fail(err, OAK_CONFLICT, "patch.not-now", 0, "closed") : 0;
}

static int setup(void **state)
{
	(void)state;
	arena = oak_arena_new();
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	const char *const argv[] = {"rm", "-rf", dir, NULL};
	struct oak_exec_result result;
	struct oak_error err = {0};
	oak_arena_free(arena);
	return oak_exec(&(struct oak_exec){.argv = argv}, &result, &err);
}

/* Runs the guard with LINES after apt's settings. Its exit code; 1000 = refused by us. */
static int guard(const char *lines)
{
	struct oak_error err = {0};
	const char *path, *input = oak_arena_printf(arena, "%s/input", dir);
	struct oak_patch_host host = {.root = "/", .run_dir = dir, .ready = on_ready};
	struct oak_argv unused = {.arena = arena}, argv = {.arena = arena};
	const char *text = oak_arena_printf(arena, "VERSION 3\nAPT::Architecture=amd64\nDir=/\n\n%s", lines);
	bool asked = false;
	assert_int_equal(oak_apt_guard(&host, &unused, (struct oak_action_list){list, 3}, &path, &err), 0);
	assert_int_equal(oak_fs_write_atomic(input, text, strlen(text), 0600, &err), 0);
	oak_argv_add_all(&argv, (const char *const[]){"/bin/sh", "-c", "exec \"$1/guard\" <\"$2\"", "sh", path, input, NULL});
	struct oak_tool tool = {.host = &host, .argv = &argv, .log = "guard", .asked = &asked};
	int code = 0, rc = oak_tool_run(&tool, &code, &err);
	oak_tool_scratch_drop(&host, path);
	assert_int_equal(asked, asked_times > 0);
	return rc < 0 ? 1000 : code;
}

static void test_planned(void **state)
{
	(void)state;
	asked_times = ready_rc = 0;
	assert_int_equal(guard("libssl3 3.0.20-1 amd64 same < 3.0.22-1~deb12u2 amd64 same /var/cache/apt/archives/x.deb\n"
			       "tzdata 1:2024a-0 all foreign < 1:2025b-0 all foreign /var/cache/apt/archives/y.deb\n"
			       "old 1 amd64 none > - - none **REMOVE**\n"
			       "libssl3 3.0.20-1 amd64 same < 3.0.22-1~deb12u2 amd64 same **CONFIGURE**\n"
			       "another - - none < 9 amd64 none **CONFIGURE**\n"), 0);
	assert_int_equal(asked_times, 1);
}

static void test_not_planned(void **state)
{
	static const char *const lines[] = {
		"libssl3 3.0.20-1 amd64 same < 3.0.23-1 amd64 same /x.deb\n",	    /* another version */
		"libssl3 - - none < 3.0.22-1~deb12u2 i386 same /x.deb\n",	    /* another architecture */
		"libssl 3.0.20-1 amd64 same < 3.0.22-1~deb12u2 amd64 same /x.deb\n", /* a part of a name */
		"new - - none < 1 amd64 none /x.deb\n",
		"libssl3 3.0.20-1 amd64 same > - - none **REMOVE**\n",
		"* 1 amd64 none < 2 amd64 none /x.deb\n",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		asked_times = ready_rc = 0;
		assert_int_equal(guard(lines[i]), 1);
		assert_int_equal(asked_times, 0);
	}
	OAK_AUTO(oak_buf_done) struct oak_buf log;
	struct oak_error err = {0};
	oak_buf_init(&log, 1 << 20);
	assert_int_equal(oak_fs_read(oak_arena_printf(arena, "%s/logs/guard.log", dir), &log, &err), 0);
	assert_non_null(strstr(oak_buf_text(&log), "E: the package manager would change 'new' from - to 1, which the plan does not say"));
}

static void test_refused(void **state)
{
	(void)state;
	asked_times = 0;
	ready_rc = -1;
	assert_int_equal(guard("old 1 amd64 none > - - none **REMOVE**\n"), 1000);
	assert_int_equal(asked_times, 1);
}

/* What could be more than a name in a script is none. */
static void test_names(void **state)
{
	static const char *const names[] = {"x'; touch /tmp/y; '", "x y", "$(id)", "`id`", "x\ny", ""};
	(void)state;
	struct oak_patch_host host = {.root = "/", .run_dir = dir};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct oak_plan_action a = actions[0];
		const struct oak_plan_action *one = &a;
		struct oak_argv argv = {.arena = arena};
		struct oak_error err = {0};
		const char *path;
		a.name = names[i];
		assert_int_equal(oak_apt_guard(&host, &argv, (struct oak_action_list){&one, 1}, &path, &err), -1);
		assert_string_equal(err.id, "patch.name");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_planned), cmocka_unit_test(test_not_planned), cmocka_unit_test(test_refused),
					   cmocka_unit_test(test_names)};
	return cmocka_run_group_tests(tests, setup, teardown);
}
