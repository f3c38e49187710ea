/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which of the nodes that are known here a proposal is about: a reviewer signs for these. */
#ifndef OAK_CLI_AFFECTED_H
#define OAK_CLI_AFFECTED_H

#include "cli/cmd.h"
#include "repo/proposal.h"

#define OAK_AFFECTED_OPTS                                                                                                          \
	{"from", 0, OAK_OPT_TEXT, "DIR", "nodes are those of the verdicts and inventories in this folder (default: of the state database)", OAK_OPT_NO_CONFIG}

/* Nodes of --from, else of the state database; none is no error. */
struct oak_known_nodes {
	OAK_VEC(const struct oak_node *) list;
};
int oak_affected_nodes(struct oak_context *ctx, struct oak_known_nodes *ret) OAK_MUST_USE;

/* Lines for role P of the proposal of REPO, POLICY being the policy role as it would be: each assignment that changes, and each policy and
 * package that changes and is assigned, with the nodes it is for, and who comes and goes. */
void oak_affected_describe(struct oak_context *ctx, const struct oak_repo *repo, const struct oak_proposed *p, const struct oak_value *policy,
			   const struct oak_known_nodes *nodes, struct oak_words *ret);

#endif
