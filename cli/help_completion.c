/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completion scripts: for each command its options and choices, as data that a short shell function reads. */
#include "cli/help.h"
#include "cli/opt.h"
#include "core/str.h"

/* Words that may follow WORDS: names of commands and groups below it, then options of the command itself. */
static void add_next_words(struct oak_arena *arena, const char *words, struct oak_buf *out)
{
	size_t n = strlen(words);
	OAK_VEC(const char *) done = {0};
	for (const struct oak_cmd *const *c = oak_commands; *c; c++) {
		const char *name = (*c)->name;
		if (((*c)->flags & OAK_CMD_HIDDEN) || strncmp(name, words, n) != 0 || (n && name[n] != ' '))
			continue;
		const char *next = name + n + (n > 0);
		const char *word = oak_arena_strndup(arena, next, strcspn(next, " "));
		bool seen = false;
		for (size_t i = 0; i < done.n && !seen; i++)
			seen = oak_streq(done.v[i], word);
		if (seen)
			continue;
		*oak_push(arena, &done) = word;
		oak_buf_addf(out, "%s ", word);
	}
}

static void add_options(const struct oak_cmd *cmd, struct oak_buf *out)
{
	const struct oak_opt *o;
	for (size_t i = 0; (o = oak_opt_each(cmd, &i));)
		if (!(o->flags & OAK_OPT_HIDDEN))
			oak_buf_addf(out, "--%s ", o->name);
}

/* Every prefix of a command's name that is a group or a command, once, in table order. */
static void each_prefix(struct oak_arena *arena, void (*fn)(struct oak_arena *, const char *, struct oak_buf *),
			struct oak_buf *out)
{
	OAK_VEC(const char *) done = {0};
	*oak_push(arena, &done) = "";
	fn(arena, "", out);
	for (const struct oak_cmd *const *c = oak_commands; *c; c++) {
		const char *name = (*c)->name;
		for (size_t n = strcspn(name, " "); !((*c)->flags & OAK_CMD_HIDDEN);
		     n += 1 + strcspn(name + n + 1, " ")) {
			const char *prefix = oak_arena_strndup(arena, name, n);
			bool seen = false;
			for (size_t i = 0; i < done.n && !seen; i++)
				seen = oak_streq(done.v[i], prefix);
			if (!seen) {
				*oak_push(arena, &done) = prefix;
				fn(arena, prefix, out);
			}
			if (!name[n])
				break;
		}
	}
}

static void bash_case(struct oak_arena *arena, const char *words, struct oak_buf *out)
{
	oak_buf_addf(out, "\t'%s') echo '", words);
	add_next_words(arena, words, out);
	add_options(oak_cmd_find(words), out);
	oak_buf_adds(out, "' ;;\n");
}

/* Values of options that are a choice: "scan --color) echo auto always never". */
static void add_choices(struct oak_buf *out)
{
	OAK_AUTO(oak_buf_done) struct oak_buf seen;
	oak_buf_init(&seen, 1024 * 1024);
	for (const struct oak_cmd *const *c = oak_commands; *c; c++) {
		const struct oak_opt *o;
		for (size_t i = 0; (o = oak_opt_each(*c, &i));) {
			if (!oak_opt_is_choice(o) || (o->flags & OAK_OPT_HIDDEN))
				continue;
			oak_buf_clear(&seen);
			for (const char *p = o->value; *p; p++)
				oak_buf_addc(&seen, *p == '|' ? ' ' : *p);
			oak_buf_addf(out, "\t'%s --%s') echo '%s' ;;\n", (*c)->name, o->name, oak_buf_text(&seen));
		}
	}
}

static const char *const bash_head =
	"# bash completion for oakum; made by 'oakum help --completion bash'\n"
	"_oakum_words() {\n\tcase \"$1\" in\n";
static const char *const bash_middle = "\tesac\n}\n_oakum_values() {\n\tcase \"$1\" in\n";
static const char *const bash_tail =
	"\t*) echo ;;\n\tesac\n}\n"
	"_oakum() {\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} at= word next i\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\tword=${COMP_WORDS[i]} next=${at:+$at }${COMP_WORDS[i]}\n"
	"\t\t[[ $word == -* ]] || [[ -z $(_oakum_words \"$next\") ]] || at=$next\n"
	"\tdone\n"
	"\tif [[ $prev == -o || $prev == --output ]]; then\n"
	"\t\tCOMPREPLY=($(compgen -W 'table json yaml csv' -- \"$cur\"))\n"
	"\telif [[ $prev == --* && -n $(_oakum_values \"$at $prev\") ]]; then\n"
	"\t\tCOMPREPLY=($(compgen -W \"$(_oakum_values \"$at $prev\")\" -- \"$cur\"))\n"
	"\telse\n"
	"\t\tCOMPREPLY=($(compgen -W \"$(_oakum_words \"$at\")\" -- \"$cur\"))\n"
	"\tfi\n"
	"}\n";

