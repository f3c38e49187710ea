/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the registry of Windows; nothing is written. */
#ifndef OAK_SCANNERS_REGISTRY_WIN32_H
#define OAK_SCANNERS_REGISTRY_WIN32_H

#include <stdbool.h>
#include <stdint.h>

#include "core/mem.h"

/* A string value of HKEY_LOCAL_MACHINE\KEY (64-bit view) as UTF-8 in ARENA; a multi-string's first one. NULL = absent or of
 * another type. */
const char *oak_registry_text(struct oak_arena *arena, const char *key, const char *name);
/* A DWORD value; FALLBACK if absent. */
int64_t oak_registry_number(const char *key, const char *name, int64_t fallback);
bool oak_registry_has_key(const char *key);
bool oak_registry_has_value(const char *key, const char *name); /* not empty */

/* Views: programs of 32 bits have registry entries of their own. OAK_REGISTRY_USER is HKEY_CURRENT_USER, which has one view. */
enum oak_registry_view { OAK_REGISTRY_64, OAK_REGISTRY_32, OAK_REGISTRY_USER, OAK_REGISTRY_VIEW_COUNT };

struct oak_registry_key; /* an open one */

/* NULL where it cannot be opened; *ret_denied (may be NULL) says whether that is for want of rights. */
struct oak_registry_key *oak_registry_open(enum oak_registry_view view, const char *key, bool *ret_denied);
struct oak_registry_key *oak_registry_open_below(struct oak_registry_key *above, const char *name, bool *ret_denied);
void oak_registry_close(struct oak_registry_key *key); /* NULL accepted */
OAK_DEFINE_AUTO(oak_registry_close, struct oak_registry_key *);

/* Name of the subkey number INDEX in ARENA; NULL behind the last one. */
const char *oak_registry_subkey(struct oak_registry_key *key, struct oak_arena *arena, uint32_t index);
const char *oak_registry_text_of(struct oak_registry_key *key, struct oak_arena *arena, const char *name);
int64_t oak_registry_number_of(struct oak_registry_key *key, const char *name, int64_t fallback);

#endif
