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
 * Errors: baseline.unknown (INVALID: says what is near), those of reading and oak_baseline_parse. */
int oak_baselines_load(struct oak_context *ctx, const char *name_or_file, struct oak_baseline **ret) OAK_MUST_USE;

/* The baseline of NODE: GIVEN (--baseline, may be NULL), else the one of its 'Patch Group' (or 'PatchGroup') tag for its
 * OS (configuration baselines.groups, else a baseline of that name), else the default of its OS ('oakum baseline
 * default', else configuration baselines.defaults), else the predefined one.
 * Errors: as above; baseline.no-default (UNSUPPORTED: no baseline for this platform). */
int oak_baselines_choose(struct oak_context *ctx, const char *given, const struct oak_node *node,
			 struct oak_chosen *ret) OAK_MUST_USE;

/* STATE/baselines/NAME.json, or the file of defaults for NAME NULL; in ctx->arena. */
const char *oak_baselines_path(const struct oak_context *ctx, const char *name);

/* Default of an OS set by 'oakum baseline default'; NULL = none. */
const char *oak_baselines_default(struct oak_context *ctx, enum oak_os os);

/* True if NAME can be a name: 1..128 of [A-Za-z0-9._-], not beginning with '.' or '-'. */
bool oak_baselines_name_ok(const char *name);

#endif
