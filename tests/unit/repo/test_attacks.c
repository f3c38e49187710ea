/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows M of the attack table (docs/security-repository.md) by their ids. Each begins with a client that trusts a good state; afterwards
 * it still does, byte for byte, and an honest mirror brings it on. */
#include "tests/tuf/simulator.h"

static const char *const all_roles[] = {"root", "timestamp", "snapshot", "targets"};

/* A client at version 2 of everything, with one target. */
static struct sim *good(void)
{
	struct sim *sim = begin();
	sim_add_target(sim, "targets", "pkg/web", "content");
	sim->roles[TARGETS].version++;
	sim_update_snapshot(sim);
	OK(sim_download(sim, "pkg/web"));
	return sim;
}

struct before {
	struct oak_buf bytes[4];
	bool there[4];
};

static void remember(struct sim *sim, struct before *b)
{
	for (int i = 0; i < 4; i++)
		b->there[i] = sim_read(sim, all_roles[i], &b->bytes[i]);
}

/* The trusted copies of roles[0..count) are those of BEFORE. */
static void expect_kept(struct sim *sim, struct before *b)
{
	for (int i = 0; i < 4; i++) {
		struct oak_buf now;
		bool there = sim_read(sim, all_roles[i], &now);
		if (there != b->there[i] || (there && (now.n != b->bytes[i].n || memcmp(now.p, b->bytes[i].p, now.n) != 0)))
			fail_msg("the trusted '%s' changed", all_roles[i]);
		oak_buf_done(&now);
		oak_buf_done(&b->bytes[i]);
	}
}

/* Refused with ID, and nothing trusted changed. */
static void refused(struct sim *sim, const char *id)
{
	struct before b;
	remember(sim, &b);
	FAILS(sim_refresh(sim));
	if (strcmp(sim->err.id, id) != 0)
		fail_msg("%s instead of %s: %s", sim->err.id, id, sim->err.cause);
	expect_kept(sim, &b);
}

/* What was bent is straight again: the client goes on. */
static void recovers(struct sim *sim)
{
	sim->bend = NULL;
	sim_update_snapshot(sim);
	OK(sim_refresh(sim));
	sim_free(sim);
}

static void test_M1_target_bytes(void **state)
{
	(void)state;
	struct sim *sim = good();
	sim->targets[0].served = "CONTENT"; /* the same length */
	FAILS(sim_download(sim, "pkg/web"));
	assert_string_equal(sim->err.id, "tuf.mismatch");
	sim->targets[0].served = "content and more";
	FAILS(sim_download(sim, "pkg/web"));
	sim->targets[0].served = "content";
	OK(sim_download(sim, "pkg/web"));
	sim_free(sim);
}

static void test_M2_unsigned(void **state)
{
	(void)state;
	for (int role = TIMESTAMP; role <= TARGETS; role++) {
		for (int wrong_key = 0; wrong_key < 2; wrong_key++) {
			struct sim *sim = good();
			struct sim_role *r = &sim->roles[role];
			int key = r->sigs[0];
			sim->roles[TARGETS].version++;
			sim_update_snapshot(sim);
			r->sig_count = wrong_key;
			r->sigs[0] = 9;
			FAILS(sim_refresh(sim));
			assert_string_equal(sim->err.id, "tuf.signature");
			/* roles that passed before it are trusted, it is not */
			for (int i = TIMESTAMP; i <= TARGETS; i++)
				assert_int_equal(sim_version(sim, sim_top[i]), i < role ? sim->roles[i].version : sim->roles[i].version - 1);
			r->sig_count = 1;
			r->sigs[0] = key;
			recovers(sim);
		}
	}
}

static void test_M2_M3_M25_root(void **state)
{
	(void)state;
	static const char *const signers[] = {"", "9", "5", "0", "05"}; /* nobody, a stranger, new keys only, old only, both */
	for (size_t i = 0; i < sizeof(signers) / sizeof(*signers); i++) {
		struct sim *sim = good();
		set(&sim->roles[ROOT], "1", "5", signers[i]);
		sim_bump_root(sim);
		if (i < 4) {
			refused(sim, "tuf.signature");
			refused(sim, "tuf.signature"); /* nor is it on disk after a restart */
			assert_int_equal(sim_version(sim, "root"), 1);
		} else {
			OK(sim_refresh(sim));
			assert_int_equal(sim_version(sim, "root"), 2);
		}
		sim_free(sim);
	}
}

