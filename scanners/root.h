/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of an examined system: never outside its root, whatever its symbolic links say. */
#ifndef OAK_SCANNERS_ROOT_H
#define OAK_SCANNERS_ROOT_H

#include <stdbool.h>

#include "core/buf.h"
#include "core/mem.h"

/* Open PATH ("/etc/os-release") below ROOT; links are followed as that system would follow them.
 * A descriptor (O_CLOEXEC), or -1 with errno. */
int oak_root_open(const char *root, const char *path, int flags);

/* Read PATH below ROOT whole, appending to BUF (its max is the cap; what is over it is dropped and buf->full is set).
 * 0, or -1 with errno. */
int oak_root_read(const char *root, const char *path, struct oak_buf *buf);

bool oak_root_exists(const char *root, const char *path);

/* First line of a small file, trimmed, in ARENA; NULL if absent or empty. */
const char *oak_root_line(struct oak_arena *arena, const char *root, const char *path);

/* ROOT and PATH joined for messages and foreign libraries: no double slash. */
const char *oak_root_join(struct oak_arena *arena, const char *root, const char *path);

#endif
