/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Upstream repositories of distributions that this host may mirror: addresses, what of them, and the keys that they are checked with. */
#ifndef OAK_CLI_UPSTREAMS_H
#define OAK_CLI_UPSTREAMS_H

#include "cli/cmd.h"

struct oak_upstream_config {
	const char *const *urls, *const *components, *const *arches;
	size_t url_count, component_count, arch_count;
	const char *suite;   /* NULL = an rpm repository */
	bool gpgcheck;	     /* packages carry signatures of the keyring's keys, too */
	const char *keyring; /* our copy of the file that was given */
};

/* Store NAME with a copy of KEYRING. Errors: repo.name, usage.args (INVALID), file.*. */
int oak_upstreams_trust(struct oak_context *ctx, const char *name, const struct oak_upstream_config *upstream) OAK_MUST_USE;

/* Forget NAME and its keys; mirrors that were made of it stay. Errors: file.*. */
int oak_upstreams_forget(struct oak_context *ctx, const char *name) OAK_MUST_USE;

/* Is NAME one? */
bool oak_upstreams_has(struct oak_context *ctx, const char *name);
int oak_upstreams_load(struct oak_context *ctx, const char *name, struct oak_upstream_config *ret) OAK_MUST_USE;

/* Their names, sorted; in ctx->arena. */
int oak_upstreams_names(struct oak_context *ctx, const char *const **ret, size_t *ret_n) OAK_MUST_USE;

#endif