static void test_M4_timestamp_rollback(void **state)
{
	(void)state;
	struct sim *sim = good();
	sim->roles[TIMESTAMP].version = 1;
	refused(sim, "tuf.rollback");
	sim->roles[TIMESTAMP].version = 2;
	recovers(sim);
}

static void test_M5_same_version_other_bytes(void **state)
{
	(void)state;
	struct sim *sim = good();
	struct before b;
	remember(sim, &b);
	sim->roles[TIMESTAMP].expires += OAK_DAY;
	OK(sim_refresh(sim));
	expect_kept(sim, &b);
	recovers(sim);
}

static void test_M6_snapshot_drops_and_lowers(void **state)
{
	(void)state;
	struct sim *sim = good();
	sim_add_role(sim, "targets", "A", "[\"a*\"]", 4)->version = 5;
	sim->roles[TARGETS].version++;
	sim_update_snapshot(sim);
	OK(sim_refresh(sim));
	int64_t snapshot = sim_version(sim, "snapshot");
	sim->roles[DELEGATED].version = 4;
	sim_update_snapshot(sim);
	FAILS(sim_refresh(sim));
	assert_string_equal(sim->err.id, "tuf.rollback");
	sim->roles[DELEGATED].version = 0; /* not listed any more */
	sim_update_snapshot(sim);
	FAILS(sim_refresh(sim));
	assert_string_equal(sim->err.id, "tuf.rollback");
	assert_int_equal(sim_version(sim, "snapshot"), snapshot);
	sim->roles[DELEGATED].version = 6;
	recovers(sim);
}

static void test_M7_targets_rollback(void **state)
{
	(void)state;
	for (int hashes = 0; hashes < 2; hashes++) {
		struct sim *sim = good();
		sim->hashes = hashes;
		sim->roles[TARGETS].version = 1;
		sim_update_snapshot(sim);
		FAILS(sim_refresh(sim));
		assert_string_equal(sim->err.id, "tuf.rollback");
		assert_int_equal(sim_version(sim, "targets"), 2);
		sim->roles[TARGETS].version = 3;
		recovers(sim);
	}
}

static void test_M8_expired(void **state)
{
	(void)state;
	for (int role = TIMESTAMP; role <= TARGETS; role++) {
		struct sim *sim = good();
		sim->roles[TARGETS].version++;
		sim_update_snapshot(sim);
		sim->roles[role].expires = sim_now;
		FAILS(sim_refresh(sim));
		assert_string_equal(sim->err.id, "tuf.expired");
		sim->roles[role].expires = sim_now + OAK_DAY;
		sim->roles[role].version++;
		recovers(sim);
	}
	struct sim *sim = good();
	sim->roles[ROOT].expires = sim_now - 1;
	sim_bump_root(sim);
	FAILS(sim_refresh(sim)); /* the last root counts … */
	assert_string_equal(sim->err.id, "tuf.expired");
	sim->roles[ROOT].expires = sim_now + OAK_DAY;
	sim_bump_root(sim);
	recovers(sim); /* … one in between does not */
}

static void test_M9_clock_forward(void **state)
{
	(void)state;
	struct sim *sim = good();
	sim->now += 3650 * OAK_DAY;
	refused(sim, "tuf.expired");
	sim->now -= 3650 * OAK_DAY;
	recovers(sim);
}

static void test_M10_mix_and_match(void **state)
{
	(void)state;
	struct sim *sim = good();
	sim->roles[TARGETS].version = 3; /* newer targets under the old snapshot, which lists version 2 */
	sim_update_timestamp(sim);
	OK(sim_refresh(sim)); /* the trusted copy of version 2 still fits */
	assert_int_equal(sim_version(sim, "targets"), 2);
	sim->hashes = true;
	sim_update_snapshot(sim);
	sim->roles[TARGETS].expires += 1; /* other bytes than the hash in snapshot says */
	FAILS(sim_refresh(sim));
	assert_string_equal(sim->err.id, "tuf.mismatch");
	assert_int_equal(sim_version(sim, "targets"), 2);
	recovers(sim);
}

