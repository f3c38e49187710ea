/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every way in which a backend's child can end, and answers that point where they must not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/str.h"
#include "scanners/answer.h"
#include "scanners/child.h"

static struct oak_scan_request request = {.root = "/", .timeout_s = 60};
static const char *const where = "the parent's own";

static int answer_text(void *arg, struct oak_arena *arena, void **ret_answer, struct oak_error *err)
{
	(void)err;
	*ret_answer = oak_arena_strdup(arena, arg);
	return 0;
}

static int crash(void *arg, struct oak_arena *arena, void **ret_answer, struct oak_error *err)
{
	(void)arg;
	(void)arena;
	(void)ret_answer;
	(void)err;
	signal(SIGABRT, SIG_DFL);
	abort();
}

static int leave(void *arg, struct oak_arena *arena, void **ret_answer, struct oak_error *err)
{
	(void)arg;
	(void)arena;
	(void)ret_answer;
	(void)err;
	_exit(0);
}

static int wait_for_ever(void *arg, struct oak_arena *arena, void **ret_answer, struct oak_error *err)
{
	(void)arg;
	(void)arena;
	(void)ret_answer;
	(void)err;
	while (pause() < 0)
		;
	return 0;
}

static int refuse(void *arg, struct oak_arena *arena, void **ret_answer, struct oak_error *err)
{
	(void)arg;
	(void)arena;
	(void)ret_answer;
	static char id[] = "test.refused"; /* a module has it, the parent does not */
	return oak_fail(err, OAK_UNTRUSTED, id, 7, "no");
}

static void expect(int (*run)(void *, struct oak_arena *, void **, struct oak_error *), enum oak_error_kind kind, const char *id)
{
	struct oak_child_work work = {run, (void *)(uintptr_t)where, &request, NULL};
	struct oak_error err = {.kind = OAK_OK};
	struct oak_arena *arena = NULL;
	void *answer = NULL;
	assert_int_equal(oak_child_run(&work, &arena, &answer, &err), -1);
	assert_int_equal(err.kind, kind);
	assert_string_equal(err.id, id);
	assert_null(arena);
}

static void test_ends(void **state)
{
	(void)state;
	struct oak_child_work work = {answer_text, (void *)(uintptr_t)where, &request, NULL};
	struct oak_error err = {.kind = OAK_OK};
	struct oak_arena *arena = NULL;
	void *answer = NULL;
	assert_int_equal(oak_child_run(&work, &arena, &answer, &err), 0);
	assert_string_equal(answer, where);
	assert_ptr_not_equal(answer, where);
	oak_arena_free(arena);
	expect(crash, OAK_IO, "scan.crashed");
	expect(leave, OAK_IO, "scan.crashed");
	expect(refuse, OAK_UNTRUSTED, "test.refused");
}

static void test_limits(void **state)
{
	(void)state;
	volatile int stop = 1;
	request.stop = &stop;
	expect(wait_for_ever, OAK_INTERRUPTED, "scan.interrupted");
	request.stop = NULL;
	request.timeout_s = 1;
	expect(wait_for_ever, OAK_TRANSIENT, "scan.timeout");
	request.timeout_s = 60;
}

static int write_outside(void *arg, struct oak_arena *arena, void **ret_answer, struct oak_error *err)
{
	(void)err;
	int inside = open(oak_arena_printf(arena, "%s/cache/inside", (const char *)arg), O_CREAT | O_WRONLY, 0600);
	int outside = open(oak_arena_printf(arena, "%s/outside", (const char *)arg), O_CREAT | O_WRONLY, 0600);
	*ret_answer = oak_arena_printf(arena, "%s %s", inside >= 0 ? "written" : strerror(errno), outside >= 0 ? "written" : "refused");
	return 0;
}

/* Where the kernel has Landlock; the test says nothing elsewhere. */
static void test_confined(void **state)
{
	(void)state;
	char folder[] = "/tmp/oakum-child.XXXXXX", cache[64], command[64];
	assert_non_null(mkdtemp(folder));
	snprintf(cache, sizeof(cache), "%s/cache", folder);
	assert_int_equal(mkdir(cache, 0700), 0);
	struct oak_scan_request here = {.root = "/", .cache_dir = cache};
	struct oak_child_work work = {write_outside, folder, &here, NULL};
	struct oak_arena *arena = NULL;
	void *answer = NULL;
	assert_int_equal(oak_child_run(&work, &arena, &answer, NULL), 0);
	assert_true(oak_starts_with(answer, "written"));
	if (access("/sys/kernel/security/landlock", F_OK) == 0 || oak_ends_with(answer, "refused"))
		assert_string_equal(answer, "written refused");
	oak_arena_free(arena);
	snprintf(command, sizeof(command), "%s/inside", cache);
	unlink(command);
	snprintf(command, sizeof(command), "%s/outside", folder);
	unlink(command);
	rmdir(cache);
	rmdir(folder);
}

static void test_answers(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new_shared(1 << 20);
	struct oak_inventory *inventory = oak_inventory_new(arena);
	struct oak_error err;
	inventory->node = (struct oak_node){.name = oak_arena_strdup(arena, "web01")};
	struct oak_package *p = oak_push(arena, &inventory->packages);
	oak_package_init(p);
	p->name = oak_arena_strdup(arena, "bash");
	p->arch = oak_arena_strdup(arena, "amd64");
	p->evr = oak_arena_strdup(arena, "5.2");
	assert_int_equal(oak_answer_check_inventory(arena, inventory, 0, &err), 0);
	assert_int_equal(inventory->packages.cap, inventory->packages.n);

	p->evr = where;
	assert_int_equal(oak_answer_check_inventory(arena, inventory, 0, &err), -1);
	assert_string_equal(err.id, "scan.bad-answer");
	p->evr = (const char *)oak_arena_base(arena) + oak_arena_used(arena);
	assert_int_equal(oak_answer_check_inventory(arena, inventory, 0, &err), -1);
	p->evr = p->name;
	inventory->packages.n = SIZE_MAX / 2;
	assert_int_equal(oak_answer_check_inventory(arena, inventory, 0, &err), -1);
	inventory->packages.n = 1;
	inventory->packages.v = (struct oak_package *)((char *)inventory->packages.v + 1);
	assert_int_equal(oak_answer_check_inventory(arena, inventory, 0, &err), -1);
	oak_arena_free(arena);
}

/* A recorded answer lies elsewhere: all its pointers move by the same distance. */
static void test_moved(void **state)
{
	(void)state;
	struct oak_arena *first = oak_arena_new_shared(1 << 20), *second = oak_arena_new_shared(1 << 20);
	struct oak_inventory *inventory = oak_inventory_new(first);
	inventory->node = (struct oak_node){.name = oak_arena_strdup(first, "web01")};
	*oak_push(first, &inventory->reboot_reasons) = oak_arena_strdup(first, "kernel");
	size_t used = oak_arena_used(first);
	char *copy = oak_arena_alloc(second, used);
	memcpy(copy, oak_arena_base(first), used);
	ptrdiff_t delta = copy - (const char *)oak_arena_base(first);
	struct oak_inventory *there = (struct oak_inventory *)(void *)((char *)inventory + delta);
	oak_arena_free(first);
	assert_int_equal(oak_answer_check_inventory(second, there, delta, NULL), 0);
	assert_string_equal(there->node.name, "web01");
	assert_string_equal(there->reboot_reasons.v[0], "kernel");
	oak_arena_free(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ends),	 cmocka_unit_test(test_limits), cmocka_unit_test(test_confined),
		cmocka_unit_test(test_answers), cmocka_unit_test(test_moved),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
