/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files, digests and other programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/exec.h"
#include "core/fs.h"
#include "core/hash.h"

static char dir[64];

static int set_up(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/oakum-test-XXXXXX");
	return mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	const char *argv[] = {"rm", "-rf", dir, NULL};
	struct oak_exec_result result;
	return oak_exec(&(struct oak_exec){.argv = argv}, &result, NULL);
}

static void test_atomic_write(void **state)
{
	(void)state;
	struct oak_error err = {0};
	assert_int_equal(oak_fs_mkdirs("a/b/c", 0755, &err), 0);
	assert_int_equal(oak_fs_mkdirs("a/b/c", 0755, &err), 0);
	assert_int_equal(oak_fs_write_atomic("a/b/c/f", "one", 3, 0600, &err), 0);
	assert_int_equal(oak_fs_write_atomic("a/b/c/f", "two", 3, 0600, &err), 0);
	struct oak_buf buf;
	oak_buf_init(&buf, 3);
	assert_int_equal(oak_fs_read("a/b/c/f", &buf, &err), 0);
	assert_string_equal(buf.p, "two");
	struct stat st;
	assert_int_equal(stat("a/b/c/f", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	oak_buf_done(&buf);
	oak_buf_init(&buf, 2);
	assert_int_equal(oak_fs_read("a/b/c/f", &buf, &err), -1);
	assert_string_equal(err.id, "file.too-large");
	assert_int_equal(oak_fs_read("a/b", &buf, &err), -1);
	assert_string_equal(err.id, "file.directory");
	assert_int_equal(oak_fs_mkdirs("a/b/c/f/g", 0755, &err), -1);
	oak_buf_done(&buf);
}

static void test_digest(void **state)
{
	(void)state;
	static const char abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	unsigned char digest[OAK_SHA256_SIZE];
	char hex[OAK_SHA256_TEXT];
	oak_sha256("abc", 3, digest);
	oak_hex(digest, sizeof(digest), hex);
	assert_string_equal(hex, abc);
	assert_int_equal(oak_fs_write_atomic("abc", "abc", 3, 0644, NULL), 0);
	assert_int_equal(oak_sha256_file("abc", hex, NULL), 0);
	assert_string_equal(hex, abc);
}

static void test_exec_captures(void **state)
{
	(void)state;
	const char *argv[] = {"sh", "-c", "cat; echo oops >&2; exit 7", NULL};
	struct oak_buf out, errs;
	struct oak_exec_result result;
	oak_buf_init(&out, 100);
	oak_buf_init(&errs, 100);
	struct oak_exec command = {.argv = argv, .input = "hello", .input_n = 5, .out = &out, .err = &errs};
	assert_int_equal(oak_exec(&command, &result, NULL), 0);
	assert_int_equal(result.code, 7);
	assert_string_equal(out.p, "hello");
	assert_string_equal(errs.p, "oops\n");
	oak_buf_done(&out);
	oak_buf_done(&errs);
}

static void test_exec_ends_a_group_at_its_limit(void **state)
{
	(void)state;
	const char *argv[] = {"sh", "-c", "sleep 60 & wait", NULL};
	struct oak_exec_result result;
	assert_int_equal(oak_exec(&(struct oak_exec){.argv = argv, .timeout_s = 1}, &result, NULL), 0);
	assert_true(result.timed_out);
	assert_int_equal(result.code, -1);
}

static void test_exec_says_what_is_missing(void **state)
{
	(void)state;
	const char *argv[] = {"/no/such/program", NULL};
	struct oak_error err = {0};
	struct oak_exec_result result;
	assert_int_equal(oak_exec(&(struct oak_exec){.argv = argv}, &result, &err), -1);
	assert_int_equal(err.kind, OAK_NOT_FOUND);
	assert_string_equal(err.cause, "cannot run '/no/such/program': No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_atomic_write),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_exec_captures),
		cmocka_unit_test(test_exec_ends_a_group_at_its_limit),
		cmocka_unit_test(test_exec_says_what_is_missing),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
