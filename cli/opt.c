/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line against the table: long and short options, lists, choices, arguments. */
#include "cli/opt.h"

#include <stdio.h>

#include "core/str.h"

const struct oak_opt oak_global_opts[] = {
	{"config", 0, OAK_OPT_TEXT, "FILE", "read this configuration file", OAK_OPT_NO_CONFIG},
	{"state", 0, OAK_OPT_TEXT, "DIR", "keep state in this folder", 0},
	{"cache", 0, OAK_OPT_TEXT, "DIR", "keep caches in this folder", 0},
	{"root", 0, OAK_OPT_TEXT, "DIR", "examine the system below this folder", OAK_OPT_NO_CONFIG},
	{"output", 'o', OAK_OPT_TEXT, "FORMAT", "table (default), json, yaml or csv", 0},
	{"quiet", 'q', OAK_OPT_FLAG, NULL, "no progress and no warnings", 0},
	{"verbose", 'v', OAK_OPT_FLAG, NULL, "say more, with the time each phase took", 0},
	{"no-network", 0, OAK_OPT_FLAG, NULL, "never use the network", 0},
	{"no-notify", 0, OAK_OPT_FLAG, NULL, "tell nobody how it ended (notify in the configuration)", OAK_OPT_NO_CONFIG},
	{"at", 0, OAK_OPT_TEXT, "TIME", "evaluate as of this instant instead of now", OAK_OPT_NO_CONFIG},
	{"color", 0, OAK_OPT_TEXT, "auto|always|never", "colours on standard output", 0},
	{"help", 'h', OAK_OPT_FLAG, NULL, "show this help", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};

static const struct oak_opt dry_run_opts[] = {
	{"dry-run", 'n', OAK_OPT_FLAG, NULL, "say what would be done, change nothing", OAK_OPT_NO_CONFIG},
	{NULL, 0, 0, NULL, NULL, 0},
};
static const struct oak_opt no_opts[] = {{NULL, 0, 0, NULL, NULL, 0}};

static const struct oak_opt *by_name(const struct oak_opt *opts, const char *name, size_t n)
{
	for (; opts->name; opts++)
		if (strlen(opts->name) == n && memcmp(opts->name, name, n) == 0)
			return opts;
	return NULL;
}

bool oak_opt_is_global(const struct oak_opt *opt)
{
	size_t count = sizeof(oak_global_opts) / sizeof(*oak_global_opts);
	return opt >= oak_global_opts && opt < oak_global_opts + count;
}

const struct oak_opt *oak_opt_each(const struct oak_cmd *cmd, size_t *index)
{
	const struct oak_opt *own = cmd && cmd->opts ? cmd->opts : no_opts;
	const struct oak_opt *lists[] = {own, cmd && (cmd->flags & OAK_CMD_CHANGES) ? dry_run_opts : no_opts,
					 oak_global_opts};
	size_t skip = *index;
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		for (const struct oak_opt *o = lists[i]; o->name; o++) {
			if (lists[i] != own && by_name(own, o->name, strlen(o->name)))
				continue;
			if (skip-- == 0) {
				++*index;
				return o;
			}
		}
	}
	return NULL;
}

static const struct oak_opt *find_long(const struct oak_cmd *cmd, const char *name, size_t n)
{
	const struct oak_opt *o;
	for (size_t i = 0; (o = oak_opt_each(cmd, &i));)
		if (strlen(o->name) == n && memcmp(o->name, name, n) == 0)
			return o;
	return NULL;
}

static const struct oak_opt *find_letter(const struct oak_cmd *cmd, char letter)
{
	const struct oak_opt *o;
	for (size_t i = 0; (o = oak_opt_each(cmd, &i));)
		if (o->letter == letter)
			return o;
	return NULL;
}

struct oak_given *oak_given_find(const struct oak_parsed *parsed, const char *name)
{
	for (size_t i = 0; i < parsed->given.n; i++)
		if (oak_streq(parsed->given.v[i].opt->name, name))
			return &parsed->given.v[i];
	return NULL;
}

