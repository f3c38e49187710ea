/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Override lists and snapshots as documents: what is read, what is refused, what matches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "baseline/override.h"
#include "baseline/snapshot.h"
#include "core/str.h"

static struct oak_arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = oak_arena_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	oak_arena_free(arena);
	return 0;
}

static const struct oak_value *yaml(const char *text)
{
	const struct oak_value_limits limits = {.bytes = 1 << 20};
	const struct oak_value *doc;
	struct oak_error err;
	assert_int_equal(oak_yaml_parse(arena, text, strlen(text), "test", &limits, &doc, &err), 0);
	return doc;
}

static void test_refused(void **state)
{
	static const char *const bad[] = {
		"patches: [{title: x}]", "patches: [{id: ''}]", "other: 1", "[]", "patches: {id: x}", "patches: [{id: [1]}]",
		"patches: [x]",
	};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct oak_override *o;
		struct oak_error err = {0};
		if (oak_override_parse(arena, yaml(bad[i]), "test", &o, &err) == 0)
			fail_msg("read: %s", bad[i]);
		assert_string_equal(err.id, "override.invalid");
	}
}

static void test_matches(void **state)
{
	static const struct {
		const char *list;
		bool match;
	} rows[] = {
		{"patches: [{id: apt.amd64}]", true},
		{"patches: [{id: apt.amd64, title: '*1.2.27'}]", true},
		{"patches: [{id: apt.amd64, title: '*1.2.28'}]", false},
		{"patches: [{id: apt.i386}]", false},
		{"patches: [{id: 'ap*'}]", true},
		{"patches: [{id: curl}, {id: apt}]", true},
		{"patches: [{id: apt, title: 1.2.27, more: [1, 2]}]", true},
		{"patches: [{id: apti}]", false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_override *o;
		struct oak_error err = {0};
		assert_int_equal(oak_override_parse(arena, yaml(rows[i].list), "test", &o, &err), 0);
		if (oak_override_matches(o, OAK_FLAVOUR_DEB, "apt", "amd64", "1.2.27") != rows[i].match)
			fail_msg("%s: not %d", rows[i].list, rows[i].match);
	}
}

/* ------------------------------------------------------------------------------------------- snapshots */

static struct oak_snapshot *cut(void)
{
	struct oak_inventory *inventory = OAK_NEW(arena, struct oak_inventory);
	inventory->arena = arena;
	static const bool approved[] = {true, false};
	static const enum oak_level levels[] = {OAK_LEVEL_HIGH, OAK_LEVEL_LOW};
	static const char *const names[] = {"openssl", "curl"};
	for (size_t i = 0; i < 2; i++) {
		struct oak_update *u = oak_push(arena, &inventory->updates);
		oak_update_init(u);
		u->name = names[i];
		u->arch = "amd64";
		u->evr = "3.0-2";
		*oak_push(arena, &u->origins) = "sec";
	}
	const struct oak_verdict verdict = {.baseline_id = "b", .baseline_name = "b", .baseline_digest = "00"};
	return oak_snapshot_cut(arena, "nov", &verdict, inventory, approved, levels, 1795435200);
}

static const char *text_of(const struct oak_snapshot *s)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_sink sink;
	oak_buf_init(&text, 1 << 20);
	oak_sink_json(&sink, &text);
	oak_snapshot_format(s, &sink);
	return oak_arena_strdup(arena, oak_buf_text(&text));
}

static int parse(const char *text, struct oak_snapshot **ret, struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = 1 << 20};
	const struct oak_value *doc;
	assert_int_equal(oak_json_parse(arena, text, strlen(text), "test", &limits, &doc, err), 0);
	return oak_snapshot_parse(arena, doc, "test", ret, err);
}

static void test_snapshot(void **state)
{
	(void)state;
	struct oak_snapshot *s = cut(), *back;
	struct oak_error err = {0};
	assert_int_equal(s->approved.n, 1);
	assert_string_equal(s->approved.v[0].name, "openssl");
	assert_int_equal(oak_snapshot_promote(arena, s, "canary", 1795435300, &err), 0);
	assert_int_equal(oak_snapshot_promote(arena, s, "prod", 1795435400, &err), 0);
	assert_int_equal(oak_snapshot_promote(arena, s, "canary", 1795435500, &err), 0);
	assert_int_equal(s->rings.n, 2);
	assert_string_equal(s->rings.v[1].ring, "canary");
	assert_int_equal(oak_snapshot_promote(arena, s, "no/ring", 0, &err), -1);
	assert_string_equal(err.id, "snapshot.ring");
	const char *text = text_of(s);
	assert_int_equal(parse(text, &back, &err), 0);
	assert_string_equal(text_of(back), text);
	/* one changed character is seen */
	char *changed = oak_arena_strdup(arena, text);
	char *at = strstr(changed, "3.0-2");
	assert_non_null(at);
	at[4] = '9';
	assert_int_equal(parse(changed, &back, &err), -1);
	assert_string_equal(err.id, "snapshot.digest");
	assert_int_equal(err.kind, OAK_UNTRUSTED);
}

static void test_names(void **state)
{
	(void)state;
	assert_true(oak_snapshot_name_check("2026-11_a.b"));
	assert_false(oak_snapshot_name_check(".hidden"));
	assert_false(oak_snapshot_name_check("a/b"));
	assert_false(oak_snapshot_name_check(""));
	assert_false(oak_snapshot_name_check("12345678901234567890123456789012345678901234567890123456789012345"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_refused), cmocka_unit_test(test_matches), cmocka_unit_test(test_snapshot),
					   cmocka_unit_test(test_names)};
	return cmocka_run_group_tests(tests, setup, teardown);
}
