/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Selectors and assignments: grammar, overlap against all nodes of a small world, conflicts, what holds for one node. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "baseline/assignment.h"
#include "core/str.h"

static struct oak_node node_of(struct oak_arena *arena, const char *tags)
{
	struct oak_node n = {.id = "n1", .name = "web-1", .platform = {.family = "debian", .id = "debian", .version = "12", .arch = "amd64"}};
	struct oak_str rest = oak_str_of(tags), part;
	while (*tags && oak_str_next(&rest, ',', &part)) {
		struct oak_str key;
		oak_str_next(&part, '=', &key);
		*oak_push(arena, &n.tags) = (struct oak_tag){oak_arena_strndup(arena, key.p, key.n), oak_arena_strndup(arena, part.p, part.n)};
	}
	return n;
}

static struct oak_selector *selector(struct oak_arena *arena, const char *text)
{
	struct oak_selector *s = NULL;
	struct oak_error err = {0};
	if (oak_selector_parse(arena, text, "test", &s, &err) < 0)
		fail_msg("'%s': %s", text, err.cause);
	return s;
}

static void test_matches(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_node n = node_of(arena, "role=web,env=prod,Patch Group=a and b,os=tagged,quote=it's");
	static const struct {
		const char *text;
		bool matches;
	} rows[] = {
		{"role in (web, api) and os == debian and env != dev", true},
		{"all", true}, {"not all", false}, {"role", true}, {"missing", false}, {"not missing", true}, {"missing != x", true},
		{"missing == x", false}, {"missing not in (x, y)", true}, {"role not in (web)", false}, {"role = web", true},
		{"os == DEBIAN", true}, {"tag:os == tagged", true}, {"tag:os == debian", false}, {"arch == x86_64", true},
		{"arch == AMD64", true}, {"version == 12", true}, {"version == 1", false}, {"version == 12.1", false},
		{"family == debian", true}, {"name == web-1", true}, {"id in (n1, n2)", true}, {"role == Web", false},
		{"\"Patch Group\" == 'a and b'", true}, {"quote == 'it''s'", true}, {"\"os\" == tagged", true},
		{"role == api or env == prod and role == web", true}, {"(role == api or env == prod) and role == db", false},
		{"not role == api and env == prod", true}, {"not (role == api and env == prod)", true}, {"not (role or env)", false},
		{"not not role", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct oak_selector *s = selector(arena, rows[i].text);
		if (oak_selector_matches(s, &n) != rows[i].matches)
			fail_msg("'%s' is %d", rows[i].text, !rows[i].matches);
		assert_int_equal(oak_selector_why_not(arena, s, &n) == NULL, rows[i].matches);
	}
	n.platform.version = "12.1";
	assert_true(oak_selector_matches(selector(arena, "version == 12"), &n));
	assert_false(oak_selector_matches(selector(arena, "version == 12.10"), &n));
	assert_string_equal(oak_selector_why_not(arena, selector(arena, "role and env != prod"), &n), "env != prod, but it is 'prod'");
	assert_string_equal(oak_selector_why_not(arena, selector(arena, "x in (a, b)"), &n), "x in (a, b), but the node has no such tag");
	oak_arena_free(arena);
}

static void test_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text, *says;
	} rows[] = {
		{"", "a key expected at character 1, where it ends"}, {"role ==", "a value expected at character 8"},
		{"role in web", "'(' expected at character 9 instead of 'web'"}, {"role in ()", "a value expected"},
		{"role in (a b)", "',' or ')' expected at character 12"}, {"role in (a,", "a value"}, {"(role", "'and', 'or' or ')'"},
		{"role)", "'and', 'or' or the end"}, {"role and", "a key"}, {"and role", "a key"}, {"role == and", "a value"},
		{"role == 'x", "a value"}, {"role & x", "the end expected at character 6 instead of '&'"}, {"role not x", "'in'"},
		{"role == a b", "the end"}, {"not", "a key"}, {"role in (a,,b)", "a value"},
	};
	struct oak_arena *arena = oak_arena_new();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_error err = {0};
		struct oak_selector *s;
		assert_int_equal(oak_selector_parse(arena, rows[i].text, "x.yaml", &s, &err), -1);
		assert_string_equal(err.id, "selector.invalid");
		if (!strstr(err.cause, rows[i].says))
			fail_msg("'%s' says '%s'", rows[i].text, err.cause);
	}
	/* over the limits: depth, tests, alternatives, length */
	char text[9000];
	struct oak_error err = {0};
	struct oak_selector *s;
	memset(text, '(', 100), text[100] = '\0';
	assert_int_equal(oak_selector_parse(arena, text, "x", &s, &err), -1);
	assert_non_null(strstr(err.cause, "64 levels"));
	const char *many = "(a == 1 or b == 2)";
	for (int i = 0; i < 9; i++)
		many = oak_arena_printf(arena, "%s and (a == 1 or b == 2)", many);
	assert_int_equal(oak_selector_parse(arena, many, "x", &s, &err), -1);
	assert_non_null(strstr(err.cause, "alternatives"));
	memset(text, 'a', 5000), text[5000] = '\0';
	assert_int_equal(oak_selector_parse(arena, text, "x", &s, &err), -1);
	assert_non_null(strstr(err.cause, "4096"));
	oak_arena_free(arena);
}

