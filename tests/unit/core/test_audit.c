/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit log: order, chain, and every way to tamper with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/audit.h"
#include "core/buf.h"
#include "core/fs.h"

static char dir[64], path[96];

static int set_up(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/oak-audit-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/audit.log", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

static void append(const char *subject)
{
	struct oak_error err = {0};
	const struct oak_audit entry = {.at = 1795435200, .user = "anna", .event = "key.add", .subject = subject, .detail = "a \"b\"\n"};
	assert_int_equal(oak_audit_append(dir, &entry, &err), 0);
}

static struct oak_audit_log load(struct oak_arena *arena)
{
	struct oak_audit_log log;
	struct oak_error err = {0};
	assert_int_equal(oak_audit_load(arena, dir, &log, &err), 0);
	return log;
}

static void rewrite(struct oak_buf *text)
{
	struct oak_error err = {0};
	assert_int_equal(oak_fs_write_atomic(path, oak_buf_text(text), text->n, 0600, &err), 0);
}

static void test_chain(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	assert_int_equal(load(arena).list.n, 0);
	append("one");
	append("two");
	append("three");
	struct oak_audit_log log = load(arena);
	assert_int_equal(log.list.n, 3);
	assert_int_equal(log.broken, 0);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(log.list.v[i].seq, i + 1);
	assert_string_equal(log.list.v[2].subject, "three");
	assert_string_equal(log.list.v[2].detail, "a \"b\"\n");
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	oak_arena_free(arena);
}

static void test_tampering(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_error err = {0};
	OAK_AUTO(oak_buf_done) struct oak_buf whole, changed;
	oak_buf_init(&whole, 1 << 20);
	oak_buf_init(&changed, 1 << 20);
	append("one");
	append("two");
	append("three");
	assert_int_equal(oak_fs_read(path, &whole, &err), 0);

	oak_buf_add(&changed, whole.p, whole.n);
	strstr(changed.p, "anna")[0] = 'h'; /* a line changed */
	rewrite(&changed);
	assert_int_equal(load(arena).broken, 1);

	oak_buf_clear(&changed);
	char *second = strchr(whole.p, '\n') + 1, *third = strchr(second, '\n') + 1;
	oak_buf_add(&changed, whole.p, (size_t)(second - whole.p));
	oak_buf_adds(&changed, third); /* a line removed */
	rewrite(&changed);
	assert_int_equal(load(arena).broken, 2);

	oak_buf_clear(&changed);
	oak_buf_adds(&changed, second); /* the first line removed */
	rewrite(&changed);
	assert_int_equal(load(arena).broken, 1);
	oak_arena_free(arena);
}

static void test_cut_line(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	append("one");
	append("two");
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, st.st_size - 20), 0);
	append("three");
	struct oak_audit_log log = load(arena);
	assert_int_equal(log.broken, 2); /* said */
	assert_int_equal(log.list.n, 2); /* and the rest is there */
	assert_string_equal(log.list.v[1].subject, "three");
	oak_arena_free(arena);
}

static void test_many_writers(void **state)
{
	(void)state;
	enum { WRITERS = 4, LINES = 10 };
	for (int w = 0; w < WRITERS; w++) {
		if (fork() == 0) {
			const struct oak_audit entry = {.at = w, .event = "x", .subject = "y"};
			int bad = 0;
			for (int i = 0; i < LINES; i++)
				bad |= oak_audit_append(dir, &entry, NULL) < 0;
			_exit(bad);
		}
	}
	for (int w = 0; w < WRITERS; w++) {
		int status;
		assert_true(wait(&status) > 0 && status == 0);
	}
	struct oak_arena *arena = oak_arena_new();
	struct oak_audit_log log = load(arena);
	assert_int_equal(log.broken, 0);
	assert_int_equal(log.list.n, WRITERS * LINES);
	oak_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_chain, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_tampering, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_cut_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_many_writers, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
