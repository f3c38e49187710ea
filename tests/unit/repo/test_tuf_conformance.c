/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cases of the TUF conformance suite, rebuilt from its description and the specification (names kept): basics, expiry,
 * download, keys, odd names, rollback, delegations, rotations. No expected failures. */
#include "tests/tuf/simulator.h"

#define OK(call) assert_int_equal((call), 0)
#define FAILS(call) assert_int_equal((call), -1)

static struct sim *begin(void)
{
	struct sim *sim = sim_new();
	OK(sim_init(sim));
	return sim;
}

/* ---- basic ---- */

static void test_basic_init_and_refresh(void **state)
{
	(void)state;
	struct sim *sim = begin();
	OK(sim_refresh(sim));
	assert_string_equal(sim_requests(sim, 0), "2.root.json timestamp.json 1.snapshot.json 1.targets.json");
	for (int i = 0; i < 4; i++)
		assert_int_equal(sim_version(sim, sim_top[i]), 1);
	OK(sim_refresh(sim)); /* nothing new: two requests */
	assert_string_equal(sim_requests(sim, 0), "2.root.json timestamp.json");
	sim_free(sim);
}

static void test_implicit_refresh(void **state)
{
	(void)state;
	struct sim *sim = begin();
	FAILS(sim_download(sim, "nonexistent artifact"));
	assert_string_equal(sim->err.id, "tuf.no-target");
	assert_int_equal(sim_trusted(sim), 4);
	sim_free(sim);
}

static void bad_root(struct sim *sim, const char *from, const char *to)
{
	char *text = oak_arena_strndup(sim->arena, sim->roots[0].p, sim->roots[0].n);
	char *at = strstr(text, from);
	assert_non_null(at);
	memcpy(at, to, strlen(to));
	FAILS(oak_tuf_init(sim->dir, text, sim->roots[0].n, false, &sim->err));
	assert_int_equal(sim_trusted(sim), 0);
	FAILS(sim_refresh(sim));
	assert_int_equal(sim->log_count, 0);
}

static void test_invalid_initial_root(void **state)
{
	(void)state;
	struct sim *sim = sim_new();
	bad_root(sim, "\"version\"", "\"versiom\"");
	bad_root(sim, "\"_type\"", "\"_tipe\"");
	sim_free(sim);
}

static void test_unsigned_initial_root(void **state)
{
	(void)state;
	struct sim *sim = sim_new();
	bad_root(sim, "\"sig\":\"", "\"sig\":\"00000000");
	assert_string_equal(sim->err.id, "file.open");
	sim_free(sim);
}

static void test_timestamp_eq_versions_check(void **state)
{
	(void)state;
	struct sim *sim = begin();
	struct oak_buf before, after;
	OK(sim_refresh(sim));
	assert_true(sim_read(sim, "timestamp", &before));
	sim->snapshot_meta = 100; /* other content, same version */
	OK(sim_refresh(sim));
	assert_true(sim_read(sim, "timestamp", &after));
	assert_true(before.n == after.n && memcmp(before.p, after.p, after.n) == 0);
	oak_buf_done(&before);
	oak_buf_done(&after);
	sim_free(sim);
}

static void test_new_targets_hash_mismatch(void **state)
{
	(void)state;
	struct sim *sim = begin();
	sim->hashes = true;
	sim_update_snapshot(sim);
	OK(sim_refresh(sim));
	sim->roles[TARGETS].extra = "\"note\":\"changed\",";
	sim->roles[TARGETS].version++;
	sim->roles[TARGETS].meta_version++; /* but not the hash */
	sim->roles[SNAPSHOT].version++;
	sim_update_timestamp(sim);
	FAILS(sim_refresh(sim));
	assert_string_equal(sim->err.id, "tuf.mismatch");
	assert_int_equal(sim_version(sim, "targets"), 1);
	sim_free(sim);
}

static void test_new_targets_version_mismatch(void **state)
{
	(void)state;
	struct sim *sim = begin();
	sim->roles[TARGETS].version++; /* snapshot still says 1 */
	FAILS(sim_refresh(sim));
	assert_string_equal(sim->err.id, "tuf.mismatch");
	assert_int_equal(sim_trusted(sim), 3);
	sim_free(sim);
}