/* --- overlap: what it says is what trying every node of a small world says ------------------------------------------------ */

static uint32_t seed = 1;
static unsigned pick(unsigned n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 16) % n;
}

static const char *const versions[] = {"8", "8.10", "9", "9.1"};
static const char *random_selector(struct oak_arena *arena, int depth)
{
	static const char *const values[] = {"x", "y", "z"};
	static const char *const oses[] = {"debian", "rhel"};
	const char *key = pick(2) ? "a" : "b";
	if (depth > 0 && pick(3)) {
		const char *l = random_selector(arena, depth - 1), *r = random_selector(arena, depth - 1);
		switch (pick(3)) {
		case 0:
			return oak_arena_printf(arena, "not (%s)", l);
		case 1:
			return oak_arena_printf(arena, "(%s) and (%s)", l, r);
		default:
			return oak_arena_printf(arena, "(%s) or (%s)", l, r);
		}
	}
	switch (pick(8)) {
	case 0:
		return oak_arena_printf(arena, "%s", key);
	case 1:
		return oak_arena_printf(arena, "%s != %s", key, values[pick(3)]);
	case 2:
		return oak_arena_printf(arena, "%s not in (%s, %s)", key, values[pick(3)], values[pick(3)]);
	case 3:
		return oak_arena_printf(arena, "%s in (%s, %s)", key, values[pick(3)], values[pick(3)]);
	case 4:
		return oak_arena_printf(arena, "os %s %s", pick(2) ? "==" : "!=", oses[pick(2)]);
	case 5:
		return oak_arena_printf(arena, "version %s %s", pick(2) ? "==" : "!=", versions[pick(4)]);
	case 6:
		return pick(6) ? "a == x" : "all";
	default:
		return oak_arena_printf(arena, "%s == %s", key, values[pick(3)]);
	}
}

/* Every value that a selector can name, one that none names, and none at all. */
static bool found_node(struct oak_arena *arena, const struct oak_selector *x, const struct oak_selector *y)
{
	static const char *const values[] = {NULL, "x", "y", "z", "other"};
	static const char *const oses[] = {"debian", "rhel", "suse"};
	static const char *const all_versions[] = {"8", "8.10", "8.11", "9", "9.1", "9.2", "10"};
	for (int a = 0; a < 5; a++)
		for (int b = 0; b < 5; b++)
			for (int o = 0; o < 3; o++)
				for (int v = 0; v < 7; v++) {
					struct oak_node n = {.id = "i", .name = "n", .platform = {.id = oses[o], .family = "f", .arch = "amd64"}};
					n.platform.version = all_versions[v];
					if (values[a])
						*oak_push(arena, &n.tags) = (struct oak_tag){"a", values[a]};
					if (values[b])
						*oak_push(arena, &n.tags) = (struct oak_tag){"b", values[b]};
					if (oak_selector_matches(x, &n) && oak_selector_matches(y, &n))
						return true;
				}
	return false;
}