static int64_t pad_to;
static const char *padded_role;

static void pad(struct sim *sim, const char *role, struct oak_buf *bytes)
{
	(void)sim;
	while (strcmp(role, padded_role) == 0 && (int64_t)bytes->n < pad_to)
		oak_buf_addc(bytes, ' ');
}

static void test_M11_one_byte_over(void **state)
{
	(void)state;
	padded_role = "timestamp";
	for (int over = 0; over < 2; over++) {
		struct sim *sim = good();
		sim_update_snapshot(sim);
		sim->bend = pad;
		pad_to = OAK_TUF_TIMESTAMP_MAX + over;
		if (over)
			refused(sim, "tuf.mismatch");
		else
			OK(sim_refresh(sim));
		recovers(sim);
	}
}

static void test_M12_many_roots(void **state)
{
	(void)state;
	struct sim *sim = good();
	for (int i = 0; i < OAK_TUF_ROOT_STEPS + 20; i++)
		sim_bump_root(sim);
	OK(sim_refresh(sim)); /* so many steps in one call, and no more */
	assert_int_equal(sim_version(sim, "root"), OAK_TUF_ROOT_STEPS + 1);
	OK(sim_refresh(sim));
	assert_int_equal(sim_version(sim, "root"), OAK_TUF_ROOT_STEPS + 21);
	sim_free(sim);
}

static void test_M13_fast_forward(void **state)
{
	(void)state;
	static const int64_t heights[] = {INT64_C(1) << 31, INT64_MAX - 1};
	for (size_t i = 0; i < sizeof(heights) / sizeof(*heights); i++) {
		struct sim *sim = good();
		sim->roles[TIMESTAMP].version = heights[i];
		OK(sim_refresh(sim));
		sim->roles[TIMESTAMP].version = 3;
		refused(sim, "tuf.rollback");
		sim->roles[TIMESTAMP].keys[0] = sim->roles[TIMESTAMP].sigs[0] = 6;
		sim_bump_root(sim);
		recovers(sim);
	}
}

static void same_twice(struct sim *sim, const char *role, struct oak_buf *bytes)
{
	struct oak_buf copy;
	const char *list = strchr(bytes->p, '['), *end = strchr(bytes->p, '}');
	(void)sim;
	if (strcmp(role, "snapshot") != 0)
		return;
	oak_buf_init(&copy, 1 << 24);
	oak_buf_addf(&copy, "%.*s,%s", (int)(end + 1 - bytes->p), bytes->p, list + 1);
	oak_buf_clear(bytes);
	oak_buf_add(bytes, copy.p, copy.n);
	oak_buf_done(&copy);
}

static void test_M14_one_keyid_twice(void **state)
{
	(void)state;
	struct sim *sim = good();
	set(&sim->roles[SNAPSHOT], "2", "45", "4");
	sim_bump_root(sim);
	sim->bend = same_twice;
	FAILS(sim_refresh(sim));
	assert_string_equal(sim->err.id, "tuf.invalid");
	set(&sim->roles[SNAPSHOT], "2", "45", "45");
	recovers(sim);
}

static void test_M15_one_key_under_two_ids(void **state)
{
	(void)state;
	struct sim *sim = good();
	sim->opaque = sim->same_key_ids = true;
	set(&sim->roles[SNAPSHOT], "2", "2", "2");
	sim_bump_root(sim);
	FAILS(sim_refresh(sim));
	assert_string_equal(sim->err.id, "tuf.signature");
	sim_free(sim);
}

