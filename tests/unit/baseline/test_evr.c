/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Version comparison: own vectors, the laws of a total order over random texts, and recorded vectors where they lie. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "baseline/evaluate.h"
#include "core/str.h"

struct vector {
	const char *a, *b;
	int sign;
};

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static void expect(oak_evr_compare compare, const char *a, const char *b, int wanted)
{
	if (sign(compare(a, b)) != wanted || sign(compare(b, a)) != -wanted)
		fail_msg("'%s' and '%s': %d and %d instead of %d", a, b, compare(a, b), compare(b, a), wanted);
}

static void test_deb(void **state)
{
	(void)state;
	static const struct vector rows[] = {
		{"1.0", "1.0", 0},	 {"1.0", "1.0-0", 0},	  {"0:1.0", "1.0", 0},	    {"1.0", "1.00", 0},
		{"1.9", "1.10", -1},	 {"1.0~rc1", "1.0", -1},  {"1.0~~", "1.0~", -1},    {"1.0", "1.0a", -1},
		{"1.0a", "1.0+", -1},	 {"1.0.1", "1.0a", 1},    {"1:1.0", "2.0", 1},	    {"1.0-1", "1.0-2", -1},
		{"1.0-1", "1.0-1+b1", -1}, {"1.0-1", "1.0-1~bpo12+1", 1}, {"1.2-3-4", "1.2-3-5", -1}, {"1:2:3", "1:2:4", -1},
		{"6.1.140-1", "6.1.99-1", 1}, {"3.0.11-1~deb12u2", "3.0.11-1~deb12u10", -1}, {"", "", 0}, {"", "0", 0},
		{"99999999999999999999999", "100000000000000000000000", -1},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		expect(oak_evr_compare_deb, rows[i].a, rows[i].b, rows[i].sign);
}

static void test_rpm(void **state)
{
	(void)state;
	static const struct vector rows[] = {
		{"1.0~rc1-1", "1.0-1", -1},  {"1.0-1", "1.0^git1-1", -1}, {"1.0^git1-1", "1.0.1-1", -1}, {"1.05-1", "1.5-1", 0},
		{"2.0.1a-1", "2.0.1-1", 1},  {"3.0.2-95.24.1", "3.0-95.21.1", 1}, {"1.0a-1", "1.0.1-1", -1},
		{"1:1.9-1", "2.0-1", 1},     {"0:1.0-1", "1.0-1", 0},	  {"1.0^-1", "1.0-1", 1},	 {"1.0^~-1", "1.0^-1", -1},
		{"1.0-1", "1.0-1.el9", -1},  {"1.0_1-1", "1.0.1-1", 0},	  {"1.0-10", "1.0-9", 1},	 {"1.a-1", "1.1-1", -1},
		{"5.14.0-427.13.1.el9_4", "5.14.0-427.9.1.el9_4", 1},	  {"1.0-1", "1.0", 1},		 {"", "", 0},
		{"00000000000000000000000000000000001-1", "1-1", 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		expect(oak_evr_compare_rpm, rows[i].a, rows[i].b, rows[i].sign);
}

static void test_windows(void **state)
{
	(void)state;
	static const struct vector rows[] = {
		{"10.0.20348.2113", "10.0.20348.2113", 0}, {"10.0.20348.2113", "10.0.20348.999", 1}, {"10.0", "10.0.0.0", 0},
		{"6.3.9600", "10.0.14393", -1}, {"1.02", "1.2", 0}, {"1.2a", "1.2", 1}, {"1.2A", "1.2a", 0}, {"", "0", 0},
		{"99999999999999999999", "100000000000000000000", -1},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		expect(oak_evr_compare_windows, rows[i].a, rows[i].b, rows[i].sign);
}

static void test_family(void **state)
{
	(void)state;
	assert_ptr_equal(oak_evr_for_family("debian"), oak_evr_compare_deb);
	assert_ptr_equal(oak_evr_for_family("windows"), oak_evr_compare_windows);
	assert_ptr_equal(oak_evr_for_family("suse"), oak_evr_compare_rpm);
	assert_ptr_equal(oak_evr_for_family("amazon"), oak_evr_compare_rpm);
	assert_ptr_equal(oak_evr_for_family(NULL), oak_evr_compare_rpm);
}

/* --- the laws, over texts short enough to collide often ------------------------------------------------------------ */

static uint64_t seed = 88172645463325252u;

static unsigned next_random(unsigned below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % below;
}

static void random_text(char out[16])
{
	static const char letters[] = "001129ab..~~^--:+_Z\xC3";
	unsigned n = next_random(9);

	for (unsigned i = 0; i < n; i++)
		out[i] = letters[next_random(sizeof(letters) - 1)];
	out[n] = '\0';
}

static void check_laws(oak_evr_compare compare, const char *a, const char *b, const char *c)
{
	int ab = sign(compare(a, b)), bc = sign(compare(b, c)), ac = sign(compare(a, c));

	if (compare(a, a) != 0)
		fail_msg("'%s' is not equal to itself", a);
	if (ab != -sign(compare(b, a)))
		fail_msg("'%s' and '%s' are not antisymmetric", a, b);
	if (ab <= 0 && bc <= 0 && (ac > 0 || (ac == 0 && (ab < 0 || bc < 0))))
		fail_msg("'%s' <= '%s' <= '%s' is not transitive", a, b, c);
	if (ab == 0 && ac != bc)
		fail_msg("'%s' equals '%s' but they differ against '%s'", a, b, c);
}

static void test_total_order(void **state)
{
	(void)state;
	static const oak_evr_compare compares[] = {oak_evr_compare_deb, oak_evr_compare_rpm, oak_evr_compare_windows};
	char a[16], b[16], c[16];

	for (int i = 0; i < 200000; i++) {
		random_text(a);
		random_text(b);
		random_text(c);
		for (size_t k = 0; k < sizeof(compares) / sizeof(*compares); k++)
			check_laws(compares[k], a, b, c);
	}
}

/* --- recorded vectors ----------------------------------------------------------------------------------------------- */

static FILE *open_corpus(const char *name)
{
	const char *corpus = getenv("OAKUM_CORPUS");
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", corpus ? corpus : TEST_SOURCE "/../shared/data", name);
	FILE *file = fopen(path, "r");
	if (!file)
		print_message("skipped: no corpus (%s)\n", name);
	return file;
}

/* "RPMVERCMP(a, b, n)"; lines that begin with dnl are switched off there. */
static void test_corpus_rpm(void **state)
{
	(void)state;
	FILE *file = open_corpus("rpmvercmp/rpmvercmp.at");
	char line[512], a[128], b[128];
	int wanted, rows = 0;

	if (!file)
		skip();
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "RPMVERCMP(%127[^,], %127[^,], %d)", a, b, &wanted) == 3) {
			expect(oak_evr_compare_rpm, a, b, wanted);
			rows++;
		}
	fclose(file);
	assert_in_range(rows, 50, 10000);
}

static void test_corpus_dpkg(void **state)
{
	(void)state;
	FILE *file = open_corpus("dpkg-version-tests/vectors.tsv");
	char line[512], a[200], b[200];
	int wanted, rows = 0;

	if (!file)
		skip();
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%199[^\t]\t%199[^\t]\t%d", a, b, &wanted) == 3) {
			expect(oak_evr_compare_deb, a, b, wanted);
			rows++;
		}
	fclose(file);
	assert_in_range(rows, 50, 100000);
}

static void test_corpus_debian(void **state)
{
	(void)state;
	FILE *file = open_corpus("debian-versions/debian-versions.txt");
	char line[512], a[200], b[200], op;
	int rows = 0;

	if (!file)
		skip();
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%199s %c %199s", a, &op, b) == 3 && strchr("<=>", op)) {
			expect(oak_evr_compare_deb, a, b, op == '<' ? -1 : op == '>');
			rows++;
		}
	fclose(file);
	assert_in_range(rows, 20, 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deb),	    cmocka_unit_test(test_rpm),		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_family),	    cmocka_unit_test(test_total_order), cmocka_unit_test(test_corpus_rpm),
		cmocka_unit_test(test_corpus_dpkg), cmocka_unit_test(test_corpus_debian),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
