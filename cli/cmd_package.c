/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum package init, build: from files to archives and a manifest. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cmd.h"
#include "core/fs.h"
#include "core/str.h"
#include "core/system.h"
#include "distributor/package/build.h"
#include "distributor/package/init.h"
#include "distributor/package/resolve.h"

static const struct oak_opt build_opts[] = {
	{"out", 0, OAK_OPT_TEXT, "DIR", "folder for the manifest and the archives; made if missing", OAK_OPT_NO_CONFIG},
	{"format", 0, OAK_OPT_TEXT, "zip|tar.zst|deb|rpm", "what to write (default zip, or tar.zst for the tree model)", OAK_OPT_NO_CONFIG},
	{"threads", 0, OAK_OPT_TEXT, "COUNT", "threads that compress (default all processors); the bytes do not depend on it", 0},
	{NULL, 0, 0, NULL, NULL, 0},
};

static int on_progress(void *arg, const char *what, int64_t done, int64_t total, struct oak_error *err)
{
	struct oak_context *ctx = arg;
	if (oak_stop_signal)
		return oak_fail(err, OAK_INTERRUPTED, "build.stopped", 0, "stopped by a signal; nothing half-written was left behind");
	oak_progress(&ctx->out, what, done >> 20, total >> 20, -1);
	return 0;
}

/* SOURCE_DATE_EPOCH as reproducible-builds.org has it; a zip knows 1980 to 2107. */
static int build_time(struct oak_context *ctx, int64_t *ret)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	*ret = OAK_BUILD_EPOCH;
	if (!text || !*text || oak_parse_int(oak_str_of(text), OAK_BUILD_EPOCH, INT64_C(4354819199), ret))
		return 0;
	return oak_fail(&ctx->err, OAK_INVALID, "build.epoch", 0, "SOURCE_DATE_EPOCH must be seconds between 1980 and 2107, is '%s'", text);
}

static unsigned threads(const struct oak_context *ctx)
{
	int64_t n = oak_opt_count(ctx, "threads", 0);
	if (n <= 0)
		n = oak_processors();
	return n < 1 ? 1 : n > 64 ? 64 : (unsigned)n;
}

static void put_file(struct oak_sink *sink, const struct oak_built_file *file)
{
	oak_put_begin_object(sink, NULL);
	oak_put_string(sink, "file", file->name);
	oak_put_int(sink, "size", file->size);
	oak_put_string_opt(sink, "sha256", file->sha256);
	oak_put_string_opt(sink, "platform", file->platform);
	oak_put_string_opt(sink, "version", file->version);
	oak_put_string_opt(sink, "arch", file->arch);
	oak_put_end_object(sink);
}

static int print_built(struct oak_context *ctx, const struct oak_recipe *recipe, const struct oak_built *built)
{
	static const char *const headers[] = {"file", "platform", "version", "arch", "size", "sha256"};
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	oak_out_buf(&buf);
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		oak_put_begin_object(&sink, NULL);
		oak_put_string(&sink, "schema", "oakum.build/1");
		oak_put_string(&sink, "name", recipe->name);
		oak_put_string(&sink, "version", recipe->version);
		oak_put_string(&sink, "model", oak_package_model_to_string(recipe->traits.model));
		oak_put_begin_array(&sink, "files");
		for (size_t i = 0; i < built->files.n; i++)
			put_file(&sink, &built->files.v[i]);
		oak_put_end_array(&sink);
		oak_put_end_object(&sink);
		return oak_out_end(&buf, &ctx->err);
	}
	struct oak_table *table = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
	for (size_t i = 0; i < built->files.n; i++) {
		const struct oak_built_file *file = &built->files.v[i];
		oak_table_cell(table, file->name);
		oak_table_cell(table, file->platform);
		oak_table_cell(table, file->version);
		oak_table_cell(table, file->arch);
		oak_table_cellf(table, "%lld", (long long)file->size);
		oak_table_cell(table, file->sha256);
	}
	oak_table_print(table, &buf);
	return oak_out_end(&buf, &ctx->err);
}

static void warn_unreachable(struct oak_context *ctx, const struct oak_manifest *manifest)
{
	struct oak_problems problems = {0};
	if (manifest)
		oak_manifest_lint(ctx->arena, manifest, &problems);
	for (size_t i = 0; i < problems.list.n; i++)
		oak_warn(&ctx->out, "%s: %s (%s)", problems.list.v[i].subject, problems.list.v[i].detail, problems.list.v[i].remedy);
}

