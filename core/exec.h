/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running another program: no shell, own process group, time and output limits. */
#ifndef OAK_CORE_EXEC_H
#define OAK_CORE_EXEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/error.h"

struct oak_exec {
	const char *const *argv;  /* NULL-terminated; argv[0] is looked up in PATH unless it has a slash */
	const char *const *env;   /* whole environment, NULL-terminated; NULL = ours */
	const char *dir;          /* working folder; NULL = ours */
	const char *chroot;       /* NULL = none */
	int64_t timeout_s;        /* 0 = none; then SIGTERM to the group, SIGKILL 5 s later */
	const void *input;        /* standard input; NULL = /dev/null */
	size_t input_n;
	struct oak_buf *out;      /* standard output; NULL = discarded; over its max the rest is dropped, never blocks */
	struct oak_buf *err;      /* standard error; may be the same buffer as out */
	/* Over 0: standard error, and standard output where neither out nor on_line is given, go straight into this file, so
	 * that the program is not disturbed if we end before it. */
	int log_fd;
	/* Called for each whole line of standard output as it comes; NULL = none. */
	void (*on_line)(void *arg, const char *line);
	void *on_line_arg;
	/* Not on Windows. Called in the child after its pipes are in place, before chroot: mounts, other outputs. Non-zero (an errno) = do not
	 * run. Only async-signal-safe work. NULL = none. */
	int (*in_child)(void *arg);
	/* Called about ten times a second while it runs; NULL = none. */
	void (*on_tick)(void *arg);
	/* A descriptor of the caller's: on_tick is called at once when *watch can be read. NULL, or *watch < 0 = none. */
	const int *watch;
	void *hook_arg; /* of both */
	const volatile int *stop; /* when it becomes non-zero the group is ended as on time-out; NULL = none */
};

struct oak_exec_result {
	int code;       /* exit code; -1 if ended by a signal */
	int signal;     /* 0 = none */
	bool timed_out, stopped;
};

/* On Windows argv[0] is looked up beside us, in the system's folders and PATH; the group is a job object.
 * Errors: exec.start (NOT_FOUND, DENIED …), exec.wait. A non-zero exit is a result, not an error. */
int oak_exec(const struct oak_exec *command, struct oak_exec_result *ret, struct oak_error *err) OAK_MUST_USE;

/* The program that is running, as a path to give to oak_exec; in ARENA. Errors: exec.start. */
struct oak_arena;
const char *oak_exec_self(struct oak_arena *arena, struct oak_error *err);

#endif
