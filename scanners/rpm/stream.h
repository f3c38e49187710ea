/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Metadata files as they lie on disk: checked against repomd.xml, opened unpacked. */
#ifndef OAK_SCANNERS_RPM_STREAM_H
#define OAK_SCANNERS_RPM_STREAM_H

#include <stdio.h>

#include "core/error.h"
#include "scanners/rpm/repomd.h"

enum { OAK_METADATA_MAX = 2000000000 }; /* bytes unpacked; an open-size above it is refused unread */

/* Check size and checksum of PATH as FILE (of repomd) says. sha, sha1, sha224, sha256, sha384, sha512, md5.
 * Errors: rpm.metadata-checksum (UNTRUSTED), rpm.metadata-missing (NOT_FOUND), rpm.metadata-invalid. */
int oak_metadata_check(const char *path, const struct oak_repomd_file *file, struct oak_error *err) OAK_MUST_USE;

/* Open PATH unpacked (gz, bz2, xz, zst, zck by its name; plain otherwise). NULL on failure.
 * Errors: rpm.metadata-missing, rpm.metadata-compression (UNSUPPORTED). */
FILE *oak_metadata_open(const char *path, struct oak_error *err);

#endif
