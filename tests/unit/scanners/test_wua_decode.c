/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of the Windows Update Agent, as it gives them, become an inventory: on any system. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/str.h"
#include "scanners/wua/wua_decode.h"

#define SECURITY "0FA1201D-4330-4FA8-8AE9-B877473B6441" /* the agent writes ids in either case */
#define NOW 1795435200                                      /* 2026-11-23T12:00:00Z */
#define DAY 86400

static struct oak_arena *arena;
static struct oak_inventory *inventory;
static struct oak_wua_answer answer;
static const struct oak_wua_moment moment = {NOW, NOW - 10 * DAY, "Windows Server 2016 Standard"};

static int set_up(void **state)
{
	(void)state;
	arena = oak_arena_new();
	inventory = oak_inventory_new(arena);
	answer = (struct oak_wua_answer){.fetched_at = NOW, .result = OAK_WUA_SUCCEEDED, .asked_server = true};
	answer.service.issued_at = answer.service.expires_at = OAK_TIME_NONE;
	answer.service.id = "7971F918-A847-4430-9279-4A52D1EFE18D";
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	oak_arena_free(arena);
	return 0;
}

static size_t add(const char *id, const char *kb, int revision)
{
	struct oak_wua_update *u = oak_push(arena, &answer.updates);
	*u = (struct oak_wua_update){.id = id, .revision = revision, .title = "an update", .deployed_at = NOW - DAY, .size = -1};
	if (kb)
		*oak_push(arena, &u->kbs) = kb;
	return answer.updates.n - 1;
}

static void category(size_t i, const char *type, const char *id, const char *name, const char *family)
{
	*oak_push(arena, &answer.updates.v[i].categories) = (struct oak_wua_category){type, id, name, family};
}

static void event(const char *id, oak_time at, int result, bool removal)
{
	*oak_push(arena, &answer.history) = (struct oak_wua_event){.update_id = id, .at = at, .result = result, .removal = removal};
}

static void decode(void)
{
	oak_wua_decode(&answer, &moment, inventory);
}

static void test_update(void **state)
{
	(void)state;
	size_t i = add("id-1", "5000001", 201);
	struct oak_wua_update *u = &answer.updates.v[i];
	category(i, "UpdateClassification", SECURITY, "Sicherheitsupdates", NULL);
	category(i, "Product", "x", "Windows 10 LTSB", "Windows");
	category(i, "Product", "y", "Windows Server 2016", "Windows");
	u->severity = "Critical";
	u->reboot = OAK_WUA_REBOOT_CAN;
	u->size = 42;
	u->hidden = true;
	*oak_push(arena, &u->cves) = "CVE-2026-1";
	*oak_push(arena, &u->bulletins) = "MS26-048";
	*oak_push(arena, &u->supersedes) = "id-0";
	decode();
	assert_int_equal(inventory->updates.n, 1);
	const struct oak_update *got = &inventory->updates.v[0];
	assert_string_equal(got->name, "KB5000001");
	assert_string_equal(got->kb, "KB5000001");
	assert_string_equal(got->evr, "201");
	assert_string_equal(got->update_id, "id-1");
	assert_string_equal(got->product, "Windows Server 2016"); /* the one that this host is */
	assert_string_equal(got->product_family, "Windows");
	assert_string_equal(got->title, "an update (MS26-048)");
	assert_string_equal(got->supersedes.v[0], "id-0");
	assert_true(got->hidden && got->security);
	assert_int_equal(got->size, 42);
	assert_int_equal(got->updated, NOW - DAY);
	assert_int_equal(got->advisories.n, 1);
	assert_string_equal(got->advisories.v[0].id, "KB5000001");
	assert_string_equal(got->advisories.v[0].classification, "SecurityUpdates"); /* by its id, not by a translated name */
	assert_string_equal(got->advisories.v[0].severity, "Critical");
	assert_string_equal(got->advisories.v[0].cves.v[0], "CVE-2026-1");
	assert_true(got->advisories.v[0].reboot_suggested);
	assert_int_equal(inventory->packages.n, 0);
	assert_string_equal(inventory->repositories.v[0].id, "microsoft-update");
	assert_int_equal(inventory->metadata_at, NOW);
}

