/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration file: found, trusted, checked against the tables, merged under the command line. */
#ifndef OAK_CLI_CONFIG_H
#define OAK_CLI_CONFIG_H

#include "cli/opt.h"

enum { OAK_CONFIG_MAX = 1024 * 1024 };

/* Set ctx->config_file and ctx->config: --config, else the user's file, else /etc/oakum/oakum.yaml; absent = none.
 * Errors: config.* (INVALID, UNTRUSTED), trust.*, yaml.invalid … */
int oak_config_load(struct oak_context *ctx, struct oak_error *err) OAK_MUST_USE;

/* Check ctx->config (NULL is fine), as read from ctx->config_file, against the tables. Errors: config.*. */
int oak_config_check(struct oak_context *ctx, struct oak_error *err) OAK_MUST_USE;

/* Fill options of this call that the command line does not give from the configuration. */
void oak_config_merge(struct oak_context *ctx);

/* Where the configuration is when --config does not say, whether or not it exists; in ARENA. */
const char *oak_config_place(struct oak_arena *arena);

/* The key of an option of CMD (NULL = a global one) as a path, "scan.exitCode"; in ARENA. */
const char *oak_config_path(struct oak_arena *arena, const struct oak_cmd *cmd, const struct oak_opt *opt);

#endif