/* zsh runs the same function through its own bash emulation; a pending file name completes as usual. */
static void bash_like(struct oak_arena *arena, const char *first, const char *last, struct oak_buf *out)
{
	oak_buf_adds(out, first);
	oak_buf_adds(out, bash_head);
	each_prefix(arena, bash_case, out);
	oak_buf_adds(out, bash_middle);
	add_choices(out);
	oak_buf_adds(out, bash_tail);
	oak_buf_adds(out, last);
}

static void format_bash(struct oak_arena *arena, struct oak_buf *out)
{
	bash_like(arena, "", "complete -o default -F _oakum oakum\n", out);
}

static void format_zsh(struct oak_arena *arena, struct oak_buf *out)
{
	bash_like(arena, "#compdef oakum\nautoload -U +X bashcompinit && bashcompinit\n",
		  "complete -o default -F _oakum oakum\n", out);
}

static void add_fish_text(struct oak_buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			oak_buf_addc(out, '\\');
		oak_buf_addc(out, *text);
	}
}

/* "not yet a word" for the first level, else "these words were seen". */
static void fish_line(struct oak_buf *out, const char *words, const char *what, const char *help)
{
	oak_buf_addf(out, "complete -c oakum -n '__oakum_at \"%s\"' %s -d '", words, what);
	add_fish_text(out, help ? help : "");
	oak_buf_adds(out, "'\n");
}

static void fish_prefix(struct oak_arena *arena, const char *words, struct oak_buf *out)
{
	OAK_AUTO(oak_buf_done) struct oak_buf next;
	oak_buf_init(&next, 65536);
	add_next_words(arena, words, &next);
	struct oak_str rest = oak_str_trim((struct oak_str){oak_buf_text(&next), next.n}), part;
	while (rest.n && oak_str_next(&rest, ' ', &part)) {
		const char *word = oak_arena_strndup(arena, part.p, part.n);
		const char *full = *words ? oak_arena_printf(arena, "%s %s", words, word) : word;
		const struct oak_cmd *cmd = oak_cmd_find(full);
		fish_line(out, words, oak_arena_printf(arena, "-f -a %s", word),
			  cmd ? cmd->summary : oak_group_summary(full));
	}
	const struct oak_opt *o;
	for (size_t i = 0; (o = oak_opt_each(oak_cmd_find(words), &i));) {
		if (o->flags & OAK_OPT_HIDDEN)
			continue;
		const char *letter = o->letter ? oak_arena_printf(arena, " -s %c", o->letter) : "";
		char *values = oak_opt_is_choice(o) ? oak_arena_printf(arena, " -x -a '%s'", o->value) : NULL;
		for (char *p = values; p && *p; p++)
			*p = *p == '|' ? ' ' : *p;
		const char *more = values ? values : o->kind == OAK_OPT_FLAG ? "" : " -r";
		fish_line(out, words, oak_arena_printf(arena, "-l %s%s%s", o->name, letter, more), o->help);
	}
}

static const char *const fish_head =
	"# fish completion for oakum; made by 'oakum help --completion fish'\n"
	"function __oakum_at\n"
	"\tset -l seen (commandline -opc)[2..-1]\n"
	"\tset -l words (string match -v -- '-*' $seen)\n"
	"\tset -l want (string split -n ' ' -- $argv[1])\n"
	"\ttest (count $want) -eq 0; and test (count $words) -gt 0; and return 1\n"
	"\tfor i in (seq (count $want))\n"
	"\t\ttest \"$words[$i]\" = \"$want[$i]\"; or return 1\n"
	"\tend\n"
	"end\n";

static void format_fish(struct oak_arena *arena, struct oak_buf *out)
{
	oak_buf_adds(out, fish_head);
	each_prefix(arena, fish_prefix, out);
}

bool oak_completion_format(struct oak_arena *arena, const char *shell, struct oak_buf *out)
{
	static const struct {
		const char *shell;
		void (*format)(struct oak_arena *arena, struct oak_buf *out);
	} shells[] = {{"bash", format_bash}, {"zsh", format_zsh}, {"fish", format_fish}};
	for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++) {
		if (!oak_streq(shells[i].shell, shell))
			continue;
		shells[i].format(arena, out);
		return true;
	}
	return false;
}
