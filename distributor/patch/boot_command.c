/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program that boots the system. */
#include "distributor/patch/boot.h"
#include "distributor/patch/tool.h"

int oak_boot_by_command(const struct oak_patch_host *host, struct oak_arena *arena, const char *const *argv, struct oak_error *err)
{
	struct oak_argv list = {.arena = arena};
	struct oak_tool tool = {.host = host, .argv = &list, .log = "reboot"};
	int code = 0;
	oak_argv_add_all(&list, argv);
	if (oak_tool_run(&tool, &code, err) < 0)
		return -1;
	if (code > 0) /* -1: the shutdown that it asked for ended it */
		return oak_fail(err, OAK_IO, "patch.reboot", 0, "'%s' failed with %d: %s", argv[0], code,
				oak_tool_complaint(host, arena, "reboot"));
	return 0;
}
