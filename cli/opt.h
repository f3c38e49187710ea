/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parsing of the command line by the command table: which command, which options, which arguments. */
#ifndef OAK_CLI_OPT_H
#define OAK_CLI_OPT_H

#include "cli/cmd.h"
#include "core/suggest.h"

struct oak_given {
	const struct oak_opt *opt;
	OAK_VEC(const char *) values; /* a flag has none */
	bool off;                     /* a flag that the configuration sets to false */
};

struct oak_parsed {
	OAK_VEC(struct oak_given) given;
	OAK_VEC(const char *) args;
	const char *prefix; /* the words that were found to be a command or group; "" = none */
	bool help;
};

/* Find the command in ARGV (argv[0] is skipped) and parse everything. *ret_cmd is NULL when only a group, or nothing,
 * was named. Errors: usage.* (INVALID). */
int oak_opt_parse(struct oak_arena *arena, int argc, char **argv, const struct oak_cmd **ret_cmd,
		  struct oak_parsed *ret, struct oak_error *err) OAK_MUST_USE;

/* Check VALUE against the option's kind of value. WHERE names it in messages ("'--at'", "'scan.at' (line 3)"). */
int oak_opt_check(const struct oak_opt *opt, const char *where, const char *value, struct oak_error *err) OAK_MUST_USE;

struct oak_given *oak_given_find(const struct oak_parsed *parsed, const char *name);
struct oak_given *oak_given_add(struct oak_arena *arena, struct oak_parsed *parsed, const struct oak_opt *opt);

/* Walk over all options that CMD accepts (its own, --dry-run if it changes something, the global ones not hidden by
 * its own): start with *INDEX 0; NULL at the end. CMD may be NULL. */
const struct oak_opt *oak_opt_each(const struct oak_cmd *cmd, size_t *index);
bool oak_opt_is_global(const struct oak_opt *opt);
bool oak_opt_is_choice(const struct oak_opt *opt); /* its value is one of a few words */

#endif
