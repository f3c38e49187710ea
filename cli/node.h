/* SPDX-License-Identifier: GPL-3.0-or-later */
/* This node's identity as the configuration overrides it. */
#ifndef OAK_CLI_NODE_H
#define OAK_CLI_NODE_H

#include "baseline/inventory.h"
#include "cli/cmd.h"
#include "scanners/host.h"

/* The node id of ctx->root: node.id of the configuration, else from its machine-id; in ctx->arena.
 * Errors: config.node (INVALID: not 1..128 printable characters). */
int oak_node_id(struct oak_context *ctx, const char **ret) OAK_MUST_USE;

/* Name and tags of the configuration into NODE (strings in ctx->arena). Errors: config.node. */
int oak_node_configure(struct oak_context *ctx, struct oak_arena *arena, struct oak_node *node) OAK_MUST_USE;

/* STATE/KIND-ID.json, with what an id may hold and a file name may not escaped. In ctx->arena. */
const char *oak_node_file(struct oak_context *ctx, const char *kind, const char *node_id);

/* CACHE/nodes/ID, made with mode 0700: the private cache of one examined system. Errors: file.mkdir. */
int oak_node_cache_dir(struct oak_context *ctx, const char *node_id, const char **ret) OAK_MUST_USE;

#endif
