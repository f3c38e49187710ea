/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which baseline judges a node: named ones in the state folder, files, defaults by OS and patch group, predefined. */
#ifndef OAK_CLI_BASELINES_H
#define OAK_CLI_BASELINES_H

#include "baseline/baseline.h"
#include "cli/cmd.h"

struct oak_chosen {
	struct oak_baseline *baseline; /* in ctx->arena */
	const char *why;               /* "given on the command line", "patch group 'prod'", "default of DEBIAN" … */
};

/* NAME|FILE: a file; else a baseline imported under that name (STATE/baselines/NAME.json); else a predefined one.
 * Every error of the document goes to standard error, each warning too.
 * Errors: baseline.unknown (INVALID: says what is near), those of reading and oak_baseline_parse. */
int oak_baselines_load(struct oak_context *ctx, const char *name_or_file, struct oak_baseline **ret) OAK_MUST_USE;

/* A file, whatever its name looks like; "-" = standard input. Errors: as above. */
int oak_baselines_load_file(struct oak_context *ctx, const char *file, struct oak_baseline **ret) OAK_MUST_USE;

/* The baseline of NODE: GIVEN (--baseline, may be NULL), else the one of its 'Patch Group' (or 'PatchGroup') tag for its
 * OS (configuration baselines.groups, else the imported baseline that lists the group in patchGroups, else a baseline
 * of that name), else the default of its OS ('oakum baseline default', else configuration baselines.defaults), else
 * the predefined one.
 * Errors: as above; baseline.no-default (UNSUPPORTED: no baseline for this platform). */
int oak_baselines_choose(struct oak_context *ctx, const char *given, const struct oak_node *node,
			 struct oak_chosen *ret) OAK_MUST_USE;

/* The node's element of the BaselineOverride array in FILE ("-" = standard input).
 * Errors: those of reading and oak_baseline_parse_override; baseline.no-default. */
int oak_baselines_override(struct oak_context *ctx, const char *file, const struct oak_node *node,
			   struct oak_chosen *ret) OAK_MUST_USE;

/* STATE/baselines/NAME.json; in ctx->arena. */
const char *oak_baselines_path(const struct oak_context *ctx, const char *name);

/* True if NAME can be a name: 1..128 of [A-Za-z0-9._-], not beginning with '.' or '-', not ending as a file does. */
bool oak_baselines_name_ok(const char *name);
bool oak_baselines_is_predefined(const char *name);
bool oak_baselines_is_imported(const struct oak_context *ctx, const char *name);

/* Names of the imported baselines, sorted; in ctx->arena. Errors: file.open, file.read. */
int oak_baselines_imported(struct oak_context *ctx, const char *const **ret_names, size_t *ret_n) OAK_MUST_USE;

/* Keep BASELINE under NAME, replacing what was there. Errors: file.*, lock.held. */
int oak_baselines_save(struct oak_context *ctx, const char *name, const struct oak_baseline *baseline) OAK_MUST_USE;

/* Default of OS: *ret_name is NULL if none is set but the predefined one; *ret_why says where it is set.
 * Errors: baseline.defaults (IO: the file of defaults is damaged; never silently ignored). */
int oak_baselines_default(struct oak_context *ctx, enum oak_os os, const char **ret_name, const char **ret_why)
	OAK_MUST_USE;

/* Set the default of OS in the state folder; NAME NULL takes it away. Errors: file.*, lock.held, baseline.defaults. */
int oak_baselines_set_default(struct oak_context *ctx, enum oak_os os, const char *name) OAK_MUST_USE;

#endif