static void test_M16_thresholds(void **state)
{
	(void)state;
	static const char *const odd[] = {"0", "-1", "1000000000", "1.5", "1.0", "\"1\"", "null", "true", "[1]"};
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		struct sim *sim = good();
		sim_add_role(sim, "targets", "A", "[\"*\"]", 4)->threshold = odd[i];
		sim->roles[TARGETS].version++;
		/* a real number is refused when it is signed, too: only the others can be made */
		if (!strchr(odd[i], '.')) {
			sim_update_snapshot(sim);
			FAILS(sim_download(sim, "other"));
			assert_string_not_equal(sim->err.id, "tuf.no-target");
		}
		sim_free(sim);
	}
}

static void add_empty(struct sim *sim, const char *role, struct oak_buf *bytes)
{
	struct oak_buf copy;
	const char *list = strchr(bytes->p, '[') + 1;
	(void)sim;
	if (strcmp(role, "snapshot") != 0)
		return;
	oak_buf_init(&copy, 1 << 24);
	oak_buf_addf(&copy, "%.*s{\"keyid\":\"%064d\",\"sig\":\"\"},{\"keyid\":\"%s\",\"sig\":\"00ff\"},%s", (int)(list - bytes->p), bytes->p, 7,
		     sim_id(8), list);
	oak_buf_clear(bytes);
	oak_buf_add(bytes, copy.p, copy.n);
	oak_buf_done(&copy);
}

static void test_M17_bad_among_good(void **state)
{
	(void)state;
	struct sim *sim = good();
	set(&sim->roles[SNAPSHOT], "2", "458", "45");
	sim_bump_root(sim);
	sim_update_snapshot(sim);
	sim->bend = add_empty;
	OK(sim_refresh(sim));
	assert_int_equal(sim_version(sim, "snapshot"), sim->roles[SNAPSHOT].version);
	recovers(sim);
}

static void test_M18_foreign_path(void **state)
{
	(void)state;
	struct sim *sim = good();
	sim_add_role(sim, "targets", "packages-A", "[\"pkg/A/*\"]", 4);
	sim_add_role(sim, "targets", "packages-B", "[\"pkg/B/*\"]", 5);
	sim_add_target(sim, "packages-A", "pkg/B/tool", "evil");
	sim_add_target(sim, "packages-A", "pkg/A/tool", "fine");
	sim->roles[TARGETS].version++;
	sim_update_snapshot(sim);
	OK(sim_download(sim, "pkg/A/tool"));
	FAILS(sim_download(sim, "pkg/B/tool"));
	assert_string_equal(sim->err.id, "tuf.no-target");
	recovers(sim);
}

static void test_M19_too_many_roles(void **state)
{
	(void)state;
	for (int roles = OAK_TUF_DELEGATIONS; roles <= OAK_TUF_DELEGATIONS + 1; roles++) {
		struct sim *sim = good();
		for (int i = 0; i < roles; i++)
			sim_add_role(sim, "targets", oak_arena_printf(sim->arena, "r%d", i), "[\"*\"]", 4);
		sim_add_target(sim, oak_arena_printf(sim->arena, "r%d", roles - 1), "last", "last");
		sim->roles[TARGETS].version++;
		sim_update_snapshot(sim);
		if (roles == OAK_TUF_DELEGATIONS)
			OK(sim_download(sim, "last"));
		else
			FAILS(sim_download(sim, "last"));
		sim_free(sim);
	}
}

static void test_M20_M21_names(void **state)
{
	(void)state;
	static const char *const names[] = {"../x", "?", "#", "/a", "..", "a/../../b", "%2e%2e"};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct sim *sim = good();
		int trusted = sim_trusted(sim);
		sim_add_role(sim, "targets", names[i], "[\"*\",\"*/*\",\"*/*/*\",\"*/*/*/*\"]", 4);
		sim_add_target(sim, names[i], names[i], "odd");
		sim->roles[TARGETS].version++;
		sim_update_snapshot(sim);
		OK(sim_download(sim, names[i]));
		assert_int_equal(sim_trusted(sim), trusted + 1); /* one file, in the client's own folder */
		assert_null(strchr(oak_tuf_quote(sim->arena, names[i], false), '/'));
		sim_free(sim);
	}
}

static const char *served_instead;

