/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --key and --passphrase-file, shared by the commands that sign in a repository. */
#ifndef OAK_CLI_REPO_SIGNERS_H
#define OAK_CLI_REPO_SIGNERS_H

#include "cli/cmd.h"
#include "repo/publish.h"

/* First line of --passphrase-file in ctx->arena; NULL when not given. */
int oak_repo_passphrase(struct oak_context *ctx, const char **ret) OAK_MUST_USE;

/* The keys of --key, else all of the folder that the repository remembers; free each. Errors: repo.signers, key.*. */
int oak_repo_signers_open(struct oak_context *ctx, const struct oak_repo *repo, struct oak_repo_signers *ret) OAK_MUST_USE;

#endif
