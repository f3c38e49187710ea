/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading the sources of an archive, and writing its bytes; private to module "pack". */
#ifndef OAK_DISTRIBUTOR_PACKAGE_PACK_SOURCE_H
#define OAK_DISTRIBUTOR_PACKAGE_PACK_SOURCE_H

#include "distributor/package/pack.h"

enum { OAK_PACK_BLOCK = 1024 * 1024 };

/* One regular entry being read: its bytes in blocks, hashed on the way if that is wanted. */
struct oak_pack_source {
	struct oak_pack_entry *entry;
	int fd; /* -1 = from memory */
	int64_t done;
	struct oak_hasher *sha256; /* NULL = not wanted */
};
int oak_pack_source_open(struct oak_pack_source *source, const struct oak_pack *pack, struct oak_pack_entry *entry, struct oak_error *err) OAK_MUST_USE;
/* Up to N bytes into BLOCK; *ret_n is less only at the end. Errors: file.read, pack.changed. */
int oak_pack_source_read(struct oak_pack_source *source, void *block, size_t n, size_t *ret_n, struct oak_error *err) OAK_MUST_USE;
/* The hash goes into the entry. Errors: pack.changed. */
int oak_pack_source_end(struct oak_pack_source *source, struct oak_error *err) OAK_MUST_USE;
void oak_pack_source_done(struct oak_pack_source *source); /* always, after a failure too */

/* lseek(2) for files of any size on Windows, too. */
int64_t oak_pack_seek(int fd, int64_t at, int whence);

/* All N bytes to FD. Errors: pack.write (by errno). */
int oak_pack_put(int fd, const void *bytes, size_t n, struct oak_error *err) OAK_MUST_USE;

#endif
