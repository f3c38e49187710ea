/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ending of a script's name says who runs it. */
#include "distributor/patch/script.h"

#include <string.h>

#include "core/str.h"

/* Bypass holds for this process alone; what may run was decided by owner and access list, or by a signature, before. */
static const char *const powershell[] = {"powershell.exe", "-NoLogo", "-NoProfile", "-NonInteractive",
					 "-ExecutionPolicy", "Bypass", "-File", NULL};
static const char *const itself[] = {NULL};

static const struct {
	const char *ending;
	const char *const *before;
} runners[] = {
	{".ps1", powershell}, {".cmd", itself}, {".bat", itself}, {".exe", itself}, {".com", itself},
};

int oak_script_argv(struct oak_arena *arena, const char *path, const char *const *args, const char *const **ret, struct oak_error *err)
{
	const char *dot = strrchr(path, '.');
	for (size_t i = 0; dot && i < sizeof(runners) / sizeof(*runners); i++) {
		OAK_VEC(const char *) argv = {0};
		if (!oak_strcaseeq(dot, runners[i].ending))
			continue;
		for (const char *const *p = runners[i].before; *p; p++)
			*oak_push(arena, &argv) = *p;
		*oak_push(arena, &argv) = path;
		for (; args && *args; args++)
			*oak_push(arena, &argv) = *args;
		*oak_push(arena, &argv) = NULL;
		*ret = argv.v;
		return 0;
	}
	return oak_fail(err, OAK_INVALID, "hook.not-executable", 0, "'%s' cannot be run (its name must end in .ps1, .cmd, .bat, .exe or .com)", path);
}
