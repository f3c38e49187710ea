/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Baselines in their four shapes: there and back, defaults, limits, and every error with its path. */
#include "doc.h"

#include <stdlib.h>

#include "baseline/baseline.h"
#include "core/str.h"

static const char aws[] =
	"{\"BaselineId\":\"pb-0123456789abcdef0\",\"Name\":\"Web-Servers\",\"OperatingSystem\":\"ROCKY_LINUX\","
	"\"GlobalFilters\":{\"PatchFilters\":[{\"Key\":\"PRODUCT\",\"Values\":[\"*\"]}]},"
	"\"ApprovalRules\":{\"PatchRules\":[{\"PatchFilterGroup\":{\"PatchFilters\":[{\"Key\":\"CLASSIFICATION\","
	"\"Values\":[\"Security\"]},{\"Key\":\"SEVERITY\",\"Values\":[\"Critical\",\"Important\"]}]},"
	"\"ComplianceLevel\":\"HIGH\",\"ApproveAfterDays\":7,\"EnableNonSecurity\":false},"
	"{\"PatchFilterGroup\":{\"PatchFilters\":[]},\"ComplianceLevel\":\"LOW\",\"ApproveUntilDate\":\"2026-11-16\","
	"\"EnableNonSecurity\":true}]},"
	"\"ApprovedPatches\":[\"CVE-2026-1\",\"kernel*\"],\"ApprovedPatchesComplianceLevel\":\"CRITICAL\","
	"\"ApprovedPatchesEnableNonSecurity\":true,\"RejectedPatches\":[\"telnet\"],\"RejectedPatchesAction\":\"BLOCK\","
	"\"PatchGroups\":[\"prod\",\"QA\"],\"CreatedDate\":1550244180.465,\"ModifiedDate\":\"2026-01-01T00:00:00Z\","
	"\"Description\":\"d\",\"Sources\":[{\"Name\":\"My-Repo\",\"Products\":[\"*\"],\"Configuration\":\"[x]\\nname=x\"}],"
	"\"AvailableSecurityUpdatesComplianceStatus\":\"NON_COMPLIANT\"}\n";

static const char oakum[] =
	"{\"schema\":\"oakum.baseline/1\",\"id\":\"b1\",\"name\":\"web\",\"description\":\"d\",\"operatingSystem\":\"DEBIAN\","
	"\"globalFilters\":{\"patchFilters\":[{\"key\":\"SECTION\",\"values\":[\"net\"]}]},"
	"\"approvalRules\":{\"patchRules\":[{\"patchFilterGroup\":{\"patchFilters\":[{\"key\":\"CLASSIFICATION\","
	"\"values\":[\"Security\"]}]},\"complianceLevel\":\"HIGH\",\"approveAfterDays\":3,\"enableNonSecurity\":false}]},"
	"\"approvedPatches\":[\"curl\",{\"pattern\":\"vim*\",\"owner\":\"ops\",\"reason\":\"asked\",\"expires\":"
	"\"2026-12-31T00:00:00Z\"}],\"approvedPatchesComplianceLevel\":\"LOW\",\"approvedPatchesEnableNonSecurity\":true,"
	"\"rejectedPatches\":[{\"pattern\":\"CVE-2026-9\",\"owner\":\"sec\"}],\"rejectedPatchesAction\":\"BLOCK\","
	"\"patchGroups\":[\"prod\"],\"sources\":[{\"name\":\"src\",\"products\":[\"*\"],\"configuration\":\"deb x\"}],"
	"\"availableSecurityUpdatesComplianceStatus\":\"COMPLIANT\",\"honourDelay\":false,\"dateBasis\":\"ISSUED\","
	"\"undatedPolicy\":\"HOLD\",\"inheritApproval\":true,\"metadataMaxAge\":\"12h\",\"aws\":{\"CreatedDate\":1}}\n";

