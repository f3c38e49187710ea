/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Power supplies as Windows reports them. */
#include "distributor/patch/power.h"

#include <windows.h>

enum { LEAST_PERCENT = 30, ON_BATTERY = 0, NO_BATTERY = 128, UNKNOWN = 255 };

const char *oak_power_problem(struct oak_arena *arena, const char *root)
{
	(void)root;
	SYSTEM_POWER_STATUS status;
	if (!GetSystemPowerStatus(&status) || status.ACLineStatus != ON_BATTERY || status.BatteryFlag == UNKNOWN ||
	    (status.BatteryFlag & NO_BATTERY) || status.BatteryLifePercent > 100 || status.BatteryLifePercent >= LEAST_PERCENT)
		return NULL;
	return oak_arena_printf(arena, "the host runs on a battery of %u %% (%d are needed)", status.BatteryLifePercent, LEAST_PERCENT);
}