static void test_bare(void **state)
{
	(void)state;
	add("id-1", NULL, 1);
	size_t nameless = add(NULL, "5000002", 1);
	category(0, "UpdateClassification", "00000000-0000-0000-0000-000000000000", "Something new", NULL);
	answer.updates.v[0].severity = "";
	answer.updates.v[0].deployed_at = OAK_TIME_NONE;
	answer.updates.v[0].title = NULL;
	(void)nameless;
	decode();
	assert_int_equal(inventory->updates.n, 1); /* without identity it is nothing */
	assert_string_equal(inventory->updates.v[0].name, "id-1");
	assert_null(inventory->updates.v[0].kb);
	assert_null(inventory->updates.v[0].title);
	assert_null(inventory->updates.v[0].advisories.v[0].severity);
	assert_string_equal(inventory->updates.v[0].advisories.v[0].id, "id-1");
	assert_string_equal(inventory->updates.v[0].advisories.v[0].classification, "Something new");
	assert_false(inventory->updates.v[0].advisories.v[0].reboot_suggested);
}

static void test_installed(void **state)
{
	(void)state;
	add("id-1", "KB1", 1); /* a KB may come with its letters */
	add("id-2", "2", 1);
	answer.updates.v[0].installed = true;
	event("ID-1", NOW - 20 * DAY, OAK_WUA_FAILED, false);
	event("ID-1", NOW - 5 * DAY, OAK_WUA_SUCCEEDED, false);
	event("id-2", NOW - DAY, OAK_WUA_SUCCEEDED, false);
	decode();
	assert_int_equal(inventory->packages.n, 1);
	assert_string_equal(inventory->packages.v[0].name, "KB1");
	assert_int_equal(inventory->packages.v[0].installed_at, NOW - 5 * DAY);
	assert_false(inventory->reboot_required);
}

/* Still offered, but installed since the boot: it waits. What was installed before the boot and is offered again is missing. */
static void test_waiting(void **state)
{
	(void)state;
	add("id-1", "1", 1);
	add("id-2", "2", 1);
	add("id-3", "3", 1);
	add("id-4", "4", 1);
	add("id-5", "5", 1);
	answer.reboot_required = true;
	answer.updates.v[4].reboot_required = true;
	event("id-1", NOW - DAY, OAK_WUA_SUCCEEDED, false);
	event("id-2", NOW - 20 * DAY, OAK_WUA_SUCCEEDED, false);
	event("id-3", NOW - DAY, OAK_WUA_FAILED, false);
	event("id-4", NOW - DAY, OAK_WUA_SUCCEEDED, true);
	decode();
	assert_int_equal(inventory->packages.n, 2);
	assert_string_equal(inventory->packages.v[0].name, "KB1");
	assert_string_equal(inventory->packages.v[1].name, "KB5");
	assert_int_equal(inventory->packages.v[1].installed_at, NOW); /* since the boot, whoever did it */
	assert_true(inventory->reboot_required);
	assert_int_equal(inventory->reboot_reasons.n, 1);
}

static void test_same_kb(void **state)
{
	(void)state;
	add("aaaaaaaa-1", "1", 200);
	add("bbbbbbbb-1", "1", 200);
	add("cccccccc-1", "1", 201);
	decode();
	assert_string_equal(inventory->updates.v[0].evr, "200.aaaaaaaa");
	assert_string_equal(inventory->updates.v[1].evr, "200.bbbbbbbb");
	assert_string_equal(inventory->updates.v[2].evr, "201");
	assert_ptr_equal(oak_wua_find(arena, &answer, "KB1", "200.bbbbbbbb"), &answer.updates.v[1]);
	assert_null(oak_wua_find(arena, &answer, "KB1", "200"));
}