static void test_new_snapshot_hash_mismatch(void **state)
{
	(void)state;
	struct sim *sim = begin();
	sim->hashes = true;
	sim_update_timestamp(sim);
	sim->roles[SNAPSHOT].extra = "\"note\":\"changed\",";
	FAILS(sim_refresh(sim));
	assert_string_equal(sim->err.id, "tuf.mismatch");
	assert_int_equal(sim_trusted(sim), 2);
	sim_free(sim);
}

static void test_custom_fields(void **state)
{
	(void)state;
	struct sim *sim = begin();
	sim->opaque = true;
	sim->extra_key = "\"x-extra\":{\"a\":1,\"b\":2},";
	for (int i = 0; i < 4; i++)
		sim->roles[i].extra = "\"custom-field\":\"value\",\"other\":[null,true,\"\\u00e9\\n\\t\\\"\\\\\"],";
	sim_bump_root(sim);
	OK(sim_refresh(sim));
	assert_int_equal(sim_version(sim, "root"), 2);
	sim->opaque = false; /* ids that leave the foreign members out are right too */
	OK(sim_refresh(sim));
	sim_free(sim);
}

static void test_metadata_bytes_match(void **state)
{
	(void)state;
	struct sim *sim = begin();
	OK(sim_refresh(sim));
	struct oak_buf disk;
	assert_true(sim_read(sim, "targets", &disk));
	assert_int_equal(disk.n, sim->last.n);
	assert_memory_equal(disk.p, sim->last.p, disk.n);
	oak_buf_done(&disk);
	sim_free(sim);
}

/* One role at a time is signed by nobody: the roles before it stay. */
static void test_unsigned_metadata(void **state)
{
	(void)state;
	for (int role = 0; role < 4; role++) {
		struct sim *sim = begin();
		if (role == ROOT) {
			sim->roles[ROOT].sig_count = 0;
			sim_bump_root(sim);
		}
		sim->roles[role].sig_count = 0;
		FAILS(sim_refresh(sim));
		assert_string_equal(sim->err.id, "tuf.signature");
		assert_int_equal(oak_error_exit(&sim->err), 5);
		assert_int_equal(sim_trusted(sim), role == ROOT ? 1 : role);
		assert_int_equal(sim_version(sim, "root"), 1);
		sim_free(sim);
	}
}

static void spoil_signature(struct sim *sim, const char *role, struct oak_buf *bytes)
{
	/* a second signature that is empty, and one that is no hex, beside the good one */
	static const char more[] = "{\"keyid\":\"aa\",\"sig\":\"\"},{\"keyid\":\"bb\",\"sig\":\"not hex\"},";
	char *at = strchr(bytes->p, '[');
	struct oak_buf copy;
	(void)sim, (void)role;
	oak_buf_init(&copy, 1 << 24);
	oak_buf_add(&copy, bytes->p, (size_t)(at + 1 - bytes->p));
	oak_buf_adds(&copy, more);
	oak_buf_add(&copy, at + 1, bytes->n - (size_t)(at + 1 - bytes->p));
	oak_buf_clear(bytes);
	oak_buf_add(bytes, copy.p, copy.n);
	oak_buf_done(&copy);
}

static void test_invalid_sig_in_valid_metadata(void **state)
{
	(void)state;
	struct sim *sim = begin();
	sim->bend = spoil_signature;
	OK(sim_refresh(sim));
	sim_free(sim);
}

static void test_incorrect_metadata_type(void **state)
{
	(void)state;
	for (int role = 1; role < 4; role++) {
		struct sim *sim = begin();
		sim->roles[role].type = role == 3 ? "snapshot" : "targets";
		FAILS(sim_refresh(sim));
		assert_int_equal(sim_trusted(sim), role);
		sim_free(sim);
	}
}

static void test_max_root_rotations(void **state)
{
	(void)state;
	struct sim *sim = begin();
	for (int i = 0; i < 300; i++)
		sim_bump_root(sim);
	OK(sim_refresh(sim));
	assert_int_equal(sim_version(sim, "root"), 1 + OAK_TUF_ROOT_STEPS);
	OK(sim_refresh(sim));
	assert_int_equal(sim_version(sim, "root"), 301);
	sim_free(sim);
}

static void test_root_version_skip(void **state)
{
	(void)state;
	struct sim *sim = begin();
	sim->roles[ROOT].version = 3; /* served as 2.root.json */
	sim_publish_root(sim);
	FAILS(sim_refresh(sim));
	assert_int_equal(sim_version(sim, "root"), 1);
	sim_free(sim);
}

