/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --help, from the rows of the command table. */
#include "cli/help.h"

#include "cli/opt.h"
#include "core/str.h"

const struct oak_cmd *oak_cmd_find(const char *name)
{
	for (const struct oak_cmd *const *c = oak_commands; *c; c++)
		if (oak_streq((*c)->name, name))
			return *c;
	return NULL;
}

const char *oak_group_summary(const char *words)
{
	for (const struct oak_group *g = oak_groups; g->name; g++)
		if (oak_streq(g->name, words))
			return g->summary;
	return NULL;
}

const char *oak_opt_usage(struct oak_arena *arena, const struct oak_opt *opt)
{
	const char *gap = opt->value ? " " : "", *value = opt->value ? opt->value : "";
	if (opt->letter)
		return oak_arena_printf(arena, "-%c, --%s%s%s", opt->letter, opt->name, gap, value);
	return oak_arena_printf(arena, "    --%s%s%s", opt->name, gap, value);
}

const char *oak_cmd_usage(struct oak_arena *arena, const struct oak_cmd *cmd)
{
	return oak_arena_printf(arena, "oakum %s%s%s [options]", cmd->name, *cmd->args ? " " : "", cmd->args);
}

static void add_pair(struct oak_buf *out, const char *left, const char *right, size_t width)
{
	if (strlen(left) > width)
		oak_buf_addf(out, "  %s\n  %*s  %s\n", left, (int)width, "", right);
	else
		oak_buf_addf(out, "  %-*s  %s\n", (int)width, left, right);
}

static void add_options(struct oak_arena *arena, const struct oak_cmd *cmd, bool global, struct oak_buf *out)
{
	const struct oak_opt *o;
	bool any = false;
	for (size_t i = 0; (o = oak_opt_each(cmd, &i));) {
		if ((o->flags & OAK_OPT_HIDDEN) || oak_opt_is_global(o) != global)
			continue;
		if (!any)
			oak_buf_adds(out, global ? "\nOptions of every command:\n" : "\nOptions:\n");
		any = true;
		const char *help = o->help;
		if (o->kind == OAK_OPT_LIST)
			help = oak_arena_printf(arena, "%s (may be repeated)", help);
		add_pair(out, oak_opt_usage(arena, o), help, 30);
	}
}

static void command_help(struct oak_arena *arena, const struct oak_cmd *cmd, struct oak_buf *out)
{
	oak_buf_addf(out, "usage: %s\n\n%s\n", oak_cmd_usage(arena, cmd), cmd->summary);
	if (cmd->description)
		oak_buf_addf(out, "\n%s\n", cmd->description);
	add_options(arena, cmd, false, out);
	add_options(arena, cmd, true, out);
}

/* The words of NAME up to and including the one behind WORDS; NULL if NAME is not below WORDS. */
static const char *child_of(struct oak_arena *arena, const char *words, const char *name)
{
	size_t n = strlen(words);
	if (n && (strncmp(name, words, n) != 0 || name[n] != ' '))
		return NULL;
	size_t start = n + (n > 0);
	return oak_arena_strndup(arena, name, start + strcspn(name + start, " "));
}

/* One line for each command or group directly below WORDS. */
static void list_below(struct oak_arena *arena, const char *words, struct oak_buf *out)
{
	OAK_VEC(const char *) done = {0};
	for (const struct oak_cmd *const *c = oak_commands; *c; c++) {
		const char *child = child_of(arena, words, (*c)->name);
		bool seen = !child || ((*c)->flags & OAK_CMD_HIDDEN);
		for (size_t i = 0; i < done.n && !seen; i++)
			seen = oak_streq(done.v[i], child);
		if (seen)
			continue;
		*oak_push(arena, &done) = child;
		const struct oak_cmd *cmd = oak_cmd_find(child);
		const char *summary = cmd ? cmd->summary : oak_group_summary(child);
		add_pair(out, child, summary ? summary : "", 20);
	}
}

void oak_help_format(struct oak_arena *arena, const char *words, struct oak_buf *out)
{
	const struct oak_cmd *cmd = oak_cmd_find(words);
	if (cmd)
		command_help(arena, cmd, out);
	const char *summary = oak_group_summary(words);
	if (!cmd && *words)
		oak_buf_addf(out, "usage: oakum %s COMMAND [options]\n\n%s\n", words, summary ? summary : "");
	if (!cmd && !*words)
		oak_buf_adds(out, "usage: oakum COMMAND [options]\n\n"
				  "oakum finds what is missing on a machine, says why, installs it in a window, and proves it\n");
	OAK_AUTO(oak_buf_done) struct oak_buf below;
	oak_buf_init(&below, 65536);
	list_below(arena, words, &below);
	if (below.n)
		oak_buf_addf(out, "\nCommands:\n%s", oak_buf_text(&below));
	if (!cmd) {
		add_options(arena, NULL, true, out);
		oak_buf_addf(out, "\nMore: oakum %s%sCOMMAND --help\n", words, *words ? " " : "");
	}
}