struct oak_given *oak_given_add(struct oak_arena *arena, struct oak_parsed *parsed, const struct oak_opt *opt)
{
	struct oak_given *g = oak_given_find(parsed, opt->name);
	if (g)
		return g;
	g = oak_push(arena, &parsed->given);
	*g = (struct oak_given){.opt = opt};
	return g;
}

/* One walk over the command line; CMD NULL means that the command is still looked for. */
struct walk {
	struct oak_arena *arena;
	int argc;
	char **argv;
	int at;
	const struct oak_cmd *cmd;
	struct oak_parsed *out;
	int words; /* positional words that make up the command's name */
	int seen;
};

static const char *run_hint(const struct walk *w)
{
	return oak_arena_printf(w->arena, "run 'oakum%s%s --help'", w->cmd ? " " : "", w->cmd ? w->cmd->name : "");
}

static int unknown_option(const struct walk *w, const char *arg, struct oak_error *err)
{
	const char *name = oak_starts_with(arg, "--") ? arg + 2 : arg + 1;
	char word[64];
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(name, "="), name);
	struct oak_suggestion s = {.word = word};
	const struct oak_opt *o;
	for (size_t i = 0; (o = oak_opt_each(w->cmd, &i));)
		if (!(o->flags & OAK_OPT_HIDDEN))
			oak_suggest(&s, o->name);
	if (s.best)
		return oak_fail(err, OAK_INVALID, "usage.option-unknown", 0,
				"unknown option '%.*s' (did you mean '--%s'?)", (int)strcspn(arg, "="), arg, s.best);
	return oak_fail(err, OAK_INVALID, "usage.option-unknown", 0, "unknown option '%.*s' (%s)",
			(int)strcspn(arg, "="), arg, run_hint(w));
}

