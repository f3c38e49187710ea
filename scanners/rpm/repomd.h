/* SPDX-License-Identifier: GPL-3.0-or-later */
/* repomd.xml: the table of contents of an rpm repository. */
#ifndef OAK_SCANNERS_RPM_REPOMD_H
#define OAK_SCANNERS_RPM_REPOMD_H

#include <stdio.h>

#include "core/mem.h"
#include "core/time.h"

struct oak_repomd_file {
	const char *type;     /* "primary" "updateinfo" "modules" "primary_zck" … */
	const char *location; /* relative to the repository; never leaves it */
	const char *checksum_type, *checksum; /* of the file as it lies there; lower case; NULL = none given */
	int64_t size, open_size; /* -1 = not given */
	oak_time timestamp;
};

struct oak_repomd {
	OAK_VEC(struct oak_repomd_file) files;
	oak_time revision; /* as a time where it is one, else the newest timestamp; OAK_TIME_NONE */
	oak_time expire;   /* susetags' <expire>: seconds of validity from the revision; OAK_TIME_NONE */
};

enum { OAK_REPOMD_MAX = 16 * 1024 * 1024 };

/* Errors: rpm.metadata-invalid: among others a location that leaves the repository, an absurd open-size. */
int oak_repomd_parse(struct oak_arena *arena, FILE *in, const char *name, struct oak_repomd *ret, struct oak_error *err)
	OAK_MUST_USE;

/* The file of TYPE, plain before zchunk ("TYPE_zck"); NULL = absent. */
const struct oak_repomd_file *oak_repomd_find(const struct oak_repomd *repomd, const char *type);

#endif
