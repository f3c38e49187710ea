/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Host locks: one holder, gone with its process; a package manager's lock is seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/lock.h"

static char dir[] = "/tmp/oak-lock-XXXXXX";
static char path[64];

static int setup(void **state)
{
	(void)state;
	snprintf(path, sizeof(path), "%s/lock", mkdtemp(dir));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

/* A child that holds the lock until it is ended. */
static pid_t holder(bool by_fcntl)
{
	int ready[2];
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	if (pid == 0) {
		int fd = -1;
		struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
		if (by_fcntl)
			fd = open(path, O_RDWR | O_CREAT, 0600);
		int rc = by_fcntl ? fcntl(fd, F_SETLK, &lock) : oak_lock_take(path, 0, NULL, &fd, NULL);
		if (write(ready[1], rc == 0 ? "y" : "n", 1) == 1)
			pause();
		_exit(1);
	}
	char c = 0;
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(c, 'y');
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void test_one_holder(void **state)
{
	(void)state;
	struct oak_error err = {0};
	int fd = -1, stop = 1;
	pid_t pid = holder(false);
	assert_int_equal(oak_lock_take(path, 0, NULL, &fd, &err), -1);
	assert_int_equal(err.kind, OAK_TRANSIENT);
	assert_string_equal(err.id, "lock.held");
	char text[24];
	snprintf(text, sizeof(text), "process %d", (int)pid);
	assert_non_null(strstr(err.cause, text));
	assert_int_equal(oak_lock_take(path, 60, &stop, &fd, &err), -1);
	assert_int_equal(err.kind, OAK_INTERRUPTED);
	end(pid);
	assert_int_equal(oak_lock_take(path, 0, NULL, &fd, &err), 0);
	oak_lock_release(&fd);
	assert_int_equal(fd, -1);
	oak_lock_release(&fd);
}

static void test_fcntl(void **state)
{
	(void)state;
	struct oak_error err = {0};
	assert_int_equal(oak_lock_wait_fcntl("/nonexistent/lock", 0, NULL, &err), 0);
	pid_t pid = holder(true);
	assert_int_equal(oak_lock_wait_fcntl(path, 0, NULL, &err), -1);
	assert_string_equal(err.id, "lock.held");
	end(pid);
	assert_int_equal(oak_lock_wait_fcntl(path, 0, NULL, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_holder),
		cmocka_unit_test(test_fcntl),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
