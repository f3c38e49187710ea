/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files: whole reads with a cap, atomic replacement, folders, and who may have written a file. */
#ifndef OAK_CORE_FS_H
#define OAK_CORE_FS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/error.h"
#include "core/mem.h"

/* Read PATH ("-" = standard input) whole into BUF, appending; BUF's max is the cap.
 * Errors: file.open, file.read, file.too-large, file.directory. */
int oak_fs_read(const char *path, struct oak_buf *buf, struct oak_error *err) OAK_MUST_USE;

/* Replace PATH by the N bytes: temporary file beside it, fsync, rename, fsync of the folder. MODE as in open(2).
 * The old file stays whole on any failure. A device or pipe (/dev/stdout) is written to, never replaced.
 * Errors: file.write, file.rename. */
int oak_fs_write_atomic(const char *path, const void *bytes, size_t n, unsigned mode, struct oak_error *err)
	OAK_MUST_USE;

/* mkdir(2) with MODE; on Windows 0700 is for the system, administrators and this user alone. -1 with errno. */
int oak_fs_mkdir(const char *path, unsigned mode) OAK_MUST_USE;

/* mkdir -p with MODE for each folder that is missing. Errors: file.mkdir. */
int oak_fs_mkdirs(const char *path, unsigned mode, struct oak_error *err) OAK_MUST_USE;

bool oak_fs_exists(const char *path);
bool oak_fs_is_dir(const char *path);

/* Names in folder PATH that end in SUFFIX ("" = all), but for those that begin with '.', sorted by bytes; in ARENA.
 * An absent folder has none. Errors: file.open, file.read. */
int oak_fs_list(struct oak_arena *arena, const char *path, const char *suffix, const char *const **ret_names,
		size_t *ret_n, struct oak_error *err) OAK_MUST_USE;

/* Remove a file. Errors: file.remove. */
int oak_fs_remove(const char *path, struct oak_error *err) OAK_MUST_USE;

/* Remove PATH, a folder with all that is in it or a file; links are removed, not followed. An absent one is fine.
 * Errors: file.remove. */
int oak_fs_remove_tree(const char *path, struct oak_error *err) OAK_MUST_USE;

/* fsync the folder that holds PATH. */
int oak_fs_sync_parent(const char *path, struct oak_error *err) OAK_MUST_USE;

#endif
