/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cases of the TUF conformance suite, third part: thresholds and keys, odd role names, rollback, fast-forward recovery. */
#include "tests/tuf/simulator.h"

/* ---- keys ---- */

static void test_snapshot_threshold(void **state)
{
	(void)state;
	static const struct {
		const char *threshold, *keys, *sigs;
		bool ok;
	} rows[] = {
		{"6", "45678", "45678", false}, {"5", "45678", "45678", true}, {"3", "45678", "468", true},
		{"3", "45678", "46", false},	{"3", "456", "4567", true},    {"2", "45", "4", false},
		{"2", "45", "49", false},	{"0", "45", "45", false},      {"-1", "45", "45", false},
		{"\"1\"", "45", "45", false},  {"null", "45", "45", false},
		{"1000000000", "45", "45", false}, {"true", "4", "4", false},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sim *sim = begin();
		OK(sim_refresh(sim));
		set(&sim->roles[SNAPSHOT], rows[i].threshold, rows[i].keys, rows[i].sigs);
		sim_bump_root(sim);
		sim_update_snapshot(sim);
		if (sim_refresh(sim) != (rows[i].ok ? 0 : -1))
			fail_msg("row %zu: %s", i, sim->err.cause);
		sim_free(sim);
	}
}

static void test_root_has_keys_but_not_snapshot(void **state)
{
	(void)state;
	struct sim *sim = begin();
	OK(sim_refresh(sim));
	set(&sim->roles[SNAPSHOT], "3", "45678", "4567");
	sim_bump_root(sim);
	sim_update_snapshot(sim);
	OK(sim_refresh(sim));
	set(&sim->roles[SNAPSHOT], "5", "45678", "4567");
	sim_bump_root(sim);
	FAILS(sim_refresh(sim));
	assert_int_equal(sim_version(sim, "root"), 3);
	sim_free(sim);
}

/* The one signature once more under another id of the same key. */
static void repeat_signature(struct sim *sim, const char *role, struct oak_buf *bytes)
{
	const char *sig = strstr(bytes->p, "\"sig\":\""), *list = strchr(bytes->p, '[');
	struct oak_buf copy;
	(void)sim;
	if (strcmp(role, "snapshot") != 0)
		return;
	oak_buf_init(&copy, 1 << 24);
	oak_buf_add(&copy, bytes->p, (size_t)(list + 1 - bytes->p));
	oak_buf_addf(&copy, "{\"keyid\":\"%064d\",%.*s},", 0, (int)(strchr(sig + 7, '"') + 1 - sig), sig);
	oak_buf_add(&copy, list + 1, bytes->n - (size_t)(list + 1 - bytes->p));
	oak_buf_clear(bytes);
	oak_buf_add(bytes, copy.p, copy.n);
	oak_buf_done(&copy);
}

static void test_duplicate_keys_root(void **state)
{
	(void)state;
	for (int opaque = 0; opaque < 2; opaque++) {
		struct sim *sim = begin();
		sim->opaque = opaque;
		OK(sim_refresh(sim));
		sim->same_key_ids = true; /* one key under ten ids */
		sim->bend = repeat_signature;
		set(&sim->roles[SNAPSHOT], "2", "2", "2");
		sim_bump_root(sim);
		sim_update_snapshot(sim);
		FAILS(sim_refresh(sim));
		assert_string_equal(sim->err.id, opaque ? "tuf.signature" : "tuf.keyid");
		assert_int_equal(sim_version(sim, "snapshot"), opaque ? 0 : 1); /* its keys were rotated */
		sim_free(sim);
	}
}

static void test_duplicate_sig_keyids(void **state)
{
	(void)state;
	struct sim *sim = begin();
	struct oak_tuf *tuf;
	sim->bend = NULL;
	(void)tuf;
	set(&sim->roles[TIMESTAMP], "1", "1", "1");
	static const char twice[] = "{\"signatures\":[{\"keyid\":\"aa\",\"sig\":\"00\"},{\"keyid\":\"aa\",\"sig\":\"01\"}],\"signed\":{}}";
	FAILS(oak_tuf_init(sim->dir, twice, sizeof(twice) - 1, true, &sim->err));
	assert_string_equal(sim->err.id, "tuf.invalid");
	assert_non_null(strstr(sim->err.cause, "same keyid"));
	sim_free(sim);
}