static void test_spec_version(void **state)
{
	(void)state;
	static const struct {
		const char *spec;
		bool ok;
	} rows[] = {{"1.0.0", true}, {"1.99.7", true}, {"2.0.0", false}, {"0.9", false}, {"1", false}, {"", false}, {"10.0", false}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sim *sim = begin();
		sim->roles[TIMESTAMP].spec = rows[i].spec;
		assert_int_equal(sim_refresh(sim), rows[i].ok ? 0 : -1);
		sim_free(sim);
	}
}

/* ---- expiry ---- */

static void test_root_expired(void **state)
{
	(void)state;
	struct sim *sim = begin();
	OK(sim_refresh(sim));
	sim_bump_root(sim);
	sim->roles[ROOT].expires = sim_now - OAK_DAY;
	sim_bump_root(sim);
	sim->roles[TARGETS].version++;
	sim_update_snapshot(sim);
	FAILS(sim_refresh(sim));
	assert_string_equal(sim->err.id, "tuf.expired");
	assert_int_equal(sim_version(sim, "root"), 3); /* stored before its expiry is looked at */
	assert_int_equal(sim_version(sim, "timestamp"), 1);
	sim_free(sim);
}

static void test_intermediate_root_expired(void **state)
{
	(void)state;
	struct sim *sim = begin();
	sim->roles[ROOT].expires = sim_now - OAK_DAY;
	sim_bump_root(sim);
	sim->roles[ROOT].expires = sim_now + OAK_DAY;
	sim_bump_root(sim);
	OK(sim_refresh(sim));
	assert_int_equal(sim_version(sim, "root"), 3);
	sim_free(sim);
}

static void test_role_expired(void **state)
{
	(void)state;
	for (int role = TIMESTAMP; role <= TARGETS; role++) {
		struct sim *sim = begin();
		OK(sim_refresh(sim));
		sim->roles[role].expires = sim_now; /* the instant itself is too late */
		if (role == TARGETS)
			sim->roles[TARGETS].version++;
		sim_update_snapshot(sim);
		FAILS(sim_refresh(sim));
		assert_string_equal(sim->err.id, "tuf.expired");
		assert_int_equal(sim_version(sim, sim_top[role]), 1);
		sim_free(sim);
	}
}

static void test_expired_metadata(void **state)
{
	(void)state;
	struct sim *sim = begin();
	sim->roles[TIMESTAMP].expires = sim_now + 7 * OAK_DAY;
	OK(sim_refresh(sim));
	sim->roles[TARGETS].version++;
	sim->roles[TIMESTAMP].expires = sim_now + 21 * OAK_DAY;
	sim_update_snapshot(sim);
	sim->now = sim_now + 18 * OAK_DAY; /* the trusted timestamp has expired, the new one has not */
	OK(sim_refresh(sim));
	assert_int_equal(sim_version(sim, "targets"), 2);
	sim->now = sim_now + 22 * OAK_DAY;
	FAILS(sim_refresh(sim));
	sim_free(sim);
}

static void test_expired_local_without_news(void **state)
{
	(void)state;
	struct sim *sim = begin();
	OK(sim_refresh(sim));
	sim->roles[TIMESTAMP].version++;
	sim->now = sim_now + 31 * OAK_DAY;
	sim->roles[TIMESTAMP].expires = sim->now + OAK_DAY;
	sim->roles[ROOT].expires = sim->now + OAK_DAY;
	sim_bump_root(sim);
	FAILS(sim_refresh(sim)); /* snapshot is the trusted one, and too old */
	assert_string_equal(sim->err.id, "tuf.expired");
	sim_free(sim);
}

static void test_delegated_expired(void **state)
{
	(void)state;
	struct sim *sim = begin();
	sim_add_role(sim, "targets", "A", "[\"*\"]", 4)->expires = sim_now - 1;
	sim_add_target(sim, "A", "file", "content");
	sim->roles[TARGETS].version++;
	sim_update_snapshot(sim);
	FAILS(sim_download(sim, "file"));
	assert_string_equal(sim->err.id, "tuf.expired");
	sim_free(sim);
}

/* ---- download ---- */