static void test_overlap(void **state)
{
	(void)state;
	int overlapping = 0, apart = 0;
	for (int i = 0; i < 4000; i++) {
		struct oak_arena *arena = oak_arena_new();
		const char *x = random_selector(arena, 2), *y = random_selector(arena, 2);
		const struct oak_selector *a = selector(arena, x), *b = selector(arena, y);
		bool expected = found_node(arena, a, b);
		if (oak_selectors_overlap(arena, a, b) != expected)
			fail_msg("'%s' and '%s': %d", x, y, !expected);
		overlapping += expected, apart += !expected;
		oak_arena_free(arena);
	}
	assert_true(overlapping > 500 && apart > 500);
}

/* --- assignments ------------------------------------------------------------------------------------------------------------ */

static const struct oak_assignment *assignment(struct oak_arena *arena, const char *name, const char *yaml)
{
	const struct oak_value *doc;
	struct oak_assignment *a = NULL;
	struct oak_error err = {0};
	const char *text = oak_arena_printf(arena, "schema: oakum.assignment/1\n%s", yaml);
	if (oak_yaml_parse(arena, text, strlen(text), name, &(struct oak_value_limits){OAK_ASSIGNMENT_MAX, 0}, &doc, &err) < 0 ||
	    oak_assignment_parse(arena, doc, name, &a, &err) < 0)
		fail_msg("%s: %s", name, err.cause);
	return a;
}

static void test_bad_documents(void **state)
{
	(void)state;
	static const struct {
		const char *yaml, *says;
	} rows[] = {
		{"selector: all\n", "assigns nothing"},
		{"selector: all\nring: a\nrnig: b\n", "rnig"},
		{"ring: a\n", "selector"},
		{"selector: all\nring: 7\n", "ring"},
		{"selector: all\npackages: [{name: p}]\n", "either version or channel"},
		{"selector: all\npackages: [{name: p, version: 1, channel: latest}]\n", "packages[0]"},
		{"selector: all\npackages: [{name: p, channel: beta}]\n", "'latest' or a prefix"},
		{"selector: all\npackages: [{name: p, action: UNINSTALL, channel: latest}]\n", "UNINSTALL"},
		{"selector: all\npackages: [{name: p, channel: latest}, {name: p, channel: latest}]\n", "twice"},
		{"selector: all\nring: a\npriority: 1000001\n", "priority"},
		{"selector: all\npackages: [{name: p, action: DELETE}]\n", "action"},
	};
	struct oak_arena *arena = oak_arena_new();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct oak_value *doc;
		struct oak_assignment *a;
		struct oak_error err = {0};
		const char *text = oak_arena_printf(arena, "schema: oakum.assignment/1\n%s", rows[i].yaml);
		assert_int_equal(oak_yaml_parse(arena, text, strlen(text), "x", &(struct oak_value_limits){9999, 0}, &doc, &err), 0);
		assert_int_equal(oak_assignment_parse(arena, doc, "x.yaml", &a, &err), -1);
		if (!strstr(err.cause, rows[i].says) || err.kind != OAK_INVALID)
			fail_msg("row %zu says '%s'", i, err.cause);
	}
	oak_arena_free(arena);
}

