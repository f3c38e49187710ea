/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Filter values against candidates: case, blanks, aliases, absent values, products with prefixes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "baseline/filter.h"

struct row {
	enum oak_filter_key key;
	const char *wanted, *value; /* NULL = absent */
	bool matches;
};

static void check(enum oak_flavour flavour, const struct row *row)
{
	const char *values[] = {row->wanted};
	const struct oak_filter filter = {.key = row->key, .values = {values, 1, 1}};
	struct oak_update update = {.priority = row->value, .section = row->value, .product_family = row->value};
	const struct oak_candidate candidate = {.update = &update, .classification = row->value, .severity = row->value};
	const struct oak_filter_context context = {flavour, row->value};

	if (flavour == OAK_FLAVOUR_WINDOWS)
		update.product = row->key == OAK_FILTER_PATCH_SET ? "x" : row->value;
	if (oak_filter_match(&context, &filter, &candidate) != row->matches)
		fail_msg("key %d: '%s' wanted, '%s' there: %d", (int)row->key, row->wanted, row->value ? row->value : "absent", !row->matches);
}

static void test_linux(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{OAK_FILTER_CLASSIFICATION, "security", "Security", true},  {OAK_FILTER_CLASSIFICATION, "Security", "Bugfix", false},
		{OAK_FILTER_CLASSIFICATION, "*", NULL, true},		    {OAK_FILTER_CLASSIFICATION, "Security", NULL, false},
		{OAK_FILTER_CLASSIFICATION, "Security", "", false},	    {OAK_FILTER_SEVERITY, "Medium", "Moderate", true},
		{OAK_FILTER_SEVERITY, "moderate", "medium", true},	    {OAK_FILTER_SEVERITY, "None", NULL, true},
		{OAK_FILTER_SEVERITY, "Low", NULL, false},		    {OAK_FILTER_SEVERITY, "Unspecified", "", true},
		{OAK_FILTER_SEVERITY, "Critical", "Important", false},	    {OAK_FILTER_PRIORITY, "Required", "required", true},
		{OAK_FILTER_SECTION, "universe/net", "universe/net", true}, {OAK_FILTER_SECTION, "net", "universe/net", false},
		{OAK_FILTER_PRODUCT, "RedhatEnterpriseLinux8", "RedhatEnterpriseLinux8.6", false},
		{OAK_FILTER_PRODUCT, "redhatenterpriselinux8.*", "RedhatEnterpriseLinux8.6", true},
		{OAK_FILTER_PRODUCT, "Debian12.*", "Debian12", true},	    {OAK_FILTER_PRODUCT, "Debian1.*", "Debian12", false},
		{OAK_FILTER_PRODUCT, "debian12", "Debian12", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check(OAK_FLAVOUR_RPM, &rows[i]);
}

static void test_windows(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{OAK_FILTER_CLASSIFICATION, "SecurityUpdates", "Security Updates", true},
		{OAK_FILTER_PRODUCT, "WindowsServer2016", "Windows Server 2016", true},
		{OAK_FILTER_PRODUCT, "Office 2016", "Office 2016", true},
		{OAK_FILTER_PRODUCT_FAMILY, "Office", "Office", true},
		{OAK_FILTER_PATCH_SET, "OS", "Windows", true},
		{OAK_FILTER_PATCH_SET, "APPLICATION", "Office", true},
		{OAK_FILTER_PATCH_SET, "OS", "Office", false},
		{OAK_FILTER_MSRC_SEVERITY, "Unspecified", NULL, true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check(OAK_FLAVOUR_WINDOWS, &rows[i]);
}

/* A rule that names no patch set, product or family is about Windows itself. */
static void test_windows_rule(void **state)
{
	(void)state;
	const char *any[] = {"*"}, *office[] = {"Office 2016"};
	struct oak_filter filter = {.key = OAK_FILTER_CLASSIFICATION, .values = {any, 1, 1}};
	const struct oak_rule rule = {.filters = {&filter, 1, 1}};
	const struct oak_update application = {.product = "Office 2016", .product_family = "Office"};
	const struct oak_update system = {.product = "Windows Server 2022", .product_family = "Windows"};
	const struct oak_candidate a = {.update = &application, .classification = "Updates"}, s = {.update = &system, .classification = "Updates"};
	const struct oak_filter_context windows = {OAK_FLAVOUR_WINDOWS, "Windows"}, rpm = {OAK_FLAVOUR_RPM, "x"};

	assert_false(oak_filter_match_rule(&windows, &rule, &a));
	assert_true(oak_filter_match_rule(&windows, &rule, &s));
	assert_true(oak_filter_match_rule(&rpm, &rule, &a));
	filter = (struct oak_filter){.key = OAK_FILTER_PRODUCT, .values = {office, 1, 1}};
	assert_true(oak_filter_match_rule(&windows, &rule, &a));
	filter = (struct oak_filter){.key = OAK_FILTER_PRODUCT, .values = {any, 1, 1}};
	assert_false(oak_filter_match_rule(&windows, &rule, &a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_linux), cmocka_unit_test(test_windows), cmocka_unit_test(test_windows_rule)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
