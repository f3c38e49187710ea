/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders: their names in order, and taking one out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/fs.h"
#include "core/str.h"

static void test_list(void **state)
{
	(void)state;
	char dir[] = "/tmp/oakum-list.XXXXXX";
	static const char *const made[] = {"b.json", "a.json", ".hidden.json", "c.txt", "a.json.tmp1"};
	struct oak_arena *arena = oak_arena_new();
	struct oak_error err = {0};
	const char *const *names;
	size_t n;
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < sizeof(made) / sizeof(*made); i++)
		assert_int_equal(oak_fs_write_atomic(oak_arena_printf(arena, "%s/%s", dir, made[i]), "", 0, 0600, &err), 0);
	assert_int_equal(oak_fs_list(arena, dir, ".json", &names, &n, &err), 0);
	assert_int_equal(n, 2);
	assert_string_equal(names[0], "a.json");
	assert_string_equal(names[1], "b.json");
	assert_int_equal(oak_fs_list(arena, dir, "", &names, &n, &err), 0);
	assert_int_equal(n, 4);
	const char *absent = oak_arena_printf(arena, "%s/absent", dir);
	assert_int_equal(oak_fs_list(arena, absent, "", &names, &n, &err), 0);
	assert_int_equal(n, 0);
	assert_int_equal(oak_fs_list(arena, oak_arena_printf(arena, "%s/c.txt", dir), "", &names, &n, &err), -1);
	assert_string_equal(err.id, "file.open");
	for (size_t i = 0; i < sizeof(made) / sizeof(*made); i++)
		assert_int_equal(oak_fs_remove(oak_arena_printf(arena, "%s/%s", dir, made[i]), &err), 0);
	assert_int_equal(oak_fs_remove(absent, &err), -1);
	assert_string_equal(err.id, "file.remove");
	assert_int_equal(err.kind, OAK_NOT_FOUND);
	assert_int_equal(rmdir(dir), 0);
	oak_arena_free(arena);
}

/* A tree goes with its hidden files; what links lead to stays, the one given as PATH too. */
static void test_remove_tree(void **state)
{
	(void)state;
	char dir[] = "/tmp/oakum-tree.XXXXXX";
	static const char *const files[] = {"tree/.hidden", "tree/a/b/c", "kept/file"};
	struct oak_arena *arena = oak_arena_new();
	struct oak_error err = {0};
	assert_non_null(mkdtemp(dir));
	assert_int_equal(oak_fs_mkdirs(oak_arena_printf(arena, "%s/tree/a/b", dir), 0700, &err), 0);
	assert_int_equal(oak_fs_mkdirs(oak_arena_printf(arena, "%s/kept", dir), 0700, &err), 0);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		assert_int_equal(oak_fs_write_atomic(oak_arena_printf(arena, "%s/%s", dir, files[i]), "", 0, 0600, &err), 0);
	const char *tree = oak_arena_printf(arena, "%s/tree", dir), *kept = oak_arena_printf(arena, "%s/kept", dir);
	const char *link = oak_arena_printf(arena, "%s/link", dir);
	assert_int_equal(symlink(kept, oak_arena_printf(arena, "%s/a/link", tree)), 0);
	assert_int_equal(symlink("nowhere", oak_arena_printf(arena, "%s/a/dangling", tree)), 0);
	assert_int_equal(symlink(kept, link), 0);
	assert_int_equal(oak_fs_remove_tree(tree, &err), 0);
	assert_false(oak_fs_exists(tree));
	assert_int_equal(oak_fs_remove_tree(link, &err), 0);
	assert_false(oak_fs_exists(link));
	assert_true(oak_fs_exists(oak_arena_printf(arena, "%s/file", kept)));
	assert_int_equal(oak_fs_remove_tree(tree, &err), 0);
	assert_int_equal(oak_fs_remove_tree("/proc/self/status", &err), -1);
	assert_string_equal(err.id, "file.remove");
	assert_int_equal(oak_fs_remove_tree(dir, &err), 0);
	assert_false(oak_fs_exists(dir));
	oak_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_list), cmocka_unit_test(test_remove_tree)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
