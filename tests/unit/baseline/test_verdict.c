/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum.verdict/1: every member there and back in the order of the contract, and the words of its enumerations. */
#include "doc.h"

#include "baseline/verdict.h"

static const char full[] =
	"{\"schema\":\"oakum.verdict/1\",\"node\":{\"id\":\"n\",\"name\":null,\"tags\":{},\"platform\":{\"family\":\"debian\","
	"\"id\":\"debian\",\"version\":\"12\",\"arch\":\"amd64\",\"kernel\":null,\"bootId\":null,\"bootedAt\":null}},"
	"\"baseline\":{\"id\":\"b\",\"name\":\"base\",\"digest\":\"00\"},\"operation\":\"SCAN\","
	"\"evaluatedAt\":\"2026-11-23T12:00:00Z\",\"metadataAt\":\"2026-11-23T00:00:00Z\","
	"\"repositories\":[{\"id\":\"r\",\"uri\":null,\"trusted\":true,\"enabled\":true,\"advisories\":true}],"
	"\"problems\":[{\"kind\":\"k\",\"subject\":null,\"detail\":\"d\"}],"
	"\"summary\":{\"status\":\"NON_COMPLIANT\",\"severity\":\"HIGH\",\"installed\":1,\"installedOther\":2,"
	"\"installedRejected\":3,\"installedPendingReboot\":4,\"missing\":5,\"failed\":6,\"notApplicable\":7,"
	"\"availableSecurityUpdate\":8,\"criticalNonCompliant\":9,\"securityNonCompliant\":10,\"otherNonCompliant\":11,"
	"\"nonCompliantByLevel\":{\"CRITICAL\":1,\"HIGH\":2,\"MEDIUM\":3,\"LOW\":4,\"INFORMATIONAL\":5,\"UNSPECIFIED\":6}},"
	"\"patches\":[{\"id\":\"a.amd64\",\"name\":\"a\",\"arch\":\"amd64\",\"installed\":\"1\",\"available\":\"2\","
	"\"state\":\"MISSING\",\"reason\":\"HELD\",\"reasonDetail\":\"x\",\"until\":\"2026-12-01T00:00:00Z\",\"level\":\"HIGH\","
	"\"classification\":\"Security\",\"severity\":\"Important\",\"released\":\"2026-11-01T00:00:00Z\","
	"\"releaseBasis\":\"FIRST_SEEN\",\"approvedAt\":\"2026-11-08T00:00:00Z\",\"rule\":\"rule 1\",\"repository\":\"r\","
	"\"advisories\":[\"A\"],\"cves\":[\"CVE-2026-1\"],\"knownExploited\":[\"CVE-2026-1\"]},"
	"{\"id\":\"b.all\",\"name\":\"b\",\"arch\":\"all\",\"installed\":\"1\",\"available\":null,\"state\":\"INSTALLED_OTHER\","
	"\"level\":\"UNSPECIFIED\",\"advisories\":[],\"cves\":[]}]}\n";

static void test_round_trip(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_verdict *verdict;
	struct oak_error err = {0};
	if (oak_verdict_parse(arena, doc_of(arena, full), "full", &verdict, &err) < 0)
		fail_msg("%s", err.cause);
	struct oak_buf text;
	struct oak_sink sink;
	oak_buf_init(&text, 1 << 20);
	oak_sink_json_compact(&sink, &text);
	oak_verdict_format(verdict, &sink);
	assert_string_equal(oak_buf_text(&text), full);
	assert_string_equal(verdict->inventory->node.id, "n");
	assert_int_equal(verdict->summary.count[OAK_STATE_INSTALLED_REJECTED], 3);
	assert_int_equal(verdict->summary.non_compliant_by_level[OAK_LEVEL_CRITICAL], 1);
	assert_int_equal(verdict->patches.v[1].reason, OAK_REASON_NONE);
	assert_true(verdict->patches.v[1].until == OAK_TIME_NONE);
	oak_buf_done(&text);
	oak_arena_free(arena);
}

