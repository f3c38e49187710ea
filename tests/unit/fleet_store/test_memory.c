/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is remembered about versions: first sight, never later, vanished, lost and healed, shared with ordinary users. */
#include "world.h"

#include <sys/stat.h>

struct night {
	struct oak_arena *arena;
	struct oak_inventory *inventory;
	struct oak_memory *memory;
};

static struct night recall(const struct world *w, const char *shared)
{
	struct oak_error err = {0};
	struct night n = {.arena = oak_arena_new()};
	struct oak_store_options options = {.dir = w->dir, .shared_dir = shared, .now = w->now};
	OAK_AUTO(oak_store_close_p) struct oak_store *store = NULL;
	assert_int_equal(oak_store_open(&options, &store, &err), 0);
	n.inventory = world_inventory(w, n.arena);
	assert_int_equal(oak_store_recall(store, n.inventory, "debian", w->now, n.arena, &n.memory, &err), 0);
	return n;
}

static const struct oak_problem *problem(const struct night *n, const char *kind)
{
	for (size_t i = 0; i < n->inventory->problems.n; i++)
		if (strcmp(n->inventory->problems.v[i].kind, kind) == 0)
			return &n->inventory->problems.v[i];
	return NULL;
}

static void test_first_seen(void **state)
{
	(void)state;
	struct world w;
	world_new(&w, 5, 2);
	struct night n = recall(&w, NULL);
	assert_int_equal(n.memory->first_seen.n, 2);
	assert_false(n.memory->lost);
	/* the first scan cannot know when a version appeared: min(Release date, first scan) */
	assert_false(n.memory->first_seen.v[0].watched);
	assert_true(n.memory->first_seen.v[0].release_date);
	assert_int_equal(n.memory->first_seen.v[0].at, DAY0 - 30 * OAK_DAY);
	assert_int_equal(n.inventory->repositories.v[0].watched_since, DAY0);
	oak_arena_free(n.arena);
	world_scan(&w);

	w.now += 3 * OAK_DAY;
	w.release_date = w.now - 60; /* a later Release date does not move it */
	w.release = 1;               /* but this version is new, in a repository that is watched */
	n = recall(&w, NULL);
	assert_int_equal(n.inventory->repositories.v[0].watched_since, DAY0);
	assert_true(n.memory->first_seen.v[0].watched);
	assert_int_equal(n.memory->first_seen.v[0].at, w.now);
	oak_arena_free(n.arena);
	world_scan(&w);

	w.now += OAK_DAY;
	n = recall(&w, NULL);
	assert_int_equal(n.memory->first_seen.v[0].at, DAY0 + 3 * OAK_DAY);
	assert_int_equal(n.inventory->updates.v[0].first_seen, DAY0 + 3 * OAK_DAY);
	oak_arena_free(n.arena);
	world_scan(&w);

	w.now += OAK_DAY;
	w.release = 0; /* the old one comes back with its old time */
	n = recall(&w, NULL);
	assert_int_equal(n.memory->first_seen.v[0].at, DAY0 - 30 * OAK_DAY);
	oak_arena_free(n.arena);
	world_done(&w);
}

/* A package installed today has versions that are older than our first sight of them. */
static void test_new_package_is_not_watched(void **state)
{
	(void)state;
	struct world w;
	world_new(&w, 3, 3);
	world_scan(&w);
	w.now += OAK_DAY;
	w.packages = w.missing = 4;
	struct night n = recall(&w, NULL);
	assert_false(n.memory->first_seen.v[3].watched);
	assert_int_equal(n.memory->first_seen.v[3].at, DAY0 - 30 * OAK_DAY);
	oak_arena_free(n.arena);
	world_done(&w);
}

