/* SPDX-License-Identifier: GPL-3.0-or-later */
/* os-release, ends of life, kernels, and what is read below a root only. */
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

#include "baseline/kernel.h"
#include "core/fs.h"
#include "core/str.h"
#include "scanners/host.h"
#include "scanners/os_release.h"
#include "scanners/reboot.h"
#include "scanners/root.h"

static void test_os_release(void **state)
{
	(void)state;
	static const struct {
		const char *text, *id, *version, *family, *end;
	} rows[] = {
		{"ID=debian\nVERSION_ID=\"12\"\n", "debian", "12", "debian", "2028-07-01T00:00:00Z"},
		{"# c\nID='ubuntu'\nVERSION_ID=20.04\nX\n=y\n", "ubuntu", "20.04", "debian", "2025-06-01T00:00:00Z"},
		{"ID=mine\nID_LIKE=\"foo rhel fedora\"\n", "mine", NULL, "rhel", NULL},
		{"ID=opensuse-leap\nVERSION_ID=15.6\nSUPPORT_END=2030-01-01\n", "opensuse-leap", "15.6", "suse", "2030-01-02T00:00:00Z"},
		{"ID=\"a\\\"b\"\n", "a\"b", NULL, NULL, NULL},
		{"ID=\xff\xfe\n", NULL, NULL, NULL, NULL},
		{"", NULL, NULL, NULL, NULL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_arena *arena = oak_arena_new();
		struct oak_os_release os;
		char text[OAK_TIME_TEXT];
		oak_os_release_parse(arena, rows[i].text, strlen(rows[i].text), &os);
		assert_true(oak_streq(os.id, rows[i].id));
		assert_true(oak_streq(os.version_id, rows[i].version));
		assert_true(oak_streq(os.family, rows[i].family));
		assert_string_equal(oak_time_format(oak_os_end_of_life(&os), text), rows[i].end ? rows[i].end : "-");
		oak_arena_free(arena);
	}
}

static void test_kernels(void **state)
{
	(void)state;
	static const struct {
		const char *family, *name, *evr, *arch, *release;
	} rows[] = {
		{"debian", "linux-image-6.1.0-40-amd64", "6.1.153-1", "amd64", "6.1.0-40-amd64"},
		{"debian", "linux-image-unsigned-5.15.0-1-generic", "1", "amd64", "5.15.0-1-generic"},
		{"debian", "linux-image-amd64", "6.1.153-1", "amd64", NULL},
		{"debian", "linux-image-6.1.0-40-amd64-dbg", "1", "amd64", NULL},
		{"debian", "bash", "1", "amd64", NULL},
		{"rhel", "kernel-core", "0:5.14.0-427.el9", "x86_64", "5.14.0-427.el9.x86_64"},
		{"rhel", "kernel-modules", "5.14.0-427.el9", "x86_64", NULL},
		{"suse", "kernel-default", "5.14.21-150500.55.44.1", "x86_64", "5.14.21-150500.55.44-default"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_package p = {.name = rows[i].name, .evr = rows[i].evr, .arch = rows[i].arch};
		char text[OAK_KERNEL_TEXT];
		assert_true(oak_streq(oak_kernel_release(rows[i].family, &p, text), rows[i].release));
	}
	bool same;
	assert_true(oak_kernel_compare("debian", "6.1.0-9-amd64", "6.1.0-10-amd64", &same) < 0 && same);
	oak_kernel_compare("debian", "6.1.0-9-amd64", "6.1.0-10-cloud-amd64", &same);
	assert_false(same);
}

static char folder[] = "/tmp/oakum-host.XXXXXX";

static void put(const char *path, const char *text)
{
	struct oak_arena *arena = oak_arena_new();
	char *full = oak_arena_printf(arena, "%s%s", folder, path);
	char *slash = strrchr(full, '/');
	*slash = '\0';
	assert_int_equal(oak_fs_mkdirs(full, 0700, NULL), 0);
	*slash = '/';
	assert_int_equal(oak_fs_write_atomic(full, text, strlen(text), 0600, NULL), 0);
	oak_arena_free(arena);
}

static int make_root(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_root(void **state)
{
	(void)state;
	char command[] = "-rf";
	pid_t pid = fork();
	if (pid == 0) {
		execlp("rm", "rm", command, folder, (char *)NULL);
		_exit(127);
	}
	return 0;
}

static bool has_problem(const struct oak_inventory *inventory, const char *kind)
{
	for (size_t i = 0; i < inventory->problems.n; i++)
		if (oak_streq(inventory->problems.v[i].kind, kind))
			return true;
	return false;
}

static void test_below_root(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_inventory *inventory = oak_inventory_new(arena);
	put("/etc/machine-id", "uninitialized\n");
	oak_host_facts(folder, 0, inventory);
	assert_null(inventory->node.platform.kernel); /* never the host's own */
	assert_true(has_problem(inventory, "no-proc"));
	assert_true(has_problem(inventory, "no-os-release"));
	oak_reboot_state(folder, inventory);
	assert_false(inventory->reboot_required);

	/* links lead where that system would follow them */
	put("/usr/lib/os-release", "ID=debian\nVERSION_ID=\"10\"\n");
	char link[64];
	snprintf(link, sizeof(link), "%s/etc/os-release", folder);
	assert_int_equal(symlink("/usr/lib/os-release", link), 0);
	put("/proc/sys/kernel/osrelease", "6.1.0-1-amd64\n");
	put("/proc/5/maps", "7f-8f r-xp 0 08:01 1 /usr/lib/libc.so.6 (deleted)\n7f-8f r--p 0 08:01 1 /usr/share/x.mo (deleted)\n"
			    "7f-8f r-xp 0 08:01 1 /usr/lib/libm.so.6\n7f-8f r-xp 0 08:01 1 /tmp/jit.so (deleted)\n");
	put("/proc/6/maps", "7f-8f r-xp 0 08:01 1 /usr/lib/libc.so.6 (deleted)");
	put("/proc/7/maps", "7f-8f r-xp 0 08:01 1 /usr/lib/libc.so.6 (deleted)\n");
	inventory = oak_inventory_new(arena);
	oak_host_facts(folder, 4102444800, inventory);
	assert_string_equal(inventory->node.platform.kernel, "6.1.0-1-amd64");
	assert_string_equal(inventory->node.platform.family, "debian");
	assert_true(has_problem(inventory, "end-of-life"));
	oak_reboot_state(folder, inventory);
	assert_true(inventory->reboot_required);
	assert_int_equal(inventory->reboot_reasons.n, 1);
	assert_true(oak_starts_with(inventory->reboot_reasons.v[0], "/usr/lib/libc.so.6 was replaced, 2 processes still use"));
	oak_arena_free(arena);
}

static void test_node_id(void **state)
{
	(void)state;
	char here[OAK_NODE_ID_TEXT], again[OAK_NODE_ID_TEXT], other[OAK_NODE_ID_TEXT];
	oak_host_node_id(folder, here); /* without a usable machine-id */
	assert_int_equal(strlen(here), 36);
	put("/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
	oak_host_node_id(folder, again);
	assert_string_not_equal(here, again);
	assert_null(strstr(again, "0123456789"));
	put("/etc/machine-id", "0123456789abcdef0123456789abcdee\n");
	assert_string_not_equal(oak_host_node_id(folder, other), again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_os_release),
		cmocka_unit_test(test_kernels),
		cmocka_unit_test(test_below_root),
		cmocka_unit_test(test_node_id),
	};
	return cmocka_run_group_tests(tests, make_root, remove_root);
}
