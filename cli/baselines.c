/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding a baseline by name, file, patch group or OS. */
#include "cli/baselines.h"

#include "cli/opt.h"
#include "core/fs.h"
#include "core/str.h"

bool oak_baselines_name_ok(const char *name)
{
	static const char fine[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t n = strlen(name);
	return n >= 1 && n <= 128 && strspn(name, fine) == n && name[0] != '.' && name[0] != '-';
}

const char *oak_baselines_path(const struct oak_context *ctx, const char *name)
{
	if (!name)
		return oak_arena_printf(ctx->arena, "%s/baselines/.defaults.json", ctx->state_dir);
	return oak_arena_printf(ctx->arena, "%s/baselines/%s.json", ctx->state_dir, name);
}

static int parse(struct oak_context *ctx, const struct oak_value *doc, const char *name, struct oak_baseline **ret)
{
	if (oak_baseline_parse(ctx->arena, doc, name, ret, NULL, &ctx->err) < 0)
		return -1;
	for (size_t i = 0; i < (*ret)->warnings.n; i++)
		oak_warn(&ctx->out, "baseline '%s': %s", name, (*ret)->warnings.v[i]);
	return 0;
}

static const char *predefined_text(const char *name)
{
	for (size_t i = 0; i < oak_predefined_count(); i++)
		if (oak_streq(oak_predefined_name(i), name))
			return oak_predefined_text(i);
	return NULL;
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

/* An imported baseline of that name exists. */
static bool is_named(struct oak_context *ctx, const char *name)
{
	return oak_baselines_name_ok(name) && oak_fs_exists(oak_baselines_path(ctx, name));
}

static bool exists(struct oak_context *ctx, const char *name)
{
	return is_named(ctx, name) || predefined_text(name);
}

int oak_baselines_load(struct oak_context *ctx, const char *name_or_file, struct oak_baseline **ret)
{
	const char *file = oak_is_file_name(name_or_file) ? name_or_file : NULL;
	if (!file && is_named(ctx, name_or_file))
		file = oak_baselines_path(ctx, name_or_file);
	if (!file)
		return load_predefined(ctx, name_or_file, ret);
	const struct oak_value *doc;
	if (oak_input_load(ctx, file, OAK_BASELINE_MAX, &doc) < 0)
		return -1;
	return parse(ctx, doc, file, ret);
}

const char *oak_baselines_default(struct oak_context *ctx, enum oak_os os)
{
	const char *file = oak_baselines_path(ctx, NULL);
	const struct oak_value_limits limits = {.bytes = 65536};
	const struct oak_value *doc;
	struct oak_error ignored;
	if (!oak_fs_exists(file))
		return NULL;
	if (oak_value_load(ctx->arena, file, &limits, &doc, &ignored) < 0) {
		oak_warn(&ctx->out, "cannot read the defaults of baselines: %s", ignored.cause);
		return NULL;
	}
	return oak_value_string(oak_value_get(doc, oak_os_to_string(os)));
}

static const char *group_of(const struct oak_node *node)
{
	for (size_t i = 0; i < node->tags.n; i++)
		if (oak_streq(node->tags.v[i].key, "Patch Group") || oak_streq(node->tags.v[i].key, "PatchGroup"))
			return node->tags.v[i].value;
	return NULL;
}

/* The baseline of the node's patch group if there is one for this OS; 1 = found. */
static int choose_group(struct oak_context *ctx, const struct oak_node *node, int os, struct oak_chosen *ret)
{
	const char *group = group_of(node);
	if (!group)
		return 0;
	const char *name = oak_value_string(oak_value_get(oak_config_get(ctx, "baselines.groups"), group));
	if (!name && exists(ctx, group))
		name = group;
	if (!name) {
		oak_warn(&ctx->out, "no baseline is configured for patch group '%s' (the default of its OS is used)", group);
		return 0;
	}
	if (oak_baselines_load(ctx, name, &ret->baseline) < 0)
		return oak_context(&ctx->err, "patch group '%s'", group);
	if (os >= 0 && (int)ret->baseline->os != os) {
		oak_warn(&ctx->out, "baseline '%s' of patch group '%s' is for %s (the default of %s is used)", name, group,
			 oak_os_to_string(ret->baseline->os), oak_os_to_string((enum oak_os)os));
		return 0;
	}
	ret->why = oak_arena_printf(ctx->arena, "patch group '%s'", group);
	return 1;
}

static int choose_default(struct oak_context *ctx, const struct oak_node *node, int os, struct oak_chosen *ret)
{
	const char *os_name = os >= 0 ? oak_os_to_string((enum oak_os)os) : NULL;
	const char *name = os >= 0 ? oak_baselines_default(ctx, (enum oak_os)os) : NULL;
	if (!name && os_name)
		name = oak_value_string(oak_value_get(oak_config_get(ctx, "baselines.defaults"), os_name));
	if (name) {
		ret->why = oak_arena_printf(ctx->arena, "configured default of %s", os_name);
		return oak_baselines_load(ctx, name, &ret->baseline) < 0
			       ? oak_context(&ctx->err, "default baseline of %s", os_name)
			       : 0;
	}
	name = os >= 0 ? oak_predefined_default((enum oak_os)os) : NULL;
	if (!name)
		return oak_fail(&ctx->err, OAK_UNSUPPORTED, "baseline.no-default", 0,
				"there is no baseline for '%s' of family '%s' (give --baseline)",
				node->platform.id ? node->platform.id : "unknown system",
				node->platform.family ? node->platform.family : "unknown");
	ret->why = oak_arena_printf(ctx->arena, "predefined for %s", os_name);
	return load_predefined(ctx, name, &ret->baseline);
}

int oak_baselines_choose(struct oak_context *ctx, const char *given, const struct oak_node *node, struct oak_chosen *ret)
{
	int os = oak_os_of_platform(&node->platform);
	if (given) {
		ret->why = "given on the command line";
		if (oak_baselines_load(ctx, given, &ret->baseline) < 0)
			return -1;
		if (os >= 0 && (int)ret->baseline->os != os)
			oak_warn(&ctx->out, "baseline '%s' is for %s, this node is %s", given,
				 oak_os_to_string(ret->baseline->os), oak_os_to_string((enum oak_os)os));
		return 0;
	}
	int found = choose_group(ctx, node, os, ret);
	return found ? (found < 0 ? -1 : 0) : choose_default(ctx, node, os, ret);
}
