/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shutdown(8), else systemctl. */
#include "distributor/patch/boot.h"

#include "core/fs.h"
#include "distributor/patch/tool.h"

bool oak_boot_possible(void)
{
	return oak_fs_is_dir("/run/systemd/system");
}

int oak_boot_ask(const struct oak_patch_host *host, struct oak_arena *arena, const struct oak_boot_request *request, struct oak_error *err)
{
	long long minutes = (long long)((request->delay_s + 59) / 60);
	if (request->command)
		return oak_boot_by_command(host, arena, request, err);
	if (!oak_tool_on_host("shutdown"))
		return oak_boot_by_program(host, arena, (const char *const[]){"systemctl", "reboot", NULL}, NULL, err);
	const char *when = minutes ? oak_arena_printf(arena, "+%lld", minutes) : "now";
	return oak_boot_by_program(host, arena, (const char *const[]){"shutdown", "-r", when, request->message, NULL}, NULL, err);
}
