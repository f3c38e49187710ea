/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum help: the help of a command; manual pages and completion scripts for those who build packages. */
#include "cli/help.h"
#include "core/str.h"

static const struct oak_opt opts[] = {
	{"man", 0, OAK_OPT_TEXT, "PAGE", "print the manual page 'oakum', 'oakum-scan' …; 'list' names all", OAK_OPT_NO_CONFIG},
	{"completion", 0, OAK_OPT_TEXT, "bash|zsh|fish", "print the completion script of a shell", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

static int format_man(struct oak_context *ctx, const char *page, struct oak_buf *out)
{
	if (oak_streq(page, "list")) {
		oak_man_list(out);
		return 0;
	}
	if (!oak_man_format(ctx->arena, page, out))
		return oak_fail(&ctx->err, OAK_INVALID, "usage.help", 0,
				"there is no manual page '%s' (run 'oakum help --man list')", page);
	return 0;
}

static int format_help(struct oak_context *ctx, struct oak_buf *out)
{
	const char *words = "";
	for (size_t i = 0; i < ctx->arg_count; i++)
		words = oak_arena_printf(ctx->arena, "%s%s%s", words, i ? " " : "", ctx->args[i]);
	bool known = !*words || oak_cmd_find(words) || oak_group_summary(words);
	if (!known)
		return oak_fail(&ctx->err, OAK_INVALID, "usage.help", 0, "there is no command '%s' (run 'oakum help')", words);
	oak_help_format(ctx->arena, words, out);
	return 0;
}

static int run(struct oak_context *ctx)
{
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	oak_out_buf(&out);
	const char *man = oak_opt_text(ctx, "man"), *shell = oak_opt_text(ctx, "completion");
	int rc = 0;
	if (man)
		rc = format_man(ctx, man, &out);
	else if (shell)
		oak_completion_format(ctx->arena, shell, &out);
	else
		rc = format_help(ctx, &out);
	return rc < 0 ? -1 : oak_out_end(&out, &ctx->err);
}

const struct oak_cmd oak_cmd_help = {
	.name = "help",
	.args = "[COMMAND …]",
	.max_args = 3,
	.summary = "help for a command, manual pages, shell completion",
	.description = "Prints what --help prints. With --man or --completion it prints the manual pages and completion\n"
		       "scripts that packages install; all of them come from the same table as the commands themselves.",
	.opts = opts,
	.flags = OAK_CMD_NO_CONFIG,
	.run = run,
};
