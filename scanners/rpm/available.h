/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a repository offers to this host: versions of installed packages, their replacements, advisories. */
#ifndef OAK_SCANNERS_RPM_AVAILABLE_H
#define OAK_SCANNERS_RPM_AVAILABLE_H

#include "scanners/rpm/metadata.h"
#include "scanners/rpm/modules.h"
#include "scanners/rpm/updateinfo.h"
#include "scanners/rpm/xmlfilter.h"

struct oak_obsolete {
	const char *name, *evr; /* NULL evr = every version */
	int flags;		/* of libsolv: REL_LT, REL_EQ, REL_GT */
};

struct oak_available {
	const char *name, *arch, *evr, *source, *vendor;
	int64_t size;
	oak_time built;
	OAK_VEC(struct oak_obsolete) obsoletes;
};

struct oak_offer {
	OAK_VEC(struct oak_available) packages;
	struct oak_updateinfo advisories;
	bool has_advisories; /* the repository has an updateinfo at all */
};

struct oak_available_request {
	const char *cache_dir, *repo_id;
	const struct oak_map *names; /* NULL = all */
	const char *names_digest;
	bool suse;
};

/* Everything of METADATA that concerns the names in NAMES (installed ones; their digest is part of the cache's key).
 * From our .solv and advisory caches, else from the files, whose checksums are compared then; modules.yaml is added to
 * MODULES. Errors: rpm.metadata-* . */
int oak_available_load(struct oak_arena *arena, const struct oak_metadata *metadata, const struct oak_available_request *request,
		       struct oak_modules *modules, struct oak_offer *ret, struct oak_error *err) OAK_MUST_USE;

/* Add the repository's modules to MODULES: from the cache file NAME in CACHE_DIR, else from its modules.yaml, and then cached
 * with the artifacts of NAMES (NULL = all). */
int oak_available_modules(const struct oak_metadata *metadata, const char *cache_dir, const char *name, const struct oak_map *names,
			  struct oak_modules *modules, struct oak_error *err) OAK_MUST_USE;

/* Open a checked file of the repository unpacked; *ret NULL without an error when the repository has none of TYPE. */
int oak_available_open(struct oak_arena *arena, const struct oak_metadata *metadata, const char *type, FILE **ret,
		       struct oak_error *err) OAK_MUST_USE;

/* As above, XML for a library's own parser: whole, but without document types and no longer than OAK_METADATA_MAX. FILTER must
 * outlive the stream; its `refused` says afterwards that the stream ended for that. */
int oak_available_open_all(struct oak_arena *arena, const struct oak_metadata *metadata, const char *type,
			   struct oak_xmlfilter *filter, FILE **ret, struct oak_error *err) OAK_MUST_USE;

#endif
