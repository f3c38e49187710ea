/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cases of the TUF conformance suite, second part: graphs of delegations, and rotations of keys. */
#include "tests/tuf/simulator.h"

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
		/* no delegations; targetpath matches wildcard; targetpath with separators x, y; … is not delegated by all roles in the chain */
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
