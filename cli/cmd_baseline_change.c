/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum baseline import, remove, default: changing which baselines there are. */
#include "cli/baselines.h"
#include "core/fs.h"
#include "core/str.h"

/* import */

static const struct oak_opt import_opts[] = {
	{"name", 0, OAK_OPT_TEXT, "NAME", "keep it under this name instead of its own", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

static int check_name(struct oak_context *ctx, const char *name)
{
	if (!oak_baselines_name_ok(name))
		return oak_fail(&ctx->err, OAK_INVALID, "baseline.name", 0,
				"'%s' cannot be the name of a baseline (give another with --name: letters, digits, . _ -, not "
				"like a file's)",
				name);
	if (oak_baselines_is_predefined(name))
		return oak_fail(&ctx->err, OAK_INVALID, "baseline.name", 0,
				"'%s' is the name of a predefined baseline (give another with --name)", name);
	return 0;
}

/* A patch group has one baseline per system; AWS keeps it so. */
static int check_groups(struct oak_context *ctx, const char *name, const struct oak_baseline *baseline)
{
	const char *const *others;
	size_t n;
	if (!baseline->patch_groups.n)
		return 0;
	if (oak_baselines_imported(ctx, &others, &n) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct oak_baseline *other;
		if (oak_streq(others[i], name))
			continue;
		if (oak_baselines_load(ctx, others[i], &other) < 0)
			return -1;
		for (size_t j = 0; j < baseline->patch_groups.n; j++)
			for (size_t k = 0; k < other->patch_groups.n && other->os == baseline->os; k++)
				if (oak_streq(baseline->patch_groups.v[j], other->patch_groups.v[k]))
					return oak_fail(&ctx->err, OAK_CONFLICT, "baseline.group-taken", 0,
							"patch group '%s' already has baseline '%s' for %s (take it out of one)",
							other->patch_groups.v[k], others[i], oak_os_to_string(other->os));
	}
	return 0;
}

static int run_import(struct oak_context *ctx)
{
	struct oak_baseline *baseline;
	const char *file = ctx->args[0], *name = oak_opt_text(ctx, "name");
	if (oak_baselines_load_file(ctx, file, &baseline) < 0)
		return -1;
	name = name ? name : baseline->name;
	if (check_name(ctx, name) < 0 || check_groups(ctx, name, baseline) < 0)
		return -1;
	bool replaces = oak_baselines_is_imported(ctx, name);
	const char *detail = oak_arena_printf(ctx->arena, "from '%s', digest %s%s", file,
					      oak_baseline_digest(ctx->arena, baseline), replaces ? ", replaced" : "");
	if (!ctx->dry_run && (oak_ctx_audit(ctx, "baseline.import", name, detail) < 0 ||
			      oak_baselines_save(ctx, name, baseline) < 0))
		return -1;
	oak_note(&ctx->out, "%s baseline '%s' for %s%s", replaces ? "replaced" : "imported", name,
		 oak_os_to_string(baseline->os), ctx->dry_run ? " (not really: --dry-run)" : "");
	return 0;
}

const struct oak_cmd oak_cmd_baseline_import = {
	.name = "baseline import",
	.args = "FILE",
	.min_args = 1,
	.max_args = 1,
	.summary = "keep a baseline under a name",
	.description = "Reads a baseline in any of its shapes, AWS's too, and keeps it in the state folder, where every command finds\n"
		       "it by its name. A baseline of that name is replaced. What AWS's document holds besides the rules is kept for\n"
		       "'oakum baseline export'.\n\n"
		       "AWS evaluates no approval delay on Debian, Ubuntu and Raspberry Pi OS though its documents carry one: their\n"
		       "baselines are imported with honourDelay false.",
	.opts = import_opts,
	.flags = OAK_CMD_CHANGES,
	.run = run_import,
};

/* remove */

static int run_remove(struct oak_context *ctx)
{
	const char *name = ctx->args[0];
	if (!oak_baselines_is_imported(ctx, name))
		return oak_fail(&ctx->err, OAK_INVALID, "baseline.unknown", 0,
				"there is no imported baseline '%s' (see 'oakum baseline list')", name);
	for (int os = 0; os < OAK_OS_COUNT; os++) {
		const char *used, *why;
		if (oak_baselines_default(ctx, (enum oak_os)os, &used, &why) < 0)
			return -1;
		if (oak_streq(used, name))
			return oak_fail(&ctx->err, OAK_CONFLICT, "baseline.in-use", 0,
					"baseline '%s' is the %s (set another first)", name, why);
	}
	if (ctx->dry_run)
		return 0;
	if (oak_ctx_audit(ctx, "baseline.remove", name, NULL) < 0)
		return -1;
	return oak_fs_remove(oak_baselines_path(ctx, name), &ctx->err);
}

const struct oak_cmd oak_cmd_baseline_remove = {
	.name = "baseline remove",
	.args = "NAME",
	.min_args = 1,
	.max_args = 1,
	.summary = "forget an imported baseline",
	.description = "Predefined baselines stay, and so does one that is the default of a system.",
	.flags = OAK_CMD_CHANGES,
	.run = run_remove,
};

/* default */

static const struct oak_opt default_opts[] = {
	{"unset", 0, OAK_OPT_FLAG, NULL, "take the default of OS away: the configured or predefined one counts again", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

static int parse_os(struct oak_context *ctx, const char *text)
{
	int os = oak_os_from_string(text);
	if (os >= 0)
		return os;
	OAK_AUTO(oak_buf_done) struct oak_buf names;
	oak_buf_init(&names, 512);
	for (int i = 0; i < OAK_OS_COUNT; i++)
		oak_buf_addf(&names, "%s%s", i ? ", " : "", oak_os_to_string((enum oak_os)i));
	return oak_fail(&ctx->err, OAK_INVALID, "baseline.os", 0, "'%.60s' is no operating system of a baseline (give %s)",
			text, oak_buf_text(&names));
}

struct row {
	enum oak_os os;
	const char *name, *why;
};

static int default_of(struct oak_context *ctx, enum oak_os os, struct row *ret)
{
	ret->os = os;
	if (oak_baselines_default(ctx, os, &ret->name, &ret->why) < 0)
		return -1;
	if (!ret->name) {
		ret->name = oak_predefined_default(os);
		ret->why = oak_arena_printf(ctx->arena, "predefined for %s", oak_os_to_string(os));
	}
	return 0;
}

static int print_defaults(struct oak_context *ctx, int first, int last)
{
	static const char *const headers[] = {"operatingSystem", "baseline", "why"};
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct row rows[OAK_OS_COUNT];
	struct oak_sink sink;
	oak_out_buf(&buf);
	for (int os = first; os <= last; os++)
		if (default_of(ctx, (enum oak_os)os, &rows[os]) < 0)
			return -1;
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		oak_put_begin_object(&sink, NULL);
		oak_put_string(&sink, "schema", "oakum.baselineDefaults/1");
		oak_put_begin_array(&sink, "defaults");
		for (int os = first; os <= last; os++) {
			oak_put_begin_object(&sink, NULL);
			oak_put_string(&sink, headers[0], oak_os_to_string(rows[os].os));
			oak_put_string(&sink, headers[1], rows[os].name);
			oak_put_string(&sink, headers[2], rows[os].why);
			oak_put_end_object(&sink);
		}
		oak_put_end_array(&sink);
		oak_put_end_object(&sink);
		return oak_out_end(&buf, &ctx->err);
	}
	struct oak_table *table = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
	for (int os = first; os <= last; os++) {
		oak_table_cell(table, oak_os_to_string(rows[os].os));
		oak_table_cell(table, rows[os].name);
		oak_table_cell(table, rows[os].why);
	}
	oak_table_print(table, &buf);
	return oak_out_end(&buf, &ctx->err);
}

static int set_default(struct oak_context *ctx, enum oak_os os, const char *name)
{
	struct oak_baseline *baseline;
	if (name && oak_is_file_name(name))
		return oak_fail(&ctx->err, OAK_INVALID, "baseline.name", 0,
				"'%s' is a file (run 'oakum baseline import' first, and give the name)", name);
	if (name && oak_baselines_load(ctx, name, &baseline) < 0)
		return -1;
	if (name && baseline->os != os)
		return oak_fail(&ctx->err, OAK_INVALID, "baseline.os", 0, "baseline '%s' is for %s, not for %s", name,
				oak_os_to_string(baseline->os), oak_os_to_string(os));
	if (ctx->dry_run)
		return 0;
	if (oak_ctx_audit(ctx, "baseline.default", oak_os_to_string(os), name ? name : "unset") < 0)
		return -1;
	return oak_baselines_set_default(ctx, os, name);
}

static int run_default(struct oak_context *ctx)
{
	bool unset = oak_opt_flag(ctx, "unset");
	if (unset && ctx->arg_count != 1)
		return oak_fail(&ctx->err, OAK_INVALID, "baseline.os", 0, "'--unset' needs the operating system, and nothing else");
	if (!ctx->arg_count)
		return print_defaults(ctx, 0, OAK_OS_COUNT - 1);
	int os = parse_os(ctx, ctx->args[0]);
	if (os < 0)
		return -1;
	if (ctx->arg_count == 1 && !unset)
		return print_defaults(ctx, os, os);
	return set_default(ctx, (enum oak_os)os, unset ? NULL : ctx->args[1]);
}

const struct oak_cmd oak_cmd_baseline_default = {
	.name = "baseline default",
	.args = "[OS NAME]",
	.min_args = 0,
	.max_args = 2,
	.summary = "which baseline nodes of a system get",
	.description = "Without arguments it prints the default of every system and where it is set. With OS and NAME it sets one; that\n"
		       "counts before 'baselines: {defaults: …}' of the configuration, and this before the predefined one.",
	.opts = default_opts,
	.flags = OAK_CMD_CHANGES,
	.run = run_default,
};