static void test_conflicts(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_assignments list = {0};
	struct oak_assignment_conflicts conflicts = {0};
	struct oak_error err = {0};
	*oak_push(arena, &list.list) = assignment(arena, "a", "selector: role == web\nbaseline: one\npackages: [{name: p, version: '1'}]\n");
	*oak_push(arena, &list.list) = assignment(arena, "b", "selector: role != web\nbaseline: two\n");
	*oak_push(arena, &list.list) = assignment(arena, "c", "selector: env == prod\npriority: 5\nbaseline: three\n");
	*oak_push(arena, &list.list) = assignment(arena, "d", "selector: env == dev\nbaseline: one\nwindows: [w]\n");
	oak_assignments_check(arena, &list, &conflicts); /* b and d set the baseline differently, and can meet */
	assert_int_equal(conflicts.list.n, 1);
	assert_string_equal(conflicts.list.v[0].a->name, "b");
	assert_string_equal(conflicts.list.v[0].b->name, "d");
	assert_int_equal(oak_assignments_refuse(&conflicts, &err), -1);
	assert_string_equal(err.id, "assignment.conflict");
	assert_non_null(strstr(err.cause, "'b' and 'd' set the baseline differently"));
	*oak_push(arena, &list.list) = assignment(arena, "e", "selector: all\npackages: [{name: p, channel: latest}]\n");
	conflicts = (struct oak_assignment_conflicts){0};
	oak_assignments_check(arena, &list, &conflicts);
	assert_int_equal(conflicts.list.n, 2);
	assert_string_equal(conflicts.list.v[0].what, "package 'p'");
	oak_arena_free(arena);
}

static void test_effective(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_assignments list = {0};
	struct oak_effective e;
	struct oak_node n = node_of(arena, "role=web,env=prod");
	*oak_push(arena, &list.list) = assignment(arena, "base", "selector: all\nbaseline: b0\nwindows: [w0]\npackages: [{name: z, channel: latest}, {name: p, version: '1'}]\n");
	*oak_push(arena, &list.list) = assignment(arena, "web", "selector: role == web\npriority: 10\nbaseline: b1\npackages: [{name: p, version: '2'}]\n");
	*oak_push(arena, &list.list) = assignment(arena, "dev", "selector: env == dev\npriority: 20\nbaseline: b2\n");
	oak_assignments_effective(arena, &list, &n, &e);
	assert_int_equal(e.seen.n, 3);
	assert_string_equal(e.seen.v[0].why_not, "env == dev, but it is 'prod'");
	assert_string_equal(e.baseline->baseline, "b1");
	assert_string_equal(e.windows->name, "base");
	assert_int_equal(e.packages.n, 2);
	assert_string_equal(e.packages.v[0].package->name, "p");
	assert_string_equal(e.packages.v[0].package->version, "2");
	assert_string_equal(e.seen.v[2].overruled, "baseline (by 'web'), package 'p' (by 'web')");
	assert_int_equal(e.conflicts.list.n, 0);
	/* two of equal priority: neither holds, and both are named; below one that settles it they harm nobody */
	*oak_push(arena, &list.list) = assignment(arena, "web2", "selector: env == prod\npriority: 10\nbaseline: b3\nring: r\n");
	oak_assignments_effective(arena, &list, &n, &e);
	assert_null(e.baseline);
	assert_int_equal(e.conflicts.list.n, 1);
	assert_string_equal(e.ring->ring, "r");
	*oak_push(arena, &list.list) = assignment(arena, "top", "selector: all\npriority: 11\nbaseline: b9\n");
	oak_assignments_effective(arena, &list, &n, &e);
	assert_string_equal(e.baseline->baseline, "b9");
	assert_int_equal(e.conflicts.list.n, 0);
	oak_arena_free(arena);
}

static void test_version(void **state)
{
	(void)state;
	static const char *const offered[] = {"1.9", "2.0~rc1", "1.10", "2.0", "20.1"};
	static const struct {
		const char *version, *channel, *want;
	} rows[] = {{NULL, "latest", "20.1"}, {NULL, "1.*", "1.10"}, {NULL, "2.*", "2.0"}, {NULL, "3.*", NULL}, {"1.9", NULL, "1.9"}, {"1", NULL, NULL}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_assigned_package p = {.name = "p", .version = rows[i].version, .channel = rows[i].channel};
		const char *got = oak_assigned_version(&p, offered, 5);
		assert_true(oak_streq(got, rows[i].want));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_matches), cmocka_unit_test(test_refused), cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_bad_documents), cmocka_unit_test(test_conflicts), cmocka_unit_test(test_effective),
		cmocka_unit_test(test_version),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
