/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the registry of Windows; nothing is written. */
#ifndef OAK_SCANNERS_REGISTRY_WIN32_H
#define OAK_SCANNERS_REGISTRY_WIN32_H

#include <stdbool.h>
#include <stdint.h>

#include "core/mem.h"

/* A string value of HKEY_LOCAL_MACHINE\KEY as UTF-8 in ARENA; a multi-string's first one. NULL = absent or of another type. */
const char *oak_registry_text(struct oak_arena *arena, const char *key, const char *name);
/* A DWORD value; FALLBACK if absent. */
int64_t oak_registry_number(const char *key, const char *name, int64_t fallback);
bool oak_registry_has_key(const char *key);
bool oak_registry_has_value(const char *key, const char *name); /* not empty */

#endif