static void test_client_downloads_expected_file(void **state)
{
	(void)state;
	struct sim *sim = begin();
	sim_add_target(sim, "targets", "target_file.txt", "target file contents");
	sim_add_target(sim, "targets", "path/to/a/target_file.txt", "other contents");
	sim_add_target(sim, "targets", "empty", "");
	OK(sim_download(sim, "target_file.txt"));
	OK(sim_download(sim, "path/to/a/target_file.txt"));
	OK(sim_download(sim, "empty"));
	FAILS(sim_download(sim, "path/to/a"));
	FAILS(sim_download(sim, ""));
	sim_free(sim);
}

static void test_repository_substitutes_target_file(void **state)
{
	(void)state;
	static const char *const served[] = {"target file c0ntents", "target file content", "target file contents!", ""};
	for (size_t i = 0; i < sizeof(served) / sizeof(*served); i++) {
		struct sim *sim = begin();
		sim_add_target(sim, "targets", "target_file.txt", "target file contents");
		sim->targets[0].served = served[i];
		FAILS(sim_download(sim, "target_file.txt"));
		assert_string_equal(sim->err.id, "tuf.mismatch");
		sim_free(sim);
	}
}

static void test_multiple_changes_to_target(void **state)
{
	(void)state;
	struct sim *sim = begin();
	sim_add_target(sim, "targets", "file", "contents");
	OK(sim_download(sim, "file"));
	for (int i = 0; i < 11; i++) {
		const char *text = oak_arena_printf(sim->arena, "modified %d", i);
		sim->targets[0].listed = sim->targets[0].served = text;
		sim->roles[TARGETS].version++;
		sim_update_snapshot(sim);
		if (i % 5)
			continue;
		OK(sim_download(sim, "file"));
		sim->targets[0].served = "malicious";
		sim->roles[TARGETS].version++;
		sim_update_snapshot(sim);
		FAILS(sim_download(sim, "file"));
	}
	sim_free(sim);
}