static void test_warnings(void **state)
{
	(void)state;
	answer.result = OAK_WUA_SUCCEEDED_WITH_ERRORS;
	*oak_push(arena, &answer.warnings) = (struct oak_wua_warning){"something", (int32_t)0x80244022};
	*oak_push(arena, &answer.warnings) = (struct oak_wua_warning){"said by itself", 0};
	decode();
	assert_int_equal(inventory->problems.n, 2);
	assert_string_equal(inventory->problems.v[0].kind, "search-incomplete");
	assert_non_null(strstr(inventory->problems.v[0].detail, "HTTP 503"));
	assert_string_equal(inventory->problems.v[1].detail, "said by itself");
}

static void test_services(void **state)
{
	(void)state;
	static const struct {
		struct oak_wua_service service;
		const char *id;
	} cases[] = {
		{{.id = "9482F4B4-E343-43B6-B170-9A65BC822C77"}, "windows-update"},
		{{.id = "3da21691-e39d-4da6-8a4b-b43877bcb1b7", .managed = true}, "wsus"},
		{{.managed = true}, "wsus"},
		{{.id = NULL}, "windows-update"},
		{{.id = "some", .package = true}, "offline-catalog"},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		inventory = oak_inventory_new(arena);
		answer.service = cases[i].service;
		decode();
		assert_string_equal(inventory->repositories.v[0].id, cases[i].id);
		assert_true(inventory->repositories.v[0].trusted && inventory->repositories.v[0].advisories);
	}
}

static void test_resolve(void **state)
{
	(void)state;
	const struct oak_want wants[] = {{"KB1", NULL, "1"}, {"KB2", NULL, "1"}, {"KB3", NULL, "1"}, {"KB4", NULL, "2"},
					 {"KB5", NULL, "1"}};
	struct oak_transaction t = {.actions = {0}};
	add("id-1", "1", 1);
	add("id-2", "2", 1);
	add("id-3", "3", 1);
	add("id-4", "4", 1);
	answer.updates.v[add("id-5", "5", 1)].installed = true;
	answer.updates.v[0].size = 1000;
	answer.updates.v[1].hidden = true;
	answer.updates.v[2].asks_user = true;
	oak_wua_resolve(&answer, &moment, (struct oak_wua_wants){wants, 5}, arena, &t);
	assert_int_equal(t.actions.n, 1);
	assert_string_equal(t.actions.v[0].name, "KB1");
	assert_string_equal(t.actions.v[0].to, "1");
	assert_null(t.actions.v[0].from);
	assert_int_equal(t.actions.v[0].download_bytes, 1000);
	assert_true(t.actions.v[0].asked);
	assert_int_equal(t.refused.n, 3);
	assert_string_equal(t.refused.v[0].kind, "HIDDEN");
	assert_non_null(strstr(t.refused.v[1].detail, "ask a person"));
	assert_string_equal(t.refused.v[2].kind, "NO_LONGER_OFFERED"); /* another revision is another update */
}

static void test_time(void **state)
{
	(void)state;
	assert_int_equal(oak_wua_time(0), OAK_TIME_NONE);
	assert_int_equal(oak_wua_time(-1), OAK_TIME_NONE);
	assert_int_equal(oak_wua_time(25569.0), 0);
	assert_int_equal(oak_wua_time(46349.5), NOW);
	assert_int_equal(oak_wua_time(46349.5 + 1.0 / 86400), NOW + 1);
	assert_int_equal(oak_wua_time(1e300), OAK_TIME_NONE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {TEST(test_update),   TEST(test_bare),     TEST(test_installed), TEST(test_waiting), TEST(test_same_kb),
					   TEST(test_warnings), TEST(test_services), TEST(test_resolve),   TEST(test_time)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
