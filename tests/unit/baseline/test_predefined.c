/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The predefined baselines: each reads without a warning, every OS has a default and a strict twin without delay. */
#include "doc.h"

#include <stdlib.h>

#include "baseline/baseline.h"
#include "core/fs.h"
#include "core/str.h"

static struct oak_baseline *load(struct oak_arena *arena, const char *text, const char *name)
{
	struct oak_baseline *baseline = NULL;
	struct oak_error err = {0};
	if (oak_baseline_parse(arena, doc_of(arena, text), name, &baseline, NULL, &err) < 0)
		fail_msg("%s", err.cause);
	return baseline;
}

static const char *text_of(const char *name)
{
	for (size_t i = 0; i < oak_predefined_count(); i++)
		if (oak_streq(oak_predefined_name(i), name))
			return oak_predefined_text(i);
	return NULL;
}

static void test_each(void **state)
{
	(void)state;
	assert_true(oak_predefined_count() >= 34);
	for (size_t i = 0; i < oak_predefined_count(); i++) {
		struct oak_arena *arena = oak_arena_new();
		const char *name = oak_predefined_name(i);
		const struct oak_baseline *b = load(arena, oak_predefined_text(i), name);
		bool strict = oak_ends_with(name, "-strict");
		assert_string_equal(b->name, name);
		assert_int_equal(b->warnings.n, 0);
		assert_true(b->honour_delay);
		assert_true(strict || oak_ends_with(name, "-default"));
		assert_true(b->rules.n > 0);
		for (size_t j = 0; j < b->rules.n; j++) {
			assert_int_equal(b->rules.v[j].approve_after_days, strict ? 0 : 7);
			assert_int_not_equal(b->rules.v[j].level, OAK_LEVEL_UNSPECIFIED);
		}
		/* its twin is there, for the same operating system */
		size_t stem = strlen(name) - strlen(strict ? "strict" : "default");
		const char *twin = oak_arena_printf(arena, "%.*s%s", (int)stem, name, strict ? "default" : "strict");
		assert_non_null(text_of(twin));
		assert_int_equal(load(arena, text_of(twin), twin)->os, b->os);
		oak_arena_free(arena);
	}
}

static void test_defaults(void **state)
{
	(void)state;
	for (int os = 0; os < OAK_OS_COUNT; os++) {
		struct oak_arena *arena = oak_arena_new();
		const char *name = oak_predefined_default((enum oak_os)os);
		assert_non_null(name);
		assert_non_null(text_of(name));
		assert_int_equal(load(arena, text_of(name), name)->os, os);
		oak_arena_free(arena);
	}
}

/* Exported to AWS they stay within AWS's limits, but for the system that AWS lacks. */
static void test_within_aws(void **state)
{
	(void)state;
	for (size_t i = 0; i < oak_predefined_count(); i++) {
		struct oak_arena *arena = oak_arena_new();
		struct oak_baseline *b = load(arena, oak_predefined_text(i), oak_predefined_name(i));
		static const enum oak_os ours[] = {OAK_OS_FEDORA, OAK_OS_DEBIAN, OAK_OS_UBUNTU, OAK_OS_RASPBIAN};
		bool only_ours = false;
		for (size_t j = 0; j < sizeof(ours) / sizeof(*ours); j++)
			only_ours |= b->os == ours[j]; /* on apt they filter by severity, which AWS cannot */
		assert_int_equal(oak_baseline_check_aws(arena, b, NULL, NULL), only_ours ? -1 : 0);
		oak_arena_free(arena);
	}
}

