/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel knows how to run a script: it reads the first line. */
#include "distributor/patch/script.h"

#include <unistd.h>

int oak_script_argv(struct oak_arena *arena, const char *path, const char *const *args, const char *const **ret, struct oak_error *err)
{
	OAK_VEC(const char *) argv = {0};
	if (access(path, X_OK) < 0)
		return oak_fail(err, OAK_INVALID, "hook.not-executable", 0, "'%s' is not executable (chmod +x)", path);
	*oak_push(arena, &argv) = path;
	for (; args && *args; args++)
		*oak_push(arena, &argv) = *args;
	*oak_push(arena, &argv) = NULL;
	*ret = argv.v;
	return 0;
}
