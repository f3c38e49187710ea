/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order of a run under a clock that the test moves: windows, batches, failures, resuming; with an installer that only counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/str.h"
#include "distributor/patch/apply.h"

/* A host of four packages; what is asked of the installer is written down. */
static struct {
	const char *version[4];
	const char *fails; /* a package that never installs */
	bool together;     /* one failing package fails its whole batch */
	const char *refuses; /* why nothing is begun */
	oak_time download_takes;
	char log[512];
	oak_time now;
	oak_time commit_takes;
} host;
static const char *const names[] = {"a", "b", "c", "d"};

static void say(const char *what)
{
	size_t n = strlen(host.log);
	snprintf(host.log + n, sizeof(host.log) - n, "%s ", what);
}

static int fake_check(const struct oak_patch_host *h, struct oak_action_list actions, struct oak_error *err)
{
	(void)h;
	(void)actions;
	(void)err;
	say("check");
	return 0;
}

static int fake_stage(const struct oak_patch_host *h, struct oak_action_list actions, struct oak_error *err)
{
	(void)h;
	(void)err;
	say(actions.n ? "stage" : "stage-nothing");
	return 0;
}

static int fake_secure(const struct oak_patch_host *h, struct oak_action_list actions, struct oak_error *err)
{
	(void)h;
	(void)actions;
	(void)err;
	say("secure");
	return 0;
}

static int fake_commit(const struct oak_patch_host *h, struct oak_action_list actions, struct oak_error *err)
{
	bool bad = false;
	if (host.refuses)
		return oak_fail(err, OAK_CONFLICT, "patch.moved", 0, "%s", host.refuses);
	host.now += host.download_takes;
	if (h->ready && h->ready(h->ready_arg, err) < 0)
		return -1;
	for (size_t i = 0; i < actions.n; i++)
		bad = bad || oak_streq(actions.v[i]->name, host.fails);
	for (size_t i = 0; i < actions.n; i++)
		for (size_t j = 0; j < 4; j++)
			if (oak_streq(actions.v[i]->name, names[j]) && !oak_streq(names[j], host.fails) && !(bad && host.together))
				host.version[j] = actions.v[i]->to;
	host.now += host.commit_takes;
	say(actions.n == 1 ? actions.v[0]->name : "commit");
	return bad ? oak_fail(err, OAK_IO, "patch.install", 0, "'%s' does not install", host.fails) : 0;
}

static int fake_marks(const struct oak_patch_host *h, struct oak_error *err)
{
	(void)h;
	(void)err;
	return 0;
}

static int fake_restore(const struct oak_patch_host *h, struct oak_action_list actions, struct oak_error *err)
{
	(void)h;
	(void)actions;
	(void)err;
	say("marks");
	return 0;
}

static int fake_repair(const struct oak_patch_host *h, struct oak_arena *arena, oak_text_list *did, struct oak_error *err)
{
	(void)h;
	(void)arena;
	(void)did;
	(void)err;
	say("repair");
	return 0;
}

static int fake_installed(const struct oak_patch_host *h, struct oak_arena *arena, struct oak_installed_list *ret, struct oak_error *err)
{
	(void)h;
	(void)err;
	for (size_t i = 0; i < 4; i++)
		*oak_push(arena, &ret->v) = (struct oak_installed){oak_arena_printf(arena, "%s.x", names[i]), names[i], "x", host.version[i], false};
	return 0;
}

static const struct oak_installer fake = {.name = "fake", .check = fake_check, .stage = fake_stage, .secure = fake_secure,
					  .commit = fake_commit, .marks_save = fake_marks, .marks_restore = fake_restore,
					  .repair = fake_repair, .installed = fake_installed};

static struct oak_arena *arena;
static char dir[] = "/tmp/oak-apply-XXXXXX";
static struct oak_plan plan;
static struct oak_patch_run run;

