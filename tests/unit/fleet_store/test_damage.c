/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A damaged, newer, foreign, full or unreachable database: what is said, what is kept, what happens next. */
#include "world.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <signal.h>
#include <sys/stat.h>

static void path_of(const struct world *w, const char *name, char out[128])
{
	snprintf(out, 128, "%s/%s", w->dir, name);
}

static int open_it(const struct world *w, bool read_only, struct oak_store **ret, struct oak_error *err)
{
	*err = (struct oak_error){0};
	struct oak_store_options options = {.dir = w->dir, .now = w->now, .read_only = read_only};
	return oak_store_open(&options, ret, err);
}

/* Overwrite LENGTH bytes at OFFSET with noise. */
static void damage(const char *path, off_t offset, size_t length)
{
	unsigned char noise[8192];
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (unsigned char)(i * 131 + 7);
	int fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	for (; length; length -= length < sizeof(noise) ? length : sizeof(noise), offset += (off_t)sizeof(noise))
		assert_true(pwrite(fd, noise, length < sizeof(noise) ? length : sizeof(noise), offset) > 0);
	close(fd);
}

static int count_kept(const struct world *w, char name[128])
{
	int n = 0;
	DIR *dir = opendir(w->dir);
	for (struct dirent *e; (e = readdir(dir));)
		if (strncmp(e->d_name, "state.db.corrupt-", 17) == 0 && !strstr(e->d_name, "-wal") && !strstr(e->d_name, "-shm")) {
			snprintf(name, 128, "%s", e->d_name);
			n++;
		}
	closedir(dir);
	return n;
}

static void test_kept_aside(void **state)
{
	(void)state;
	/* where it is hit: the head, all of it, the middle (found only while it is used) */
	static const struct {
		off_t offset;
		size_t length;
	} rows[] = {{0, 100}, {0, 1 << 20}, {4096, 1 << 20}};
	for (size_t i = 0; i < 3; i++) {
		struct world w;
		struct oak_error err = {0};
		struct oak_store *store = NULL;
		char path[128], kept[128] = "";
		struct stat before, after;
		OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
		struct oak_memory *memory;
		world_new(&w, 100, 20);
		world_scan(&w);
		OAK_AUTO(oak_store_close_p) struct oak_store *fold = world_open(&w);
		int64_t a, b;
		assert_int_equal(oak_store_vacuum(fold, &a, &b, &err), 0);
		path_of(&w, "state.db", path);
		assert_int_equal(stat(path, &before), 0);
		damage(path, rows[i].offset, rows[i].length > (size_t)before.st_size ? (size_t)(before.st_size - rows[i].offset)
										     : rows[i].length);
		/* said with its new name, by whatever function meets it first */
		int rc = open_it(&w, false, &store, &err);
		if (rc == 0)
			rc = oak_store_recall(store, world_inventory(&w, arena), "debian", w.now, arena, &memory, &err);
		assert_int_equal(rc, -1);
		assert_string_equal(err.id, "store.damaged");
		oak_store_close(store);
		assert_int_equal(count_kept(&w, kept), 1);
		assert_non_null(strstr(err.cause, kept));
		path_of(&w, kept, path);
		assert_int_equal(stat(path, &after), 0);
		assert_int_equal(after.st_ino, before.st_ino); /* the very file, not a copy */
		/* the next scan starts anew with the old first-seen times, and says so as long as the file lies there */
		w.now += OAK_DAY;
		for (int night = 0; night < 2; night++) {
			OAK_AUTO(oak_store_close_p) struct oak_store *fresh = world_open(&w);
			struct oak_inventory *inventory = world_inventory(&w, arena);
			assert_int_equal(oak_store_recall(fresh, inventory, "debian", w.now, arena, &memory, &err), 0);
			assert_string_equal(inventory->problems.v[0].kind, "state-replaced");
			assert_non_null(strstr(inventory->problems.v[0].subject, kept));
			assert_false(memory->lost);
			world_scan(&w);
		}
		world_done(&w);
	}
}

static void test_read_only_moves_nothing(void **state)
{
	(void)state;
	struct world w;
	struct oak_error err = {0};
	struct oak_store *store = NULL;
	char path[128], kept[128];
	world_new(&w, 3, 1);
	assert_int_equal(open_it(&w, true, &store, &err), -1);
	assert_string_equal(err.id, "store.absent");
	world_scan(&w);
	assert_int_equal(open_it(&w, true, &store, &err), 0);
	oak_store_close(store);
	path_of(&w, "state.db-wal", path);
	unlink(path);
	path_of(&w, "state.db", path);
	damage(path, 0, 200);
	assert_int_equal(open_it(&w, true, &store, &err), -1);
	assert_string_equal(err.id, "store.damaged");
	assert_int_equal(count_kept(&w, kept), 0);
	world_done(&w);
}

static void run_sql(const struct world *w, const char *sql)
{
	struct oak_error err = {0};
	char path[128];
	path_of(w, "state.db", path);
	OAK_AUTO(oak_db_close_p) struct oak_db *db = NULL;
	assert_int_equal(oak_db_open(&oak_db_sqlite, path, OAK_DB_WRITE, 1000, &db, &err), 0);
	assert_int_equal(oak_db_exec(db, sql, &err), 0);
}

static void test_versions(void **state)
{
	(void)state;
	struct world w;
	struct oak_error err;
	struct oak_store *store = NULL;
	world_new(&w, 3, 1);
	world_scan(&w);
	run_sql(&w, "INSERT INTO schema_version VALUES(1, 99, 0)"); /* a newer minor one is usable */
	world_scan(&w);
	run_sql(&w, "INSERT INTO schema_version VALUES(2, 0, 0)");
	assert_int_equal(open_it(&w, false, &store, &err), -1);
	assert_string_equal(err.id, "store.newer");
	assert_int_equal(err.kind, OAK_UNSUPPORTED);
	assert_int_equal(open_it(&w, true, &store, &err), -1);
	assert_string_equal(err.id, "store.newer");
	world_done(&w);
}

static void test_full_disk(void **state)
{
	(void)state;
	struct world w;
	struct oak_error err = {0};
	struct oak_memory *memory;
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	world_new(&w, 2000, 10);
	OAK_AUTO(oak_store_close_p) struct oak_store *store = world_open(&w);
	struct oak_inventory *i = world_inventory(&w, arena);
	assert_int_equal(oak_store_recall(store, i, "debian", w.now, arena, &memory, &err), 0);
	/* a limit on the size of files stands for the disk here; the integration test fills a real one */
	struct rlimit old, small;
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 300 * 1024;
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	int rc = oak_store_save_scan(store, world_verdict(&w, arena, i), memory, NULL, &err);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(rc, -1);
	assert_int_equal(count_rows(&w, "scan"), 0);
	assert_int_equal(count_rows(&w, "span"), 0);
	/* and afterwards all is well */
	world_scan(&w);
	assert_int_equal(count_rows(&w, "span"), 2000);
	world_done(&w);
}

static void test_no_folder(void **state)
{
	(void)state;
	struct world w;
	struct oak_error err;
	struct oak_store *store = NULL;
	world_new(&w, 3, 1);
	struct world file = w;
	snprintf(file.dir, sizeof(file.dir), "/proc/version/state");
	assert_int_equal(open_it(&file, false, &store, &err), -1);
	assert_string_equal(err.id, "file.mkdir");
	world_done(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept_aside), cmocka_unit_test(test_read_only_moves_nothing),
		cmocka_unit_test(test_versions),   cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_no_folder),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
