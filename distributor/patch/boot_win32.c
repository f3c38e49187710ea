/* SPDX-License-Identifier: GPL-3.0-or-later */
/* InitiateSystemShutdownEx, with the privilege that it needs. */
#include "distributor/patch/boot.h"

#include <stdlib.h>
#include <windows.h>

#include "core/windows_text.h"

bool oak_boot_possible(void)
{
	return true;
}

static bool take_privilege(void)
{
	HANDLE token;
	TOKEN_PRIVILEGES wanted = {.PrivilegeCount = 1, .Privileges[0].Attributes = SE_PRIVILEGE_ENABLED};
	if (!OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY, &token))
		return false;
	bool ok = LookupPrivilegeValueW(NULL, L"SeShutdownPrivilege", &wanted.Privileges[0].Luid) &&
		  AdjustTokenPrivileges(token, FALSE, &wanted, 0, NULL, NULL) && GetLastError() == ERROR_SUCCESS;
	CloseHandle(token);
	return ok;
}

int oak_boot_ask(const struct oak_patch_host *host, struct oak_arena *arena, const struct oak_boot_request *request, struct oak_error *err)
{
	if (request->command)
		return oak_boot_by_command(host, arena, request, err);
	enum { PLANNED_UPDATE = SHTDN_REASON_MAJOR_OPERATINGSYSTEM | SHTDN_REASON_MINOR_HOTFIX | (int)SHTDN_REASON_FLAG_PLANNED };
	wchar_t *message = oak_wide(request->message);
	DWORD delay = request->delay_s > 0 && request->delay_s < 315360000 ? (DWORD)request->delay_s : 0;
	bool ok = take_privilege() && InitiateSystemShutdownExW(NULL, message, delay, TRUE, TRUE, (DWORD)PLANNED_UPDATE);
	DWORD code = GetLastError();
	free(message);
	if (!ok && code != ERROR_SHUTDOWN_IN_PROGRESS)
		return oak_fail(err, OAK_IO, "patch.reboot", (int)code, "cannot ask Windows to reboot: error %lu", code);
	return 0;
}
