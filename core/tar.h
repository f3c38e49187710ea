/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plain tar files of regular files, written and read as a stream through module "archive". */
#ifndef OAK_CORE_TAR_H
#define OAK_CORE_TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"
#include "core/mem.h"

/* What module "archive" exports as "oak_tar_operations". */
struct oak_tar;
struct oak_tar_ops {
	struct oak_tar *(*create)(const char *path, struct oak_error *err);
	int (*add_bytes)(struct oak_tar *tar, const char *name, const void *bytes, size_t n, struct oak_error *err);
	int (*add_file)(struct oak_tar *tar, const char *name, const char *file, struct oak_error *err);
	int (*finish)(struct oak_tar *tar, struct oak_error *err);
	struct oak_tar *(*open)(const char *path, struct oak_error *err);
	int (*next)(struct oak_tar *tar, const char **ret_name, int64_t *ret_size, struct oak_error *err);
	int64_t (*read)(struct oak_tar *tar, void *bytes, size_t n, struct oak_error *err);
	void (*free)(struct oak_tar *tar);
};

/* Writing: PATH.part grows and becomes PATH in oak_tar_finish, synced; without that it is removed. Entries have mode 0644, owner 0 and no
 * time, so that the same content gives the same bytes. NULL or -1 on failure. Errors: tar.write (IO), file.*, module.*. */
struct oak_tar *oak_tar_create(const char *path, struct oak_error *err);
int oak_tar_add_bytes(struct oak_tar *tar, const char *name, const void *bytes, size_t n, struct oak_error *err) OAK_MUST_USE;
int oak_tar_add_file(struct oak_tar *tar, const char *name, const char *file, struct oak_error *err) OAK_MUST_USE;
int oak_tar_finish(struct oak_tar *tar, struct oak_error *err) OAK_MUST_USE;

/* Reading a tar that a stranger may have made: regular files only (no links, devices, sparse files, compression), each name once and only
 * as oak_tar_name_ok says; the whole is refused with the first entry that is not. *ret_name is NULL at the end, and lives until the next
 * call. Errors: tar.invalid (UNTRUSTED), file.open, module.*. */
struct oak_tar *oak_tar_open(const char *path, struct oak_error *err);
int oak_tar_next(struct oak_tar *tar, const char **ret_name, int64_t *ret_size, struct oak_error *err) OAK_MUST_USE;
/* Bytes read of the current entry, 0 at its end, -1 on failure. */
int64_t oak_tar_read(struct oak_tar *tar, void *bytes, size_t n, struct oak_error *err) OAK_MUST_USE;

void oak_tar_free(struct oak_tar *tar); /* NULL accepted */
OAK_DEFINE_AUTO(oak_tar_free, struct oak_tar *);

/* Components of printable ASCII without \ : * ? " < > |, none empty, none that begins with a dot or ends with a dot or blank; at most 1,000
 * bytes in all, 250 a component, 16 components. */
bool oak_tar_name_ok(const char *name);

#endif