static const char small[] = "schema: oakum.baseline/1\n"
			    "name: small\n"
			    "operatingSystem: ALMA_LINUX\n"
			    "approvalRules:\n"
			    "  patchRules:\n"
			    "  - patchFilterGroup: {patchFilters: [{key: CLASSIFICATION, values: [Security]}]}\n"
			    "    approveAfterDays: 7\n";

static const char snapshot[] =
	"{\"patchBaseline\":{\"accountId\":\"075727635805\",\"baselineId\":\"pb-0c7e89f711c3095f4\",\"name\":\"Ubuntu-Default\","
	"\"operatingSystem\":\"UBUNTU\",\"globalFilters\":{\"filters\":[{\"key\":\"PRODUCT\",\"values\":[\"*\"]}]},"
	"\"approvalRules\":{\"rules\":[{\"filterGroup\":{\"filters\":[{\"key\":\"PRIORITY\",\"values\":[\"Required\"]}]},"
	"\"complianceLevel\":\"UNSPECIFIED\",\"approveAfterDays\":7,\"enableNonSecurity\":false}]},\"approvedPatches\":[],"
	"\"approvedPatchesComplianceLevel\":\"UNSPECIFIED\",\"approvedPatchesEnableNonSecurity\":false,\"rejectedPatches\":[],"
	"\"rejectedPatchesAction\":\"ALLOW_AS_DEPENDENCY\",\"createdTime\":1525194800.068,\"modifiedTime\":1525194800.068,"
	"\"description\":\"d\",\"sources\":[]},\"patchGroup\":null,\"patches\":[{\"kb\":1}],\"enableApplicationPatches\":true,"
	"\"requiredFeatures\":[],\"snapshotId\":\"s\"}\n";

/* The same document without its optional envelope. */
static const char flat[] =
	"{\"accountId\":\"1\",\"baselineId\":\"pb-0c7e89f711c3095f4\",\"name\":\"Flat\",\"operatingSystem\":\"SUSE\","
	"\"approvalRules\":{\"rules\":[{\"filterGroup\":{\"filters\":[]},\"approveAfterDays\":7,\"approveUntilDate\":null}]},"
	"\"patchGroup\":\"prod\",\"patches\":[]}\n";

static struct oak_baseline *parsed(struct oak_arena *arena, const char *text)
{
	struct oak_baseline *baseline = NULL;
	struct oak_error err = {0};
	if (oak_baseline_parse(arena, doc_of(arena, text), "test", &baseline, NULL, &err) < 0)
		fail_msg("%s", err.cause);
	return baseline;
}

static const char *written(struct oak_arena *arena, const struct oak_baseline *baseline, enum oak_baseline_format format)
{
	struct oak_buf text;
	struct oak_sink sink;
	oak_buf_init(&text, 16 << 20);
	oak_sink_json_compact(&sink, &text);
	oak_baseline_format(baseline, format, &sink);
	const char *copy = oak_arena_strdup(arena, oak_buf_text(&text));
	oak_buf_done(&text);
	return copy;
}

static void test_round_trips(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum oak_baseline_format format;
	} rows[] = {{aws, OAK_FORMAT_AWS}, {oakum, OAK_FORMAT_OAKUM}, {snapshot, OAK_FORMAT_AWS_SNAPSHOT}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_arena *arena = oak_arena_new();
		struct oak_baseline *baseline = parsed(arena, rows[i].text);
		assert_string_equal(written(arena, baseline, rows[i].format), rows[i].text);
		/* and through our own format, as an import stores it */
		const char *ours = written(arena, baseline, OAK_FORMAT_OAKUM);
		struct oak_baseline *again = parsed(arena, ours);
		assert_string_equal(written(arena, again, OAK_FORMAT_OAKUM), ours);
		assert_string_equal(written(arena, again, rows[i].format), rows[i].text);
		assert_string_equal(oak_baseline_digest(arena, again), oak_baseline_digest(arena, baseline));
		oak_arena_free(arena);
	}
}

