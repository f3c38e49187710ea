/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Building a package: archives, documents, manifest; the same bytes for the same input. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_BUILD_H
#define OAK_DISTRIBUTOR_PACKAGE_BUILD_H

#include "distributor/package/manifest.h"
#include "distributor/package/recipe.h"

enum oak_build_format { OAK_BUILD_DEFAULT, OAK_BUILD_ZIP, OAK_BUILD_TAR_ZST, OAK_BUILD_DEB, OAK_BUILD_RPM, OAK_BUILD_COUNT };
int oak_build_format_from_string(const char *text); /* "zip" "tar.zst" "deb" "rpm"; -1 = unknown */

struct oak_build {
	const struct oak_recipe *recipe;
	const char *recipe_dir; /* what 'from' is relative to */
	const char *out;        /* folder; made if missing */
	enum oak_build_format format; /* DEFAULT: zip for the script model, tar.zst for the tree model */
	int64_t mtime;          /* of all entries: SOURCE_DATE_EPOCH, else OAK_BUILD_EPOCH */
	unsigned threads;
	bool dry_run;           /* look at everything, write nothing */
	/* Bytes read, of how many; -1 ends it with the error that was set. NULL = nobody wants to know. */
	int (*progress)(void *arg, const char *what, int64_t done, int64_t total, struct oak_error *err);
	void *progress_arg;
};
#define OAK_BUILD_EPOCH INT64_C(315532800) /* 1980-01-01, the first day that a zip can name */

/* One file that was, or would be, written. */
struct oak_built_file {
	const char *name, *sha256; /* sha256 NULL with dry_run */
	const char *platform, *version, *arch; /* NULL for documents */
	int64_t size;              /* bytes; of the sources with dry_run */
};
struct oak_built {
	OAK_VEC(struct oak_built_file) files; /* archives, documents, manifest.json last */
	struct oak_manifest *manifest;        /* NULL for deb and rpm */
};

/* Files take their names when they are whole and on the disk, the manifest last; a signature of what was there before is removed.
 * Errors: recipe.*, build.format (INVALID: zip of the tree model with links …), build.name (CONFLICT), pack.*, file.*. */
int oak_package_build(struct oak_arena *arena, const struct oak_build *build, struct oak_built *ret, struct oak_error *err) OAK_MUST_USE;

#endif
