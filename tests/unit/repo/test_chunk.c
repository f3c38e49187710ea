/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chunks: they cover the file, stay the same around a change, and their index is read back or refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/str.h"
#include "repo/chunk.h"

enum { SIZE = 6 << 20 };

/* Bytes without pattern, the same for the same seed. */
static void fill(unsigned char *bytes, size_t n, uint64_t seed)
{
	for (size_t i = 0; i < n; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		bytes[i] = (unsigned char)(seed >> 56);
	}
}

static void cut(struct oak_arena *arena, const void *bytes, size_t n, struct oak_chunks *ret)
{
	char path[] = "/tmp/oak-chunk-XXXXXX";
	struct oak_error err = {0};
	int fd = mkstemp(path);
	assert_int_equal(write(fd, bytes, n), (ssize_t)n);
	close(fd);
	assert_int_equal(oak_chunks_of_file(arena, path, ret, &err), 0);
	unlink(path);
}

static void test_cover(void **state)
{
	(void)state;
	static const size_t sizes[] = {0, 1, OAK_CHUNK_MIN, OAK_CHUNK_MAX, OAK_CHUNK_MAX + 1, SIZE};
	unsigned char *bytes = test_malloc(SIZE);
	for (int zeros = 0; zeros < 2; zeros++) {
		fill(bytes, SIZE, 7);
		if (zeros)
			memset(bytes, 0, SIZE);
		for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
			OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
			struct oak_chunks c;
			cut(arena, bytes, sizes[i], &c);
			assert_int_equal(c.size, (int64_t)sizes[i]);
			int64_t at = 0;
			for (size_t k = 0; k < c.list.n; k++) {
				assert_int_equal(c.list.v[k].offset, at);
				assert_true(c.list.v[k].length <= OAK_CHUNK_MAX && (k + 1 == c.list.n || c.list.v[k].length > OAK_CHUNK_MIN));
				at += c.list.v[k].length;
			}
			assert_int_equal(at, c.size);
		}
	}
	test_free(bytes);
}

static void test_change(void **state)
{
	(void)state;
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	unsigned char *bytes = test_malloc(SIZE + 100);
	struct oak_chunks a, b;
	struct oak_map known;
	fill(bytes, SIZE, 11);
	cut(arena, bytes, SIZE, &a);
	memmove(bytes + SIZE / 2 + 37, bytes + SIZE / 2, SIZE / 2); /* 37 bytes come in the middle */
	fill(bytes + SIZE / 2, 37, 3);
	cut(arena, bytes, SIZE + 37, &b);
	oak_map_init(&known, arena, a.list.n);
	for (size_t i = 0; i < a.list.n; i++)
		oak_map_put(&known, a.list.v[i].sha256, &a);
	int64_t shared = 0;
	for (size_t i = 0; i < b.list.n; i++)
		shared += oak_map_has(&known, b.list.v[i].sha256) ? b.list.v[i].length : 0;
	assert_true(shared > SIZE - 3 * OAK_CHUNK_MAX);
	test_free(bytes);
}

static void test_index(void **state)
{
	(void)state;
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	unsigned char *bytes = test_malloc(SIZE);
	struct oak_chunks a, b;
	struct oak_error err = {0};
	fill(bytes, SIZE, 5);
	cut(arena, bytes, SIZE, &a);
	oak_buf_init(&text, 1 << 20);
	oak_chunks_format(&a, &text);
	assert_int_equal(oak_chunks_parse(arena, text.p, text.n, &b, &err), 0);
	assert_int_equal(a.list.n, b.list.n);
	assert_int_equal(a.size, b.size);
	for (size_t i = 0; i < a.list.n; i++)
		assert_true(a.list.v[i].length == b.list.v[i].length && a.list.v[i].offset == b.list.v[i].offset &&
			    strcmp(a.list.v[i].sha256, b.list.v[i].sha256) == 0);
	static const char hash[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
	const char *const odd[] = {"", "oakum.chunks/1 ", "oakum.chunks/2 0\n", "oakum.chunks/1 -1\n", "oakum.chunks/1 5\n", "oakum.chunks/1 0",
				   oak_arena_printf(arena, "oakum.chunks/1 5\n4 %s\n", hash), oak_arena_printf(arena, "oakum.chunks/1 5\n6 %s\n", hash),
				   oak_arena_printf(arena, "oakum.chunks/1 0\n0 %s\n", hash), oak_arena_printf(arena, "oakum.chunks/1 5\n5 %.63s\n", hash),
				   oak_arena_printf(arena, "oakum.chunks/1 5\n5 %.63sG\n", hash), oak_arena_printf(arena, "oakum.chunks/1 5\n5\n"),
				   oak_arena_printf(arena, "oakum.chunks/1 999999999\n999999999 %s\n", hash)};
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++)
		assert_int_equal(oak_chunks_parse(arena, odd[i], strlen(odd[i]), &b, &err), -1);
	test_free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_cover), cmocka_unit_test(test_change), cmocka_unit_test(test_index)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
