/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans: what is wanted and refused, batches, forecast, digest, round trip, differences. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "baseline/plan.h"
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

static struct oak_verdict *verdict_of(void)
{
	struct oak_inventory *inventory = OAK_NEW(arena, struct oak_inventory);
	inventory->node.id = "6a1f0b4e-0000-4000-8000-000000000001";
	inventory->node.name = "web01";
	inventory->metadata_at = OAK_TIME_NONE;
	struct oak_verdict *v = OAK_NEW(arena, struct oak_verdict);
	v->arena = arena;
	v->inventory = inventory;
	v->baseline_id = v->baseline_name = "nightly";
	v->baseline_digest = "00";
	return v;
}

static void add_patch(struct oak_verdict *v, const char *name, enum oak_state state, enum oak_reason reason)
{
	*oak_push(arena, &v->patches) = (struct oak_patch){
		.id = oak_arena_printf(arena, "%s.amd64", name), .name = name, .arch = "amd64", .installed = "1",
		.available = "2", .state = state, .reason = reason, .rule = "rule 1", .classification = "Security"};
}

static void add_action(struct oak_transaction *t, const char *name, enum oak_action_kind kind, const char *pulled_by)
{
	*oak_push(arena, &t->actions) = (struct oak_action){
		.kind = kind, .name = name, .arch = "amd64", .from = kind == OAK_ACTION_INSTALL ? NULL : "1",
		.to = kind == OAK_ACTION_REMOVE ? NULL : "2", .download_bytes = 1000, .disk_bytes = -10,
		.asked = pulled_by == NULL, .pulled_by = pulled_by};
}

static void test_wants(void **state)
{
	(void)state;
	struct oak_verdict *v = verdict_of();
	add_patch(v, "a", OAK_STATE_MISSING, OAK_REASON_NONE);
	add_patch(v, "b", OAK_STATE_MISSING, OAK_REASON_HELD);
	add_patch(v, "c", OAK_STATE_INSTALLED_OTHER, OAK_REASON_PENDING_APPROVAL);
	add_patch(v, "d", OAK_STATE_FAILED, OAK_REASON_NONE);
	add_patch(v, "e", OAK_STATE_MISSING, OAK_REASON_NO_LONGER_OFFERED);
	struct oak_plan_wants wants = {0};
	oak_plan_wants(arena, v, &wants);
	assert_int_equal(wants.wants.n, 2);
	assert_string_equal(wants.wants.v[0].name, "a");
	assert_string_equal(wants.wants.v[1].name, "d");
	assert_int_equal(wants.refused.n, 2);
	assert_string_equal(wants.refused.v[0].reason, "HELD");
	assert_string_equal(wants.refused.v[1].reason, "NO_LONGER_OFFERED");
}

static void test_forbid(void **state)
{
	(void)state;
	struct oak_transaction t = {0};
	struct oak_plan_wants wants = {0};
	add_action(&t, "a", OAK_ACTION_UPGRADE, NULL);
	add_action(&t, "lib", OAK_ACTION_INSTALL, "a");
	add_action(&t, "bad", OAK_ACTION_INSTALL, "lib");
	add_action(&t, "z", OAK_ACTION_UPGRADE, NULL);
	*oak_push(arena, &wants.wants) = (struct oak_want){"a", "amd64", "2"};
	*oak_push(arena, &wants.wants) = (struct oak_want){"z", "amd64", "2"};
	static const char *const forbidden[] = {"bad.amd64"};
	assert_int_equal(oak_plan_forbid(arena, &wants, &t, forbidden, 1, OAK_REASON_BLOCKED_DEPENDENCY), 1);
	assert_int_equal(wants.wants.n, 1);
	assert_string_equal(wants.wants.v[0].name, "z");
	assert_string_equal(wants.refused.v[0].patch, "a.amd64");
	assert_string_equal(wants.refused.v[0].reason, "BLOCKED_DEPENDENCY");
	assert_string_equal(wants.refused.v[0].detail, "it would bring in 'bad' (bad.amd64 <- lib.amd64 <- a.amd64)");
	assert_int_equal(oak_plan_forbid(arena, &wants, &t, forbidden, 0, OAK_REASON_BLOCKED_DEPENDENCY), 0);
}

static struct oak_plan *make(enum oak_batches batches, int64_t left)
{
	static struct oak_transaction t;
	memset(&t, 0, sizeof(t));
	add_action(&t, "one", OAK_ACTION_UPGRADE, NULL);
	add_action(&t, "two", OAK_ACTION_UPGRADE, NULL);
	add_action(&t, "libc6", OAK_ACTION_UPGRADE, "one");
	add_action(&t, "three", OAK_ACTION_UPGRADE, NULL);
	struct oak_plan_facts facts = {0};
	*oak_push(arena, &facts.undo) = (struct oak_plan_undo){"one.amd64", "cache", NULL};
	*oak_push(arena, &facts.undo) = (struct oak_plan_undo){"two.amd64", NULL, "no archive of version 1"};
	*oak_push(arena, &facts.together) = "three.amd64";
	*oak_push(arena, &facts.together) = "two.amd64";
	*oak_push(arena, &facts.disk) = (struct oak_plan_disk){"/", 5000, 100000};
	*oak_push(arena, &facts.restarts) = (struct oak_plan_restart){"nginx.service", "maps \"libc\"\n"};
	struct oak_verdict *v = verdict_of();
	add_patch(v, "one", OAK_STATE_MISSING, OAK_REASON_NONE);
	struct oak_plan_refusal held = {"held.amd64", "HELD", "dpkg hold"};
	struct oak_plan_input input = {.verdict = v, .transaction = &t, .facts = &facts, .refused = &held, .refused_count = 1,
				       .batches = batches, .seconds_left = left, .window = "night", .now = 1795435200};
	return oak_plan_make(arena, &input);
}

