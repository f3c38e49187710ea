/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading archives and compressed files, entry by entry, through module "archive". */
#ifndef OAK_CORE_UNPACK_H
#define OAK_CORE_UNPACK_H

#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

struct oak_unpack_limits {
	size_t entry;    /* bytes of one entry, unpacked */
	int64_t total;   /* bytes of all entries, unpacked: what a bomb may cost */
	size_t entries;  /* how many */
};

/* One regular file of the archive; NAME as it is written there (never a path to be opened). The bytes are gone after
 * the call and have a NUL behind them. A negative answer ends the walk. */
typedef int oak_unpack_entry(void *arg, const char *name, const char *bytes, size_t n, struct oak_error *err);

/* Call ENTRY for each regular file in PATH: zip, tar, 7zip, cpio, ar …, in any compression; a merely compressed file (.gz,
 * .xz, .bz2, .zst) is one entry named after it. Links and devices are left out.
 * Errors: unpack.broken, unpack.too-large (INVALID), file.open, module.missing, and what ENTRY gives. */
int oak_unpack(const char *path, const struct oak_unpack_limits *limits, oak_unpack_entry *entry, void *arg,
	       struct oak_error *err) OAK_MUST_USE;

/* What module "archive" exports as "oak_unpack_archive". */
typedef int oak_unpack_run(const char *path, const struct oak_unpack_limits *limits, oak_unpack_entry *entry, void *arg,
			   struct oak_error *err);

#endif