/* The same dates have two names at AWS. */
static void test_snapshot_as_aws(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	const char *text = written(arena, parsed(arena, snapshot), OAK_FORMAT_AWS);
	assert_non_null(strstr(text, "\"CreatedDate\":1525194800.068,\"ModifiedDate\":1525194800.068"));
	text = written(arena, parsed(arena, aws), OAK_FORMAT_AWS_SNAPSHOT);
	assert_non_null(strstr(text, "\"createdTime\":1550244180.465"));
	assert_non_null(strstr(text, "\"patchGroup\":\"prod\",\"patches\":[],\"enableApplicationPatches\":false"));
	oak_arena_free(arena);
}

static void test_model(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	const struct oak_baseline *b = parsed(arena, aws);
	assert_true(b->aws_shaped && b->honour_delay && b->block_rejected && b->approved_enable_non_security);
	assert_int_equal(b->os, OAK_OS_ROCKY_LINUX);
	assert_int_equal(b->rules.n, 2);
	assert_true(b->rules.v[0].has_days && b->rules.v[0].approve_after_days == 7);
	assert_true(b->rules.v[0].approve_until == OAK_TIME_NONE);
	assert_false(b->rules.v[1].has_days);
	assert_true(b->rules.v[1].approve_until == 1794873600); /* 2026-11-17T00:00:00Z: the day is inclusive */
	assert_int_equal(b->rules.v[0].level, OAK_LEVEL_HIGH);
	assert_int_equal(b->approved_level, OAK_LEVEL_CRITICAL);
	assert_int_equal(b->available_security_status, OAK_NON_COMPLIANT);
	assert_int_equal(b->patch_groups.n, 2);
	assert_int_equal(b->rules.v[0].filters.v[1].key, OAK_FILTER_SEVERITY);
	assert_int_equal(b->approved.v[0].expires == OAK_TIME_NONE, 1);
	b = parsed(arena, small);
	assert_true(!b->aws_shaped && b->honour_delay && !b->inherit_approval && !b->block_rejected);
	assert_int_equal(b->undated, OAK_UNDATED_EVIDENCE);
	assert_int_equal(b->metadata_max_age, 3 * OAK_DAY);
	assert_int_equal(b->available_security_status, -1);
	assert_int_equal(b->rules.v[0].level, OAK_LEVEL_UNSPECIFIED);
	assert_int_equal(b->warnings.n, 0);
	b = parsed(arena, flat);
	assert_true(b->aws_shaped);
	assert_string_equal(b->patch_groups.v[0], "prod");
	b = parsed(arena, "{\"Name\":\"abc\",\"ApprovedPatches\":[\"KB1\"]}");
	assert_int_equal(b->os, OAK_OS_WINDOWS);
	oak_arena_free(arena);
}

/* AWS ignores delays on apt: read so, and said. Ours honours them. */
static void test_apt_delay(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool honoured;
		size_t warnings;
	} rows[] = {
		{snapshot, false, 1},
		{"{Name: abc, OperatingSystem: DEBIAN, ApprovalRules: {PatchRules: [{PatchFilterGroup: {PatchFilters: []}}]}}", false, 1},
		{"{Name: abc, OperatingSystem: RASPBIAN, ApprovedPatches: [a]}", false, 1},
		{"{schema: oakum.baseline/1, name: abc, operatingSystem: DEBIAN, approvedPatches: [a]}", true, 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_arena *arena = oak_arena_new();
		const struct oak_baseline *b = parsed(arena, rows[i].text);
		assert_int_equal(b->honour_delay, rows[i].honoured);
		assert_int_equal(b->warnings.n, rows[i].warnings);
		oak_arena_free(arena);
	}
}

struct refusal {
	const char *text, *from, *to, *expected;
};

