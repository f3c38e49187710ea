/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading archives and compressed files, entry by entry, through module "archive". */
#ifndef OAK_CORE_UNPACK_H
#define OAK_CORE_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/error.h"

struct oak_unpack_limits {
	size_t entry;    /* bytes of one entry, unpacked */
	int64_t total;   /* bytes of all entries, unpacked: what a bomb may cost */
	size_t entries;  /* how many */
	/* Called with the name of each entry before it is read; false = it is passed over. NULL = all are read. */
	bool (*wanted)(void *arg, const char *name);
	bool cabinets;   /* only a cabinet is read, and cabinets in it are, too: their entries are "inner.cab/c/1234" */
};

/* One regular file of the archive; NAME as it is written there (never a path to be opened). The bytes are gone after
 * the call and have a NUL behind them. A negative answer ends the walk. */
typedef int oak_unpack_entry(void *arg, const char *name, const char *bytes, size_t n, struct oak_error *err);

/* Call ENTRY for each regular file in PATH: zip, tar, 7zip, cpio, ar, cab …, in any compression; a merely compressed file (.gz,
 * .xz, .bz2, .zst) is one entry named after it. Links and devices are left out.
 * Errors: unpack.broken, unpack.too-large (INVALID), file.open, module.missing, and what ENTRY gives. */
int oak_unpack(const char *path, const struct oak_unpack_limits *limits, oak_unpack_entry *entry, void *arg,
	       struct oak_error *err) OAK_MUST_USE;

/* What module "archive" exports as "oak_unpack_archive". */
typedef int oak_unpack_run(const char *path, const struct oak_unpack_limits *limits, oak_unpack_entry *entry, void *arg,
			   struct oak_error *err);

/* Streams: every entry as it stands in the container, for callers that judge it themselves and write it themselves. */
enum oak_unpack_kind {
	OAK_UNPACK_FILE,
	OAK_UNPACK_FOLDER,
	OAK_UNPACK_LINK,
	OAK_UNPACK_HARD_LINK,
	OAK_UNPACK_OTHER, /* devices, sockets, pipes */
	OAK_UNPACK_KIND_COUNT
};
struct oak_unpack_header {
	enum oak_unpack_kind kind;
	const char *name;   /* borrowed until the next entry, never to be opened unjudged */
	const char *target; /* of links; NULL */
	unsigned mode;      /* permission bits, setuid and the like included */
	int64_t size;       /* unpacked */
	unsigned extras;    /* OAK_UNPACK_OWNER … : what else the container says of it */
};
enum { OAK_UNPACK_OWNER = 1 /* another than root */, OAK_UNPACK_ATTRIBUTES = 2 /* extended ones, capabilities among them, or an ACL */ };
struct oak_unpack_visitor {
	int (*entry)(void *arg, const struct oak_unpack_header *header, struct oak_error *err);
	int (*data)(void *arg, const void *bytes, size_t n, struct oak_error *err); /* of the last entry; NULL = not wanted */
	void *arg;
};

/* A tar, plain or packed with zstd: FD from its beginning, whose own place is neither used nor moved. Exported by module "archive" under this name.
 * Errors: archive.truncated, archive.broken, archive.unsupported (INVALID), and what the visitor gives. */
typedef int oak_unpack_tar_run(int fd, const char *subject, const struct oak_unpack_visitor *visitor, struct oak_error *err);
oak_unpack_tar_run *oak_unpack_tar_symbol(struct oak_error *err);

/* One deflated span of FD, as zip files have them; gives exactly SIZE bytes with that CRC-32 or fails.
 * Errors: archive.truncated, archive.broken, archive.size (INVALID), and what the visitor gives. */
struct oak_deflated {
	int64_t offset, packed, size;
	uint32_t crc;
	bool stored; /* not packed at all */
};
typedef int oak_unpack_inflate_run(int fd, const char *subject, const struct oak_deflated *span,
				   const struct oak_unpack_visitor *visitor, struct oak_error *err);
oak_unpack_inflate_run *oak_unpack_inflate_symbol(struct oak_error *err);

/* TEXT (UTF-8) with case and composition folded away, so that names which some file system takes for one are equal. Into OUT, false if it
 * does not fit or is not known how (no libunistring). */
typedef bool oak_unicode_fold_run(const char *text, char *out, size_t size);
oak_unicode_fold_run *oak_unicode_fold_symbol(struct oak_error *err);

#endif
