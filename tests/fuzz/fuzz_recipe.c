/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fuzzes recipes: whatever is taken keeps the promises of its header. */
#include "distributor/package/recipe.h"
#include "document.h"

static int leads_out(const char *to)
{
	size_t n = strlen(to);
	return to[0] == '/' || strcmp(to, "..") == 0 || strncmp(to, "../", 3) == 0 || strstr(to, "/../") || (n > 2 && strcmp(to + n - 3, "/..") == 0);
}

static void check(const struct oak_recipe *recipe)
{
	if (!oak_package_name_check(recipe->name) || !oak_package_version_check(recipe->version) || !recipe->targets.n)
		abort();
	for (size_t i = 0; i < recipe->targets.n; i++) {
		const struct oak_recipe_target *t = &recipe->targets.v[i];
		if (!t->platform || !t->versions.n || !t->arches.n)
			abort();
		for (size_t k = 0; k < t->files.n; k++)
			if (leads_out(t->files.v[k].to) || t->files.v[k].mode > 0777 || (t->files.v[k].mode >= 0 && t->files.v[k].mode & 022))
				abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct oak_arena *arena = oak_arena_new();
	const struct oak_value *doc = document_of(arena, data, size);
	struct oak_recipe *recipe;
	struct oak_error err = {0};
	if (doc && oak_recipe_parse(arena, doc, "fuzz", &recipe, &err) == 0)
		check(recipe);
	oak_arena_free(arena);
	return 0;
}
