/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum.inventory/1: every member there and back, defaults, and what is refused with which path. */
#include "doc.h"

#include "baseline/inventory.h"

static const char full[] =
	"{\"schema\":\"oakum.inventory/1\",\"node\":{\"id\":\"n1\",\"name\":\"web\",\"tags\":{\"role\":\"w\",\"Patch Group\":\"prod\"},"
	"\"platform\":{\"family\":\"debian\",\"id\":\"debian\",\"version\":\"12\",\"arch\":\"amd64\",\"kernel\":\"6.1.0-9-amd64\","
	"\"bootId\":\"b\",\"bootedAt\":\"2026-11-01T00:00:00Z\"}},"
	"\"collectedAt\":\"2026-11-23T12:00:00Z\",\"metadataAt\":null,"
	"\"problems\":[{\"kind\":\"k\",\"subject\":\"s\",\"detail\":\"d\",\"remedy\":\"r\"}],"
	"\"repositories\":[{\"id\":\"r1\",\"uri\":\"http://h/\",\"suite\":\"s\",\"codename\":\"c\",\"label\":\"l\",\"component\":\"main\","
	"\"trusted\":true,\"enabled\":false,\"fetchedAt\":\"2026-11-22T00:00:00Z\",\"releaseDate\":\"2026-11-21T00:00:00Z\","
	"\"watchedSince\":\"2026-11-20T00:00:00Z\",\"advisories\":true,\"error\":\"e\",\"validUntil\":\"2026-11-30T00:00:00Z\"}],"
	"\"packages\":[{\"name\":\"a\",\"arch\":\"all\",\"evr\":\"1-1\",\"source\":\"as\",\"vendor\":\"v\","
	"\"buildTime\":\"2026-01-01T00:00:00Z\",\"installedAt\":\"2026-01-02T00:00:00Z\",\"auto\":true,\"hold\":true,\"pin\":\"p\","
	"\"module\":\"m\",\"signatureKey\":\"k\",\"holdKind\":\"lock\",\"offered\":\"other\",\"origins\":[\"r1\"],"
	"\"section\":\"net\",\"priority\":\"optional\",\"advisories\":[{\"id\":\"A-0\",\"classification\":\"Security\",\"cves\":[]}]}],"
	"\"updates\":[{\"name\":\"a\",\"arch\":\"all\",\"evr\":\"1-2\",\"origins\":[\"r1\"],\"security\":true,\"section\":\"net\","
	"\"priority\":\"optional\",\"size\":0,\"issued\":\"2026-01-03T00:00:00Z\",\"updated\":\"2026-01-04T00:00:00Z\","
	"\"built\":\"2026-01-05T00:00:00Z\",\"firstSeen\":\"2026-01-06T00:00:00Z\",\"phased\":true,\"module\":\"m\",\"kb\":\"KB1\","
	"\"updateId\":\"u\",\"revision\":3,\"product\":\"p\",\"productFamily\":\"f\",\"supersedes\":[\"x\"],\"hidden\":true,"
	"\"advisories\":[{\"id\":\"A-1\",\"classification\":\"Security\",\"severity\":\"Low\",\"issued\":\"2026-01-07T00:00:00Z\","
	"\"updated\":\"2026-01-08T00:00:00Z\",\"title\":\"t\",\"cves\":[\"CVE-2026-1\"],\"rebootSuggested\":true,"
	"\"bugs\":[\"1\"],\"knownExploited\":[\"CVE-2026-1\"]}],\"title\":\"t\",\"source\":\"s\",\"phasePercent\":50,"
	"\"needsSubscription\":\"Pro\",\"successorOf\":\"linux\"}],"
	"\"reboot\":{\"required\":true,\"reasons\":[\"kernel\"]}}\n";

static const char small[] = "schema: oakum.inventory/1\n"
			    "node: {id: n, platform: {family: rhel, id: almalinux}}\n"
			    "packages: [{name: a, arch: noarch, evr: 1-1}]\n"
			    "updates: [{name: a, arch: noarch, evr: 1-2}]\n"
			    "repositories: [{id: r}]\n";

static const char *written(struct oak_arena *arena, const struct oak_inventory *inventory)
{
	struct oak_buf text;
	struct oak_sink sink;
	oak_buf_init(&text, 1 << 20);
	oak_sink_json_compact(&sink, &text);
	oak_inventory_format(inventory, &sink);
	const char *copy = oak_arena_strdup(arena, oak_buf_text(&text));
	oak_buf_done(&text);
	return copy;
}

static void test_round_trip(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_inventory *inventory;
	assert_int_equal(oak_inventory_parse(arena, doc_of(arena, full), "full", &inventory, NULL), 0);
	assert_string_equal(written(arena, inventory), full);
	oak_arena_free(arena);
}

static void test_defaults(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_inventory *inventory;
	assert_int_equal(oak_inventory_parse(arena, doc_of(arena, small), "small", &inventory, NULL), 0);
	assert_true(inventory->updates.v[0].size == -1);
	assert_true(inventory->updates.v[0].first_seen == OAK_TIME_NONE);
	assert_true(inventory->repositories.v[0].enabled);
	assert_false(inventory->repositories.v[0].trusted);
	assert_false(inventory->reboot_required);
	const char *text = written(arena, inventory);
	struct oak_inventory *again;
	assert_int_equal(oak_inventory_parse(arena, doc_of(arena, text), "again", &again, NULL), 0);
	assert_string_equal(written(arena, again), text);
	assert_non_null(strstr(text, "\"reboot\":{\"required\":false,\"reasons\":[]}"));
	oak_arena_free(arena);
}

