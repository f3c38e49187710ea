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
	OAK_OPT_CHOICE = 4,    /* value is a choice although its words are not all in lower case */
};

/* One option. Its configuration key is the long name in camelCase below the command's name
 * (scan: {exitCode: true}; package: {install: {threshold: 2}}), unless OAK_OPT_NO_CONFIG.
 * An option of a command hides the global one of the same name. */
struct oak_opt {
	const char *name;  /* long name without dashes */
	char letter;       /* 0 = none */
	enum oak_opt_kind kind;
	/* What the value is: "FILE", "NAME|FILE"; lower-case words with '|' are a choice and checked;
	 * TIME (RFC 3339), DURATION (10m 2h 7d) and COUNT (0 and up) are checked too. */
	const char *value;
	const char *help;  /* one line, lower case, no full stop */
	unsigned flags;
};

enum {
	OAK_CMD_STORE = 1,     /* opens the state database */
	OAK_CMD_ROOT = 2,      /* works on --root */
	OAK_CMD_CHANGES = 4,   /* changes something: has --dry-run */
	OAK_CMD_NO_CONFIG = 8, /* runs without reading the configuration (version, help, doctor) */
	OAK_CMD_GRACEFUL = 16, /* looks at oak_stop_signal itself; others are ended 1 s after a signal */
	OAK_CMD_HIDDEN = 32,   /* not in help */
	OAK_CMD_MAKES_CONFIG = 64 /* --config may name a file that does not exist yet */
};

struct oak_context;

struct oak_cmd {
	const char *name;     /* "scan", "baseline check", "repo trust add" */
	const char *args;     /* "NAME|FILE", "[OS NAME]", "" */
	int min_args, max_args; /* max -1 = any */
	const char *summary;  /* one line, lower case, no full stop */
	const char *description; /* paragraphs for the man page; \n\n between them */
	const struct oak_opt *opts; /* ended by a NULL name; NULL = none of its own */
	unsigned flags;
	int (*run)(struct oak_context *ctx); /* exit code 0, 3, 4 …; -1 with ctx->err set: its exit code is used */
};

/* A first word that has commands below it ("baseline"), for the help. */
struct oak_group {
	const char *name, *summary;
};

/* A configuration key that is no option, in cli/settings.c. */
enum oak_setting_kind {
	OAK_SETTING_TEXT,     /* a scalar */
	OAK_SETTING_BOOL,
	OAK_SETTING_COUNT,    /* a whole number from 0 up */
	OAK_SETTING_TIME_SPAN, /* 10m 2h 7d */
	OAK_SETTING_LIST,     /* a list of scalars */
	OAK_SETTING_MAP,      /* any key with a scalar */
	OAK_SETTING_ANY       /* checked by whoever reads it */
};
struct oak_setting {
	const char *path; /* "node.name" */
	enum oak_setting_kind kind;
	const char *value; /* as in struct oak_opt */
	const char *help;
};

extern const struct oak_cmd *const oak_commands[]; /* NULL-terminated, in the order of the help */
extern const struct oak_group oak_groups[];        /* ended by a NULL name */
extern const struct oak_setting oak_settings[];    /* ended by a NULL path */
extern const struct oak_opt oak_global_opts[];

/* Everything a command gets. Values come from the command line, else from the configuration file. */
struct oak_context {
	struct oak_arena *arena; /* for this call */
	const struct oak_cmd *cmd;
	const char *const *args; /* positional ones */
	size_t arg_count;
	const char *config_file;             /* NULL = none was read */
	const char *state_dir, *cache_dir;   /* absolute; may not exist yet */
	const char *root;                    /* absolute, no trailing slash except for "/" */
	const struct oak_value *config; /* the configuration document, NULL = none */
	bool quiet, verbose, no_network, no_notify, dry_run;
	bool at_given;
	oak_time at; /* --at, else OAK_TIME_NONE */
	struct oak_clock clock; /* fixed at --at when given */
	struct oak_out out;
	struct oak_error err;
	struct oak_parsed *parsed; /* private to cli/opt.c */
	int64_t phase_at;          /* private to cli/phase.c */
};

/* Option values of this call; NULL / false / 0 when not given. */
const char *oak_opt_text(const struct oak_context *ctx, const char *name);
bool oak_opt_flag(const struct oak_context *ctx, const char *name);
size_t oak_opt_list(const struct oak_context *ctx, const char *name, const char *const **ret_values);
/* As text, converted; FALLBACK when not given. For values that the table says are COUNT, DURATION, TIME. */
int64_t oak_opt_count(const struct oak_context *ctx, const char *name, int64_t fallback);
int64_t oak_opt_duration(const struct oak_context *ctx, const char *name, int64_t fallback);
oak_time oak_opt_time(const struct oak_context *ctx, const char *name, oak_time fallback);
oak_time oak_ctx_now(const struct oak_context *ctx);

/* Only root, on Windows an elevated administrator, may change the host; anybody may look with --dry-run.
 * Errors: patch.root-needed (DENIED). */
int oak_ctx_check_rights(struct oak_context *ctx) OAK_MUST_USE;

/* A configuration key by its path ("node.name"); NULL = absent. */
const struct oak_value *oak_config_get(const struct oak_context *ctx, const char *path);
const char *oak_config_text(const struct oak_context *ctx, const char *path); /* a scalar as text, in the arena */

/* Load a document that the command line names as input ("-" = standard input). A file that is absent, a folder
 * or malformed is bad input: exit 2. Errors: as oak_value_load. */
int oak_input_load(struct oak_context *ctx, const char *file, size_t max_bytes, const struct oak_value **ret)
	OAK_MUST_USE;

/* After a failure to open what the command line names: that it is absent is bad input (NOT_FOUND becomes INVALID: exit 2). Returns -1. */
int oak_input_missing(struct oak_error *err);

/* True if TEXT is a file by the rule for NAME|FILE: "repo:" and http(s):// are neither file nor name. */
bool oak_is_file_name(const char *text);

/* The worse of two exit codes: 130/143, then 2, 5, 1, 75, 4, 3, 0. */
int oak_exit_worse(int a, int b);

/* One line of the audit log in the state folder: EVENT "baseline.import", SUBJECT what was changed, DETAIL a sentence
 * or NULL. To be called before the change takes effect. Nothing with --dry-run. Errors: audit.write, file.mkdir. */
int oak_ctx_audit(struct oak_context *ctx, const char *event, const char *subject, const char *detail) OAK_MUST_USE;

/* With -v: "oakum: scan: 24 ms" on standard error, the time since the last phase ended. */
void oak_phase_end(struct oak_context *ctx, const char *phase);

/* Non-zero after SIGINT or SIGTERM (the signal's number). */
extern volatile int oak_stop_signal;

/* The whole program: parse, run, print the error once, exit code. */
int oak_main(int argc, char **argv);

#endif
