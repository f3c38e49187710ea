/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A backend's work in a forked child: shared arena, limits, dropped rights; crash and time-out become errors. */
#ifndef OAK_SCANNERS_CHILD_H
#define OAK_SCANNERS_CHILD_H

#include "scanners/scanner.h"

/* What the child does. Returns 0 or -1 with ERR, as a backend does; *ret_answer lies in ARENA. */
struct oak_child_work {
	int (*run)(void *arg, struct oak_arena *arena, void **ret_answer, struct oak_error *err);
	void *arg;
	const struct oak_scan_request *request; /* time limit, stop, where the child may write */
	/* Runs in the parent while the child works; NULL = nothing. */
	void (*meanwhile)(void *arg);
};

/* *ret_arena then holds *ret_answer, not checked yet: see scanners/answer.h. On failure both are untouched.
 * Errors: scan.crashed, scan.timeout, scan.interrupted, scan.fork and those of run(). */
int oak_child_run(const struct oak_child_work *work, struct oak_arena **ret_arena, void **ret_answer,
		  struct oak_error *err) OAK_MUST_USE;

/* In the child: give up what a reader does not need: new privileges, core files, capabilities but reading, and
 * writing anywhere but below CACHE_DIR (Landlock, where the kernel has it). */
void oak_child_confine(const struct oak_scan_request *request);

#endif
