/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deflate by several threads: a file is cut into blocks of one size, each compressed with the 32 KiB before it as
 * dictionary, so that the bytes are the same for any number of threads. Private to module "pack". */
#ifndef OAK_DISTRIBUTOR_PACKAGE_PACK_DEFLATE_H
#define OAK_DISTRIBUTOR_PACKAGE_PACK_DEFLATE_H

#include "distributor/package/pack_source.h"

struct oak_deflater;
struct oak_deflater *oak_deflater_new(unsigned threads) __attribute__((returns_nonnull));
void oak_deflater_free(struct oak_deflater *deflater);

struct oak_deflated {
	int64_t packed; /* bytes written */
	uint32_t crc;
	int64_t done;   /* bytes read so far of all entries: added to */
};

/* Read ENTRY, write it deflated to FD. Errors: those of the source, pack.write, pack.library. */
int oak_deflater_run(struct oak_deflater *deflater, int fd, const struct oak_pack *pack, struct oak_pack_entry *entry,
		     struct oak_deflated *ret, struct oak_error *err) OAK_MUST_USE;

#endif
