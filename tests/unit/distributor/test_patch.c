/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small parts of patch runs: exit codes, ids, units of processes, progress lines; and that every installer is whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/str.h"
#include "distributor/patch/apt.h"
#include "distributor/patch/backends.h"
#include "distributor/patch/rpm.h"
#include "distributor/patch/run.h"

static void test_exit_codes(void **state)
{
	(void)state;
	static const struct {
		struct oak_aws_exit facts;
		int code;
	} rows[] = {
		{{false, false, false, true}, 0},  {{true, false, false, true}, 194}, {{true, true, false, true}, 195},
		{{true, false, true, true}, 195}, {{false, true, false, false}, 1},  {{false, false, true, true}, 1},
		{{false, false, true, false}, 2}, {{false, false, false, false}, 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(oak_run_aws_exit(&rows[i].facts), rows[i].code);
	assert_int_equal(oak_run_exit(OAK_RUN_CUT_OFF), 4);
	assert_int_equal(oak_run_exit(OAK_RUN_SKIPPED), 75);
	assert_int_equal(oak_run_aws_error("baseline.override-two"), 165);
	assert_int_equal(oak_run_aws_error("file.open"), 0);
	for (int i = 0; i < OAK_RUN_STATUS_COUNT; i++)
		assert_int_equal(oak_run_status_from_string(oak_run_status_to_string((enum oak_run_status)i)), i);
}

static void test_ids(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	assert_string_equal(oak_run_id_make(arena, 1795435200, 0x19c41), "20261123-120000-9c41");
	assert_true(oak_run_id_check("20261123-120000-9c41"));
	assert_false(oak_run_id_check("../etc"));
	assert_false(oak_run_id_check(".hidden"));
	assert_false(oak_run_id_check(""));
	assert_false(oak_run_id_check("a/b"));
	oak_arena_free(arena);
}

static void test_units(void **state)
{
	(void)state;
	static const struct {
		const char *text, *unit;
	} rows[] = {
		{"0::/system.slice/nginx.service\n", "nginx.service"},
		{"12:pids:/x.service\n1:name=systemd:/system.slice/ssh.service\n0::/\n", "ssh.service"},
		{"0::/system.slice/system-getty.slice/getty@tty1.service\n", "getty@tty1.service"},
		{"0::/user.slice/user-1000.slice/user@1000.service/app.slice/app.scope\n", "user@1000.service"},
		{"0::/user.slice/user-0.slice/session-1.scope\n", NULL},
		{"0::/init.scope\n", NULL},
		{"", NULL},
		{"garbage", NULL},
	};
	struct oak_arena *arena = oak_arena_new();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_true(oak_streq(oak_service_of_cgroup(arena, rows[i].text), rows[i].unit));
	assert_true(oak_service_is_sacred("dbus.service"));
	assert_true(oak_service_is_sacred("systemd-logind.service"));
	assert_true(oak_service_is_sacred("user@1000.service"));
	assert_true(oak_service_is_sacred("sshd@3-1.2.3.4.service"));
	assert_false(oak_service_is_sacred("nginx.service"));
	assert_false(oak_service_is_sacred("ssh.service"));
	oak_arena_free(arena);
}

static void test_progress(void **state)
{
	(void)state;
	assert_int_equal(oak_apt_progress("pmstatus:libc6:amd64:12.5:Unpacking libc6:amd64"), 125);
	assert_int_equal(oak_apt_progress("dlstatus:1:20.0:Retrieving file 1 of 2"), 200);
	assert_int_equal(oak_apt_progress("pmerror:x:1:y"), -1);
	assert_int_equal(oak_apt_progress("Setting up x"), -1);
	assert_int_equal(oak_rpm_progress("  Upgrading        : hello-1.1-1.noarch        1/4"), 250);
	assert_int_equal(oak_rpm_progress("(3/4) Installing: hello-1.1-1 [..done]"), 750);
	assert_int_equal(oak_rpm_progress("/usr/lib/7/8x"), -1);
	assert_int_equal(oak_rpm_progress("nothing"), -1);
}

/* One suite for every installer: the whole table is there, and each serves its own family alone. */
static void test_contract(void **state)
{
	(void)state;
	for (size_t i = 0; oak_installers[i]; i++) {
		const struct oak_installer *in = oak_installers[i];
		assert_non_null(in->name);
		assert_true(in->detect && in->check && in->stage && in->undoable && in->secure && in->commit && in->undo &&
			    in->marks_save && in->marks_restore && in->repair && in->files && in->installed);
		assert_ptr_equal(oak_installer_find(in->name), in);
		assert_false(in->detect("/nonexistent", "windows"));
		assert_false(in->detect("/nonexistent", ""));
	}
	struct oak_error err = {0};
	assert_null(oak_installer_detect("/nonexistent", "plan9", &err));
	assert_string_equal(err.id, "patch.no-installer");
	assert_null(oak_installer_find("pacman"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exit_codes), cmocka_unit_test(test_ids),	    cmocka_unit_test(test_units),
		cmocka_unit_test(test_progress),   cmocka_unit_test(test_contract),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
