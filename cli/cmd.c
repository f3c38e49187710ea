/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the command line to an exit code: parse, configure, run, print the error once. */
#include "cli/cmd.h"

#include "cli/config.h"
#include "cli/context.h"
#include "cli/help.h"
#include "cli/opt.h"
#include "cli/signals.h"
#include "core/fs.h"
#include "core/str.h"

int oak_exit_worse(int a, int b)
{
	static const int order[] = {130, 143, 2, 5, 1, 75, 4, 3, 0};
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		if (order[i] == a || order[i] == b)
			return order[i];
	return a ? a : b;
}

bool oak_is_file_name(const char *text)
{
	static const char *const endings[] = {".json", ".yaml", ".yml"};
	static const char *const schemes[] = {"repo:", "http://", "https://"};
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
		if (oak_starts_with(text, schemes[i]))
			return false;
	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++)
		if (oak_ends_with(text, endings[i]))
			return true;
	return oak_streq(text, "-") || strpbrk(text, "/\\") != NULL;
}

int oak_input_load(struct oak_context *ctx, const char *file, size_t max_bytes, const struct oak_value **ret)
{
	struct oak_value_limits limits = {.bytes = max_bytes};
	return oak_value_load(ctx->arena, file, &limits, ret, &ctx->err) == 0 ? 0 : oak_input_missing(&ctx->err);
}

int oak_input_missing(struct oak_error *err)
{
	if (err->kind == OAK_NOT_FOUND)
		err->kind = OAK_INVALID;
	return -1;
}

static int print_help(const struct oak_context *ctx, struct oak_error *err)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	oak_help_format(ctx->arena, ctx->parsed->prefix, &buf);
	return oak_out_end(&buf, err);
}

/* Only a group was named, or nothing: that is no command. */
static int no_command(const struct oak_context *ctx, struct oak_error *err)
{
	const char *words = ctx->parsed->prefix, *gap = *words ? " " : "";
	return oak_fail(err, OAK_INVALID, "usage.command-missing", 0, "'oakum%s%s' needs a command (run 'oakum%s%s --help')",
			gap, words, gap, words);
}

static int prepare(struct oak_context *ctx, struct oak_error *err)
{
	if (!(ctx->cmd->flags & OAK_CMD_NO_CONFIG)) {
		if (oak_config_load(ctx, err) < 0)
			return -1;
		oak_config_merge(ctx);
	}
	return oak_context_fill(ctx, err);
}

/* "oakum --version" is what every program answers to. */
static char *version_words[] = {"oakum", "version", NULL};

static int run(struct oak_context *ctx, int argc, char **argv)
{
	if (argc == 2 && oak_streq(argv[1], "--version"))
		argv = version_words;
	if (oak_opt_parse(ctx->arena, argc, argv, &ctx->cmd, ctx->parsed, &ctx->err) < 0)
		return -1;
	if (ctx->parsed->help)
		return print_help(ctx, &ctx->err);
	if (!ctx->cmd)
		return no_command(ctx, &ctx->err);
	ctx->args = ctx->parsed->args.v;
	ctx->arg_count = ctx->parsed->args.n;
	if (prepare(ctx, &ctx->err) < 0)
		return -1;
	oak_signals_init(ctx->cmd->flags & OAK_CMD_GRACEFUL);
	oak_phase_end(ctx, NULL);
	return ctx->cmd->run(ctx);
}

static int finish(struct oak_context *ctx, int code)
{
	bool stopped = oak_stop_signal != 0;
	if (code >= 0)
		return code;
	char text[sizeof(ctx->err.trail) + sizeof(ctx->err.cause)];
	oak_progress_end(&ctx->out);
	if (ctx->err.kind != OAK_INTERRUPTED)
		oak_message("", oak_error_text(&ctx->err, text, sizeof(text)));
	else
		oak_message("", "interrupted");
	return stopped && ctx->err.kind == OAK_INTERRUPTED ? oak_signals_exit() : oak_error_exit(&ctx->err);
}

int oak_main(int argc, char **argv)
{
	struct oak_parsed parsed = {0};
	struct oak_context ctx = {.arena = oak_arena_new(), .parsed = &parsed, .at = OAK_TIME_NONE};
	int code = finish(&ctx, run(&ctx, argc, argv));
	oak_arena_free(ctx.arena);
	return code;
}
