/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a package as it lies in a folder or came from a repository to a sealed generation; and whether it may be installed at all. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_INSTALL_H
#define OAK_DISTRIBUTOR_PACKAGE_INSTALL_H

#include "distributor/package/engine.h"
#include "distributor/package/resolve.h"
#include "distributor/package/verify.h"

/* Where a package comes from. */
struct oak_package_source {
	const char *manifest_path;  /* for messages, and to be read */
	const char *manifest;       /* its bytes; NULL = read the path */
	size_t manifest_n;
	const char *envelope_path;  /* manifest.json.sig; NULL or absent = none */
	/* Where the file NAME of the package lies, as a path. Errors: its own. */
	int (*find)(void *arg, const char *name, const char **ret_path, struct oak_error *err);
	void *find_arg;
	const char *given_name;     /* --name; NULL */
	const char *fallback_name;  /* path whose last part may name it */
	const char *documents_dir;  /* SBOM and provenance; NULL = asked by find */
	bool from_repository;
};

struct oak_package_loaded {
	struct oak_manifest *manifest;
	const char *manifest_text;
	size_t manifest_n;
	char manifest_sha256[OAK_SHA256_TEXT];
	const char *envelope;       /* NULL = none */
	size_t envelope_n;
	const char *name, *version;
	bool named;                 /* by the manifest, the command line or a repository; else after a folder */
	struct oak_resolution resolution;
	struct oak_verification verification;
	const char *archive;        /* path */
};

/* Read, verify the signatures, check, resolve for HOST, find the archive. Nothing is unpacked.
 * Errors: those of verify.h, manifest.h, resolve.h, and find. */
int oak_package_load(struct oak_arena *arena, const struct oak_package_source *source, const struct oak_package_trust *trust,
		     const struct oak_package_host *host, struct oak_package_loaded *ret, struct oak_error *err) OAK_MUST_USE;

/* Requirements and conflicts between NAME as VERSION, which says TRAITS of itself (VERSION NULL: NAME goes), and what the store has.
 * Errors: package.requires, package.conflict, package.needed (all CONFLICT). */
int oak_package_relations(const struct oak_pkgs *pkgs, const char *name, const char *version, const struct oak_package_traits *traits,
			  struct oak_error *err) OAK_MUST_USE;

/* Unpack LOADED into the generation job->run->to_generation, sealed and on the disk; job->to is it. A failure leaves nothing.
 * Errors: package.hash (UNTRUSTED), archive.*, package.no-room (IO). */
int oak_package_unpack(struct oak_package_job *job, const struct oak_package_loaded *loaded,
		       void (*progress)(void *arg, int64_t done, int64_t total), void *progress_arg, struct oak_error *err) OAK_MUST_USE;

/* The number that a new generation of NAME gets. */
int oak_package_next_generation(const struct oak_pkgs *pkgs, const char *name, int *ret, struct oak_error *err) OAK_MUST_USE;
/* The newest generation before RECORD's that is whole and of another version; 0 = none. */
int oak_package_previous_generation(const struct oak_pkgs *pkgs, const struct oak_package_record *record, int *ret, struct oak_error *err)
	OAK_MUST_USE;

#endif
