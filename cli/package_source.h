/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command line names as a package: a folder, a manifest, an archive, or a name in a trusted repository. */
#ifndef OAK_CLI_PACKAGE_SOURCE_H
#define OAK_CLI_PACKAGE_SOURCE_H

#include "cli/cmd.h"
#include "cli/repos.h"
#include "distributor/package/install.h"

struct oak_package_place {
	struct oak_context *ctx;
	struct oak_package_source source;  /* filled by resolving */
	const char *folder;                /* local */
	const char *only;                  /* local: the one archive that was named; NULL */
	struct oak_repo_client *client;    /* from a repository */
	const char *prefix;                /* "pkg/NAME/VERSION" there */
	const char *name, *version;        /* as named; version NULL = latest */
	const char *repo;                  /* the repository it comes from; NULL = local */
	bool (*accepts)(const void *arg, const char *name, const char *version); /* NULL = all; of versions that were not named */
	const void *accepts_arg;
};

/* Is TEXT a file or folder, not a name? By CLI.md's rule for NAME|FILE; a bare word also where such a file or package folder lies here. */
bool oak_package_is_path(const char *text);

/* Find what TEXT names. HOST: for "latest", the highest version that has an archive for it.
 * Errors: package.absent (INVALID), repo.unknown, package.no-version (NOT_FOUND), tuf.*, http.*. */
int oak_package_place_find(struct oak_context *ctx, const char *text, const struct oak_package_host *host, struct oak_package_place *ret)
	OAK_MUST_USE;
void oak_package_place_done(struct oak_package_place *place); /* for OAK_AUTO */

/* Find the highest version of NAME that has an archive for HOST and that ACCEPTS, in repository FIRST, else, unless --repo says which, in
 * any that is trusted. Errors: package.absent, package.no-platform (NOT_FOUND), tuf.*, http.*. */
int oak_package_place_need(struct oak_context *ctx, const char *name, const char *first, const struct oak_package_host *host,
			   bool (*accepts)(const void *arg, const char *name, const char *version), const void *accepts_arg,
			   struct oak_package_place *ret) OAK_MUST_USE;

/* SBOM and provenance of a repository's package into a folder under their own names; what is not published there is left out.
 * Called before oak_package_load for packages of a repository. */
int oak_package_place_documents(struct oak_package_place *place) OAK_MUST_USE;

#endif
