/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which paths may stand in an archive that we build: those that we would unpack. */
#include <string.h>

#include "distributor/package/entry_name.h"
#include "distributor/package/recipe.h"

bool oak_archive_path_check(const char *path)
{
	const char *why;
	size_t n = strlen(path);
	return n && path[n - 1] != '/' && oak_entry_name_check(path, &why) == OAK_ENTRY_FINE;
}