static void test_make(void **state)
{
	(void)state;
	struct oak_plan *plan = make(OAK_BATCHES_ONE, 0);
	assert_int_equal(plan->actions.n, 4);
	assert_int_equal(oak_plan_batches(plan), 1);
	assert_int_equal(plan->download_bytes, 4000);
	assert_int_equal(plan->disk_bytes, -40);
	assert_true(plan->actions.v[0].reversible);
	assert_false(plan->actions.v[1].reversible);
	assert_string_equal(plan->actions.v[1].undo, "no archive of version 1");
	assert_string_equal(plan->actions.v[0].reason, "Security, approved by rule 1");
	assert_string_equal(plan->actions.v[2].reason, "needed by one");
	assert_true(plan->reboot_forecast);
	assert_int_equal(plan->reboot_reasons.n, 1);
	assert_non_null(strstr(plan->reboot_reasons.v[0], "libc6.amd64"));
}

static void test_batches(void **state)
{
	(void)state;
	struct oak_plan *plan = make(OAK_BATCHES_SMALLEST, 0);
	assert_int_equal(oak_plan_batches(plan), 2);
	static const struct {
		const char *patch;
		int batch;
	} expected[] = {{"one.amd64", 1}, {"libc6.amd64", 1}, {"two.amd64", 2}, {"three.amd64", 2}};
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(plan->actions.v[i].patch, expected[i].patch);
		assert_int_equal(plan->actions.v[i].batch, expected[i].batch);
	}
	assert_int_equal(oak_plan_batches(make(OAK_BATCHES_TIMED, 0)), 1);
	assert_int_equal(oak_plan_batches(make(OAK_BATCHES_TIMED, 3600)), 1);
	assert_int_equal(oak_plan_batches(make(OAK_BATCHES_TIMED, 1)), 2);
}

static int read_back(const char *text, size_t n, struct oak_plan **ret, struct oak_error *err)
{
	const struct oak_value *doc;
	struct oak_value_limits limits = {.bytes = OAK_PLAN_MAX};
	assert_int_equal(oak_json_parse(arena, text, n, "plan.json", &limits, &doc, err), 0);
	return oak_plan_parse(arena, doc, "plan.json", ret, err);
}

static void test_round_trip(void **state)
{
	(void)state;
	struct oak_plan *plan = make(OAK_BATCHES_SMALLEST, 0), *back;
	OAK_AUTO(oak_buf_done) struct oak_buf first, second;
	oak_buf_init(&first, OAK_PLAN_MAX);
	oak_buf_init(&second, OAK_PLAN_MAX);
	struct oak_sink sink;
	struct oak_error err = {0};
	oak_sink_json(&sink, &first);
	oak_plan_format(plan, &sink);
	assert_int_equal(read_back(first.p, first.n, &back, &err), 0);
	oak_sink_json(&sink, &second);
	oak_plan_format(back, &sink);
	assert_string_equal(first.p, second.p);
	assert_string_equal(back->actions.v[1].name, "libc6");
	assert_string_equal(back->actions.v[1].arch, "amd64");
}

/* Any change of what would be done is seen; a change of words is not. */
static void test_tampering(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to;
		int rc;
	} rows[] = {
		{"\"to\": \"2\"", "\"to\": \"3\"", -1},
		{"one.amd64", "eno.amd64", -1},
		{"UPGRADE", "REMOVE ", -1},
		{"web01", "web02", 0},
		{"-000000000001", "-000000000002", -1},
		{"HELD", "HELL", -1},
		{"\"kind\"", "\"kimd\"", -1},
	};
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	oak_buf_init(&text, OAK_PLAN_MAX);
	struct oak_sink sink;
	oak_sink_json(&sink, &text);
	oak_plan_format(make(OAK_BATCHES_ONE, 0), &sink);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char *copy = oak_arena_strndup(arena, text.p, text.n);
		char *at = strstr(copy, rows[i].from);
		assert_non_null(at);
		memcpy(at, rows[i].to, strlen(rows[i].to));
		struct oak_plan *plan;
		struct oak_error err = {0};
		assert_int_equal(read_back(copy, text.n, &plan, &err), rows[i].rc);
	}
}

static void test_compare(void **state)
{
	(void)state;
	struct oak_plan *then = make(OAK_BATCHES_ONE, 0), *now = make(OAK_BATCHES_ONE, 0);
	struct oak_plan_changes same = {0}, changes = {0};
	oak_plan_compare(arena, then, now, &same);
	assert_int_equal(same.lines.n, 0);
	assert_string_equal(then->digest, now->digest);
	now->actions.v[0].to = "4";
	now->actions.n = 3;
	now->refused.n = 0;
	now->digest = oak_plan_digest(arena, now);
	assert_string_not_equal(then->digest, now->digest);
	oak_plan_compare(arena, then, now, &changes);
	assert_int_equal(changes.lines.n, 3);
	assert_string_equal(changes.lines.v[0], "one.amd64: was 1 to 2, is now 1 to 4");
	assert_string_equal(changes.lines.v[1], "three.amd64: 1 to 2 is no longer to be done");
	assert_string_equal(changes.lines.v[2], "held.amd64: is no longer refused (HELD)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_wants, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forbid, setup, teardown),
		cmocka_unit_test_setup_teardown(test_make, setup, teardown),
		cmocka_unit_test_setup_teardown(test_batches, setup, teardown),
		cmocka_unit_test_setup_teardown(test_round_trip, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tampering, setup, teardown),
		cmocka_unit_test_setup_teardown(test_compare, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
