/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From an archive to a sealed tree: a child without rights parses it, we judge every entry, then write below one descriptor. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_EXTRACT_H
#define OAK_DISTRIBUTOR_PACKAGE_EXTRACT_H

#include "distributor/package/prescan.h"
#include "distributor/package/seal.h"

enum oak_container { OAK_CONTAINER_ZIP, OAK_CONTAINER_TAR };

/* What becomes of a written file (linked into a store of contents); NULL = nothing. DIR_FD/NAME is the file, closed. */
typedef int oak_extract_keep(void *arg, int dir_fd, const char *name, const struct oak_sealed *file, struct oak_error *err);

struct oak_extract {
	int fd;               /* of the archive: read from its beginning, never opened again by name */
	const char *subject;  /* its name, for messages */
	enum oak_container container;
	struct oak_prescan_rules rules; /* fold is filled in */
	oak_extract_keep *keep;
	void *keep_arg;
	/* Done by us while the child scans, before its first word is listened to (hashing the archive). NULL = nothing. */
	int (*meanwhile)(void *arg, struct oak_error *err);
	void *meanwhile_arg;
	const volatile int *stop;
	void (*progress)(void *arg, int64_t done, int64_t total);
	void *progress_arg;
	unsigned jail;        /* filled: OAK_JAIL_ bits */
};

/* Read the whole archive and judge it; nothing is written. RET gets all entries.
 * Errors: archive.* (INVALID), package.unpack (IO: the child died), package.interrupted, module.missing. */
int oak_extract_scan(struct oak_extract *job, struct oak_arena *arena, struct oak_prescan *ret, struct oak_error *err) OAK_MUST_USE;

/* Write what SCAN has into FOLDER (exists, empty, ours), entry by entry, and sync it to the disk. An archive that is not what was
 * scanned any more is refused (archive.changed, UNTRUSTED). *RET is the sorted seal. Errors: as above, archive.write (IO). */
int oak_extract_write(struct oak_extract *job, struct oak_arena *arena, const struct oak_prescan *scan, const char *folder,
		      struct oak_seal *ret, struct oak_error *err) OAK_MUST_USE;

/* Open the archive PATH so that nobody can change what is read: itself where only we and root may write to it (on Windows: nobody may
 * while it is open), else a copy at COPY that has no name any more when this returns. Errors: file.open, archive.write. */
int oak_archive_open(const char *path, const char *copy, int *ret_fd, struct oak_error *err) OAK_MUST_USE;

/* The container by its first bytes: what is no tar.zst can only be a zip. Errors: archive.truncated. */
int oak_extract_container(int fd, const char *subject, enum oak_container *ret, struct oak_error *err) OAK_MUST_USE;

#endif
