/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sample of Microsoft's catalogue against its goldens, where the corpus is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/fs.h"
#include "core/str.h"
#include "core/value.h"
#include "scanners/catalog.h"

static const char *corpus(struct oak_arena *arena)
{
	const char *set = getenv("OAKUM_CORPUS");
	return oak_arena_printf(arena, "%s/windows-wsusscn2/fetch/wsusscn2/testdata", set ? set : TEST_SOURCE "/../shared/data");
}

static const struct oak_value *golden(struct oak_arena *arena, const char *dir, const char *facet, const char *name)
{
	const struct oak_value_limits limits = {.bytes = 1 << 20};
	const struct oak_value *doc;
	struct oak_error err = {0};
	assert_int_equal(oak_value_load(arena, oak_arena_printf(arena, "%s/golden/%s/%s", dir, facet, name), &limits, &doc, &err), 0);
	return doc;
}

static const char *text_of(const struct oak_value *v, const char *key)
{
	return oak_value_string(oak_value_get(oak_value_get(v, key), "text"));
}

static void same(const char *have, const char *want)
{
	if (!oak_streq(have, want))
		fail_msg("'%s' instead of '%s'", have ? have : "(null)", want ? want : "(null)");
}

static void check_u(const struct oak_catalog_update *u, const struct oak_value *g)
{
	char at[OAK_TIME_TEXT];
	int64_t revision;
	assert_non_null(u);
	same(oak_time_format(u->created, at), oak_value_string(oak_value_get(g, "creationdate")));
	same(u->id, oak_value_string(oak_value_get(g, "updateid")));
	assert_true(oak_parse_int(oak_str_of(oak_value_string(oak_value_get(g, "revisionnumber"))), 0, INT32_MAX, &revision));
	assert_int_equal(u->revision, revision);
	assert_int_equal(u->leaf, oak_streq(oak_value_string(oak_value_get(g, "isleaf")), "true"));
	assert_int_equal(u->bundle, oak_streq(oak_value_string(oak_value_get(g, "isbundle")), "true"));
	const struct oak_value *by = oak_value_get(oak_value_get(g, "supersededby"), "revision");
	assert_int_equal(u->superseded_by.n, by ? by->array.n : 0);
	for (size_t i = 0; by && i < by->array.n; i++) {
		assert_true(oak_parse_int(oak_str_of(oak_value_string(oak_value_get(&by->array.v[i], "id"))), 0, INT64_MAX, &revision));
		assert_int_equal(u->superseded_by.v[i], revision);
	}
	const struct oak_value *categories = oak_value_get(oak_value_get(g, "categories"), "category");
	size_t products = 0;
	for (size_t i = 0; categories && i < categories->array.n; i++) {
		const char *type = oak_value_string(oak_value_get(&categories->array.v[i], "type"));
		const char *id = oak_value_string(oak_value_get(&categories->array.v[i], "id"));
		if (oak_streq(type, "UpdateClassification"))
			same(u->classification, id);
		else if (oak_streq(type, "ProductFamily"))
			same(u->family, id);
		else if (oak_streq(type, "Product"))
			same(u->products.v[products++], id);
	}
	assert_int_equal(u->products.n, products);
}

static void check_x(const struct oak_catalog_update *u, const struct oak_value *g)
{
	same(u->severity, oak_value_string(oak_value_get(g, "msrcseverity")));
	same(u->bulletin, text_of(g, "securitybulletinid"));
	same(u->kb, text_of(g, "kbarticleid"));
	same(u->support_url, text_of(g, "supporturl"));
}

static void check_l(const struct oak_catalog_update *u, const struct oak_value *g)
{
	same(u->title, text_of(g, "title"));
	same(u->description, text_of(g, "description"));
}

static void check_c(const struct oak_catalog_update *u, const struct oak_value *g)
{
	const struct oak_value *list = oak_value_get(oak_value_get(oak_value_get(g, "relationships"), "supersededupdates"), "updateidentity");
	same(u->type, oak_value_string(oak_value_get(oak_value_get(g, "properties"), "updatetype")));
	assert_int_equal(u->supersedes.n, list ? list->array.n : 0);
	for (size_t i = 0; list && i < list->array.n; i++)
		same(u->supersedes.v[i], oak_value_string(oak_value_get(&list->array.v[i], "updateid")));
}

static void test_goldens(void **state)
{
	(void)state;
	static const struct {
		const char *facet;
		void (*check)(const struct oak_catalog_update *u, const struct oak_value *g);
	} facets[] = {{"u", check_u}, {"x", check_x}, {"l", check_l}, {"c", check_c}};
	struct oak_arena *arena = oak_arena_new();
	const char *dir = corpus(arena), *cab = oak_arena_printf(arena, "%s/fixtures/happy/wsusscn2.cab", dir);
	struct oak_catalog catalog = {0};
	struct oak_error err = {0};
	if (!oak_fs_exists(cab)) {
		print_message("skipped: no corpus\n");
		oak_arena_free(arena);
		skip();
	}
	assert_int_equal(oak_catalog_check(cab, &err), 0);
	assert_int_equal(oak_catalog_load(arena, cab, &catalog, &err), 0);
	assert_int_equal(catalog.updates.n, 4);
	for (size_t f = 0; f < sizeof(facets) / sizeof(*facets); f++) {
		const char *const *names;
		size_t n;
		assert_int_equal(oak_fs_list(arena, oak_arena_printf(arena, "%s/golden/%s", dir, facets[f].facet), ".json", &names, &n, &err), 0);
		assert_true(n >= 3);
		for (size_t i = 0; i < n; i++) {
			int64_t revision;
			assert_true(oak_parse_int((struct oak_str){names[i], strlen(names[i]) - 5}, 0, INT64_MAX, &revision));
			facets[f].check(oak_catalog_find(&catalog, revision), golden(arena, dir, facets[f].facet, names[i]));
		}
	}
	oak_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_goldens)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
