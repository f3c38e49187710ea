/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Modules: shared objects beside the program, or in its module folder, opened when first needed. */
#ifndef OAK_CORE_MODULE_H
#define OAK_CORE_MODULE_H

#include "core/error.h"

/* What a module shows to the program that opens it; all else in it is hidden (-fvisibility=hidden). Nothing where modules are
 * linked in. */
#ifdef _WIN32
#define OAK_EXPORT
#else
#define OAK_EXPORT __attribute__((visibility("default")))
#endif

/* The symbol SYMBOL of module NAME ("dpkg" is dpkg.so beside the running program, else in OAK_MODULE_DIR).
 * The module stays open for the life of the process. NULL on failure.
 * Errors: module.missing (UNSUPPORTED: says which package brings it), module.broken (IO). */
void *oak_module_symbol(const char *name, const char *symbol, struct oak_error *err);

/* Where modules are linked in (Windows): the generated table, ended by a NULL module. */
struct oak_static_module {
	const char *module, *symbol;
	const void *address;
};
extern const struct oak_static_module oak_static_modules[];

#endif
