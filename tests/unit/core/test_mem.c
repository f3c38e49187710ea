/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Arenas: alignment, zeroing, growth, and sharing with a child. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/mem.h"

static void test_zeroed_and_aligned(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	for (size_t size = 0; size < 300000; size = size * 3 + 1) {
		unsigned char *p = oak_arena_alloc(arena, size);
		assert_int_equal((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, size);
	}
	oak_arena_free(arena);
}

static void test_small_after_large_shares_its_block(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	char *a = oak_arena_alloc(arena, 16);
	oak_arena_alloc(arena, 10 * 1000 * 1000);
	char *b = oak_arena_alloc(arena, 16);
	assert_ptr_equal(b, a + 16);
	oak_arena_free(arena);
}

static void test_vec(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	OAK_VEC(size_t) numbers = {0};
	for (size_t i = 0; i < 1000; i++)
		*oak_push(arena, &numbers) = i;
	assert_int_equal(numbers.n, 1000);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(numbers.v[i], i);
	oak_arena_free(arena);
}

static void test_text(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	assert_null(oak_arena_strdup(arena, NULL));
	assert_string_equal(oak_arena_strndup(arena, "abc", 2), "ab");
	assert_string_equal(oak_arena_printf(arena, "%s-%d", "x", 7), "x-7");
	oak_arena_free(arena);
}

static void test_child_fills_shared_arena(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new_shared(1 << 20);
	char **slot = oak_arena_alloc(arena, sizeof(*slot));
	pid_t pid = fork();
	if (pid == 0) {
		*slot = oak_arena_strdup(arena, "from the child");
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	assert_string_equal(*slot, "from the child");
	assert_true(oak_arena_contains(arena, *slot, 15));
	assert_false(oak_arena_contains(arena, &pid, 1));
	assert_false(oak_arena_contains(arena, *slot, 2 << 20));
	oak_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zeroed_and_aligned), cmocka_unit_test(test_small_after_large_shares_its_block),
		cmocka_unit_test(test_vec),		   cmocka_unit_test(test_text),
		cmocka_unit_test(test_child_fills_shared_arena),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
