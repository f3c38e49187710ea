/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command table: names, options, preconditions, help, completion and configuration keys from the same rows. */
#ifndef OAK_CLI_CMD_H
#define OAK_CLI_CMD_H

#include <stdbool.h>

#include "cli/out.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/mem.h"
#include "core/time.h"
#include "core/value.h"

enum oak_opt_kind { OAK_OPT_FLAG, OAK_OPT_TEXT, OAK_OPT_LIST /* repeatable */ };
enum {
	OAK_OPT_NO_CONFIG = 1, /* never a configuration key: it weakens trust, or is about one call only */
	OAK_OPT_HIDDEN = 2,    /* not in help (test hooks) */
};

/* One option. Its configuration key is the long name in camelCase below the command's name
 * (scan: {exitCode: true}), unless OAK_OPT_NO_CONFIG. */
struct oak_opt {
	const char *name;  /* long name without dashes */
	char letter;       /* 0 = none */
	enum oak_opt_kind kind;
	const char *value; /* what the value is: "FILE", "NAME|FILE", "never|if-needed|always" (checked if it is a choice) */
	const char *help;  /* one line, lower case, no full stop */
	unsigned flags;
};

enum {
	OAK_CMD_STORE = 1,  /* opens the state database */
	OAK_CMD_ROOT = 2,   /* works on --root */
	OAK_CMD_CHANGES = 4 /* changes something: has --dry-run */
};

struct oak_context;

struct oak_cmd {
	const char *name;     /* "scan", "baseline check" */
	const char *args;     /* "NAME|FILE", "[OS NAME]", "" */
	int min_args, max_args; /* max -1 = any */
	const char *summary;  /* one line */
	const char *description; /* paragraphs for the man page; \n\n between them */
	const struct oak_opt *opts; /* ended by a NULL name; NULL = none of its own */
	unsigned flags;
	int (*run)(struct oak_context *ctx); /* exit code 0, 3, 4 …; -1 with ctx->err set: its exit code is used */
};

extern const struct oak_cmd *const oak_commands[]; /* NULL-terminated, in the order of the help */
extern const struct oak_opt oak_global_opts[];

/* Everything a command gets. Values come from the command line, else from the configuration file. */
struct oak_context {
	struct oak_arena *arena; /* for this call */
	const struct oak_cmd *cmd;
	const char *const *args; /* positional ones */
	size_t arg_count;
	const char *config_file, *state_dir, *cache_dir, *root;
	const struct oak_value *config; /* the configuration document, NULL = none */
	bool quiet, verbose, no_network, dry_run;
	bool at_given;
	oak_time at; /* --at, else OAK_TIME_NONE */
	struct oak_clock clock; /* fixed at --at when given */
	struct oak_out out;
	struct oak_error err;
	struct oak_parsed *parsed; /* private to cli/opt.c */
};

/* Option values of this call; NULL / false / 0 when not given. */
const char *oak_opt_text(const struct oak_context *ctx, const char *name);
bool oak_opt_flag(const struct oak_context *ctx, const char *name);
size_t oak_opt_list(const struct oak_context *ctx, const char *name, const char *const **ret_values);
oak_time oak_ctx_now(const struct oak_context *ctx);

/* Becomes non-zero on SIGINT (130) or SIGTERM (143). */
extern volatile int oak_stop_signal;

/* The whole program: parse, run, print the error once, exit code. */
int oak_main(int argc, char **argv);

#endif
