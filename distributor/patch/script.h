/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a script of the administrator's or of a package's is run: by itself, or by the program that its name's ending asks for. */
#ifndef OAK_DISTRIBUTOR_PATCH_SCRIPT_H
#define OAK_DISTRIBUTOR_PATCH_SCRIPT_H

#include "core/error.h"
#include "core/mem.h"

/* The argument list for the script PATH with ARGS (NULL-terminated; NULL = none) behind it; in ARENA, NULL-terminated.
 * On Linux PATH must be executable. On Windows .ps1 runs under powershell.exe (no profile, execution policy for this
 * process only), .cmd .bat .exe .com by themselves.
 * Errors: hook.not-executable (INVALID). */
int oak_script_argv(struct oak_arena *arena, const char *path, const char *const *args, const char *const **ret, struct oak_error *err)
	OAK_MUST_USE;

#endif
