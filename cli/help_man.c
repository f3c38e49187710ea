/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Manual pages in roff, from the rows of the command table and of cli/settings.c. */
#include "cli/config.h"
#include "cli/help.h"
#include "core/str.h"

#ifndef OAK_VERSION
#define OAK_VERSION "0"
#endif

/* Text as roff: backslashes and leading dots or quotes escaped, "-" as a minus that can be copied. */
static void add_roff(struct oak_buf *out, const char *text)
{
	bool line_start = true;
	for (; *text; text++) {
		if (line_start && (*text == '.' || *text == '\''))
			oak_buf_adds(out, "\\&");
		line_start = *text == '\n';
		if (*text == '\\')
			oak_buf_adds(out, "\\e");
		else if (*text == '-')
			oak_buf_adds(out, "\\-");
		else if (*text == '\n' && text[1] == '\n') {
			oak_buf_adds(out, "\n.PP");
		} else
			oak_buf_addc(out, *text);
	}
}

static void add_title(struct oak_buf *out, const char *page, int section, const char *summary)
{
	oak_buf_addf(out, ".TH \"%s\" \"%d\" \"\" \"oakum " OAK_VERSION "\" \"oakum\"\n.SH NAME\n", page, section);
	add_roff(out, page);
	oak_buf_adds(out, " \\- ");
	add_roff(out, summary);
	oak_buf_adds(out, "\n");
}

static void add_options(struct oak_arena *arena, const struct oak_cmd *cmd, bool global, struct oak_buf *out)
{
	const struct oak_opt *o;
	bool any = false;
	for (size_t i = 0; (o = oak_opt_each(cmd, &i));) {
		if ((o->flags & OAK_OPT_HIDDEN) || oak_opt_is_global(o) != global)
			continue;
		if (!any)
			oak_buf_adds(out, global ? ".SH OPTIONS OF EVERY COMMAND\n" : ".SH OPTIONS\n");
		any = true;
		oak_buf_adds(out, ".TP\n.B ");
		const char *usage = oak_opt_usage(arena, o);
		add_roff(out, usage + strspn(usage, " "));
		oak_buf_adds(out, "\n");
		add_roff(out, o->help);
		if (o->kind == OAK_OPT_LIST)
			oak_buf_adds(out, " (may be repeated)");
		if (!(o->flags & OAK_OPT_NO_CONFIG)) {
			oak_buf_adds(out, "; configuration key ");
			add_roff(out, oak_config_path(arena, global ? NULL : cmd, o));
		}
		oak_buf_adds(out, "\n");
	}
}

static void add_exit(struct oak_buf *out)
{
	oak_buf_adds(out, ".SH EXIT STATUS\n"
			  "0 done; 1 failed; 2 usage or bad input; 3 not compliant or unknown (only with \\-\\-exit\\-code); "
			  "4 partly done; 5 untrusted; 75 try again later; 130, 143 interrupted.\n");
}

static void add_commands(const char *words, struct oak_buf *out)
{
	size_t n = strlen(words);
	bool any = false;
	for (const struct oak_cmd *const *c = oak_commands; *c; c++) {
		if (((*c)->flags & OAK_CMD_HIDDEN) || strncmp((*c)->name, words, n) != 0 || (n && (*c)->name[n] != ' '))
			continue;
		if (!any)
			oak_buf_adds(out, ".SH COMMANDS\n");
		any = true;
		oak_buf_adds(out, ".TP\n.B oakum ");
		add_roff(out, (*c)->name);
		oak_buf_adds(out, *(*c)->args ? " " : "");
		add_roff(out, (*c)->args);
		oak_buf_adds(out, "\n");
		add_roff(out, (*c)->summary);
		oak_buf_adds(out, "\n");
	}
}

static void command_page(struct oak_arena *arena, const char *page, const struct oak_cmd *cmd, struct oak_buf *out)
{
	add_title(out, page, 1, cmd->summary);
	oak_buf_adds(out, ".SH SYNOPSIS\n.B ");
	add_roff(out, oak_cmd_usage(arena, cmd));
	oak_buf_adds(out, "\n.SH DESCRIPTION\n");
	add_roff(out, cmd->description ? cmd->description : cmd->summary);
	oak_buf_adds(out, "\n");
	add_commands(cmd->name, out);
	add_options(arena, cmd, false, out);
	add_options(arena, cmd, true, out);
	add_exit(out);
	oak_buf_adds(out, ".SH SEE ALSO\n.BR oakum (1),\n.BR oakum.yaml (5)\n");
}

