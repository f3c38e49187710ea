/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Power supplies as the kernel shows them. */
#include "distributor/patch/power.h"

#include <dirent.h>

#include "core/str.h"
#include "scanners/root.h"

enum { LEAST_PERCENT = 30 };

const char *oak_power_problem(struct oak_arena *arena, const char *root)
{
	const char *folder = oak_root_join(arena, root, "/sys/class/power_supply");
	DIR *dir = opendir(folder);
	bool mains = false, discharging = false;
	int64_t least = 100;
	for (struct dirent *e; dir && (e = readdir(dir));) {
		if (e->d_name[0] == '.')
			continue;
		const char *base = oak_arena_printf(arena, "/sys/class/power_supply/%s", e->d_name);
		const char *type = oak_root_line(arena, root, oak_arena_printf(arena, "%s/type", base));
		const char *online = oak_root_line(arena, root, oak_arena_printf(arena, "%s/online", base));
		const char *status = oak_root_line(arena, root, oak_arena_printf(arena, "%s/status", base));
		const char *capacity = oak_root_line(arena, root, oak_arena_printf(arena, "%s/capacity", base));
		const char *scope = oak_root_line(arena, root, oak_arena_printf(arena, "%s/scope", base));
		int64_t percent;
		if (oak_streq(scope, "Device"))
			continue; /* a mouse's battery */
		mains = mains || (type && !oak_streq(type, "Battery") && oak_streq(online, "1"));
		if (!oak_streq(type, "Battery") || !oak_streq(status, "Discharging"))
			continue;
		discharging = true;
		if (capacity && oak_parse_int(oak_str_of(capacity), 0, 100, &percent) && percent < least)
			least = percent;
	}
	if (dir)
		closedir(dir);
	if (mains || !discharging || least >= LEAST_PERCENT)
		return NULL;
	return oak_arena_printf(arena, "the host runs on a battery of %lld %% (%d are needed)", (long long)least, LEAST_PERCENT);
}