static void instead(struct sim *sim, const char *role, struct oak_buf *bytes)
{
	(void)sim;
	if (strcmp(role, "timestamp") != 0)
		return;
	if (!served_instead) { /* brackets, ten thousand deep */
		oak_buf_clear(bytes);
		for (int i = 0; i < 10000; i++)
			oak_buf_addc(bytes, '[');
		return;
	}
	if (served_instead[0] == '+') {
		oak_buf_adds(bytes, served_instead + 1);
		return;
	}
	oak_buf_clear(bytes);
	oak_buf_adds(bytes, served_instead);
}

static void test_M22_json(void **state)
{
	(void)state;
	static const char *const odd[] = {
		NULL, "", "{", "[]", "null", "{\"signatures\":[],\"signatures\":[],\"signed\":{}}",
		"{\"signatures\":[],\"signed\":{\"version\":99999999999999999999}}", "{\"signatures\":[],\"signed\":{\"version\":1e3}}",
		"{\"signatures\":[],\"signed\":{\"version\":NaN}}", "\xef\xbb\xbf{}", "+x", "+{}", "\xff\xfe{\0}", "{\"signatures\":[],\"signed\":[]}",
		"{\"signatures\":{},\"signed\":{}}", "{\"signatures\":[1],\"signed\":{}}", "{\"signatures\":[{\"keyid\":1,\"sig\":2}],\"signed\":{}}",
	};
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		struct sim *sim = good();
		struct before b;
		sim_update_snapshot(sim);
		served_instead = odd[i];
		sim->bend = instead;
		remember(sim, &b);
		FAILS(sim_refresh(sim));
		expect_kept(sim, &b);
		recovers(sim);
	}
}

static void test_M23_unknown_members(void **state)
{
	(void)state;
	for (int role = TIMESTAMP; role <= TARGETS; role++) {
		struct sim *sim = good();
		sim->roles[role].extra = "\"x-new\":{\"a\":[1,null,true,\"\\u00e9\"]},";
		sim->roles[TARGETS].version++;
		sim_update_snapshot(sim);
		OK(sim_refresh(sim));
		recovers(sim);
	}
}

static void test_M24_type_and_version(void **state)
{
	(void)state;
	struct sim *sim = good();
	sim_update_snapshot(sim);
	sim->roles[TIMESTAMP].type = "snapshot";
	refused(sim, "tuf.invalid");
	sim->roles[TIMESTAMP].type = "timestamp";
	sim->roles[TIMESTAMP].spec = "2.0.0";
	refused(sim, "tuf.invalid");
	sim->roles[TIMESTAMP].spec = "1.0.31";
	recovers(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_M1_target_bytes),
		cmocka_unit_test(test_M2_unsigned),
		cmocka_unit_test(test_M2_M3_M25_root),
		cmocka_unit_test(test_M4_timestamp_rollback),
		cmocka_unit_test(test_M5_same_version_other_bytes),
		cmocka_unit_test(test_M6_snapshot_drops_and_lowers),
		cmocka_unit_test(test_M7_targets_rollback),
		cmocka_unit_test(test_M8_expired),
		cmocka_unit_test(test_M9_clock_forward),
		cmocka_unit_test(test_M10_mix_and_match),
		cmocka_unit_test(test_M11_one_byte_over),
		cmocka_unit_test(test_M12_many_roots),
		cmocka_unit_test(test_M13_fast_forward),
		cmocka_unit_test(test_M14_one_keyid_twice),
		cmocka_unit_test(test_M15_one_key_under_two_ids),
		cmocka_unit_test(test_M16_thresholds),
		cmocka_unit_test(test_M17_bad_among_good),
		cmocka_unit_test(test_M18_foreign_path),
		cmocka_unit_test(test_M19_too_many_roles),
		cmocka_unit_test(test_M20_M21_names),
		cmocka_unit_test(test_M22_json),
		cmocka_unit_test(test_M23_unknown_members),
		cmocka_unit_test(test_M24_type_and_version),
	};
	return cmocka_run_group_tests(tests, sim_make_keys, sim_free_keys);
}