/* A recorded file may call a family as its package manager or its distribution is called. */
static void test_family(void **state)
{
	static const struct {
		const char *family, *id, *expected;
	} rows[] = {
		{"debian", "x", "debian"}, {"Debian", "rhel", "debian"}, {"dpkg", "x", "debian"},   {"deb", "ubuntu", "debian"},
		{"rpm", "rhel", "rhel"},   {"rpm", "sles", "suse"},	 {"rpm", "amzn", "amazon"}, {"rpm", "opensuse-leap", "suse"},
		{"rpm", "x", "rhel"},	   {"linux", "debian", "debian"}, {"linux", "ol", "rhel"},   {"redhat", "x", "rhel"},
		{"Win", "windows", "windows"}, {"haiku", "haiku", "haiku"}, {"zypp", "x", "suse"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_arena *arena = oak_arena_new();
		struct oak_inventory *inventory;
		const char *text = oak_arena_printf(arena, "{\"schema\":\"oakum.inventory/1\",\"node\":{\"id\":\"n\",\"platform\":"
						    "{\"family\":\"%s\",\"id\":\"%s\"}}}", rows[i].family, rows[i].id);
		assert_int_equal(oak_inventory_parse(arena, doc_of(arena, text), "t", &inventory, NULL), 0);
		assert_string_equal(inventory->node.platform.family, rows[i].expected);
		oak_arena_free(arena);
	}
}

static void test_windows(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_inventory *inventory;
	const char *text = doc_with(arena, small, "{name: a, arch: noarch, evr: 1-2}", "{kb: KB5, updateId: u}");
	assert_int_equal(oak_inventory_parse(arena, doc_of(arena, text), "kb", &inventory, NULL), 0);
	assert_string_equal(inventory->updates.v[0].name, "KB5");
	assert_string_equal(inventory->updates.v[0].evr, "");
	assert_string_equal(inventory->updates.v[0].arch, "");
	oak_arena_free(arena);
}

static void test_refused(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to, *expected;
	} rows[] = {
		{"/1", "/2", "schema: must be \"oakum.inventory/1\", is \"oakum.inventory/2\""},
		{"schema: oakum.inventory/1\n", "", "schema: is missing"},
		{"id: n,", "", "node.id: is missing"},
		{"id: n,", "id: \"a\\u0007b\",", "node.id: must be without control characters, is "},
		{"id: n,", "id: \"\",", "node.id: must be at least 1 characters, is 0"},
		{"family: rhel, ", "", "node.platform.family: is missing"},
		{"evr: 1-1", "evr: 11", "packages[0].evr: must be a string, is an integer"},
		{"evr: 1-1", "evrr: 1-1", "packages[0].evrr: unknown key (did you mean 'evr'?)"},
		{"evr: 1-1", "evr: 1-1, flavour: x", "packages[0].flavour: unknown key"},
		{"evr: 1-2}", "evr: 1-2, size: big}", "updates[0].size: must be an integer, is the string \"big\""},
		{"evr: 1-2}", "evr: 1-2, phasePercent: 101}", "updates[0].phasePercent: must be at most 100, is 101"},
		{"evr: 1-2}", "evr: 1-2, issued: yesterday}", "updates[0].issued: must be a time as in"},
		{"evr: 1-2}", "evr: 1-2, advisories: [{}]}", "updates[0].advisories[0].id: is missing"},
		{"evr: 1-2}", "evr: 1-2, supersedes: [1]}", "updates[0].supersedes[0]: must be a string"},
		{", evr: 1-2", "", "updates[0].evr: is missing"},
		{"packages: [{name: a, arch: noarch, evr: 1-1}]", "packages: {}", "packages: must be an array, is an object"},
		{"[{id: r}]", "[{id: r}, {id: r}]", "repositories[1].id: is the id of another repository too"},
		{"[{id: r}]", "[r]", "repositories[0]: must be an object, is the string \"r\""},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_arena *arena = oak_arena_new();
		struct oak_inventory *inventory = NULL;
		struct oak_error err = {0};
		const char *text = doc_with(arena, small, rows[i].from, rows[i].to);
		assert_int_equal(oak_inventory_parse(arena, doc_of(arena, text), "bad", &inventory, &err), -1);
		assert_null(inventory);
		assert_string_equal(err.id, "inventory.invalid");
		if (!strstr(err.cause, rows[i].expected))
			fail_msg("\"%s\" is not in \"%s\"", rows[i].expected, err.cause);
		oak_arena_free(arena);
	}
}

/* All errors of a document are counted, and the message holds as many as fit. */
static void test_all_errors(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_inventory *inventory;
	struct oak_error err = {0};
	struct oak_buf text;
	oak_buf_init(&text, 1 << 20);
	oak_buf_adds(&text, "schema: oakum.inventory/1\nnode: {id: n, platform: {family: rhel, id: alma}}\npackages:\n");
	for (int i = 0; i < 5000; i++)
		oak_buf_adds(&text, "- {name: a, arch: b, evr: 1}\n");
	const struct oak_value *doc = doc_of(arena, oak_buf_text(&text));
	oak_buf_done(&text);
	assert_int_equal(oak_inventory_parse(arena, doc, "many", &inventory, &err), -1);
	assert_non_null(strstr(err.cause, "'many' has 5000 errors: packages[0].evr: must be"));
	oak_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_defaults),   cmocka_unit_test(test_windows),
		cmocka_unit_test(test_family),
		cmocka_unit_test(test_refused),	   cmocka_unit_test(test_all_errors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