static void test_target_urls(void **state)
{
	(void)state;
	static const struct {
		const char *path, *url;
	} rows[] = {
		{"file", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.file"},
		{"a/b/file", "a/b/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.file"},
		{"a b?c#d%e", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.a%20b%3Fc%23d%25e"},
	};
	struct sim *sim = begin();
	for (size_t i = 0; i < 3; i++)
		sim_add_target(sim, "targets", rows[i].path, "test");
	struct oak_tuf *tuf = sim_open(sim);
	OK(oak_tuf_refresh(tuf, &sim->err));
	for (size_t i = 0; i < 3; i++) {
		const struct oak_tuf_target *target;
		OK(oak_tuf_find(tuf, rows[i].path, &target, &sim->err));
		assert_string_equal(oak_tuf_target_url(tuf, sim->arena, target), rows[i].url);
	}
	oak_tuf_close(tuf);
	sim_free(sim);
}

/* ---- keys ---- */

static void set(struct sim_role *r, const char *threshold, const char *keys, const char *sigs)
{
	r->threshold = threshold;
	r->key_count = r->sig_count = 0;
	for (; *keys; keys++)
		r->keys[r->key_count++] = *keys - '0';
	for (; *sigs; sigs++)
		r->sigs[r->sig_count++] = *sigs - '0';
}

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

static void test_duplicate_keys_root(void **state)
{
	(void)state;
	for (int opaque = 0; opaque < 2; opaque++) {
		struct sim *sim = begin();
		sim->opaque = opaque;
		OK(sim_refresh(sim));
		sim->same_key_ids = true; /* one key under ten ids */
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

static void test_fast_forward_recovery(void **state)
{
	(void)state;
	fast_forward(TIMESTAMP, "1", 100);
	fast_forward(TIMESTAMP, "1", INT64_MAX - 1);
	fast_forward(SNAPSHOT, "12", 99999);
	fast_forward(SNAPSHOT, "12", INT64_C(1) << 31);
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

/* ---- delegations ---- */

struct delegation {
	const char *delegator, *name, *paths;
	bool terminating;
};

static const struct {
	const char *name;
	struct delegation list[6];
	const char *visited;
} graphs[] = {
	{"basic-delegation", {{"targets", "A", NULL, false}}, "A"},
	{"single-level-delegations", {{"targets", "A", NULL, false}, {"targets", "B", NULL, false}}, "AB"},
	{"two-level-delegations", {{"targets", "A", NULL, false}, {"targets", "B", NULL, false}, {"B", "C", NULL, false}}, "ABC"},
	{"two-level-test-DFS-order-of-traversal",
	 {{"targets", "A", NULL, false}, {"targets", "B", NULL, false}, {"A", "C", NULL, false}, {"A", "D", NULL, false}}, "ACDB"},
	{"three-level-delegation-test-DFS-order-of-traversal",
	 {{"targets", "A", NULL, false}, {"targets", "B", NULL, false}, {"A", "C", NULL, false}, {"C", "D", NULL, false}}, "ACDB"},
	{"two-level-terminating-ignores-all-but-roles-descendants",
	 {{"targets", "A", NULL, false}, {"targets", "B", NULL, false}, {"A", "C", NULL, true}, {"A", "D", NULL, false}}, "AC"},
	{"three-level-terminating-ignores-all-but-roles-descendants",
	 {{"targets", "A", NULL, false}, {"targets", "B", NULL, false}, {"A", "C", NULL, true}, {"C", "D", NULL, false}}, "ACD"},
	{"two-level-ignores-all-branches-not-matching-paths",
	 {{"targets", "A", "[\"*.py\"]", false}, {"targets", "B", NULL, false}, {"A", "C", NULL, false}}, "B"},
	{"three-level-ignores-all-branches-not-matching-paths",
	 {{"targets", "A", NULL, false}, {"targets", "B", NULL, false}, {"A", "C", "[\"*.py\"]", false}, {"C", "D", NULL, false}}, "AB"},
	{"cyclic-graph",
	 {{"targets", "A", NULL, false}, {"targets", "B", NULL, false}, {"B", "C", NULL, false}, {"C", "D", NULL, false}, {"D", "B", NULL, false}}, "ABCD"},
	{"two-roles-delegating-to-a-third",
	 {{"targets", "A", NULL, false}, {"targets", "B", NULL, false}, {"B", "C", NULL, false}, {"A", "C", NULL, false}}, "ACB"},
	{"two-roles-delegating-to-a-third-different-paths",
	 {{"targets", "A", NULL, false}, {"targets", "B", NULL, false}, {"B", "C", NULL, false}, {"A", "C", "[\"*.py\"]", false}}, "ABC"},
	{"first-level-terminating",
	 {{"targets", "A", NULL, false}, {"targets", "B", NULL, true}, {"targets", "C", NULL, false}, {"B", "D", NULL, false}}, "ABD"},
};

static void test_graph_traversal(void **state)
{
	(void)state;
	for (size_t g = 0; g < sizeof(graphs) / sizeof(*graphs); g++) {
		struct sim *sim = begin();
		char visited[16] = "";
		for (int i = 0; i < 6 && graphs[g].list[i].name; i++) {
			const struct delegation *d = &graphs[g].list[i];
			sim_add_role(sim, d->delegator, d->name, d->paths ? d->paths : "[\"*\"]", 4 + (d->name[0] - 'A'))->terminating =
				d->terminating;
		}
		/* a role that is delegated to twice is one file: only its first row stands in snapshot */
		sim->roles[TARGETS].version++;
		sim_update_snapshot(sim);
		for (int i = DELEGATED; i < sim->role_count; i++)
			for (int k = DELEGATED; k < i; k++)
				if (strcmp(sim->roles[i].name, sim->roles[k].name) == 0)
					sim->roles[i].meta_version = 0;
		FAILS(sim_download(sim, "missingpath"));
		assert_string_equal(sim->err.id, "tuf.no-target");
		for (int i = 4; i < sim->log_count; i++)
			visited[i - 4] = sim->log[i][2];
		if (strcmp(visited, graphs[g].visited) != 0)
			fail_msg("%s: %s instead of %s", graphs[g].name, visited, graphs[g].visited);
		sim_free(sim);
	}
}

static void test_targetfile_search(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		bool found;
		const char *requests;
	} rows[] = {
		{"targetfile", true, ""},
		{"README.md", true, "1.A.json"},
		{"releases/x/x_v1", true, "1.B.json 1.C.json"},
		{"releases/y/y_v1.zip", true, "1.B.json 1.D.json"},
		{"releases/z/z_v1.zip", false, "1.B.json"},
		{"dir/README.md", false, ""}, /* a star never crosses a slash */
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct sim *sim = begin();
		sim_add_role(sim, "targets", "A", "[\"*.doc\",\"*.md\"]", 4);
		sim_add_role(sim, "targets", "B", "[\"releases/*/*\"]", 5);
		sim_add_role(sim, "B", "C", "[\"releases/x/*\"]", 6);
		sim_add_role(sim, "B", "D", "[\"releases/y/*.zip\"]", 7);
		sim_add_target(sim, "targets", "targetfile", "targetfile content");
		sim_add_target(sim, "A", "README.md", "README by A");
		sim_add_target(sim, "C", "releases/x/x_v1", "x release by C");
		sim_add_target(sim, "D", "releases/y/y_v1.zip", "y release by D");
		sim_add_target(sim, "D", "releases/z/z_v1.zip", "z release by D");
		sim->roles[TARGETS].version++;
		sim_update_snapshot(sim);
		assert_int_equal(sim_download(sim, rows[i].path), rows[i].found ? 0 : -1);
		assert_string_equal(sim_requests(sim, 4), rows[i].requests);
		sim_free(sim);
	}
}

/* A role is stored under the keys of one delegator; another delegator with other keys must not get it. */
static void test_cached_role_is_verified_against_current_delegator(void **state)
{
	(void)state;
	for (int same_session = 0; same_session < 2; same_session++) {
		struct sim *sim = begin();
		sim_add_role(sim, "targets", "A", "[\"a*\"]", 4);
		sim_add_role(sim, "targets", "B", "[\"b*\"]", 5);
		sim_add_role(sim, "A", "C", "[\"*\"]", 6);
		struct sim_role *other = sim_add_role(sim, "B", "C", "[\"*\"]", 7);
		other->sigs[0] = 6; /* it is one file, and key 6 signs it */
		sim_add_target(sim, "C", "a1", "content");
		sim_add_target(sim, "C", "b1", "content");
		sim->roles[TARGETS].version++;
		sim_update_snapshot(sim);
		other->meta_version = 0;
		if (same_session) {
			const struct oak_tuf_target *target;
			struct oak_tuf *tuf = sim_open(sim);
			OK(oak_tuf_refresh(tuf, &sim->err));
			OK(oak_tuf_find(tuf, "a1", &target, &sim->err));
			FAILS(oak_tuf_find(tuf, "b1", &target, &sim->err));
			OK(oak_tuf_find(tuf, "a1", &target, &sim->err));
			oak_tuf_close(tuf);
		} else {
			OK(sim_download(sim, "a1"));
			FAILS(sim_download(sim, "b1"));
			assert_string_equal(sim->err.id, "tuf.signature");
			OK(sim_download(sim, "a1"));
		}
		sim_free(sim);
	}
}

static void test_hashed_prefixes(void **state)
{
	(void)state;
	struct sim *sim = begin();
	/* sha256("file") = 3b9c358f…, sha256("test") = 9f86d081… */
	sim_add_role(sim, "targets", "A", "[\"3b\",\"ff\"]", 4)->hashed = true;
	sim_add_role(sim, "targets", "B", "[\"9f86\"]", 5)->hashed = true;
	sim_add_target(sim, "A", "file", "by A");
	sim_add_target(sim, "A", "test", "by A");
	sim_add_target(sim, "B", "test", "by B");
	sim->roles[TARGETS].version++;
	sim_update_snapshot(sim);
	OK(sim_download(sim, "file"));
	assert_string_equal(sim_requests(sim, 4), "1.A.json");
	OK(sim_download(sim, "test"));
	assert_string_equal(sim_requests(sim, 2), "1.B.json");
	sim_free(sim);
}

static void test_too_many_delegations(void **state)
{
	(void)state;
	struct sim *sim = begin();
	for (int i = 0; i < 40; i++)
		sim_add_role(sim, "targets", oak_arena_printf(sim->arena, "role%d", i), "[\"*\"]", 4);
	sim->roles[TARGETS].version++;
	sim_update_snapshot(sim);
	FAILS(sim_download(sim, "missing"));
	assert_string_equal(sim->err.id, "tuf.too-many");
	assert_int_equal(sim->log_count, 4 + OAK_TUF_DELEGATIONS);
	sim_free(sim);
}

static void test_delegated_signed_by_wrong_key(void **state)
{
	(void)state;
	struct sim *sim = begin();
	sim_add_role(sim, "targets", "A", "[\"*\"]", 4)->sigs[0] = 5;
	sim_add_target(sim, "A", "file", "content");
	sim->roles[TARGETS].version++;
	sim_update_snapshot(sim);
	FAILS(sim_download(sim, "file"));
	assert_string_equal(sim->err.id, "tuf.signature");
	assert_int_equal(sim_trusted(sim), 4);
	sim_free(sim);
}

/* ---- rotation ---- */

struct version {
	const char *keys, *threshold, *sigs;
};

static const struct {
	const char *name;
	struct version list[4];
	bool ok;
} root_rotations[] = {
	{"1-of-1-key-rotation", {{"1", "1", "1"}, {"2", "1", "21"}, {"2", "1", "2"}}, true},
	{"1-of-1-key-rotation-unused-signatures", {{"1", "1", "314"}, {"2", "1", "3214"}, {"2", "1", "324"}}, true},
	{"3-of-5-sign-with-different-keycombos", {{"01234", "3", "024"}, {"01234", "3", "041"}, {"01234", "3", "013"}, {"01234", "3", "013"}}, true},
	{"3-of-5-one-key-rotated", {{"01234", "3", "024"}, {"01345", "3", "041"}}, true},
	{"3-of-5-one-key-rotated-with-intermediate-step", {{"01234", "3", "024"}, {"01345", "3", "0245"}, {"01345", "3", "045"}}, true},
	{"3-of-5-all-keys-rotated-with-intermediate-step", {{"01234", "3", "024"}, {"56789", "3", "024567"}, {"56789", "3", "567"}}, true},
	{"1-of-3-threshold-increase-to-2-of-3", {{"123", "1", "1"}, {"123", "2", "12"}}, true},
	{"2-of-3-threshold-decrease-to-1-of-3", {{"123", "2", "12"}, {"123", "1", "12"}, {"123", "1", "1"}}, true},
	{"1-of-2-threshold-increase-to-2-of-2", {{"1", "1", "1"}, {"12", "2", "12"}}, true},
	{"1-of-1-key-rotation-fail-not-signed-with-old-key", {{"1", "1", "1"}, {"2", "1", "234"}}, false},
	{"1-of-1-key-rotation-fail-not-signed-with-new-key", {{"1", "1", "1"}, {"2", "1", "134"}}, false},
	{"3-of-5-one-key-rotate-fails-not-signed-with-3-new-keys", {{"01234", "3", "024"}, {"01345", "3", "024"}}, false},
	{"3-of-5-one-key-rotate-fails-not-signed-with-3-old-keys", {{"01234", "3", "024"}, {"01345", "3", "045"}}, false},
	{"1-of-3-threshold-bump-to-2-of-3-fails-new-threshold-not-reached", {{"123", "1", "1"}, {"123", "2", "2"}}, false},
	{"2-of-3-threshold-decr-to-1-of-3-fails-old-threshold-not-reached", {{"123", "2", "12"}, {"123", "1", "1"}}, false},
};

static void test_root_rotation(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(root_rotations) / sizeof(*root_rotations); i++) {
		struct sim *sim = sim_new();
		oak_buf_done(&sim->roots[0]);
		sim->root_count = 0;
		sim->roles[ROOT].version = 0;
		int count = 0;
		for (; count < 4 && root_rotations[i].list[count].keys; count++) {
			const struct version *v = &root_rotations[i].list[count];
			set(&sim->roles[ROOT], v->threshold, v->keys, v->sigs);
			sim_bump_root(sim);
		}
		OK(sim_init(sim));
		if (sim_refresh(sim) != (root_rotations[i].ok ? 0 : -1))
			fail_msg("%s: %s", root_rotations[i].name, sim->err.cause);
		struct oak_buf disk;
		const struct oak_buf *expected = &sim->roots[root_rotations[i].ok ? count - 1 : count - 2];
		assert_true(sim_read(sim, "root", &disk));
		assert_int_equal(disk.n, expected->n);
		assert_memory_equal(disk.p, expected->p, disk.n);
		oak_buf_done(&disk);
		/* a root that was refused is not taken after a restart either (CVE-2020-15163) */
		assert_int_equal(sim_refresh(sim), root_rotations[i].ok ? 0 : -1);
		sim_free(sim);
	}
}

static const struct {
	const char *name, *keys, *threshold, *sigs;
	bool ok;
} other_rotations[] = {
	{"1-of-1-key-rotation", "5", "1", "5", true},
	{"1-of-1-key-rotation-unused-signatures", "4", "1", "746", true},
	{"1-of-1-key-rotation-fail-not-signed-with-new-key", "5", "1", "467", false},
	{"3-of-5-one-key-signature-wrong-not-signed-with-3-expected-keys", "01345", "3", "024", false},
	{"2-of-5-one-key-signature-mising-threshold-not-reached", "01345", "3", "04", false},
	{"3-of-5-sign-first-combo", "01234", "3", "024", true},
	{"3-of-5-sign-second-combo", "01234", "3", "041", true},
	{"3-of-5-sign-third-combo", "01234", "3", "013", true},
	{"3-of-5-sign-fourth-combo", "01234", "3", "123", true},
	{"3-of-5-sign-fifth-combo", "01234", "3", "234", true},
};

static void test_non_root_rotations(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(other_rotations) / sizeof(*other_rotations); i++) {
		struct sim *sim = begin();
		for (int role = TIMESTAMP; role <= TARGETS; role++) {
			set(&sim->roles[role], other_rotations[i].threshold, other_rotations[i].keys, other_rotations[i].sigs);
			sim_bump_root(sim);
			if (sim_refresh(sim) != (other_rotations[i].ok ? 0 : -1))
				fail_msg("%s of %s: %s", other_rotations[i].name, sim_top[role], sim->err.cause);
		}
		sim_free(sim);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_basic_init_and_refresh),
		cmocka_unit_test(test_implicit_refresh),
		cmocka_unit_test(test_invalid_initial_root),
		cmocka_unit_test(test_unsigned_initial_root),
		cmocka_unit_test(test_timestamp_eq_versions_check),
		cmocka_unit_test(test_new_targets_hash_mismatch),
		cmocka_unit_test(test_new_targets_version_mismatch),
		cmocka_unit_test(test_new_snapshot_hash_mismatch),
		cmocka_unit_test(test_custom_fields),
		cmocka_unit_test(test_metadata_bytes_match),
		cmocka_unit_test(test_unsigned_metadata),
		cmocka_unit_test(test_invalid_sig_in_valid_metadata),
		cmocka_unit_test(test_incorrect_metadata_type),
		cmocka_unit_test(test_max_root_rotations),
		cmocka_unit_test(test_root_version_skip),
		cmocka_unit_test(test_spec_version),
		cmocka_unit_test(test_root_expired),
		cmocka_unit_test(test_intermediate_root_expired),
		cmocka_unit_test(test_role_expired),
		cmocka_unit_test(test_expired_metadata),
		cmocka_unit_test(test_expired_local_without_news),
		cmocka_unit_test(test_delegated_expired),
		cmocka_unit_test(test_client_downloads_expected_file),
		cmocka_unit_test(test_repository_substitutes_target_file),
		cmocka_unit_test(test_multiple_changes_to_target),
		cmocka_unit_test(test_target_urls),
		cmocka_unit_test(test_snapshot_threshold),
		cmocka_unit_test(test_root_has_keys_but_not_snapshot),
		cmocka_unit_test(test_duplicate_keys_root),
		cmocka_unit_test(test_duplicate_sig_keyids),
		cmocka_unit_test(test_keytype_and_scheme),
		cmocka_unit_test(test_unusual_role_name),
		cmocka_unit_test(test_simple_snapshot_rollback),
		cmocka_unit_test(test_new_timestamp_version_rollback),
		cmocka_unit_test(test_snapshot_rollback),
		cmocka_unit_test(test_targets_rollback),
		cmocka_unit_test(test_role_dropped_from_snapshot),
		cmocka_unit_test(test_new_snapshot_version_mismatch),
		cmocka_unit_test(test_fast_forward_recovery),
		cmocka_unit_test(test_fast_forward_without_rotation),
		cmocka_unit_test(test_graph_traversal),
		cmocka_unit_test(test_targetfile_search),
		cmocka_unit_test(test_cached_role_is_verified_against_current_delegator),
		cmocka_unit_test(test_hashed_prefixes),
		cmocka_unit_test(test_too_many_delegations),
		cmocka_unit_test(test_delegated_signed_by_wrong_key),
		cmocka_unit_test(test_root_rotation),
		cmocka_unit_test(test_non_root_rotations),
	};
	return cmocka_run_group_tests(tests, sim_make_keys, sim_free_keys);
}