static void test_vanished(void **state)
{
	(void)state;
	struct world w;
	world_new(&w, 3, 1);
	world_scan(&w);
	w.now += OAK_DAY;
	struct night n = recall(&w, NULL);
	assert_int_equal(n.memory->vanished.n, 0); /* still offered */
	oak_arena_free(n.arena);
	w.release = 1;
	w.error = "connection refused"; /* what cannot be read has dropped nothing */
	n = recall(&w, NULL);
	assert_int_equal(n.memory->vanished.n, 0);
	oak_arena_free(n.arena);
	w.error = NULL;
	n = recall(&w, NULL);
	assert_int_equal(n.memory->vanished.n, 1);
	assert_string_equal(n.memory->vanished.v[0].evr, "2.0-1");
	assert_string_equal(n.memory->vanished.v[0].repository, "security");
	assert_string_equal(n.memory->vanished.v[0].level, "HIGH");
	assert_int_equal(n.memory->vanished.v[0].approved_at, DAY0 - 10 * OAK_DAY);
	oak_arena_free(n.arena);
	world_done(&w);
}

static void remove_file(const struct world *w, const char *name)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/%s", w->dir, name);
	unlink(path);
}

static void lose(const struct world *w, bool copy_too)
{
	remove_file(w, "state.db");
	remove_file(w, "state.db-wal");
	remove_file(w, "state.db-shm");
	if (!copy_too)
		return;
	char *const argv[] = {"sh", "-c", "rm -f \"$0\"/first-seen/*.tsv", (char *)w->dir, NULL};
	pid_t pid = fork();
	if (pid == 0) {
		execvp("sh", argv);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

static void test_lost(void **state)
{
	(void)state;
	struct world w;
	world_new(&w, 3, 2);
	world_scan(&w);
	w.now += 2 * OAK_DAY;
	w.release = 1;
	world_scan(&w); /* 2.1 was seen on day 2, watched */
	w.now += 2 * OAK_DAY;

	lose(&w, false); /* the copy heals */
	struct night n = recall(&w, NULL);
	assert_false(n.memory->lost);
	assert_non_null(problem(&n, "state-lost"));
	assert_true(n.memory->first_seen.v[0].watched);
	assert_int_equal(n.memory->first_seen.v[0].at, DAY0 + 2 * OAK_DAY);
	assert_int_equal(n.inventory->repositories.v[0].watched_since, DAY0);
	oak_arena_free(n.arena);

	lose(&w, true); /* without it everything counts as seen now: later than before, never earlier */
	n = recall(&w, NULL);
	assert_true(n.memory->lost);
	assert_non_null(problem(&n, "state-lost"));
	assert_true(n.memory->first_seen.v[0].watched);
	assert_int_equal(n.memory->first_seen.v[0].at, w.now);
	oak_arena_free(n.arena);
	oak_time lost_at = w.now;
	world_scan(&w);

	w.now += OAK_DAY; /* and stays so, without being said again */
	n = recall(&w, NULL);
	assert_false(n.memory->lost);
	assert_null(problem(&n, "state-lost"));
	assert_int_equal(n.memory->first_seen.v[0].at, lost_at);
	oak_arena_free(n.arena);
	world_done(&w);
}

static void test_damaged_copy(void **state)
{
	(void)state;
	struct world w, user;
	world_new(&w, 3, 2);
	world_scan(&w);
	char *const argv[] = {"sh", "-c", "for f in \"$0\"/first-seen/*.tsv; do echo nonsense >>\"$f\"; done", w.dir, NULL};
	pid_t pid = fork();
	if (pid == 0) {
		execvp("sh", argv);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
	world_new(&user, 3, 2);
	struct night n = recall(&user, w.dir);
	assert_non_null(problem(&n, "first-seen-unreadable"));
	oak_arena_free(n.arena);
	world_done(&user);
	world_done(&w);
}

static void test_shared_with_users(void **state)
{
	(void)state;
	struct world root, user;
	struct stat st;
	char path[128];
	world_new(&root, 3, 2);
	world_scan(&root);
	root.now += 2 * OAK_DAY;
	root.release = 1;
	world_scan(&root);
	snprintf(path, sizeof(path), "%s/first-seen", root.dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	snprintf(path, sizeof(path), "%s/state.db", root.dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);

	world_new(&user, 3, 2);
	user.now = root.now + OAK_DAY;
	user.release = 1;
	struct night n = recall(&user, root.dir);
	assert_int_equal(n.memory->first_seen.v[0].at, DAY0 + 2 * OAK_DAY);
	assert_true(n.memory->first_seen.v[0].watched);
	oak_arena_free(n.arena);
	user.node = "node-2"; /* another machine: said, not guessed */
	n = recall(&user, root.dir);
	assert_non_null(problem(&n, "first-seen-unshared"));
	assert_false(n.memory->first_seen.v[0].watched);
	oak_arena_free(n.arena);
	world_done(&user);
	world_done(&root);
}

static void test_runs(void **state)
{
	(void)state;
	struct world w;
	struct oak_error err = {0};
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	world_new(&w, 3, 1);
	OAK_AUTO(oak_store_close_p) struct oak_store *store = world_open(&w);
	const struct oak_pending_reboot pending = {"linux-image-amd64", "amd64", "6.1.2-1", DAY0};
	const struct oak_last_outcome outcomes[] = {{"a", "amd64", "2", "FAILED", "no space"}, {"b", "all", "3", "INSTALLED", NULL}};
	const struct oak_last_outcome again = {"a", "amd64", "2", "INSTALLED", NULL};
	assert_int_equal(oak_store_set_pending(store, w.node, &pending, 1, DAY0, &err), 0);
	assert_int_equal(oak_store_set_outcomes(store, w.node, outcomes, 2, DAY0, &err), 0);
	assert_int_equal(oak_store_set_outcomes(store, w.node, &again, 1, DAY0 + 1, &err), 0);
	struct oak_run_row run = {"r-1", w.node, "patch", "RUNNING", DAY0, OAK_TIME_NONE, "{\"a\":1}"};
	assert_int_equal(oak_store_put_run(store, &run, &err), 0);
	run.status = "SUCCESS";
	run.ended_at = DAY0 + 60;
	assert_int_equal(oak_store_put_run(store, &run, &err), 0);
	struct night n = recall(&w, NULL);
	assert_int_equal(n.memory->pending.n, 1);
	assert_int_equal(n.memory->last_no_reboot_install, DAY0);
	assert_int_equal(n.memory->outcomes.n, 2);
	assert_string_equal(n.memory->outcomes.v[0].status, "INSTALLED");
	const struct oak_run_row *found;
	assert_int_equal(oak_store_find_run(store, arena, "r-1", &found, &err), 0);
	assert_string_equal(found->status, "SUCCESS");
	assert_string_equal(found->document, "{\"a\":1}");
	assert_int_equal(oak_store_find_run(store, arena, "r-2", &found, &err), 0);
	assert_null(found);
	struct oak_run_rows rows = {0};
	assert_int_equal(oak_store_list_runs(store, arena, w.node, 0, &rows, &err), 0);
	assert_int_equal(rows.list.n, 1);
	static const char *const same_second[] = {"r-9", "r-5", "r-7"}; /* ids say nothing about the order */
	for (size_t i = 0; i < 3; i++) {
		run.id = same_second[i];
		assert_int_equal(oak_store_put_run(store, &run, &err), 0);
	}
	rows = (struct oak_run_rows){0};
	assert_int_equal(oak_store_list_runs(store, arena, w.node, 2, &rows, &err), 0);
	assert_string_equal(rows.list.v[0].id, "r-7");
	assert_string_equal(rows.list.v[1].id, "r-5");
	oak_arena_free(n.arena);
	world_done(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_seen),
		cmocka_unit_test(test_new_package_is_not_watched),
		cmocka_unit_test(test_vanished),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_damaged_copy),
		cmocka_unit_test(test_shared_with_users),
		cmocka_unit_test(test_runs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