bool oak_opt_is_choice(const struct oak_opt *opt)
{
	if (!opt->value || !strchr(opt->value, '|'))
		return false;
	return (opt->flags & OAK_OPT_CHOICE) || !strpbrk(opt->value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ:");
}

static bool choice_has(const char *choices, const char *value)
{
	struct oak_str rest = oak_str_of(choices), part;
	while (oak_str_next(&rest, '|', &part))
		if (oak_str_eq(part, oak_str_of(value)))
			return true;
	return false;
}

static bool is_time(const char *value)
{
	oak_time t;
	return oak_time_parse(value, &t);
}

static bool is_duration(const char *value)
{
	int64_t seconds;
	return oak_duration_parse(value, &seconds);
}

static bool is_count(const char *value)
{
	int64_t n;
	return oak_parse_int(oak_str_of(value), 0, INT64_MAX, &n);
}

static bool is_format(const char *value)
{
	return choice_has("table|json|yaml|csv", value);
}

static const struct {
	const char *value;
	bool (*check)(const char *value);
	const char *wanted;
} value_kinds[] = {
	{"TIME", is_time, "an RFC 3339 time such as 2026-11-23T12:00:00Z"},
	{"DURATION", is_duration, "a duration such as 10m, 2h or 7d"},
	{"COUNT", is_count, "a whole number, 0 or more"},
	{"FORMAT", is_format, "table, json, yaml or csv"},
};

int oak_opt_check(const struct oak_opt *opt, const char *where, const char *value, struct oak_error *err)
{
	if (!opt->value)
		return 0;
	if (oak_opt_is_choice(opt) && !choice_has(opt->value, value))
		return oak_fail(err, OAK_INVALID, "usage.option-value", 0, "%s cannot be '%s' (give one of %s)", where,
				value, opt->value);
	for (size_t i = 0; i < sizeof(value_kinds) / sizeof(*value_kinds); i++)
		if (oak_streq(value_kinds[i].value, opt->value) && !value_kinds[i].check(value))
			return oak_fail(err, OAK_INVALID, "usage.option-value", 0, "%s cannot be '%s' (give %s)", where,
					value, value_kinds[i].wanted);
	if (!*value)
		return oak_fail(err, OAK_INVALID, "usage.option-value", 0, "%s is empty (give %s)", where, opt->value);
	return 0;
}

static int add_value(struct walk *w, const struct oak_opt *opt, const char *value, struct oak_error *err)
{
	const char *where = oak_arena_printf(w->arena, "'--%s'", opt->name);
	if (oak_opt_check(opt, where, value, err) < 0)
		return -1;
	struct oak_given *g = oak_given_add(w->arena, w->out, opt);
	if (opt->kind == OAK_OPT_TEXT)
		g->values.n = 0; /* the last one counts */
	*oak_push(w->arena, &g->values) = value;
	return 0;
}

/* The option's value is INLINE ("--a=b", "-ab") or the next word. */
static int take_option(struct walk *w, const struct oak_opt *opt, const char *inline_value, struct oak_error *err)
{
	if (opt->kind == OAK_OPT_FLAG) {
		if (inline_value)
			return oak_fail(err, OAK_INVALID, "usage.option-value", 0, "'--%s' takes no value", opt->name);
		oak_given_add(w->arena, w->out, opt);
		return 0;
	}
	if (!inline_value) {
		if (w->at >= w->argc)
			return oak_fail(err, OAK_INVALID, "usage.option-value", 0, "'--%s' needs a value (give %s)",
					opt->name, opt->value);
		inline_value = w->argv[w->at++];
	}
	return add_value(w, opt, inline_value, err);
}

static int take_long(struct walk *w, const char *arg, struct oak_error *err)
{
	const char *name = arg + 2, *eq = strchr(name, '=');
	const struct oak_opt *opt = find_long(w->cmd, name, eq ? (size_t)(eq - name) : strlen(name));
	if (!opt)
		return unknown_option(w, arg, err);
	return take_option(w, opt, eq ? eq + 1 : NULL, err);
}

static int take_short(struct walk *w, const char *arg, struct oak_error *err)
{
	for (const char *p = arg + 1; *p; p++) {
		const struct oak_opt *opt = find_letter(w->cmd, *p);
		if (!opt) {
			char one[3] = {'-', *p, '\0'};
			return unknown_option(w, one, err);
		}
		if (opt->kind != OAK_OPT_FLAG)
			return take_option(w, opt, p[1] ? p + 1 + (p[1] == '=') : NULL, err);
		oak_given_add(w->arena, w->out, opt);
	}
	return 0;
}

/* True if WORDS is a command, or the beginning of one. */
static bool known_prefix(const char *words, const struct oak_cmd **ret_cmd)
{
	bool known = false;
	size_t n = strlen(words);
	*ret_cmd = NULL;
	for (const struct oak_cmd *const *c = oak_commands; *c; c++) {
		if (oak_streq((*c)->name, words))
			*ret_cmd = *c;
		known = known || (strncmp((*c)->name, words, n) == 0 && ((*c)->name[n] == ' ' || !(*c)->name[n]));
	}
	return known;
}

static int unknown_command(const struct walk *w, const char *prefix, const char *word, struct oak_error *err)
{
	struct oak_suggestion s = {.word = word};
	size_t n = strlen(prefix);
	for (const struct oak_cmd *const *c = oak_commands; *c; c++) {
		const char *rest = (*c)->name + n + (n > 0);
		if (((*c)->flags & OAK_CMD_HIDDEN) || strncmp((*c)->name, prefix, n) != 0 || (n && (*c)->name[n] != ' '))
			continue;
		oak_suggest(&s, oak_arena_strndup(w->arena, rest, strcspn(rest, " ")));
	}
	const char *gap = n ? " " : "";
	if (s.best)
		return oak_fail(err, OAK_INVALID, "usage.command-unknown", 0,
				"unknown command '%s%s%s' (did you mean 'oakum %s%s%s'?)", prefix, gap, word, prefix, gap,
				s.best);
	return oak_fail(err, OAK_INVALID, "usage.command-unknown", 0, "unknown command '%s%s%s' (run 'oakum%s%s --help')",
			prefix, gap, word, gap, prefix);
}

/* Skip a global option and its value in front of or between the command's words; false if ARG is no global option. */
static bool skip_global(const struct walk *w, int *at)
{
	const char *arg = w->argv[*at];
	const struct oak_opt *opt;
	bool has_value;
	if (oak_starts_with(arg, "--")) {
		size_t n = strcspn(arg + 2, "=");
		opt = by_name(oak_global_opts, arg + 2, n);
		has_value = arg[2 + n] == '=';
	} else {
		opt = find_letter(NULL, arg[1]);
		has_value = arg[1] && arg[2];
	}
	if (!opt)
		return false;
	*at += opt->kind != OAK_OPT_FLAG && !has_value ? 2 : 1;
	return true;
}

/* The longest command that the leading words name; global options may stand between them. */
static int find_command(struct walk *w, struct oak_error *err)
{
	const char *words = "";
	for (int at = 1; at < w->argc;) {
		const char *arg = w->argv[at];
		if (arg[0] == '-' && arg[1]) {
			if (oak_streq(arg, "--") || !skip_global(w, &at))
				break;
			continue;
		}
		const char *longer = *words ? oak_arena_printf(w->arena, "%s %s", words, arg) : arg;
		const struct oak_cmd *cmd;
		if (!known_prefix(longer, &cmd)) {
			if (!w->cmd)
				return unknown_command(w, words, arg, err);
			break;
		}
		words = longer;
		w->cmd = cmd;
		w->words++;
		at++;
	}
	w->out->prefix = words;
	return 0;
}

static int take_all(struct walk *w, struct oak_error *err)
{
	bool plain = false;
	while (w->at < w->argc) {
		const char *arg = w->argv[w->at++];
		if (plain || arg[0] != '-' || !arg[1]) {
			if (w->seen++ >= w->words)
				*oak_push(w->arena, &w->out->args) = arg;
			continue;
		}
		if (oak_streq(arg, "--"))
			plain = true;
		else if ((arg[1] == '-' ? take_long(w, arg, err) : take_short(w, arg, err)) < 0)
			return -1;
	}
	return 0;
}

static int check_args(const struct walk *w, struct oak_error *err)
{
	const struct oak_cmd *cmd = w->cmd;
	size_t n = w->out->args.n;
	if (n < (size_t)cmd->min_args)
		return oak_fail(err, OAK_INVALID, "usage.args", 0, "'oakum %s' needs %s (run 'oakum %s --help')", cmd->name,
				*cmd->args ? cmd->args : "arguments", cmd->name);
	if (cmd->max_args >= 0 && n > (size_t)cmd->max_args)
		return oak_fail(err, OAK_INVALID, "usage.args", 0, "unexpected argument '%s' (usage: oakum %s%s%s)",
				w->out->args.v[cmd->max_args], cmd->name, *cmd->args ? " " : "", cmd->args);
	return 0;
}

int oak_opt_parse(struct oak_arena *arena, int argc, char **argv, const struct oak_cmd **ret_cmd,
		  struct oak_parsed *ret, struct oak_error *err)
{
	*ret = (struct oak_parsed){.prefix = ""};
	*ret_cmd = NULL;
	struct walk w = {.arena = arena, .argc = argc, .argv = argv, .at = 1, .out = ret};
	if (find_command(&w, err) < 0)
		return -1;
	*ret_cmd = w.cmd;
	if (take_all(&w, err) < 0)
		return -1;
	ret->help = oak_given_find(ret, "help") != NULL;
	return w.cmd && !ret->help ? check_args(&w, err) : 0;
}