/* Four upgrades, one a batch. */
static void make(struct oak_apply *apply, int batches)
{
	char path[96];
	struct oak_error err = {0};
	memset(&host, 0, sizeof(host));
	memset(&plan, 0, sizeof(plan));
	host.now = 1000000;
	for (size_t i = 0; i < 4; i++) {
		host.version[i] = "1";
		*oak_push(arena, &plan.actions) = (struct oak_plan_action){
			.patch = oak_arena_printf(arena, "%s.x", names[i]), .name = names[i], .arch = "x", .kind = OAK_ACTION_UPGRADE, .from = "1",
			.to = "2", .asked = true, .reversible = true, .batch = batches == 1 ? 1 : (int)i + 1};
	}
	run = (struct oak_patch_run){.arena = arena, .id = "r", .kind = "patch", .plan = &plan};
	*apply = (struct oak_apply){.installer = &fake, .plan = &plan, .restart = OAK_RESTART_NONE};
	apply->host = (struct oak_patch_host){.root = dir, .run_dir = dir};
	apply->clock = oak_clock_fixed(&host.now);
	snprintf(path, sizeof(path), "%s/journal", dir);
	unlink(path);
	assert_int_equal(oak_journal_open(path, &apply->journal, &err), 0);
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
	char command[128];
	oak_arena_free(arena);
	snprintf(command, sizeof(command), "%s/journal", dir);
	unlink(command);
	snprintf(command, sizeof(command), "%s/logs", dir);
	rmdir(command);
	rmdir(dir);
	return 0;
}

static void test_order(void **state)
{
	(void)state;
	struct oak_apply apply;
	struct oak_error err = {0};
	make(&apply, 4);
	assert_int_equal(oak_apply_run(&apply, &run, &err), 0);
	assert_string_equal(host.log, "check stage secure a b c d marks ");
	assert_int_equal(run.status, OAK_RUN_SUCCESS);
	oak_journal_close(apply.journal);
}

/* The window of 15:00 to 18:00 with a cut-off of one hour. */
enum { CUT_OFF = 17 * 3600 };
static enum oak_apply_gate window(void *arg, struct oak_arena *a, int64_t seconds, const char **why)
{
	(void)arg;
	(void)a;
	(void)seconds;
	*why = "the window lets nothing new start";
	return host.now % OAK_DAY < CUT_OFF ? OAK_APPLY_OPEN : OAK_APPLY_CUT_OFF;
}

static void test_cut_off(void **state)
{
	(void)state;
	struct oak_apply apply;
	struct oak_error err = {0};
	make(&apply, 4);
	apply.gate = window;
	host.now = 20000 * (oak_time)OAK_DAY + CUT_OFF - 60; /* 16:59 */
	host.commit_takes = 1800;			     /* the batch runs beyond 17:00 and is not cut */
	assert_int_equal(oak_apply_run(&apply, &run, &err), 0);
	assert_string_equal(host.log, "check stage secure a marks ");
	assert_int_equal(run.status, OAK_RUN_CUT_OFF);
	assert_int_equal(run.actions.v[0].status, OAK_DONE_INSTALLED);
	assert_int_equal(run.actions.v[1].status, OAK_DONE_NOT_STARTED);
	oak_journal_close(apply.journal);

	make(&apply, 4);
	apply.gate = window;
	host.now = 20000 * (oak_time)OAK_DAY + CUT_OFF + 60; /* 17:01 */
	assert_int_equal(oak_apply_run(&apply, &run, &err), 0);
	assert_string_equal(host.log, "check stage secure marks ");
	assert_int_equal(run.status, OAK_RUN_CUT_OFF);
	oak_journal_close(apply.journal);
}

/* A bad package does not keep the good ones of its batch back. */
static void test_failing_package(void **state)
{
	(void)state;
	struct oak_apply apply;
	struct oak_error err = {0};
	make(&apply, 1);
	host.fails = "b";
	host.together = true;
	assert_int_equal(oak_apply_run(&apply, &run, &err), 0);
	assert_string_equal(host.log, "check secure commit repair a b c d repair marks ");
	assert_int_equal(run.status, OAK_RUN_PARTIAL);
	assert_int_equal(run.actions.v[1].status, OAK_DONE_FAILED);
	assert_non_null(strstr(run.actions.v[1].error, "'b' does not install"));
	assert_int_equal(run.actions.v[3].status, OAK_DONE_INSTALLED);
	oak_journal_close(apply.journal);
}

