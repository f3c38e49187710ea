/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line against the table: forms of options, where they may stand, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/opt.h"
#include "core/buf.h"
#include "core/str.h"

enum { WORDS_MAX = 12 };

/* "cmd|arg,arg|--opt=value,--flag" of what was parsed, or "!id". */
static const char *parse(struct oak_arena *arena, const char *line)
{
	char *argv[WORDS_MAX] = {"oakum"};
	int argc = 1;
	struct oak_str rest = oak_str_of(line), part;
	while (*line && oak_str_next(&rest, ' ', &part))
		argv[argc++] = oak_arena_strndup(arena, part.p, part.n);
	const struct oak_cmd *cmd;
	struct oak_parsed parsed;
	struct oak_error err = {0};
	if (oak_opt_parse(arena, argc, argv, &cmd, &parsed, &err) < 0) {
		assert_int_equal(err.kind, OAK_INVALID);
		return oak_arena_printf(arena, "!%s", err.id);
	}
	OAK_AUTO(oak_buf_done) struct oak_buf out;
	oak_buf_init(&out, 4096);
	oak_buf_addf(&out, "%s|", cmd ? cmd->name : "");
	for (size_t i = 0; i < parsed.args.n; i++)
		oak_buf_addf(&out, "%s%s", i ? "," : "", parsed.args.v[i]);
	oak_buf_addc(&out, '|');
	for (size_t i = 0; i < parsed.given.n; i++) {
		const struct oak_given *g = &parsed.given.v[i];
		oak_buf_addf(&out, "%s--%s", i ? "," : "", g->opt->name);
		for (size_t j = 0; j < g->values.n; j++)
			oak_buf_addf(&out, "%c%s", j ? '+' : '=', g->values.v[j]);
	}
	return oak_arena_strdup(arena, oak_buf_text(&out));
}

static void test_lines(void **state)
{
	(void)state;
	static const struct {
		const char *line, *expected;
	} rows[] = {
		{"", "||"},
		{"scan", "scan||"},
		{"scan -q", "scan||--quiet"},
		{"-q scan", "scan||--quiet"},
		{"scan -qv", "scan||--quiet,--verbose"},
		{"scan -o json", "scan||--output=json"},
		{"scan -ojson", "scan||--output=json"},
		{"scan -o=json", "scan||--output=json"},
		{"scan -qojson", "scan||--quiet,--output=json"},
		{"scan --output=json", "scan||--output=json"},
		{"scan --output json --output csv", "scan||--output=csv"},
		{"scan --baseline=a=b", "scan||--baseline=a=b"},
		{"--output json scan", "scan||--output=json"},
		{"db check", "db check||"},
		{"db -q check", "db check||--quiet"},
		{"-o json db --state /x check", "db check||--output=json,--state=/x"},
		{"db", "||"},
		{"version", "version||"},
		{"version compare deb 1 2", "version compare|deb,1,2|"},
		{"version compare deb -- -1 -2", "version compare|deb,-1,-2|"},
		{"version compare -o json deb 1 2", "version compare|deb,1,2|--output=json"},
		{"scan --inventory -", "scan||--inventory=-"},
		{"scan --help", "scan||--help"},
		{"version compare --help", "version compare||--help"},
		{"scan --at 2026-01-01T00:00:00Z", "scan||--at=2026-01-01T00:00:00Z"},
		{"scan --timeout 90s", "scan||--timeout=90s"},
		{"scann", "!usage.command-unknown"},
		{"db chek", "!usage.command-unknown"},
		{"db check x", "!usage.args"},
		{"version x", "!usage.args"},
		{"version compare deb 1", "!usage.args"},
		{"scan --", "scan||"},
		{"scan -- x", "!usage.args"},
		{"scan --nothing", "!usage.option-unknown"},
		{"scan --exit", "!usage.option-unknown"},
		{"scan -x", "!usage.option-unknown"},
		{"--exit-code scan", "!usage.option-unknown"},
		{"version --exit-code", "!usage.option-unknown"},
		{"scan --baseline", "!usage.option-value"},
		{"scan --baseline=", "!usage.option-value"},
		{"scan --exit-code=1", "!usage.option-value"},
		{"scan -o", "!usage.option-value"},
		{"scan -o text", "!usage.option-value"},
		{"scan --at now", "!usage.option-value"},
		{"scan --timeout 5", "!usage.option-value"},
		{"scan --color blue", "!usage.option-value"},
		{"history --limit -1", "!usage.option-value"},
		{"scan --dry-run", "!usage.option-unknown"}, /* it changes nothing */
		{"db vacuum --dry-run", "db vacuum||--dry-run"},
	};
	struct oak_arena *arena = oak_arena_new();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *got = parse(arena, rows[i].line);
		if (!oak_streq(got, rows[i].expected))
			fail_msg("'oakum %s' gives '%s' instead of '%s'", rows[i].line, got, rows[i].expected);
	}
	oak_arena_free(arena);
}

static void test_suggestions(void **state)
{
	(void)state;
	static const struct {
		const char *word, *a, *b, *expected;
	} rows[] = {
		{"basline", "baseline", "scan", "baseline"}, {"scna", "scan", "plan", "scan"},
		{"xyzzy", "scan", "plan", NULL},	     {"pln", "scan", "plan", "plan"},
		{"", "scan", "plan", NULL},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct oak_suggestion s = {.word = rows[i].word};
		oak_suggest(&s, rows[i].a);
		oak_suggest(&s, rows[i].b);
		if (!oak_streq(s.best, rows[i].expected))
			fail_msg("'%s' suggests '%s'", rows[i].word, s.best ? s.best : "nothing");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines), cmocka_unit_test(test_suggestions)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
