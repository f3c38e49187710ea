/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing archives that are the same bytes whoever writes them, when, where and with how many threads: through module "pack". */
#ifndef OAK_DISTRIBUTOR_PACKAGE_PACK_H
#define OAK_DISTRIBUTOR_PACKAGE_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/error.h"
#include "core/hash.h"
#include "core/mem.h"

enum oak_pack_kind { OAK_PACK_ENTRY_FILE, OAK_PACK_ENTRY_FOLDER, OAK_PACK_ENTRY_LINK };

struct oak_pack_entry {
	const char *path;   /* in the archive */
	enum oak_pack_kind kind;
	const char *from;   /* FILE: the source; NULL = BYTES. LINK: what it points to */
	const char *bytes;  /* FILE without a source */
	int64_t size;       /* FILE: bytes; a source that has another size by then is an error */
	unsigned mode;
	char sha256[OAK_SHA256_TEXT]; /* FILE: filled while it is written, if asked for */
};

/* TAR_FRAMES is a tar.zst of many frames, which the content cuts. */
enum oak_pack_format { OAK_PACK_ZIP, OAK_PACK_TAR_FRAMES, OAK_PACK_TAR_ZST, OAK_PACK_TAR_GZ, OAK_PACK_CPIO_ZST, OAK_PACK_FORMAT_COUNT };

struct oak_pack {
	enum oak_pack_format format;
	struct oak_pack_entry *entries; /* in the order in which they are written */
	size_t n;
	int64_t mtime;     /* of every entry, seconds UTC */
	unsigned threads;  /* 1 and up; decides on nothing but speed */
	bool digests;      /* fill the entries' sha256: an eighth of the work of a tar.zst, so only where somebody reads them */
	/* Called now and then with the bytes read so far; -1 ends the work with the error that it set. NULL = none. */
	int (*progress)(void *arg, int64_t done, struct oak_error *err);
	void *progress_arg;
};

struct oak_packed {
	int64_t size;          /* of the archive */
	int64_t unpacked_size; /* of all regular files */
	int64_t stream_size;   /* of the tar or cpio stream before compression */
	char sha256[OAK_SHA256_TEXT];        /* of the archive; empty for a zip, whose headers are filled in afterwards */
};

/* Append the archive to what FD (open for reading and writing, at its end) holds. Memory does not depend on the sizes.
 * Errors: pack.changed (CONFLICT: a source was changed meanwhile), pack.write, pack.library (IO), file.open, file.read, module.missing. */
int oak_pack_write(int fd, struct oak_pack *pack, struct oak_packed *ret, struct oak_error *err) OAK_MUST_USE;

/* "zlib 1.2.13", "zstd 1.5.4", "libarchive 3.6.2": what decides on the bytes. NULL = the module is missing. */
const char *const *oak_pack_libraries(struct oak_error *err); /* pairs of name and version, ended by NULL */

/* What module "pack" exports. */
typedef int oak_pack_fn(int fd, struct oak_pack *pack, struct oak_packed *ret, struct oak_error *err);
typedef const char *const *oak_pack_libraries_fn(void);

#endif