static void program_page(struct oak_arena *arena, struct oak_buf *out)
{
	add_title(out, "oakum", 1, "patch and software-distribution manager");
	oak_buf_adds(out, ".SH SYNOPSIS\n.B oakum\n.I COMMAND\n[options]\n.SH DESCRIPTION\n"
			  "oakum finds out what is missing on a machine, says why, installs it inside a maintenance window, "
			  "rolls out signed packages, and proves all of it in reports.\n");
	add_commands("", out);
	add_options(arena, NULL, true, out);
	add_exit(out);
	oak_buf_adds(out, ".SH FILES\n.TP\n.I /etc/oakum/oakum.yaml\nconfiguration\n.TP\n.I /var/lib/oakum\nstate\n"
			  ".TP\n.I /var/cache/oakum\ncache\n.SH SEE ALSO\n.BR oakum.yaml (5)\n");
}

static void add_key(struct oak_buf *out, const char *path, const char *value, const char *help)
{
	oak_buf_adds(out, ".TP\n.B ");
	add_roff(out, path);
	oak_buf_adds(out, ": ");
	add_roff(out, value);
	oak_buf_adds(out, "\n");
	add_roff(out, help);
	oak_buf_adds(out, "\n");
}

static void config_page(struct oak_arena *arena, struct oak_buf *out)
{
	add_title(out, "oakum.yaml", 5, "configuration of oakum");
	oak_buf_adds(out, ".SH DESCRIPTION\nYAML (so JSON too). A key with dots is nested: ");
	add_roff(out, "node.name");
	oak_buf_adds(out, " is name below node. Unknown keys are refused. The file and the folders above it must belong to "
			  "root or the running user and be writable by nobody else.\n.SH SETTINGS\n");
	for (const struct oak_setting *s = oak_settings; s->path; s++)
		add_key(out, s->path, s->value ? s->value : "true|false", s->help);
	oak_buf_adds(out, ".SH OPTIONS OF COMMANDS\n");
	for (const struct oak_opt *o = oak_global_opts; o->name; o++)
		if (!(o->flags & (OAK_OPT_NO_CONFIG | OAK_OPT_HIDDEN)))
			add_key(out, oak_config_path(arena, NULL, o), o->value ? o->value : "true|false", o->help);
	for (const struct oak_cmd *const *c = oak_commands; *c; c++)
		for (const struct oak_opt *o = (*c)->opts; o && o->name; o++)
			if (!(o->flags & (OAK_OPT_NO_CONFIG | OAK_OPT_HIDDEN)))
				add_key(out, oak_config_path(arena, *c, o), o->value ? o->value : "true|false", o->help);
}

/* "oakum-baseline-check" for "baseline check". */
static const char *page_of(struct oak_arena *arena, const struct oak_cmd *cmd)
{
	char *page = oak_arena_printf(arena, "oakum-%s", cmd->name);
	for (char *p = page; *p; p++)
		if (*p == ' ')
			*p = '-';
	return page;
}

bool oak_man_format(struct oak_arena *arena, const char *page, struct oak_buf *out)
{
	if (oak_streq(page, "oakum")) {
		program_page(arena, out);
		return true;
	}
	if (oak_streq(page, "oakum.yaml")) {
		config_page(arena, out);
		return true;
	}
	for (const struct oak_cmd *const *c = oak_commands; *c; c++) {
		if (((*c)->flags & OAK_CMD_HIDDEN) || !oak_streq(page_of(arena, *c), page))
			continue;
		command_page(arena, page, *c, out);
		return true;
	}
	return false;
}

void oak_man_list(struct oak_buf *out)
{
	struct oak_arena *arena = oak_arena_new();
	oak_buf_adds(out, "oakum.1\noakum.yaml.5\n");
	for (const struct oak_cmd *const *c = oak_commands; *c; c++)
		if (!((*c)->flags & OAK_CMD_HIDDEN))
			oak_buf_addf(out, "%s.1\n", page_of(arena, *c));
	oak_arena_free(arena);
}
