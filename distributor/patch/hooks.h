/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hooks: programs of the administrator at four points of a run. */
#ifndef OAK_DISTRIBUTOR_PATCH_HOOKS_H
#define OAK_DISTRIBUTOR_PATCH_HOOKS_H

#include "distributor/journal.h"
#include "distributor/patch/installer.h"

enum oak_hook { OAK_HOOK_PRE_INSTALL, OAK_HOOK_POST_INSTALL, OAK_HOOK_PRE_REBOOT, OAK_HOOK_ON_EXIT, OAK_HOOK_COUNT };

struct oak_hooks {
	OAK_VEC(const char *) paths[OAK_HOOK_COUNT]; /* absolute; run in this order */
	int64_t timeout_s;                           /* of each; 0 = 600 */
};

/* What a hook is told: OAKUM_HOOK, OAKUM_RUN, OAKUM_KIND, OAKUM_ROOT, OAKUM_NODE, OAKUM_STATUS, OAKUM_ACTIONS (count),
 * OAKUM_REBOOT (1 = one will follow), OAKUM_PLAN and OAKUM_RUN_DIR (paths). */
struct oak_hook_facts {
	const char *run_id, *kind, *node_id, *status, *plan_path;
	size_t actions;
	bool reboot;
};

/* Everything about a hook file that makes it unfit: checked for all of them before a run begins.
 * Errors: hook.path (INVALID: not absolute), hook.missing (NOT_FOUND), hook.not-executable (INVALID), trust.*. */
int oak_hooks_check(const struct oak_hooks *hooks, struct oak_error *err) OAK_MUST_USE;

/* Run the hooks of one point; the first failing one ends it. A stop signal ends them, but those of ON_EXIT. Their output is in run_dir/logs/hook-NAME.log.
 * Errors: hook.failed (IO: exit code and last words), hook.timeout (IO; its whole process group is gone), trust.* (the file was changed meanwhile). */
int oak_hooks_run(const struct oak_hooks *hooks, enum oak_hook hook, const struct oak_patch_host *host,
		  const struct oak_hook_facts *facts, struct oak_error *err) OAK_MUST_USE;

const char *oak_hook_to_string(enum oak_hook hook); /* "pre-install" … */

#endif
