/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command table is well formed: names, help, letters, configuration keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>

#include "cli/config.h"
#include "cli/help.h"
#include "cli/opt.h"
#include "core/map.h"
#include "core/str.h"

static void check_text(const char *where, const char *text)
{
	size_t n = text ? strlen(text) : 0;
	if (n < 5 || text[n - 1] == '.' || strchr(text, '\n'))
		fail_msg("%s: '%s' is no one-line summary without full stop", where, text ? text : "(none)");
	if (isupper((unsigned char)text[0]) && !isupper((unsigned char)text[1]))
		fail_msg("%s: '%s' begins in upper case", where, text);
}

static void test_commands(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	struct oak_map names;
	oak_map_init(&names, arena, 100);
	for (const struct oak_cmd *const *c = oak_commands; *c; c++) {
		const struct oak_cmd *cmd = *c;
		if (oak_map_has(&names, cmd->name))
			fail_msg("command '%s' is there twice", cmd->name);
		oak_map_put(&names, cmd->name, arena);
		check_text(cmd->name, cmd->summary);
		if (!cmd->description || strlen(cmd->description) < 20)
			fail_msg("command '%s' has no description", cmd->name);
		assert_non_null(cmd->args);
		assert_non_null(cmd->run);
		assert_true(cmd->max_args < 0 || cmd->min_args <= cmd->max_args);
		assert_true((cmd->max_args != 0) == (*cmd->args != '\0'));
	}
	oak_arena_free(arena);
}

static void test_groups_have_a_summary(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	for (const struct oak_cmd *const *c = oak_commands; *c; c++) {
		const char *name = (*c)->name;
		for (const char *gap = strchr(name, ' '); gap; gap = strchr(gap + 1, ' ')) {
			const char *group = oak_arena_strndup(arena, name, (size_t)(gap - name));
			if (!oak_group_summary(group) && !oak_cmd_find(group))
				fail_msg("group '%s' is not in oak_groups", group);
		}
	}
	oak_arena_free(arena);
}

static void check_option(const struct oak_cmd *cmd, const struct oak_opt *opt)
{
	char where[100];
	snprintf(where, sizeof(where), "%s --%s", cmd->name, opt->name);
	check_text(where, opt->help);
	if ((opt->kind == OAK_OPT_FLAG) != !opt->value)
		fail_msg("%s: a flag has no value, everything else says which", where);
	if (strspn(opt->name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(opt->name))
		fail_msg("%s: its name has other characters than a-z 0-9 -", where);
}

static void test_options(void **state)
{
	(void)state;
	for (const struct oak_cmd *const *c = oak_commands; *c; c++) {
		const struct oak_opt *opt, *other;
		for (size_t i = 0; (opt = oak_opt_each(*c, &i));) {
			check_option(*c, opt);
			for (size_t j = i; (other = oak_opt_each(*c, &j));) {
				if (oak_streq(opt->name, other->name))
					fail_msg("%s --%s is there twice", (*c)->name, opt->name);
				if (opt->letter && opt->letter == other->letter)
					fail_msg("%s: -%c is --%s and --%s", (*c)->name, opt->letter, opt->name, other->name);
			}
		}
	}
}

/* A configuration key means one thing, and none is both a value and the beginning of others. */
static void test_configuration_keys(void **state)
{
	(void)state;
	struct oak_arena *arena = oak_arena_new();
	OAK_VEC(const char *) paths = {0};
	for (const struct oak_setting *s = oak_settings; s->path; s++)
		*oak_push(arena, &paths) = s->path;
	for (const struct oak_opt *o = oak_global_opts; o->name; o++)
		if (!(o->flags & OAK_OPT_NO_CONFIG))
			*oak_push(arena, &paths) = oak_config_path(arena, NULL, o);
	for (const struct oak_cmd *const *c = oak_commands; *c; c++)
		for (const struct oak_opt *o = (*c)->opts; o && o->name; o++)
			if (!(o->flags & OAK_OPT_NO_CONFIG))
				*oak_push(arena, &paths) = oak_config_path(arena, *c, o);
	for (size_t i = 0; i < paths.n; i++) {
		size_t n = strlen(paths.v[i]);
		for (size_t j = 0; j < paths.n; j++)
			if (i != j && strncmp(paths.v[i], paths.v[j], n) == 0 &&
			    (paths.v[j][n] == '.' || paths.v[j][n] == '\0'))
				fail_msg("configuration keys '%s' and '%s' contradict each other", paths.v[i], paths.v[j]);
	}
	oak_arena_free(arena);
}

static void test_settings_have_help(void **state)
{
	(void)state;
	for (const struct oak_setting *s = oak_settings; s->path; s++)
		check_text(s->path, s->help);
	for (const struct oak_group *g = oak_groups; g->name; g++)
		check_text(g->name, g->summary);
}

static void test_exit_precedence(void **state)
{
	(void)state;
	static const int worst_first[] = {130, 2, 5, 1, 75, 4, 3, 0};
	for (size_t i = 0; i < sizeof(worst_first) / sizeof(*worst_first); i++)
		for (size_t j = i; j < sizeof(worst_first) / sizeof(*worst_first); j++) {
			assert_int_equal(oak_exit_worse(worst_first[i], worst_first[j]), worst_first[i]);
			assert_int_equal(oak_exit_worse(worst_first[j], worst_first[i]), worst_first[i]);
		}
}

static void test_name_or_file(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool file;
	} rows[] = {
		{"strict", false},	   {"./strict", true},	{"a/b", true},	       {"a\\b", true},
		{"x.json", true},	   {"x.yaml", true},	{"x.yml", true},       {"x.toml", false},
		{"repo:main/x.json", false}, {"http://h/x.json", false}, {"https://h/x", false}, {"-", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(oak_is_file_name(rows[i].text), rows[i].file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),	 cmocka_unit_test(test_groups_have_a_summary),
		cmocka_unit_test(test_options),		 cmocka_unit_test(test_configuration_keys),
		cmocka_unit_test(test_settings_have_help), cmocka_unit_test(test_exit_precedence),
		cmocka_unit_test(test_name_or_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