static void test_platforms(void **state)
{
	(void)state;
	static const struct {
		const char *family, *id, *version;
		int os;
		const char *product;
	} rows[] = {
		{"debian", "debian", "12", OAK_OS_DEBIAN, "Debian12"},
		{"debian", "debian", NULL, OAK_OS_DEBIAN, "Debian"},
		{"debian", "kali", "2026.1", OAK_OS_DEBIAN, "Debian2026"},
		{"debian", "ubuntu", "22.04", OAK_OS_UBUNTU, "Ubuntu22.04"},
		{"debian", "linuxmint", "21", OAK_OS_UBUNTU, "Ubuntu21"},
		{"debian", "raspbian", "11", OAK_OS_RASPBIAN, "Raspbian11"},
		{"rhel", "rhel", "8.6", OAK_OS_REDHAT_ENTERPRISE_LINUX, "RedhatEnterpriseLinux8.6"},
		{"rhel", "centos", "7.4", OAK_OS_CENTOS, "CentOS7.4"},
		{"rhel", "ol", "9.2", OAK_OS_ORACLE_LINUX, "OracleLinux9.2"},
		{"rhel", "rocky", "9.4", OAK_OS_ROCKY_LINUX, "RockyLinux9.4"},
		{"rhel", "almalinux", "10.0", OAK_OS_ALMA_LINUX, "AlmaLinux10.0"},
		{"rhel", "fedora", "43", OAK_OS_FEDORA, "Fedora43"},
		{"rhel", "circle", "9", OAK_OS_REDHAT_ENTERPRISE_LINUX, "RedhatEnterpriseLinux9"},
		{"amazon", "amzn", "2018.03", OAK_OS_AMAZON_LINUX, "AmazonLinux2018.03"},
		{"amazon", "amzn", "2", OAK_OS_AMAZON_LINUX_2, "AmazonLinux2"},
		{"amazon", "amzn", "2022", OAK_OS_AMAZON_LINUX_2022, "AmazonLinux2022"},
		{"amazon", "amzn", "2023", OAK_OS_AMAZON_LINUX_2023, "AmazonLinux2023"},
		{"rhel", "amzn", "2023.5.20240708", OAK_OS_AMAZON_LINUX_2023, "AmazonLinux2023"},
		{"suse", "sles", "15.1", OAK_OS_SUSE, "Suse15.1"},
		{"suse", "opensuse-leap", "15.6", OAK_OS_SUSE, "Suse15.6"},
		{"windows", "windows", "10.0.17763.5", OAK_OS_WINDOWS, "WindowsServer2019"},
		{"windows", "windows", "10.0.14393", OAK_OS_WINDOWS, "WindowsServer2016"},
		{"windows", "windows", "10.0.20348.2113", OAK_OS_WINDOWS, "WindowsServer2022"},
		{"windows", "windows", "10.0.26100.1", OAK_OS_WINDOWS, "WindowsServer2025"},
		{"windows", "windows", "10.0.19045.1", OAK_OS_WINDOWS, "Windows10"},
		{"windows", "windows", "10.0.22631", OAK_OS_WINDOWS, "Windows11"},
		{"windows", "windows", "6.3.9600", OAK_OS_WINDOWS, "WindowsServer2012R2"},
		{"windows", "windows", "junk", OAK_OS_WINDOWS, "Windows"},
		{"windows", "windows", NULL, OAK_OS_WINDOWS, "Windows"},
		{"plan9", "plan9", "4", -1, "plan94"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_arena *arena = oak_arena_new();
		struct oak_platform p = {.family = rows[i].family, .id = rows[i].id, .version = rows[i].version};
		assert_int_equal(oak_os_of_platform(&p), rows[i].os);
		assert_string_equal(oak_product_of_platform(arena, &p), rows[i].product);
		oak_arena_free(arena);
	}
	for (int os = 0; os < OAK_OS_COUNT; os++)
		assert_int_equal(oak_os_from_string(oak_os_to_string((enum oak_os)os)), os);
	assert_int_equal(oak_os_from_string("debian"), OAK_OS_DEBIAN);
	assert_int_equal(oak_os_from_string("BEOS"), -1);
	assert_int_equal(oak_os_from_string(NULL), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_within_aws),
		cmocka_unit_test(test_platforms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
