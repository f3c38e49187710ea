/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding a baseline by name, file, patch group or OS. */
#include "cli/baselines.h"

#include "cli/opt.h"
#include "cli/repos.h"
#include "core/fs.h"
#include "core/str.h"

/* All errors of a document, a line each, and then the one error that ends the command. */
static int report(struct oak_context *ctx, const char *name, const struct oak_problems *errors)
{
	if (errors->total < 2)
		return -1;
	for (size_t i = 0; i < errors->list.n; i++)
		oak_message("error: ", oak_arena_printf(ctx->arena, "'%s': %s: %s", name, errors->list.v[i].subject,
							errors->list.v[i].detail));
	return oak_fail(&ctx->err, OAK_INVALID, "baseline.invalid", 0, "'%s' has %zu errors%s", name, errors->total,
			errors->total > errors->list.n ? " (the first are listed)" : "");
}

static void warn_all(struct oak_context *ctx, const char *name, const struct oak_baseline *baseline)
{
	for (size_t i = 0; i < baseline->warnings.n; i++)
		oak_warn(&ctx->out, "baseline '%s': %s", name, baseline->warnings.v[i]);
}

static int parse(struct oak_context *ctx, const struct oak_value *doc, const char *name, struct oak_baseline **ret)
{
	struct oak_problems errors = {0};
	if (oak_baseline_parse(ctx->arena, doc, name, ret, &errors, &ctx->err) < 0)
		return report(ctx, name, &errors);
	warn_all(ctx, name, *ret);
	return 0;
}

static const char *predefined_text(const char *name)
{
	for (size_t i = 0; i < oak_predefined_count(); i++)
		if (oak_streq(oak_predefined_name(i), name))
			return oak_predefined_text(i);
	return NULL;
}

bool oak_baselines_is_predefined(const char *name)
{
	return predefined_text(name) != NULL;
}

static int load_predefined(struct oak_context *ctx, const char *name, struct oak_baseline **ret)
{
	const struct oak_value_limits limits = {.bytes = OAK_BASELINE_MAX};
	const char *text = predefined_text(name);
	const struct oak_value *doc;
	if (text && oak_json_parse(ctx->arena, text, strlen(text), name, &limits, &doc, &ctx->err) < 0)
		return -1;
	if (text)
		return parse(ctx, doc, name, ret);
	struct oak_suggestion near = {.word = name};
	for (size_t i = 0; i < oak_predefined_count(); i++)
		oak_suggest(&near, oak_predefined_name(i));
	if (near.best)
		return oak_fail(&ctx->err, OAK_INVALID, "baseline.unknown", 0,
				"there is no baseline '%s' (did you mean '%s'?)", name, near.best);
	return oak_fail(&ctx->err, OAK_INVALID, "baseline.unknown", 0,
			"there is no baseline '%s' (run 'oakum baseline list', or name a file with its folder)", name);
}

static bool exists(const struct oak_context *ctx, const char *name)
{
	return oak_baselines_is_imported(ctx, name) || oak_baselines_is_predefined(name);
}

int oak_baselines_load_file(struct oak_context *ctx, const char *file, struct oak_baseline **ret)
{
	const struct oak_value *doc;
	if (oak_input_load(ctx, file, OAK_BASELINE_MAX, &doc) < 0)
		return -1;
	return parse(ctx, doc, oak_streq(file, "-") ? "standard input" : file, ret);
}

int oak_baselines_load(struct oak_context *ctx, const char *name_or_file, struct oak_baseline **ret)
{
	const char *file;
	if (oak_repos_is_reference(name_or_file))
		return oak_repos_resolve(ctx, name_or_file, &file) < 0 ? -1 : oak_baselines_load_file(ctx, file, ret);
	if (oak_is_file_name(name_or_file))
		return oak_baselines_load_file(ctx, name_or_file, ret);
	if (oak_baselines_is_imported(ctx, name_or_file))
		return oak_baselines_load_file(ctx, oak_baselines_path(ctx, name_or_file), ret);
	return load_predefined(ctx, name_or_file, ret);
}

static const char *group_of(const struct oak_node *node)
{
	for (size_t i = 0; i < node->tags.n; i++)
		if (oak_streq(node->tags.v[i].key, "Patch Group") || oak_streq(node->tags.v[i].key, "PatchGroup"))
			return node->tags.v[i].value;
	return NULL;
}

static bool lists_group(const struct oak_baseline *baseline, const char *group)
{
	for (size_t i = 0; i < baseline->patch_groups.n; i++)
		if (oak_streq(baseline->patch_groups.v[i], group))
			return true;
	return false;
}

/* The imported baseline for OS that lists GROUP; *ret_name NULL = none. */
static int find_listing(struct oak_context *ctx, const char *group, int os, const char **ret_name)
{
	const char *const *names;
	size_t n;
	*ret_name = NULL;
	if (oak_baselines_imported(ctx, &names, &n) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct oak_baseline *baseline;
		if (oak_baselines_load(ctx, names[i], &baseline) < 0)
			return -1;
		if ((int)baseline->os != os || !lists_group(baseline, group))
			continue;
		if (*ret_name)
			return oak_fail(&ctx->err, OAK_INVALID, "baseline.group-conflict", 0,
					"baselines '%s' and '%s' are both for patch group '%s' (take it out of one)",
					*ret_name, names[i], group);
		*ret_name = names[i];
	}
	return 0;
}

