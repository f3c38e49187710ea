/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Modularity: which module streams a host uses, and which packages of a modular repository that lets through. */
#ifndef OAK_SCANNERS_RPM_MODULES_H
#define OAK_SCANNERS_RPM_MODULES_H

#include <stdio.h>

#include "core/map.h"
#include "core/mem.h"
#include "core/buf.h"

struct oak_module_requirement {
	const char *module;
	OAK_VEC(const char *) streams; /* empty = any; "-x" = not x */
};

struct oak_module_dependencies {
	OAK_VEC(struct oak_module_requirement) requirements;
};

struct oak_module {
	const char *name, *stream, *version, *context, *arch;
	OAK_VEC(const char *) artifacts; /* name-epoch:version-release.arch */
	OAK_VEC(struct oak_module_dependencies) dependencies; /* one of them must hold */
	bool active;			 /* set by oak_modules_settle */
};

struct oak_module_state {
	const char *name, *stream;
	bool disabled;
};

struct oak_modules {
	struct oak_arena *arena;
	OAK_VEC(struct oak_module) list;
	OAK_VEC(struct oak_module_state) defaults; /* of modules.yaml and /etc/dnf/modules.defaults.d */
	OAK_VEC(struct oak_module_state) states;   /* /etc/dnf/modules.d */
	struct oak_map by_artifact;		   /* nevra -> struct oak_module *: an active one before others */
	struct oak_map active_names;		   /* names of packages that an active stream has */
};

enum { OAK_MODULES_MAX = 256 * 1024 * 1024 };

void oak_modules_init(struct oak_modules *modules, struct oak_arena *arena);

/* Add the documents of a modules.yaml (any number; kinds other than modulemd and modulemd-defaults are passed over).
 * Errors: rpm.metadata-invalid. */
int oak_modules_parse(struct oak_modules *modules, FILE *in, const char *name, struct oak_error *err) OAK_MUST_USE;

/* The cached form of what oak_modules_parse read, with the artifacts of NAMES only (NULL = all). Unpacking adds to MODULES;
 * strings are borrowed. False, and nothing added, if TEXT is not that form. */
void oak_modules_pack(const struct oak_modules *modules, const struct oak_map *names, struct oak_buf *buf);
bool oak_modules_unpack(struct oak_modules *modules, const char *text, size_t n);

/* State of this host below ROOT: modules.d and modules.defaults.d. */
void oak_modules_load_state(struct oak_modules *modules, const char *root);

/* Decide which streams are active: enabled ones, else defaults; of several contexts the one whose requirements hold. */
void oak_modules_settle(struct oak_modules *modules);

enum oak_module_verdict { OAK_MODULE_NONE, OAK_MODULE_ACTIVE, OAK_MODULE_INACTIVE, OAK_MODULE_SHADOWED };

/* What modularity says of a package of a repository: none of its business; of an active or inactive stream (*ret_label
 * "name:stream:version:context"); or not modular but of a name that an active stream has, so hidden. */
enum oak_module_verdict oak_modules_judge(const struct oak_modules *modules, const char *name, const char *evr, const char *arch,
					  const char **ret_label);

/* Is a stream active? NULL parts match everything. */
bool oak_modules_active(const struct oak_modules *modules, const char *name, const char *stream, const char *context, const char *arch);

#endif
