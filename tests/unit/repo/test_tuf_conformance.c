/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cases of the TUF conformance suite, rebuilt from its description and the specification (names kept): basics, expiry,
 * download. No expected failures. */
#include "tests/tuf/simulator.h"

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

static void test_timestamp_content_changes(void **state)
{
	(void)state;
	struct sim *sim = begin();
	OK(sim_refresh(sim));
	sim->snapshot_meta = 100; /* no such snapshot: who took the new content would ask for it */
	OK(sim_refresh(sim));
	assert_string_equal(sim_requests(sim, 0), "2.root.json timestamp.json");
	assert_int_equal(sim_version(sim, "snapshot"), 1);
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

static void expire(int role)
{
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

static void test_timestamp_expired(void **state)
{
	(void)state;
	expire(TIMESTAMP);
}

static void test_snapshot_expired(void **state)
{
	(void)state;
	expire(SNAPSHOT);
}

static void test_targets_expired(void **state)
{
	(void)state;
	expire(TARGETS);
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
	sim_add_target(sim, "targets", "empty", "");
	OK(sim_download(sim, "target_file.txt"));
	OK(sim_download(sim, "empty"));
	FAILS(sim_download(sim, ""));
	sim_free(sim);
}

static void test_client_downloads_expected_file_in_sub_dir(void **state)
{
	(void)state;
	struct sim *sim = begin();
	sim_add_target(sim, "targets", "path/to/a/target_file.txt", "other contents");
	OK(sim_download(sim, "path/to/a/target_file.txt"));
	FAILS(sim_download(sim, "path/to/a"));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_basic_init_and_refresh),
		cmocka_unit_test(test_implicit_refresh),
		cmocka_unit_test(test_invalid_initial_root),
		cmocka_unit_test(test_unsigned_initial_root),
		cmocka_unit_test(test_timestamp_eq_versions_check),
		cmocka_unit_test(test_timestamp_content_changes),
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
		cmocka_unit_test(test_timestamp_expired),
		cmocka_unit_test(test_snapshot_expired),
		cmocka_unit_test(test_targets_expired),
		cmocka_unit_test(test_expired_metadata),
		cmocka_unit_test(test_expired_local_without_news),
		cmocka_unit_test(test_delegated_expired),
		cmocka_unit_test(test_client_downloads_expected_file),
		cmocka_unit_test(test_client_downloads_expected_file_in_sub_dir),
		cmocka_unit_test(test_repository_substitutes_target_file),
		cmocka_unit_test(test_multiple_changes_to_target),
		cmocka_unit_test(test_target_urls),
	};
	return cmocka_run_group_tests(tests, sim_make_keys, sim_free_keys);
}