static void test_keytype_and_scheme(void **state)
{
	(void)state;
	for (int key = 11; key < 14; key++) { /* ed25519, ecdsa, rsa */
		struct sim *sim = begin();
		for (int role = TIMESTAMP; role <= TARGETS; role++)
			sim->roles[role].keys[0] = sim->roles[role].sigs[0] = key;
		sim_bump_root(sim);
		OK(sim_refresh(sim));
		sim_free(sim);
	}
}

static void test_wrong_hashing_algorithm(void **state)
{
	(void)state;
	struct sim *sim = begin();
	sim->extra_key = "\"keyid_hash_algorithms\":[\"md5\"],"; /* no part of the specification any more: nobody's matter */
	sim_bump_root(sim);
	OK(sim_refresh(sim));
	assert_int_equal(sim_version(sim, "root"), 2);
	sim_free(sim);
}

/* ---- odd role names ---- */

static void test_unusual_role_name(void **state)
{
	(void)state;
	static const struct {
		const char *name, *request;
	} rows[] = {{"?", "1.%3F.json"},
		    {"#", "1.%23.json"},
		    {"/delegatedrole", "1.%2Fdelegatedrole.json"},
		    {"../delegatedrole", "1...%2Fdelegatedrole.json"},
		    {".", "1...json"},
		    {"\xc3\xb6", "1.%C3%B6.json"},
		    {"a b", "1.a%20b.json"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sim *sim = begin();
		sim_add_role(sim, "targets", rows[i].name, "[\"*\"]", 4);
		sim->roles[TARGETS].version++;
		sim_update_snapshot(sim);
		FAILS(sim_download(sim, "nonexistent target"));
		assert_string_equal(sim_requests(sim, 4), rows[i].request);
		assert_int_equal(sim_trusted(sim), 5);
		sim_free(sim);
	}
}

/* ---- rollback ---- */

static void test_simple_snapshot_rollback(void **state)
{
	(void)state;
	struct sim *sim = begin();
	sim_update_snapshot(sim);
	OK(sim_refresh(sim));
	sim->roles[SNAPSHOT].version--;
	OK(sim_refresh(sim)); /* timestamp still says 2, and that is here */
	assert_int_equal(sim_version(sim, "snapshot"), 2);
	assert_string_equal(sim_requests(sim, 1), "timestamp.json");
	sim_free(sim);
}

static void test_new_timestamp_version_rollback(void **state)
{
	(void)state;
	struct sim *sim = begin();
	sim_update_timestamp(sim);
	OK(sim_refresh(sim));
	sim->roles[TIMESTAMP].version--;
	FAILS(sim_refresh(sim));
	assert_string_equal(sim->err.id, "tuf.rollback");
	assert_int_equal(sim_version(sim, "timestamp"), 2);
	sim_free(sim);
}

static void test_snapshot_rollback(void **state)
{
	(void)state;
	for (int hashes = 0; hashes < 2; hashes++) {
		struct sim *sim = begin();
		sim->hashes = hashes;
		sim_update_snapshot(sim);
		OK(sim_refresh(sim));
		sim->roles[SNAPSHOT].version = 1;
		sim_update_timestamp(sim);
		FAILS(sim_refresh(sim));
		assert_int_equal(sim_version(sim, "timestamp"), 2);
		assert_int_equal(sim_version(sim, "snapshot"), 2);
		assert_string_equal(sim_requests(sim, 1), "timestamp.json");
		sim_free(sim);
	}
}

static void test_targets_rollback(void **state)
{
	(void)state;
	for (int hashes = 0; hashes < 2; hashes++) {
		struct sim *sim = begin();
		sim->hashes = hashes;
		sim->roles[TARGETS].version = 3;
		sim_update_snapshot(sim);
		OK(sim_refresh(sim));
		sim->roles[TARGETS].version = 1;
		sim_update_snapshot(sim);
		FAILS(sim_refresh(sim));
		assert_string_equal(sim->err.id, "tuf.rollback");
		assert_int_equal(sim_version(sim, "snapshot"), 2);
		assert_int_equal(sim_version(sim, "targets"), 3);
		sim_free(sim);
	}
}

static void test_role_dropped_from_snapshot(void **state)
{
	(void)state;
	struct sim *sim = begin();
	sim_add_role(sim, "targets", "A", "[\"*\"]", 4);
	sim->roles[TARGETS].version++;
	sim_update_snapshot(sim);
	OK(sim_refresh(sim));
	sim->role_count--;
	sim->roles[TARGETS].version++;
	sim_update_snapshot(sim);
	FAILS(sim_refresh(sim));
	assert_string_equal(sim->err.id, "tuf.rollback");
	sim_free(sim);
}

static void test_new_snapshot_version_mismatch(void **state)
{
	(void)state;
	struct sim *sim = begin();
	sim->roles[SNAPSHOT].version++;
	FAILS(sim_refresh(sim));
	assert_int_equal(sim_trusted(sim), 2);
	assert_string_equal(sim_requests(sim, 2), "1.snapshot.json");
	sim_free(sim);
}

/* A key that was stolen pushed versions up; rotation brings them down again. */
static void fast_forward(int role, const char *rotate, int64_t high)
{
	struct sim *sim = begin();
	sim->roles[role].version = high;
	sim_update_meta(sim);
	if (role == TARGETS)
		sim->roles[SNAPSHOT].version++;
	sim->snapshot_meta = sim->roles[SNAPSHOT].version;
	OK(sim_refresh(sim));
	assert_int_equal(sim_version(sim, sim_top[role]), high);
	for (int i = 0; rotate[i]; i++) {
		struct sim_role *r = &sim->roles[rotate[i] - '0'];
		r->keys[0] = r->sigs[0] = 5 + i;
	}
	sim_bump_root(sim);
	sim->roles[role].version = 1;
	sim_update_meta(sim);
	if (role == TARGETS)
		sim->roles[SNAPSHOT].version++;
	sim->snapshot_meta = sim->roles[SNAPSHOT].version;
	if (role != TIMESTAMP)
		sim->roles[TIMESTAMP].version++;
	OK(sim_refresh(sim));
	assert_int_equal(sim_version(sim, sim_top[role]), 1);
	sim_free(sim);
}

static void test_new_timestamp_fast_forward_recovery(void **state)
{
	(void)state;
	fast_forward(TIMESTAMP, "1", 100);
	fast_forward(TIMESTAMP, "1", INT64_MAX - 1);
}

static void test_new_snapshot_fast_forward_recovery(void **state)
{
	(void)state;
	fast_forward(SNAPSHOT, "12", 99999);
	fast_forward(SNAPSHOT, "12", INT64_C(1) << 31);
}

static void test_new_targets_fast_forward_recovery(void **state)
{
	(void)state;
	fast_forward(TARGETS, "2", 100);
}

static void test_fast_forward_without_rotation(void **state)
{
	(void)state;
	struct sim *sim = begin();
	sim->roles[TIMESTAMP].version = 100;
	OK(sim_refresh(sim));
	sim->roles[TIMESTAMP].version = 2;
	FAILS(sim_refresh(sim));
	sim_free(sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_snapshot_threshold),
		cmocka_unit_test(test_root_has_keys_but_not_snapshot),
		cmocka_unit_test(test_duplicate_keys_root),
		cmocka_unit_test(test_duplicate_sig_keyids),
		cmocka_unit_test(test_keytype_and_scheme),
		cmocka_unit_test(test_wrong_hashing_algorithm),
		cmocka_unit_test(test_unusual_role_name),
		cmocka_unit_test(test_simple_snapshot_rollback),
		cmocka_unit_test(test_new_timestamp_version_rollback),
		cmocka_unit_test(test_snapshot_rollback),
		cmocka_unit_test(test_targets_rollback),
		cmocka_unit_test(test_role_dropped_from_snapshot),
		cmocka_unit_test(test_new_snapshot_version_mismatch),
		cmocka_unit_test(test_new_timestamp_fast_forward_recovery),
		cmocka_unit_test(test_new_snapshot_fast_forward_recovery),
		cmocka_unit_test(test_new_targets_fast_forward_recovery),
		cmocka_unit_test(test_fast_forward_without_rotation),
	};
	return cmocka_run_group_tests(tests, sim_make_keys, sim_free_keys);
}
