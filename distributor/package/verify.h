/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a package is what somebody trusted signed: manifest, signature, archives and documents. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_VERIFY_H
#define OAK_DISTRIBUTOR_PACKAGE_VERIFY_H

#include "distributor/package/dsse.h"
#include "distributor/package/manifest.h"
#include "distributor/package/trust.h"

/* What was found out about the signatures; data, whether it suffices or not. */
struct oak_verification {
	const char *name;             /* of the package, by which the rule was chosen */
	bool signature;               /* there is an envelope */
	size_t needed, good;          /* signatures by different trusted keys */
	OAK_VEC(const char *) keys;   /* ids of those that signed */
	bool unsigned_allowed;        /* nothing was asked, by --allow-unsigned or because a repository vouches for it */
	bool sbom_checked, provenance_checked;
};

/* Where a package comes from. */
struct oak_verify_request {
	const char *name;             /* the package's (oak_manifest_name) */
	const char *subject;          /* for messages: the manifest's path */
	const char *manifest;         /* its exact bytes */
	size_t manifest_n;
	const char *envelope;         /* bytes of manifest.json.sig; NULL = there is none */
	size_t envelope_n;
	bool from_repository;         /* a TUF target of a repository that this host trusts */
	const struct oak_package_trust *trust;
};

/* The signatures alone: enough different trusted keys signed exactly these bytes. *ret is filled on failure, too.
 * Errors: package.unsigned, package.no-key, package.signature, dsse.invalid (all UNTRUSTED). */
int oak_verify_signatures(struct oak_arena *arena, const struct oak_verify_request *request, struct oak_verification *ret,
			  struct oak_error *err) OAK_MUST_USE;

/* The bytes behind FD (from its beginning; the offset is at 0 afterwards) have this SHA-256 and, unless SIZE is -1, size. Streams in
 * constant memory. Keep the descriptor: what is read from it later is what was checked, if nobody else can write the file.
 * Errors: package.hash (UNTRUSTED), file.read. */
int oak_verify_fd(int fd, const char *name, const char *sha256, int64_t size, struct oak_error *err) OAK_MUST_USE;

/* One file of a folder; several are hashed at the same time, one thread each. */
struct oak_verify_file {
	const char *path, *sha256;
	int64_t size; /* -1 = not said */
};
/* Errors: as above for the first file in order that fails, file.open (an absent file is UNTRUSTED package.missing). */
int oak_verify_files(const struct oak_verify_file *files, size_t n, size_t threads, struct oak_error *err) OAK_MUST_USE;

/* SBOM and provenance beside the manifest in DIR: hashes, what the rule requires, that they are what they should be.
 * Errors: package.sbom, package.provenance (UNTRUSTED), and those of oak_verify_files. */
int oak_verify_documents(struct oak_arena *arena, const char *dir, const struct oak_manifest *manifest,
			 const struct oak_verify_request *request, struct oak_verification *ret, struct oak_error *err) OAK_MUST_USE;

/* A whole folder: manifest.json, its signature, all archives, all documents. *ret_manifest is set once it could be read.
 * GIVEN is --name or NULL. Errors: all of the above, manifest.*. */
int oak_verify_dir(struct oak_arena *arena, const char *dir, const char *given, const struct oak_package_trust *trust,
		   struct oak_manifest **ret_manifest, struct oak_verification *ret, struct oak_error *err) OAK_MUST_USE;

#endif
