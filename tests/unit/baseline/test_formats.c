/* SPDX-License-Identifier: GPL-3.0-or-later */
/* docs/formats: the example of each page is a valid document, and every member that is written is named there. */
#include "doc.h"

#include "baseline/baseline.h"
#include "baseline/baseline_tables.h"
#include "baseline/shapes.h"
#include "core/fs.h"

static const char *page(struct oak_arena *arena, const char *name)
{
	struct oak_buf text;
	oak_buf_init(&text, 1 << 20);
	struct oak_error err = {0};
	if (oak_fs_read(oak_arena_printf(arena, TEST_SOURCE "/docs/formats/%s.md", name), &text, &err) < 0)
		fail_msg("%s", err.cause);
	const char *copy = oak_arena_strdup(arena, oak_buf_text(&text));
	oak_buf_done(&text);
	return copy;
}

/* The first fenced block of a page. */
static const char *example(struct oak_arena *arena, const char *text)
{
	const char *start = strstr(text, "\n```");
	assert_non_null(start);
	start = strchr(start + 1, '\n') + 1;
	const char *end = strstr(start, "\n```");
	assert_non_null(end);
	return oak_arena_strndup(arena, start, (size_t)(end - start) + 1);
}

/* Every key of SHAPE and of what is below it is on the page as `key` or "key". */
static void named(const char *text, const struct oak_shape *shape)
{
	for (size_t i = 0; i < shape->count; i++) {
		char code[80], quoted[80], dotted[80], plain[80];
		snprintf(code, sizeof(code), "`%s`", shape->fields[i].key);
		snprintf(quoted, sizeof(quoted), "\"%s\"", shape->fields[i].key);
		snprintf(dotted, sizeof(dotted), ".%s`", shape->fields[i].key);
		snprintf(plain, sizeof(plain), "%s:", shape->fields[i].key);
		if (!strstr(text, code) && !strstr(text, quoted) && !strstr(text, dotted) && !strstr(text, plain))
			fail_msg("member '%s' is not on the page", shape->fields[i].key);
		if (shape->fields[i].shape)
			named(text, shape->fields[i].shape);
	}
}

static void test_inventory(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_inventory *inventory;
	struct oak_error err = {0};
	const char *text = page(arena, "inventory");
	if (oak_inventory_parse(arena, doc_of(arena, example(arena, text)), "inventory.md", &inventory, &err) < 0)
		fail_msg("%s", err.cause);
	named(text, &oak_shape_inventory);
	oak_arena_free(arena);
}

static void test_verdict(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_verdict *verdict;
	struct oak_error err = {0};
	const char *text = page(arena, "verdict");
	if (oak_verdict_parse(arena, doc_of(arena, example(arena, text)), "verdict.md", &verdict, &err) < 0)
		fail_msg("%s", err.cause);
	for (int i = 0; i < OAK_REASON_COUNT; i++)
		assert_non_null(strstr(text, oak_reason_to_string((enum oak_reason)i)));
	for (int i = 0; i < OAK_STATE_COUNT; i++)
		assert_non_null(strstr(text, oak_state_to_string((enum oak_state)i)));
	for (int i = 0; i < OAK_BASIS_COUNT; i++)
		assert_non_null(strstr(text, oak_basis_to_string((enum oak_release_basis)i)));
	oak_arena_free(arena);
}

static void test_baseline(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_baseline *baseline;
	struct oak_error err = {0};
	const char *text = page(arena, "baseline");
	const char *block = strstr(text, "```yaml");
	assert_non_null(block);
	if (oak_baseline_parse(arena, doc_of(arena, example(arena, block - 1)), "baseline.md", &baseline, NULL, &err) < 0)
		fail_msg("%s", err.cause);
	assert_int_equal(baseline->warnings.n, 0);
	named(text, &oak_shape_baseline_oakum);
	for (size_t i = 0; i < oak_predefined_count(); i++) {
		const char *name = oak_predefined_name(i) + strlen("oakum-");
		const char *end = strrchr(name, '-');
		assert_non_null(strstr(text, oak_arena_strndup(arena, name, (size_t)(end - name))));
	}
	for (int os = 0; os < OAK_OS_COUNT; os++)
		assert_non_null(strstr(text, oak_os_to_string((enum oak_os)os)));
	oak_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inventory),
		cmocka_unit_test(test_verdict),
		cmocka_unit_test(test_baseline),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
