/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the running system is asked in words of its own: rights, chance, room on a disk, what a path is. */
#ifndef OAK_CORE_SYSTEM_H
#define OAK_CORE_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/mem.h"

/* May this process change the host: root; on Windows an elevated administrator, or the system itself. */
bool oak_is_privileged(void);
/* The effective user's name, or number where it has none; in ARENA. */
const char *oak_user_name(struct oak_arena *arena);

/* N bytes of the system's own random generator; aborts where it has none. */
void oak_random_bytes(void *out, size_t n);

/* Room for others than root on the file system that holds PATH, and which one that is. -1 with errno. */
int oak_disk_space(const char *path, int64_t *ret_free, uint64_t *ret_device);
/* Everything that was written is on the disks when this returns (before a reboot). */
void oak_disk_sync(void);

/* Processors that this process may use, 1 and up. */
unsigned oak_processors(void);

/* "/x"; on Windows also "C:\x", "C:/x" and "\\server\share". */
bool oak_path_is_absolute(const char *path);

#endif
