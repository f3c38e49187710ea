/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A package's manifest.json: AWS Distributor's schema 2.0, with our own members under "x-oakum". docs/formats/manifest.md. */
#ifndef OAK_DISTRIBUTOR_PACKAGE_MANIFEST_H
#define OAK_DISTRIBUTOR_PACKAGE_MANIFEST_H

#include "core/error.h"
#include "core/sink.h"
#include "core/value.h"
#include "distributor/package/traits.h"

enum { OAK_MANIFEST_MAX = 16 * 1024 * 1024 };

/* One archive, as "files" lists it. */
struct oak_manifest_file {
	const char *name;
	const char *sha256;     /* as written; NULL = the manifest has none */
	bool other_sums;        /* it has sums of other kinds (md5 …) */
	int64_t size;           /* bytes, -1 = not said */
	int64_t unpacked_size;  /* x-oakum: of all its regular files, -1 = not said */
	int64_t entries;        /* x-oakum: how many entries, -1 = not said */
	const char *tree_root;  /* x-oakum, tree model: digest of its content (docs/formats/package.md), NULL */
	const struct oak_value *raw; /* the object under "files"; NULL in a manifest that was not read */
};

/* packages[platform][version][arch] = file, in the order of the document. */
struct oak_manifest_arch {
	const char *key, *file;
	const struct oak_value *raw;
};
struct oak_manifest_version {
	const char *key;
	OAK_VEC(struct oak_manifest_arch) arches;
};
struct oak_manifest_platform {
	const char *key;
	OAK_VEC(struct oak_manifest_version) versions;
};

struct oak_manifest {
	const char *schema_version; /* "2.0"; NULL = not said */
	const char *version;        /* NULL = not said (AWS keeps it outside, too) */
	const char *publisher, *description;
	OAK_VEC(struct oak_manifest_platform) packages;
	OAK_VEC(struct oak_manifest_file) files;
	const struct oak_value *raw; /* the whole document as read, for the members that we do not know; NULL */
	/* x-oakum */
	bool ours;        /* it has the key */
	const char *name; /* NULL = named after its folder or target path */
	struct oak_package_traits traits; /* model script and defaults where the key is absent */
	struct oak_package_attachment sbom, provenance;
	const char *rollback_floor; /* no version below this one may be gone back to; NULL = none */
	OAK_VEC(struct oak_pair) built_with; /* libraries that decide on the bytes of the archives */
};

/* Read DOC. What AWS's agent accepts is accepted: unknown members, missing members, its own keys in any case; wrong types are
 * errors, and so is an unknown member of x-oakum. NAME is the subject of messages. Everything is in ARENA, DOC is borrowed.
 * Errors: manifest.invalid (INVALID), manifest.newer (UNSUPPORTED: schemaVersion not 2, x-oakum format not 1). */
int oak_manifest_parse(struct oak_arena *arena, const struct oak_value *doc, const char *name, struct oak_manifest **ret,
		       struct oak_error *err) OAK_MUST_USE;

/* Read it from its bytes (JSON). Errors: json.invalid, value.*, and the above. */
int oak_manifest_parse_text(struct oak_arena *arena, const char *text, size_t n, const char *name, struct oak_manifest **ret,
			    struct oak_error *err) OAK_MUST_USE;

/* What must hold before anything of the package is used: a version, names and files that are safe as names of files, each file that a
 * platform names is listed, each listed one has a sha256 (md5 does not count), a tar.zst needs the tree model.
 * Errors: manifest.invalid (INVALID), manifest.checksum (UNTRUSTED). */
int oak_manifest_check(const struct oak_manifest *manifest, const char *name, struct oak_error *err) OAK_MUST_USE;

/* The entry of "files"; NULL = absent. */
const struct oak_manifest_file *oak_manifest_file_find(const struct oak_manifest *manifest, const char *name);

/* Name of the package: GIVEN (--name), else its own, else the last part of FALLBACK (its folder's path); NULL if none may be a name. */
const char *oak_manifest_name(struct oak_arena *arena, const struct oak_manifest *manifest, const char *given, const char *fallback);

/* Write it, with all members of what was read that we do not know. */
void oak_manifest_format(const struct oak_manifest *manifest, struct oak_sink *sink);

/* The entry for platform, version and arch, made if absent: for building one. NULL if there is one with another file. */
struct oak_manifest_arch *oak_manifest_place(struct oak_arena *arena, struct oak_manifest *manifest, const char *platform,
					     const char *version, const char *arch, const char *file);

/* A manifest without anything in it. */
struct oak_manifest *oak_manifest_new(struct oak_arena *arena);

#endif
