/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit log's chain: appended by many, verified, every kind of tampering seen, a torn line survived. */
#include "world.h"

#include <fcntl.h>

#include "core/buf.h"
#include "fleet/store/audit.h"

static void append(const char *dir, const char *action, const char *detail)
{
	struct oak_error err = {0};
	const struct oak_audit_event event = {DAY0, "root", action, "run \"7\"", detail};
	if (oak_audit_append(dir, &event, &err) < 0)
		fail_msg("%s: %s", err.id, err.cause);
}

static int read_log(const char *dir, size_t *ret_n, size_t *ret_torn, struct oak_error *err)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_audit_log log = {0};
	*err = (struct oak_error){0};
	int rc = oak_audit_read(dir, arena, &log, err);
	*ret_n = log.list.n;
	*ret_torn = log.torn;
	return rc;
}

static void test_chain(void **state)
{
	(void)state;
	struct world w;
	struct oak_error err;
	size_t n, torn;
	world_new(&w, 0, 0);
	assert_int_equal(read_log(w.dir, &n, &torn, &err), 0);
	assert_int_equal(n, 0);
	for (int p = 0; p < 4; p++)
		if (fork() == 0) {
			for (int i = 0; i < 10; i++)
				append(w.dir, "patch.apply", i % 2 ? NULL : "two\nlines <script> \x01 é");
			_exit(0);
		}
	for (int p = 0; p < 4; p++) {
		int status;
		wait(&status);
		assert_int_equal(status, 0);
	}
	assert_int_equal(read_log(w.dir, &n, &torn, &err), 0);
	assert_int_equal(n, 40);
	assert_int_equal(torn, 0);
	world_done(&w);
}

/* Edit the log with sed(1), then verify. */
static void tamper(const char *script, bool seen)
{
	struct world w;
	struct oak_error err;
	size_t n, torn;
	char path[128];
	world_new(&w, 0, 0);
	for (int i = 0; i < 5; i++)
		append(w.dir, "key.new", "abc");
	snprintf(path, sizeof(path), "%s/audit.log", w.dir);
	char *const argv[] = {"sed", "-i", (char *)script, path, NULL};
	pid_t pid = fork();
	if (pid == 0) {
		execvp("sed", argv);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
	assert_int_equal(read_log(w.dir, &n, &torn, &err), seen ? -1 : 0);
	if (seen)
		assert_string_equal(err.id, "audit.broken");
	world_done(&w);
}

static void test_tampering(void **state)
{
	(void)state;
	tamper("3s/abc/abd/", true);
	tamper("3d", true);
	tamper("1d", true);
	tamper("2p", true);
	tamper("2{h;d};3{G}", true);
	tamper("4s/\"hash\":\"./\"hash\":\"z/", true);
	tamper("$!b", false);
}

static void test_torn(void **state)
{
	(void)state;
	struct world w;
	struct oak_error err;
	size_t n, torn;
	char path[128];
	world_new(&w, 0, 0);
	append(w.dir, "a", NULL);
	snprintf(path, sizeof(path), "%s/audit.log", w.dir);
	int fd = open(path, O_WRONLY | O_APPEND);
	assert_int_equal(write(fd, "{\"seq\":2,\"at\":", 14), 14);
	close(fd);
	append(w.dir, "b", NULL);
	assert_int_equal(read_log(w.dir, &n, &torn, &err), 0);
	assert_int_equal(n, 2);
	assert_int_equal(torn, 1);
	world_done(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chain),
		cmocka_unit_test(test_tampering),
		cmocka_unit_test(test_torn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
