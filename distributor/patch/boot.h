/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking the running system to boot again. */
#ifndef OAK_DISTRIBUTOR_PATCH_BOOT_H
#define OAK_DISTRIBUTOR_PATCH_BOOT_H

#include "distributor/patch/installer.h"

struct oak_boot_request {
	const char *command; /* absolute path of a program of the administrator's that boots; NULL = the system's own way */
	const char *run_id;
	const char *message; /* for those who are logged in */
	int64_t delay_s;
};

/* Whether the system has a way of its own. */
bool oak_boot_possible(void);

/* Whether COMMAND may be run when its time comes: asked before a run changes anything.
 * Errors: boot.command (INVALID: not absolute), file.*, trust.*, hook.not-executable (INVALID). */
int oak_boot_check(const char *command, struct oak_error *err) OAK_MUST_USE;

/* Ask for it; returns before it happens. Output of programs is in run_dir/logs/reboot.log. A command of the administrator's
 * is told OAKUM_RUN, OAKUM_REBOOT_MESSAGE and OAKUM_REBOOT_DELAY (seconds); keeping to them is its task.
 * Errors: patch.reboot (IO), exec.start, those of oak_boot_check. */
int oak_boot_ask(const struct oak_patch_host *host, struct oak_arena *arena, const struct oak_boot_request *request,
		 struct oak_error *err) OAK_MUST_USE;

/* With a command of the administrator's, the same on every system. */
int oak_boot_by_command(const struct oak_patch_host *host, struct oak_arena *arena, const struct oak_boot_request *request,
			struct oak_error *err) OAK_MUST_USE;

/* With the program of ARGV; ENV: more variables, NULL-terminated, NULL = none. */
int oak_boot_by_program(const struct oak_patch_host *host, struct oak_arena *arena, const char *const *argv, const char *const *env,
			struct oak_error *err) OAK_MUST_USE;

#endif