static void test_refused(void **state)
{
	(void)state;
	static const struct {
		const char *from, *to, *expected;
	} rows[] = {
		{"\"MISSING\"", "\"LOST\"", "patches[0].state: must be one of INSTALLED, INSTALLED_OTHER"},
		{"\"state\":\"MISSING\",", "", "patches[0].state: is missing"},
		{"\"SCAN\"", "\"LOOK\"", "operation: must be one of SCAN, INSTALL"},
		{"\"missing\":5", "\"missing\":\"5\"", "summary.missing: must be an integer"},
		{"\"missing\":5", "\"missing\":-5", "summary.missing: must be at least 0"},
		{"\"HIGH\":2", "\"SEVERE\":2", "summary.nonCompliantByLevel.SEVERE: unknown key"},
		{"\"until\":\"2026-12-01T00:00:00Z\"", "\"until\":1", "patches[0].until: must be a string"},
		{"\"evaluatedAt\":\"2026-11-23T12:00:00Z\",", "", "evaluatedAt: is missing"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_arena *arena = oak_arena_new();
		struct oak_verdict *verdict;
		struct oak_error err = {0};
		const char *text = doc_with(arena, full, rows[i].from, rows[i].to);
		assert_int_equal(oak_verdict_parse(arena, doc_of(arena, text), "bad", &verdict, &err), -1);
		assert_string_equal(err.id, "verdict.invalid");
		if (!strstr(err.cause, rows[i].expected))
			fail_msg("\"%s\" is not in \"%s\"", rows[i].expected, err.cause);
		oak_arena_free(arena);
	}
}

#define BOTH_WAYS(noun, count)                                                                               \
	for (unsigned i = 0; i < (count); i++)                                                                 \
		if (*oak_##noun##_to_string(i))                                                              \
	assert_int_equal(oak_##noun##_from_string(oak_##noun##_to_string(i)), (int)i)

static void test_words(void **state)
{
	(void)state;
	BOTH_WAYS(state, OAK_STATE_COUNT);
	BOTH_WAYS(level, OAK_LEVEL_COUNT);
	BOTH_WAYS(status, OAK_STATUS_COUNT);
	BOTH_WAYS(operation, OAK_OPERATION_COUNT);
	BOTH_WAYS(reason, OAK_REASON_COUNT);
	BOTH_WAYS(basis, OAK_BASIS_COUNT);
	assert_int_equal(oak_state_from_string("InstalledOther"), OAK_STATE_INSTALLED_OTHER);
	assert_int_equal(oak_state_from_string("installed"), OAK_STATE_INSTALLED);
	assert_int_equal(oak_state_from_string(""), -1);
	assert_int_equal(oak_state_from_string("_"), -1);
	assert_int_equal(oak_reason_from_string("none"), -1);
	assert_string_equal(oak_state_to_string(OAK_STATE_COUNT), "");
}

/* Each row matters more than the next; equal signs join those of one rank. */
static void test_worst_first(void **state)
{
	(void)state;
	static const char *const cve[] = {"CVE-2026-1"};
	static const struct {
		struct oak_patch patch;
		bool as_before;
	} rows[] = {
		{{.level = OAK_LEVEL_CRITICAL}, false},
		{{.level = OAK_LEVEL_LOW, .known_exploited = {.v = (const char **)(uintptr_t)cve, .n = 1}}, false},
		{{.level = OAK_LEVEL_LOW, .severity = "Critical"}, false},
		{{.level = OAK_LEVEL_LOW, .severity = "Important"}, false},
		{{.level = OAK_LEVEL_LOW, .severity = "high"}, true},
		{{.level = OAK_LEVEL_LOW, .severity = "Medium"}, false},
		{{.level = OAK_LEVEL_LOW, .severity = "Moderate"}, true},
		{{.level = OAK_LEVEL_LOW, .severity = "LOW"}, false},
		{{.level = OAK_LEVEL_LOW, .severity = "Unimportant"}, false},
		{{.level = OAK_LEVEL_LOW}, true},
	};
	for (size_t i = 1; i < sizeof(rows) / sizeof(*rows); i++) {
		int order = oak_patch_compare_worst(&rows[i - 1].patch, &rows[i].patch);
		if (rows[i].as_before ? order != 0 : order >= 0)
			fail_msg("row %zu against row %zu: %d", i - 1, i, order);
		assert_int_equal(oak_patch_compare_worst(&rows[i].patch, &rows[i - 1].patch) > 0, !rows[i].as_before);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_worst_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
