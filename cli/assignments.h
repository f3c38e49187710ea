/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Assignments from where they are: trusted repositories, a folder or file, a repository that is being published. */
#ifndef OAK_CLI_ASSIGNMENTS_H
#define OAK_CLI_ASSIGNMENTS_H

#include "baseline/assignment.h"
#include "cli/cmd.h"
#include "repo/store.h"

/* In a repository they are the targets below this. */
#define OAK_ASSIGNMENTS_PATH "policy/assignments/"

/* Rows for the option table of a command that asks what is assigned. */
#define OAK_ASSIGNMENT_OPTS                                                                                                      \
	{"repo", 0, OAK_OPT_LIST, "NAME", "take assignments of this trusted repository (default: of all)", 0},                    \
	{"assignments", 0, OAK_OPT_TEXT, "FILE|DIR", "take these instead of any repository's, to try them", OAK_OPT_NO_CONFIG},    \
	{"tags", 0, OAK_OPT_LIST, "K=V,…", "as if the node had these tags, in place of its own", OAK_OPT_NO_CONFIG}

/* What --assignments names, else what the repositories hold that --repo names, else all trusted ones. In a repository's assignment
 * "policy/x.yaml" is made "repo:NAME/policy/x.yaml"; a path on this host is refused there. Needs the network unless cached.
 * Errors: assignment.*, selector.invalid (INVALID), repo.*, tuf.*, http.*, file.*. */
int oak_assignments_load(struct oak_context *ctx, struct oak_assignments *ret) OAK_MUST_USE;

/* This host with the tags of its configuration, or those of --tags; or --inventory's node. Errors: usage.tags (INVALID). */
int oak_assignments_node(struct oak_context *ctx, struct oak_node *ret) OAK_MUST_USE;

/* Refuse a publication whose assignments, published and staged ones together, contradict. Errors: assignment.* (INVALID), file.*. */
int oak_assignments_check_repo(struct oak_context *ctx, const struct oak_repo *repo) OAK_MUST_USE;

/* The target path of a policy FILE: assignments are below OAK_ASSIGNMENTS_PATH, what else oakum reads is in policy/. *ret in ctx->arena.
 * Errors: assignment.*, selector.invalid (INVALID), file.*. */
int oak_assignments_policy_path(struct oak_context *ctx, const char *file, const char **ret) OAK_MUST_USE;

/* The next KEY=VALUE of "K=V,K=V" (WHOLE, of which REST is left): 1, 0 = no more, -1. *ret in ctx->arena. Errors: usage.tags (INVALID). */
int oak_tags_next(struct oak_context *ctx, const char *whole, struct oak_str *rest, struct oak_tag *ret) OAK_MUST_USE;

#endif
