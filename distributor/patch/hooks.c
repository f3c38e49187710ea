/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running hooks with a fixed environment, a time limit and their output kept. */
#include "distributor/patch/hooks.h"

#include <stdio.h>

#include "core/fs.h"
#include "core/str.h"
#include "core/system.h"
#include "core/trustfile.h"
#include "distributor/patch/script.h"
#include "distributor/patch/tool.h"

enum { DEFAULT_TIMEOUT = 600 };

static const char *const names[OAK_HOOK_COUNT] = {
	[OAK_HOOK_PRE_INSTALL] = "pre-install",
	[OAK_HOOK_POST_INSTALL] = "post-install",
	[OAK_HOOK_PRE_REBOOT] = "pre-reboot",
	[OAK_HOOK_ON_EXIT] = "on-exit",
};

const char *oak_hook_to_string(enum oak_hook hook)
{
	return names[hook];
}

/* *ret_argv: how it is run, in ARENA. */
static int check_one(struct oak_arena *arena, const char *path, const char *hook, const char *const **ret_argv, struct oak_error *err)
{
	if (!oak_path_is_absolute(path))
		return oak_fail(err, OAK_INVALID, "hook.path", 0, "the %s hook '%s' must be an absolute path", hook, path);
	if (!oak_fs_exists(path))
		return oak_fail(err, OAK_INVALID, "hook.missing", 0, "the %s hook '%s' does not exist", hook, path);
	if (oak_trust_check(path, err) < 0)
		return oak_context(err, "%s hook", hook);
	return oak_script_argv(arena, path, NULL, ret_argv, err) < 0 ? oak_context(err, "%s hook", hook) : 0;
}

int oak_hooks_check(const struct oak_hooks *hooks, struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	const char *const *argv;
	int rc = 0;
	for (int h = 0; h < OAK_HOOK_COUNT; h++)
		for (size_t i = 0; rc == 0 && i < hooks->paths[h].n; i++)
			rc = check_one(arena, hooks->paths[h].v[i], names[h], &argv, err);
	oak_arena_free(arena);
	return rc;
}

static const char *const *make_env(struct oak_arena *arena, enum oak_hook hook, const struct oak_patch_host *host,
				   const struct oak_hook_facts *f)
{
	OAK_VEC(const char *) env = {0};
	*oak_push(arena, &env) = oak_arena_printf(arena, "OAKUM_HOOK=%s", names[hook]);
	*oak_push(arena, &env) = oak_arena_printf(arena, "OAKUM_RUN=%s", f->run_id);
	*oak_push(arena, &env) = oak_arena_printf(arena, "OAKUM_KIND=%s", f->kind);
	*oak_push(arena, &env) = oak_arena_printf(arena, "OAKUM_ROOT=%s", host->root);
	*oak_push(arena, &env) = oak_arena_printf(arena, "OAKUM_NODE=%s", f->node_id ? f->node_id : "");
	*oak_push(arena, &env) = oak_arena_printf(arena, "OAKUM_STATUS=%s", f->status ? f->status : "");
	*oak_push(arena, &env) = oak_arena_printf(arena, "OAKUM_ACTIONS=%zu", f->actions);
	*oak_push(arena, &env) = oak_arena_printf(arena, "OAKUM_REBOOT=%d", f->reboot);
	*oak_push(arena, &env) = oak_arena_printf(arena, "OAKUM_PLAN=%s", f->plan_path ? f->plan_path : "");
	*oak_push(arena, &env) = oak_arena_printf(arena, "OAKUM_RUN_DIR=%s", host->run_dir);
	*oak_push(arena, &env) = NULL;
	return env.v;
}

static int run_one(struct oak_arena *arena, const char *path, enum oak_hook hook, const struct oak_patch_host *host, int64_t timeout,
		   const char *const *env, struct oak_error *err)
{
	const char *const *command;
	if (check_one(arena, path, names[hook], &command, err) < 0)
		return -1;
	struct oak_patch_host limited = *host;
	struct oak_argv argv = {.arena = arena};
	const char *log = oak_arena_printf(arena, "hook-%s", names[hook]);
	struct oak_tool tool = {.host = &limited, .argv = &argv, .log = log, .env = env, .stoppable = hook != OAK_HOOK_ON_EXIT}; /* cleaning up is part of stopping */
	int code = 0;
	limited.timeout_s = timeout;
	oak_argv_add_all(&argv, command);
	if (oak_tool_run(&tool, &code, err) < 0) {
		if (oak_streq(err->id, "patch.timeout"))
			return oak_fail(err, OAK_IO, "hook.timeout", 0, "the %s hook '%s' did not end within %lld seconds", names[hook], path,
					(long long)timeout);
		return -1;
	}
	if (code != 0)
		return oak_fail(err, OAK_IO, "hook.failed", 0, "the %s hook '%s' failed with %d: %s", names[hook], path, code,
				oak_tool_complaint(host, arena, log));
	return 0;
}

int oak_hooks_run(const struct oak_hooks *hooks, enum oak_hook hook, const struct oak_patch_host *host,
		  const struct oak_hook_facts *facts, struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	const char *const *env = make_env(arena, hook, host, facts);
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < hooks->paths[hook].n; i++)
		rc = run_one(arena, hooks->paths[hook].v[i], hook, host, hooks->timeout_s ? hooks->timeout_s : DEFAULT_TIMEOUT, env, err);
	oak_arena_free(arena);
	return rc;
}
