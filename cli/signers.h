/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --key and --passphrase-file, shared by the commands that sign. */
#ifndef OAK_CLI_SIGNERS_H
#define OAK_CLI_SIGNERS_H

#include "cli/cmd.h"
#include "core/signer.h"
#include "repo/publish.h"

/* Content of --passphrase-file without its end of line, in ctx->arena; NULL when not given. */
int oak_passphrase(struct oak_context *ctx, const char **ret) OAK_MUST_USE;

/* The key SPEC of the command line, opened with the passphrase of --passphrase-file; free it. NULL on failure.
 * Errors: file.* (INVALID where it is not there), key.*, signer.*. */
struct oak_signer *oak_signer_named(struct oak_context *ctx, const char *spec);

/* The keys of --key, else all of the folder that the repository remembers; free each. Errors: repo.signers, those of oak_signer_named. */
int oak_repo_signers_open(struct oak_context *ctx, const struct oak_repo *repo, struct oak_repo_signers *ret) OAK_MUST_USE;

#endif
