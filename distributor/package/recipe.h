/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a package is built from: oakum.recipe/1. docs/formats/recipe.md. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_RECIPE_H
#define OAK_DISTRIBUTOR_PACKAGE_RECIPE_H

#include "core/error.h"
#include "core/value.h"
#include "distributor/package/traits.h"

enum { OAK_RECIPE_MAX = 16 * 1024 * 1024 };

/* A file or folder of the author's, and where it lies in the archive. */
struct oak_recipe_file {
	const char *from; /* relative to the recipe's folder */
	const char *to;   /* relative; ends in '/' or is "" = into that folder under its own name; of a folder: its contents go there */
	int mode;         /* permission bits, -1 = 0755 for what its owner may run, else 0644 */
};

/* One archive. */
struct oak_recipe_target {
	const char *platform;               /* "_any" if nothing is said */
	OAK_VEC(const char *) versions, arches; /* one or more; "_any" if nothing is said */
	OAK_VEC(struct oak_recipe_file) files;
	const char *scripts[OAK_PACKAGE_COUNT]; /* files of the author's; NULL = none */
	const char *archive;                /* take this zip as it is, in place of files and scripts; NULL */
};

struct oak_recipe {
	const char *name, *version, *publisher, *description;
	struct oak_package_traits traits;
	OAK_VEC(struct oak_recipe_target) targets;
	const char *prefix;         /* of .deb and .rpm: where the files lie; NULL = /opt/NAME */
	const char *licence;        /* for .rpm and the SBOM; NULL = not said */
	const char *rollback_floor;
	bool want_sbom, want_provenance;
	const char *sbom, *provenance; /* files of the author's; NULL = made by us, if wanted */
	const char *builder;        /* provenance: id of who builds, NULL = "local" */
	const struct oak_value *extra; /* members for AWS's part of the manifest (packageArn …); NULL */
};

/* Errors: recipe.invalid (INVALID), with all errors of the document. NAME is the subject of messages. */
int oak_recipe_parse(struct oak_arena *arena, const struct oak_value *doc, const char *name, struct oak_recipe **ret, struct oak_error *err)
	OAK_MUST_USE;

/* True if TO is a path below the archive's top: relative, no "..", no empty part, portable names (docs/formats/package.md). */
bool oak_archive_path_check(const char *path);

#endif