/* An installer that asks after its downloads: one call, with the old archives put aside meanwhile. */
static struct oak_installer asking(void)
{
	struct oak_installer installer = fake;
	installer.asks = installer.sure = true;
	return installer;
}

static void load_journal(struct oak_apply *apply, struct oak_journal_entries *ret)
{
	char path[96];
	struct oak_error err = {0};
	oak_journal_close(apply->journal);
	snprintf(path, sizeof(path), "%s/journal", dir);
	assert_int_equal(oak_journal_load(arena, path, ret, &err), 0);
}

static size_t find_entry(const struct oak_journal_entries *entries, enum oak_journal_kind kind, enum oak_work step)
{
	for (size_t i = 0; i < entries->list.n; i++)
		if (entries->list.v[i].kind == kind && entries->list.v[i].step == step)
			return i;
	return SIZE_MAX;
}

static void test_at_once(void **state)
{
	(void)state;
	struct oak_apply apply;
	struct oak_error err = {0};
	struct oak_journal_entries entries = {0};
	const struct oak_installer installer = asking();
	make(&apply, 1);
	apply.installer = &installer;
	apply.fresh = true;
	assert_int_equal(oak_apply_run(&apply, &run, &err), 0);
	assert_string_equal(host.log, "commit marks "); /* secure: in another process */
	assert_int_equal(run.status, OAK_RUN_SUCCESS);
	load_journal(&apply, &entries);
	size_t secured = find_entry(&entries, OAK_JOURNAL_OUTCOME, OAK_WORK_SECURE), begun = find_entry(&entries, OAK_JOURNAL_INTENT, OAK_WORK_COMMIT);
	assert_true(secured < begun && begun != SIZE_MAX);
	assert_string_equal(entries.list.v[secured].status, "DONE");
}

static int bad_secure(const struct oak_patch_host *h, struct oak_action_list actions, struct oak_error *err)
{
	(void)h;
	(void)actions;
	return oak_fail(err, OAK_IO, "patch.secure", 0, "cannot secure 'a'");
}

static void expect_nothing_begun(struct oak_apply *apply)
{
	struct oak_journal_entries entries = {0};
	load_journal(apply, &entries);
	assert_int_equal(find_entry(&entries, OAK_JOURNAL_INTENT, OAK_WORK_COMMIT), SIZE_MAX);
	assert_int_not_equal(find_entry(&entries, OAK_JOURNAL_OUTCOME, OAK_WORK_SECURE), SIZE_MAX);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(host.version[i], "1");
}

/* Nothing changes when an old archive cannot be secured, when the package manager refuses, when the window closes meanwhile. */
static void test_not_begun(void **state)
{
	(void)state;
	struct oak_apply apply;
	struct oak_error err = {0};
	struct oak_installer installer = asking();
	installer.secure = bad_secure;
	make(&apply, 1);
	apply.installer = &installer;
	assert_int_equal(oak_apply_run(&apply, &run, &err), -1);
	assert_string_equal(err.id, "patch.secure");
	assert_string_equal(host.log, "check "); /* the plan is not of just now */
	expect_nothing_begun(&apply);

	make(&apply, 1);
	installer = asking();
	apply.installer = &installer;
	host.refuses = "the plan does not say";
	assert_int_equal(oak_apply_run(&apply, &run, &err), -1);
	assert_string_equal(err.id, "patch.moved");
	expect_nothing_begun(&apply);

	make(&apply, 1);
	apply.installer = &installer;
	apply.gate = window;
	host.now = 20000 * (oak_time)OAK_DAY + CUT_OFF - 60;
	host.download_takes = 120;
	assert_int_equal(oak_apply_run(&apply, &run, &err), 0);
	assert_int_equal(run.status, OAK_RUN_CUT_OFF);
	expect_nothing_begun(&apply);
}

