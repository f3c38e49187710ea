/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The zip pre-scan: directory and every local header must agree, and no byte may be unaccounted for. Parses, decides nothing else. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_ZIP_H
#define OAK_DISTRIBUTOR_PACKAGE_ZIP_H

#include <stdint.h>

#include "core/mem.h"
#include "core/unpack.h"

/* Where the bytes come from: exactly N at AT, or -1. */
struct oak_zip_source {
	int (*read_at)(void *arg, int64_t at, void *to, size_t n);
	void *arg;
	int64_t size;
	const char *name; /* subject of messages */
};

struct oak_zip_entry {
	struct oak_unpack_header header; /* strings in the arena; target stays NULL: a link's is its content */
	struct oak_deflated data;
};

struct oak_zip {
	OAK_VEC(struct oak_zip_entry) entries; /* in the order of their bytes */
};

/* Read the directory and all local headers. Zip64 is understood; several disks, encryption and methods other than stored and deflated
 * are refused. Errors (INVALID): archive.truncated (E_TRUNC), archive.mismatch (E_ZIP_MISMATCH), archive.overlap (E_ZIP_OVERLAP),
 * archive.unsupported (E_UNSUPPORTED), archive.count (E_COUNT), archive.name (E_NAME: a NUL), archive.size.
 * Source: distribution.md (3.2) and rows A8-A17. */
int oak_zip_scan(struct oak_arena *arena, const struct oak_zip_source *source, struct oak_zip *ret, struct oak_error *err) OAK_MUST_USE;

#endif
