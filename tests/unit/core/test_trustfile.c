/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files may be obeyed: owners, modes, folders above, links, sticky folders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/trustfile.h"

static char top[64];

static const char *in_top(const char *name)
{
	static char paths[4][256];
	static unsigned next;
	char *path = paths[next++ % 4];
	snprintf(path, sizeof(paths[0]), "%s/%s", top, name);
	return path;
}

static int set_up(void **state)
{
	(void)state;
	snprintf(top, sizeof(top), "/tmp/oak-trust-XXXXXX");
	struct oak_error err = {0};
	if (!mkdtemp(top) || mkdir(in_top("d"), 0755) < 0 ||
	    oak_fs_write_atomic(in_top("d/file"), "x", 1, 0644, &err) < 0)
		return -1;
	return symlink("d/file", in_top("link")) || symlink("loop", in_top("loop"));
}

static int tear_down(void **state)
{
	(void)state;
	unlink(in_top("d/file"));
	unlink(in_top("link"));
	unlink(in_top("loop"));
	rmdir(in_top("d"));
	return rmdir(top);
}

static void expect(const char *name, const char *id)
{
	struct oak_error err = {0};
	int rc = oak_trust_check(in_top(name), &err);
	assert_int_equal(rc, id ? -1 : 0);
	if (id)
		assert_string_equal(err.id, id);
	if (id && strncmp(id, "trust.", 6) == 0)
		assert_int_equal(err.kind, OAK_UNTRUSTED);
}

static void test_good(void **state)
{
	(void)state;
	expect("d/file", NULL);
	expect("link", NULL);
	expect("d", NULL);
	expect("d/../d/./file", NULL);
}

static void test_absent_and_loops(void **state)
{
	(void)state;
	expect("nothing", "file.open");
	expect("loop", "trust.links");
}

static void test_writable_by_others(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		mode_t mode, back;
		const char *id;
	} rows[] = {
		{"d/file", 0664, 0644, "trust.writable"}, {"d/file", 0646, 0644, "trust.writable"},
		{"d", 0775, 0755, "trust.writable"},	  {"d", 0757, 0755, "trust.writable"},
		{"d", 01777, 0755, NULL}, /* sticky, and the entry below is ours */
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(chmod(in_top(rows[i].path), rows[i].mode), 0);
		expect("d/file", rows[i].id);
		expect("link", rows[i].id); /* through a link just the same */
		assert_int_equal(chmod(in_top(rows[i].path), rows[i].back), 0);
	}
}

static void test_foreign_owner(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		skip();
		return;
	}
	assert_int_equal(chown(in_top("d/file"), 12345, 12345), 0);
	expect("d/file", "trust.owner");
	assert_int_equal(chown(in_top("d/file"), 0, 0), 0);
	assert_int_equal(lchown(in_top("link"), 12345, 12345), 0);
	expect("link", "trust.owner");
	assert_int_equal(lchown(in_top("link"), 0, 0), 0);
	assert_int_equal(chown(in_top("d"), 12345, 12345), 0);
	expect("d/file", "trust.owner");
	assert_int_equal(chown(in_top("d"), 0, 0), 0);
	expect("d/file", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_absent_and_loops),
		cmocka_unit_test(test_writable_by_others),
		cmocka_unit_test(test_foreign_owner),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
