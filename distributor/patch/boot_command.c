/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program that boots the system. */
#include "core/system.h"
#include "core/trustfile.h"
#include "distributor/patch/boot.h"
#include "distributor/patch/script.h"
#include "distributor/patch/tool.h"

static int check(struct oak_arena *arena, const char *command, const char *const **ret_argv, struct oak_error *err)
{
	if (!oak_path_is_absolute(command))
		return oak_fail(err, OAK_INVALID, "boot.command", 0, "runs.rebootCommand '%s' must be an absolute path", command);
	if (oak_trust_check(command, err) < 0 || oak_script_argv(arena, command, NULL, ret_argv, err) < 0)
		return oak_context(err, "runs.rebootCommand");
	return 0;
}

int oak_boot_check(const char *command, struct oak_error *err)
{
	struct oak_arena *arena = oak_arena_new();
	const char *const *argv;
	int rc = check(arena, command, &argv, err);
	oak_arena_free(arena);
	return rc;
}

int oak_boot_by_program(const struct oak_patch_host *host, struct oak_arena *arena, const char *const *argv, const char *const *env,
			struct oak_error *err)
{
	struct oak_argv list = {.arena = arena};
	struct oak_tool tool = {.host = host, .argv = &list, .log = "reboot", .env = env};
	int code = 0;
	oak_argv_add_all(&list, argv);
	if (oak_tool_run(&tool, &code, err) < 0)
		return -1;
	if (code > 0) /* -1: the shutdown that it asked for ended it */
		return oak_fail(err, OAK_IO, "patch.reboot", 0, "'%s' failed with %d: %s", argv[0], code,
				oak_tool_complaint(host, arena, "reboot"));
	return 0;
}

int oak_boot_by_command(const struct oak_patch_host *host, struct oak_arena *arena, const struct oak_boot_request *request,
			struct oak_error *err)
{
	const char *const *argv;
	const char *const env[] = {
		oak_arena_printf(arena, "OAKUM_RUN=%s", request->run_id),
		oak_arena_printf(arena, "OAKUM_REBOOT_MESSAGE=%s", request->message),
		oak_arena_printf(arena, "OAKUM_REBOOT_DELAY=%lld", (long long)request->delay_s),
		NULL,
	};
	if (check(arena, request->command, &argv, err) < 0) /* it may have been changed since the run began */
		return -1;
	return oak_boot_by_program(host, arena, argv, env, err);
}