/* "tool/recipe.yaml", or the folder that it lies in. */
static const char *recipe_path(struct oak_context *ctx, const char *given, const char **ret_dir)
{
	size_t cut = 0;
	if (oak_fs_is_dir(given)) {
		*ret_dir = given;
		return oak_arena_printf(ctx->arena, "%s/recipe.yaml", given);
	}
	for (size_t i = 0; given[i]; i++)
		if (given[i] == '/' || given[i] == '\\')
			cut = i + 1;
	*ret_dir = cut ? oak_arena_strndup(ctx->arena, given, cut > 1 ? cut - 1 : 1) : ".";
	return given;
}

static int run_build(struct oak_context *ctx)
{
	const char *format = oak_opt_text(ctx, "format");
	struct oak_build build = {.out = oak_opt_text(ctx, "out"), .threads = threads(ctx), .dry_run = ctx->dry_run, .progress = on_progress, .progress_arg = ctx};
	const struct oak_value *doc;
	struct oak_recipe *recipe;
	struct oak_built built;
	if (!build.out)
		return oak_fail(&ctx->err, OAK_INVALID, "usage.args", 0, "'package build' needs '--out DIR'");
	if (format)
		build.format = (enum oak_build_format)oak_build_format_from_string(format);
	const char *path = recipe_path(ctx, ctx->args[0], &build.recipe_dir);
	if (build_time(ctx, &build.mtime) < 0 || oak_input_load(ctx, path, OAK_RECIPE_MAX, &doc) < 0 ||
	    oak_recipe_parse(ctx->arena, doc, path, &recipe, &ctx->err) < 0)
		return -1;
	build.recipe = recipe;
	int result = oak_package_build(ctx->arena, &build, &built, &ctx->err);
	oak_progress_end(&ctx->out);
	if (result < 0)
		return -1;
	warn_unreachable(ctx, built.manifest);
	return print_built(ctx, recipe, &built);
}

const struct oak_cmd oak_cmd_package_build = {
	.name = "package build",
	.args = "RECIPE",
	.min_args = 1,
	.max_args = 1,
	.summary = "build archives and a manifest from a recipe",
	.description =
		"Reads RECIPE (oakum.recipe/1, or the folder that holds recipe.yaml) and writes manifest.json and one archive a target into\n"
		"the folder of --out: zip as AWS Distributor wants it, tar.zst for the tree model. With --format deb or rpm it writes native\n"
		"packages of those targets that are for such systems, or for any, and no manifest.\n\n"
		"The same input gives the same bytes: on any day, in any folder, for any user and number of threads, as long as the libraries\n"
		"that compress are the same (the manifest names them). SOURCE_DATE_EPOCH sets the time of all entries.",
	.opts = build_opts,
	.flags = OAK_CMD_CHANGES | OAK_CMD_GRACEFUL,
	.run = run_build,
};

static const struct oak_opt init_opts[] = {
	{"from-aws", 0, OAK_OPT_TEXT, "DIR", "take over the manifest and every archive of this AWS Distributor package", OAK_OPT_NO_CONFIG},
	{"name", 0, OAK_OPT_TEXT, "NAME", "name of the package (default that of the folder)", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

static int run_init(struct oak_context *ctx)
{
	const char *aws = oak_opt_text(ctx, "from-aws");
	const struct oak_recipe_init init = {.dir = ctx->args[0], .name = oak_opt_text(ctx, "name"), .aws = aws, .dry_run = ctx->dry_run};
	struct oak_recipe_inited done = {0};
	if (oak_recipe_init(ctx->arena, &init, &done, &ctx->err) < 0)
		return -1;
	for (size_t i = 0; i < done.notes.n; i++)
		oak_warn(&ctx->out, "%s", done.notes.v[i]);
	if (!ctx->dry_run)
		oak_note(&ctx->out, "package '%s' begun in '%s'; build it by 'oakum package build %s/recipe.yaml --out %s/out'", done.name, init.dir, init.dir,
			 init.dir);
	return 0;
}

const struct oak_cmd oak_cmd_package_init = {
	.name = "package init",
	.args = "DIR",
	.min_args = 1,
	.max_args = 1,
	.summary = "begin a package: a recipe and example scripts",
	.description =
		"Makes DIR with recipe.yaml and example scripts, which build as they are. Nothing that is there is overwritten.\n\n"
		"With --from-aws the recipe is made from an AWS Distributor package: a folder with its manifest.json and its zip files, which are\n"
		"copied, checked against the manifest, and taken over byte for byte.",
	.opts = init_opts,
	.flags = OAK_CMD_CHANGES,
	.run = run_init,
};
