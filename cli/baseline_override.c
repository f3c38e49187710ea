/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AWS's BaselineOverride: an array of baselines of which exactly one is for the node's system. */
#include "cli/baselines.h"
#include "core/str.h"

/* An element of the array needs no name of its own, a baseline does. */
static struct oak_value with_name(struct oak_arena *arena, const struct oak_value *element, const char *name)
{
	struct oak_value named = *element;
	if (element->kind != OAK_VALUE_OBJECT || oak_value_get(element, "Name") || !oak_value_get(element, "OperatingSystem"))
		return named;
	size_t n = element->object.n;
	struct oak_member *members = oak_arena_alloc(arena, (n + 1) * sizeof(*members));
	memcpy(members, element->object.v, n * sizeof(*members));
	members[n] = (struct oak_member){"Name", {.kind = OAK_VALUE_STRING, .string = name}};
	named.object.v = members;
	named.object.n = n + 1;
	return named;
}

/* The one element for OS; -1 with ctx->err set. */
static int pick(struct oak_context *ctx, const struct oak_value *array, const char *file, int os, struct oak_baseline **ret)
{
	size_t found = 0;
	for (size_t i = 0; i < array->array.n; i++) {
		struct oak_baseline *one;
		const char *name = oak_arena_printf(ctx->arena, "%s[%zu]", file, i);
		struct oak_value *element = OAK_NEW(ctx->arena, struct oak_value);
		*element = with_name(ctx->arena, &array->array.v[i], "baseline-override");
		if (oak_baseline_parse(ctx->arena, element, name, &one, NULL, &ctx->err) < 0)
			return -1;
		if ((int)one->os != os)
			continue;
		found++;
		*ret = one;
	}
	const char *os_name = os >= 0 ? oak_os_to_string((enum oak_os)os) : "this system";
	if (found == 1)
		return 0;
	return oak_fail(&ctx->err, OAK_INVALID, "override.baseline", 0,
			"baseline override '%s' has %zu elements for %s (it must have exactly one)", file, found, os_name);
}

int oak_baselines_override(struct oak_context *ctx, const char *file, const struct oak_node *node, struct oak_chosen *ret)
{
	const struct oak_value *doc;
	struct oak_baseline *one = NULL;
	if (oak_input_load(ctx, file, OAK_BASELINE_MAX, &doc) < 0)
		return -1;
	if (doc->kind != OAK_VALUE_ARRAY)
		return oak_fail(&ctx->err, OAK_INVALID, "override.baseline", 0,
				"baseline override '%s' is %s (give an array of baselines)", file,
				oak_value_kind_to_string(doc->kind));
	if (pick(ctx, doc, file, oak_os_of_platform(&node->platform), &one) < 0)
		return -1;
	for (size_t i = 0; i < one->warnings.n; i++)
		oak_warn(&ctx->out, "baseline override '%s': %s", file, one->warnings.v[i]);
	if (!one->id)
		one->id = "baseline-override";
	ret->baseline = one;
	ret->why = "baseline override given on the command line";
	return 0;
}