static void refuse(const struct refusal *row)
{
	struct oak_arena *arena = oak_arena_new();
	struct oak_baseline *baseline = NULL;
	struct oak_problems errors = {0};
	struct oak_error err = {0};
	const char *text = doc_with(arena, row->text, row->from, row->to);
	if (oak_baseline_parse(arena, doc_of(arena, text), "bad", &baseline, &errors, &err) == 0)
		fail_msg("accepted although %s", row->expected);
	assert_null(baseline);
	assert_string_equal(err.id, "baseline.invalid");
	assert_int_equal(err.kind, OAK_INVALID);
	for (size_t i = 0; i < errors.list.n; i++) {
		char line[600];
		snprintf(line, sizeof(line), "%s: %s", errors.list.v[i].subject, errors.list.v[i].detail);
		if (strstr(line, row->expected)) {
			oak_arena_free(arena);
			return;
		}
	}
	fail_msg("\"%s\" is not in \"%s\"", row->expected, err.cause);
}

static void test_refused(void **state)
{
	(void)state;
	static const struct refusal rows[] = {
		{small, "schema: oakum.baseline/1\n", "", "schema: is missing"},
		{small, "baseline/1", "baseline/2", "schema: must be \"oakum.baseline/1\""},
		{small, "name: small\n", "", "name: is missing"},
		{small, "name: small", "name: a/b", "name: must be 3 to 128 of the characters"},
		{small, "name: small", "name: ab", "name: must be 3 to 128 of the characters"},
		{small, "operatingSystem: ALMA_LINUX\n", "", "operatingSystem: is missing"},
		{small, "ALMA_LINUX", "BEOS", "operatingSystem: must be an operating system"},
		{small, "approvalRules", "aprovalRules", "aprovalRules: unknown key (did you mean 'approvalRules'?)"},
		{small, "patchRules", "rules_", "approvalRules.patchRules: is missing"},
		{small, "    approveAfterDays: 7\n", "", "approvalRules.patchRules[0]: needs one of approveAfterDays and approveUntilDate"},
		{small, "Days: 7", "Days: 7\n    approveUntilDate: '2026-11-16'", "approvalRules.patchRules[0]: has both"},
		{small, "Days: 7", "Days: 361", "patchRules[0].approveAfterDays: must be 0 to 360 days, is 361"},
		{small, "Days: 7", "Days: -1", "patchRules[0].approveAfterDays: must be 0 to 360 days, is -1"},
		{small, "Days: 7", "Days: seven", "patchRules[0].approveAfterDays: must be a whole number of days, 0 to 360, is the string \"seven\""},
		{small, "Days: 7", "Days: 7.5", "patchRules[0].approveAfterDays: must be a whole number of days"},
		{small, "AfterDays: 7", "UntilDate: 2026-02-30", "patchRules[0].approveUntilDate: must be a date"},
		{small, "AfterDays: 7", "UntilDate: 2026-02-3", "patchRules[0].approveUntilDate: must be a date"},
		{small, "Days: 7", "Days: 7\n    complianceLevel: SEVERE", "patchRules[0].complianceLevel: must be one of"},
		{small, "key: CLASSIFICATION", "key: PRIORITY", "patchFilters[0].key: PRIORITY is not a filter key of ALMA_LINUX (use PRODUCT, CLASSIFICATION, SEVERITY)"},
		{small, "key: CLASSIFICATION", "key: COLOUR", "patchFilters[0].key: must be one of"},
		{small, "values: [Security]", "values: []", "patchFilters[0].values: must be at least 1 entries, is 0"},
		{small, "values: [Security]", "values: Security", "patchFilters[0].values: must be an array"},
		{small, ", values: [Security]", "", "patchFilters[0].values: is missing"},
		{small, "Days: 7\n", "Days: 7\nmetadataMaxAge: 3\n", "metadataMaxAge: must be a string"},
		{small, "Days: 7\n", "Days: 7\nhonourDelay: maybe\n", "honourDelay: must be true or false"},
		{small, "Days: 7\n", "Days: 7\nrejectedPatches: [{patern: x}]\n", "rejectedPatches[0].patern: unknown key (did you mean 'pattern'?)"},
		{small, "Days: 7\n", "Days: 7\nrejectedPatches: [{pattern: x, expires: soon}]\n", "rejectedPatches[0].expires: must be a time"},
		{small, "Days: 7\n", "Days: 7\nrejectedPatches: [1]\n", "rejectedPatches[0]: must be a string or {pattern"},
		{small, "Days: 7\n", "Days: 7\napprovedPatches: ['']\n", "approvedPatches[0]: must have 1 to 1024 characters, has 0"},
		{small, "Days: 7\n", "Days: 7\nrejectedPatchesAction: DENY\n", "rejectedPatchesAction: must be one of ALLOW_AS_DEPENDENCY, BLOCK"},
		{aws, "\"ApproveAfterDays\":7", "\"ApproveAfterDays\":\"seven\"", "ApprovalRules.PatchRules[0].ApproveAfterDays: must be a whole number"},
		{aws, "\"ApproveAfterDays\":7", "\"ApproveAfterDay\":7", "ApprovalRules.PatchRules[0].ApproveAfterDay: unknown key (did you mean 'ApproveAfterDays'?)"},
		{aws, "pb-0123456789abcdef0", "pb-1", "BaselineId: must be 20 to 128"},
		{aws, "ROCKY_LINUX", "FEDORA", "OperatingSystem: must be an operating system"},
		{aws, "CLASSIFICATION", "ARCH", "PatchFilters[0].Key: must be one of"},
		{aws, "[\"telnet\"]", "[{\"pattern\":\"x\"}]", "RejectedPatches[0]: must be a string, is an object"},
		{aws, "My-Repo", "r", "Sources[0].Name: must be 3 to 50"},
		{aws, "\"Products\":[\"*\"]", "\"Products\":[]", "Sources[0].Products: must be at least 1"},
		{aws, "[\"prod\"", "[\"\"", "PatchGroups[0]: must be 1 to 256"},
		{aws, "\"Description\":\"d\"", "\"Description\":\"\"", "Description: must be at least 1 characters"},
		{snapshot, "\"key\":\"PRIORITY\"", "\"Key\":\"PRIORITY\"", "patchBaseline.approvalRules.rules[0].filterGroup.filters[0].Key: unknown key (did you mean 'key'?)"},
		{snapshot, "\"patchGroup\":null", "\"patchGroup\":1", "patchGroup: must be a string"},
		{flat, "approveAfterDays", "approveAfter", "approvalRules.rules[0].approveAfter: unknown key"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		refuse(&rows[i]);
}

/* One baseline with the given numbers of things, in AWS's shape or ours. */
static const char *sized(struct oak_arena *arena, bool ours, size_t rules, size_t filters, size_t values, size_t entries)
{
	struct oak_buf text;
	oak_buf_init(&text, 16 << 20);
	oak_buf_adds(&text, ours ? "{\"schema\":\"oakum.baseline/1\",\"name\":\"abc\",\"operatingSystem\":\"SUSE\","
				   "\"approvalRules\":{\"patchRules\":["
				 : "{\"Name\":\"abc\",\"OperatingSystem\":\"SUSE\",\"ApprovalRules\":{\"PatchRules\":[");
	for (size_t i = 0; i < rules; i++) {
		oak_buf_adds(&text, i ? "," : "");
		oak_buf_adds(&text, ours ? "{\"approveAfterDays\":1,\"patchFilterGroup\":{\"patchFilters\":["
					 : "{\"ApproveAfterDays\":1,\"PatchFilterGroup\":{\"PatchFilters\":[");
		for (size_t j = 0; j < filters; j++) {
			oak_buf_addf(&text, "%s{\"%s\":\"PRODUCT\",\"%s\":[", j ? "," : "", ours ? "key" : "Key",
				     ours ? "values" : "Values");
			for (size_t k = 0; k < values; k++)
				oak_buf_adds(&text, k ? ",\"a\"" : "\"a\"");
			oak_buf_adds(&text, "]}");
		}
		oak_buf_adds(&text, "]}}");
	}
	oak_buf_adds(&text, ours ? "]},\"approvedPatches\":[" : "]},\"ApprovedPatches\":[");
	for (size_t i = 0; i < entries; i++)
		oak_buf_adds(&text, i ? ",\"a\"" : "\"a\"");
	oak_buf_adds(&text, "]}");
	const char *copy = oak_arena_strdup(arena, oak_buf_text(&text));
	oak_buf_done(&text);
	return copy;
}

static void test_limits(void **state)
{
	(void)state;
	static const struct {
		bool ours;
		size_t rules, filters, values, entries;
		const char *expected; /* NULL = accepted */
	} rows[] = {
		{false, 10, 4, 20, 50, NULL},
		{false, 11, 0, 0, 0, "ApprovalRules.PatchRules: must be at most 10 entries, is 11"},
		{false, 1, 5, 1, 0, "PatchFilters: must be at most 4 entries, is 5"},
		{false, 1, 1, 21, 0, "Values: must be at most 20 entries, is 21"},
		{false, 1, 0, 0, 51, "ApprovedPatches: must have at most 50 entries, has 51"},
		{true, 100, 5, 21, 51, NULL},
		{true, 101, 0, 0, 0, "approvalRules.patchRules: must be at most 100 entries, is 101"},
		{true, 1, 0, 0, 100000, NULL},
		{true, 1, 0, 0, 100001, "approvedPatches: must have at most 100000 entries, has 100001"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_arena *arena = oak_arena_new();
		const struct oak_value_limits limits = {.bytes = OAK_BASELINE_MAX};
		const char *text =
			sized(arena, rows[i].ours, rows[i].rules, rows[i].filters, rows[i].values, rows[i].entries);
		const struct oak_value *doc;
		struct oak_baseline *baseline;
		struct oak_error err = {0};
		assert_int_equal(oak_json_parse(arena, text, strlen(text), "sized", &limits, &doc, &err), 0);
		int rc = oak_baseline_parse(arena, doc, "sized", &baseline, NULL, &err);
		assert_int_equal(rc, rows[i].expected ? -1 : 0);
		if (rows[i].expected && !strstr(err.cause, rows[i].expected))
			fail_msg("\"%s\" is not in \"%s\"", rows[i].expected, err.cause);
		oak_arena_free(arena);
	}
}

/* Several errors of one file are all there, in one go. */
static void test_all_at_once(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_baseline *baseline;
	struct oak_problems errors = {0};
	struct oak_error err = {0};
	const char *text = "{Name: x, OperatingSystem: SUSE, ApprovalRules: {PatchRules: [{PatchFilterGroup: {PatchFilters: "
			   "[{Key: PRIORITY, Values: []}]}, ApproveAfterDays: 400, Level: HIGH}]}, RejectedPatches: x}";
	assert_int_equal(oak_baseline_parse(arena, doc_of(arena, text), "many", &baseline, &errors, &err), -1);
	static const char *const paths[] = {
		"Name",
		"ApprovalRules.PatchRules[0].PatchFilterGroup.PatchFilters[0].Values",
		"ApprovalRules.PatchRules[0].PatchFilterGroup.PatchFilters[0].Key",
		"ApprovalRules.PatchRules[0].ApproveAfterDays",
		"ApprovalRules.PatchRules[0].Level",
		"RejectedPatches",
	};
	assert_int_equal(errors.list.n, sizeof(paths) / sizeof(*paths));
	for (size_t i = 0; i < errors.list.n; i++)
		assert_string_equal(errors.list.v[i].subject, paths[i]);
	oak_arena_free(arena);
}

static void test_override(void **state)
{
	(void)state;
	static const struct {
		const char *text, *id; /* id NULL = found */
	} rows[] = {
		{"[{OperatingSystem: SUSE, ApprovedPatches: [a]}, {OperatingSystem: DEBIAN, RejectedPatches: [b], ApprovedPatches: [c]}]", NULL},
		{"[{OperatingSystem: SUSE}]", "baseline.override-none"},
		{"[]", "baseline.override-none"},
		{"[{OperatingSystem: DEBIAN}, {OperatingSystem: DEBIAN}]", "baseline.override-two"},
		{"{OperatingSystem: DEBIAN}", "baseline.override-array"},
		{"[1]", "baseline.override-element"},
		{"[{OperatingSystem: BEOS}, {OperatingSystem: DEBIAN}]", "baseline.override-element"},
		{"[{OperatingSystem: DEBIAN, Nam: x}]", "baseline.invalid"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_arena *arena = oak_arena_new();
		struct oak_baseline *baseline = NULL;
		struct oak_error err = {0};
		int rc = oak_baseline_parse_override(arena, doc_of(arena, rows[i].text), "list", OAK_OS_DEBIAN, &baseline,
						     NULL, &err);
		assert_int_equal(rc, rows[i].id ? -1 : 0);
		if (rows[i].id)
			assert_string_equal(err.id, rows[i].id);
		else
			assert_string_equal(baseline->rejected.v[0].pattern, "b");
		oak_arena_free(arena);
	}
}

static void test_check_aws(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_problems lost = {0};
	struct oak_error err = {0};
	assert_int_equal(oak_baseline_check_aws(arena, parsed(arena, aws), &lost, &err), 0);
	assert_int_equal(lost.list.n, 0);
	struct oak_baseline *ours = parsed(arena, oakum);
	ours->id = NULL;
	ours->rules.v[0].filters.v[0].key = OAK_FILTER_PRIORITY;
	assert_int_equal(oak_baseline_check_aws(arena, ours, &lost, &err), 0);
	assert_int_equal(lost.list.n, 6); /* two entries, dateBasis, undatedPolicy, inheritApproval, metadataMaxAge */
	struct oak_baseline *many = parsed(arena, sized(arena, true, 11, 0, 0, 51));
	assert_int_equal(oak_baseline_check_aws(arena, many, &lost, &err), -1);
	assert_string_equal(err.id, "baseline.not-aws");
	assert_non_null(strstr(err.cause, "2 errors"));
	oak_arena_free(arena);
}

static void test_digest(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	const char *a = oak_baseline_digest(arena, parsed(arena, small));
	assert_int_equal(strlen(a), 64);
	const char *b = oak_baseline_digest(arena, parsed(arena, doc_with(arena, small, "Days: 7", "Days: 8")));
	assert_string_not_equal(a, b);
	/* spelling out a default changes nothing */
	const char *c = oak_baseline_digest(arena, parsed(arena, doc_with(arena, small, "Days: 7", "Days: 7\nhonourDelay: true")));
	assert_string_equal(a, c);
	/* what AWS keeps besides decides nothing */
	const char *d = oak_baseline_digest(arena, parsed(arena, aws));
	const char *e = oak_baseline_digest(arena, parsed(arena, doc_with(arena, aws, "1550244180.465", "0")));
	assert_string_equal(d, e);
	oak_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trips),  cmocka_unit_test(test_snapshot_as_aws), cmocka_unit_test(test_model),   cmocka_unit_test(test_apt_delay),
		cmocka_unit_test(test_refused),	     cmocka_unit_test(test_limits),  cmocka_unit_test(test_all_at_once),
		cmocka_unit_test(test_override),     cmocka_unit_test(test_check_aws), cmocka_unit_test(test_digest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
