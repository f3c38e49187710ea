/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dlopen by name, never by a path from outside. */
#include "core/module.h"

#ifndef _WIN32
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifndef OAK_MODULE_DIR
#define OAK_MODULE_DIR "/usr/lib/oakum"
#endif

static void *open_in(const char *folder, const char *name)
{
	char path[PATH_MAX];
	snprintf(path, sizeof(path), "%s/%s.so", folder, name);
	return access(path, F_OK) == 0 ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
}

void *oak_module_symbol(const char *name, const char *symbol, struct oak_error *err)
{
	char folder[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", folder, sizeof(folder) - 1);
	folder[n > 0 ? n : 0] = '\0';
	char *slash = strrchr(folder, '/');
	if (slash)
		*slash = '\0';
	dlerror();
	void *handle = open_in(folder, name);
	if (!handle)
		handle = open_in(OAK_MODULE_DIR, name);
	const char *why = dlerror();
	if (!handle && !why) {
		oak_fail(err, OAK_UNSUPPORTED, "module.missing", 0,
			 "module '%s' is not installed (install the package 'oakum-%s')", name, name);
		return NULL;
	}
	void *found = handle ? dlsym(handle, symbol) : NULL;
	if (!found)
		oak_fail(err, OAK_IO, "module.broken", 0, "cannot open module '%s': %s", name,
			 handle ? "it is of another version" : why);
	return found;
}
#else
#include <stdint.h>

#include "core/str.h"

void *oak_module_symbol(const char *name, const char *symbol, struct oak_error *err)
{
	for (const struct oak_static_module *row = oak_static_modules; row->module; row++)
		if (oak_streq(row->module, name) && oak_streq(row->symbol, symbol))
			return (void *)(uintptr_t)row->address;
	oak_fail(err, OAK_UNSUPPORTED, "module.missing", 0, "module '%s' does not exist on this system", name);
	return NULL;
}
#endif