/* What came besides the plan is said. */
static int fake_extra(const struct oak_patch_host *h, struct oak_action_list actions, struct oak_error *err)
{
	int rc = fake_commit(h, actions, err);
	host.version[3] = "7";
	return rc;
}

static void test_extras(void **state)
{
	(void)state;
	struct oak_apply apply;
	struct oak_error err = {0};
	struct oak_installer installer = fake;
	installer.commit = fake_extra;
	make(&apply, 1);
	apply.installer = &installer;
	plan.actions.n = 3;
	assert_int_equal(oak_apply_run(&apply, &run, &err), 0);
	assert_int_equal(run.notes.n, 2);
	assert_string_equal(run.notes.v[0], "'d.x' 1 was removed meanwhile, which the plan does not say");
	assert_string_equal(run.notes.v[1], "'d.x' 7 was installed meanwhile, which the plan does not say");
	oak_journal_close(apply.journal);
}

static void test_stop_signal(void **state)
{
	(void)state;
	struct oak_apply apply;
	struct oak_error err = {0};
	static volatile int stop = 15;
	make(&apply, 4);
	apply.host.stop = &stop;
	assert_int_equal(oak_apply_run(&apply, &run, &err), 0);
	assert_int_equal(run.status, OAK_RUN_INTERRUPTED);
	assert_string_equal(host.version[0], "1");
	oak_journal_close(apply.journal);
}

/* Taken up after a crash between two batches: what is done stays done, what was staged is not staged again. */
static void test_resume(void **state)
{
	(void)state;
	struct oak_apply apply;
	struct oak_error err = {0};
	make(&apply, 4);
	host.version[0] = host.version[2] = "2";
	apply.before = (struct oak_run_state){.begun = true, .changed = true, .kind = "patch"};
	apply.before.step[OAK_WORK_STAGE] = apply.before.step[OAK_WORK_SECURE] = OAK_WORK_DONE;
	assert_int_equal(oak_apply_run(&apply, &run, &err), 0);
	assert_string_equal(host.log, "b d marks ");
	assert_int_equal(run.status, OAK_RUN_SUCCESS);
	oak_journal_close(apply.journal);
}

static void test_download_only(void **state)
{
	(void)state;
	struct oak_apply apply;
	struct oak_error err = {0};
	make(&apply, 4);
	apply.download_only = true;
	assert_int_equal(oak_apply_run(&apply, &run, &err), 0);
	assert_string_equal(host.log, "check stage ");
	assert_string_equal(host.version[0], "1");
	oak_journal_close(apply.journal);
}

/* The journal of a run ends with a known outcome for every intent. */
static void test_journal(void **state)
{
	(void)state;
	struct oak_apply apply;
	struct oak_error err = {0};
	struct oak_journal_entries entries = {0};
	struct oak_run_state s;
	char path[96];
	make(&apply, 4);
	assert_int_equal(oak_apply_intent(&apply, OAK_WORK_RUN, 0, "patch", "boot", &err), 0);
	assert_int_equal(oak_apply_run(&apply, &run, &err), 0);
	oak_journal_close(apply.journal);
	snprintf(path, sizeof(path), "%s/journal", dir);
	assert_int_equal(oak_journal_load(arena, path, &entries, &err), 0);
	oak_journal_fold(&entries, &s);
	assert_int_equal(s.batches_done, 4);
	assert_int_equal(s.open_batch, 0);
	assert_int_equal(oak_run_recovery(&s), OAK_RECOVER_CONTINUE);
	for (int w = 0; w < OAK_WORK_COUNT; w++)
		if (w != OAK_WORK_RUN)
			assert_int_not_equal(s.step[w], OAK_WORK_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),	cmocka_unit_test(test_cut_off),	      cmocka_unit_test(test_failing_package),
		cmocka_unit_test(test_stop_signal), cmocka_unit_test(test_resume), cmocka_unit_test(test_download_only),
		cmocka_unit_test(test_journal), cmocka_unit_test(test_at_once), cmocka_unit_test(test_not_begun),
		cmocka_unit_test(test_extras),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