/* Verdicts and the store know a baseline by its id; one without is called there by the name that it was found under. */
static int load_chosen(struct oak_context *ctx, const char *name_or_file, struct oak_chosen *ret)
{
	if (!ret->baseline && oak_baselines_load(ctx, name_or_file, &ret->baseline) < 0)
		return -1;
	if (!ret->baseline->id)
		ret->baseline->id = oak_is_file_name(name_or_file) ? ret->baseline->name : name_or_file;
	return 0;
}

/* The baseline of the node's patch group if there is one for this OS; 1 = found. */
static int choose_group(struct oak_context *ctx, const struct oak_node *node, int os, struct oak_chosen *ret)
{
	struct oak_chosen found = {0};
	const char *group = group_of(node);
	if (!group)
		return 0;
	const char *name = oak_value_string(oak_value_get(oak_config_get(ctx, "baselines.groups"), group));
	if (!name && find_listing(ctx, group, os, &name) < 0)
		return oak_context(&ctx->err, "patch group '%s'", group);
	if (!name && exists(ctx, group))
		name = group;
	if (!name) {
		oak_warn(&ctx->out, "no baseline is configured for patch group '%s' (the default of its OS is used)", group);
		return 0;
	}
	if (load_chosen(ctx, name, &found) < 0)
		return oak_context(&ctx->err, "patch group '%s'", group);
	if (os >= 0 && (int)found.baseline->os != os) {
		oak_warn(&ctx->out, "baseline '%s' of patch group '%s' is for %s (the default of %s is used)", name, group,
			 oak_os_to_string(found.baseline->os), oak_os_to_string((enum oak_os)os));
		return 0;
	}
	ret->baseline = found.baseline;
	ret->why = oak_arena_printf(ctx->arena, "patch group '%s'", group);
	return 1;
}

static int no_default(struct oak_context *ctx, const struct oak_node *node)
{
	return oak_fail(&ctx->err, OAK_UNSUPPORTED, "baseline.no-default", 0,
			"there is no baseline for '%s' of family '%s' (give --baseline)",
			node->platform.id ? node->platform.id : "unknown system",
			node->platform.family ? node->platform.family : "unknown");
}

static int choose_default(struct oak_context *ctx, const struct oak_node *node, int os, struct oak_chosen *ret)
{
	const char *name;
	if (os < 0)
		return no_default(ctx, node);
	if (oak_baselines_default(ctx, (enum oak_os)os, &name, &ret->why) < 0)
		return -1;
	const char *os_name = oak_os_to_string((enum oak_os)os);
	if (name)
		return load_chosen(ctx, name, ret) < 0 ? oak_context(&ctx->err, "default baseline of %s", os_name) : 0;
	ret->why = oak_arena_printf(ctx->arena, "predefined for %s", os_name);
	return load_chosen(ctx, oak_predefined_default((enum oak_os)os), ret);
}

static int choose_given(struct oak_context *ctx, const char *given, int os, struct oak_chosen *ret)
{
	ret->why = "given on the command line";
	if (load_chosen(ctx, given, ret) < 0)
		return -1;
	if (os >= 0 && (int)ret->baseline->os != os)
		oak_warn(&ctx->out, "baseline '%s' is for %s, this node is %s", given, oak_os_to_string(ret->baseline->os),
			 oak_os_to_string((enum oak_os)os));
	return 0;
}

int oak_baselines_choose(struct oak_context *ctx, const char *given, const struct oak_node *node, struct oak_chosen *ret)
{
	int os = oak_os_of_platform(&node->platform);
	if (given)
		return choose_given(ctx, given, os, ret);
	int found = choose_group(ctx, node, os, ret);
	return found ? (found < 0 ? -1 : 0) : choose_default(ctx, node, os, ret);
}

int oak_baselines_override(struct oak_context *ctx, const char *file, const struct oak_node *node, struct oak_chosen *ret)
{
	int os = oak_os_of_platform(&node->platform);
	const struct oak_value *doc;
	struct oak_problems errors = {0};
	if (os < 0)
		return no_default(ctx, node);
	if (oak_input_load(ctx, file, OAK_OVERRIDE_MAX, &doc) < 0)
		return -1;
	if (oak_baseline_parse_override(ctx->arena, doc, file, (enum oak_os)os, &ret->baseline, &errors, &ctx->err) < 0)
		return report(ctx, file, &errors);
	warn_all(ctx, file, ret->baseline);
	if (!ret->baseline->id)
		ret->baseline->id = ret->baseline->name;
	ret->why = oak_arena_printf(ctx->arena, "override for %s given on the command line", oak_os_to_string((enum oak_os)os));
	return 0;
}
