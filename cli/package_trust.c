/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whom a call trusts: its options above the node's policy. */
#include "cli/package_trust.h"

#include <string.h>

#include "core/fs.h"
#include "core/str.h"

/* trust.yaml in the folder of the configuration; NULL where there is none. */
static const char *default_policy(struct oak_context *ctx)
{
	const char *config = ctx->config_file, *slash = NULL;
	for (const char *p = config; p && *p; p++)
		if (*p == '/' || *p == '\\')
			slash = p;
	const char *path = slash    ? oak_arena_printf(ctx->arena, "%.*s/trust.yaml", (int)(slash - config), config)
			   : config ? "trust.yaml"
				    : "/etc/oakum/trust.yaml";
	return oak_fs_exists(path) ? path : NULL;
}

static int load(struct oak_context *ctx, struct oak_package_trust *trust)
{
	const char *given = oak_opt_text(ctx, "trust"), *policy = given ? given : default_policy(ctx), *const *keys;
	size_t n = oak_opt_list(ctx, "key", &keys);
	int64_t threshold = oak_opt_count(ctx, "threshold", 0);
	if (policy && oak_package_trust_load(trust, policy, &ctx->err) < 0) {
		if (given && ctx->err.kind == OAK_NOT_FOUND)
			ctx->err.kind = OAK_INVALID;
		return -1;
	}
	if (threshold > OAK_TRUST_KEYS || (oak_opt_text(ctx, "threshold") && threshold < 1))
		return oak_fail(&ctx->err, OAK_INVALID, "policy.threshold", 0, "'--threshold' must be 1 to %d", OAK_TRUST_KEYS);
	if (oak_package_trust_keys(trust, keys, n, (int)threshold, &ctx->err) < 0) {
		if (ctx->err.kind == OAK_NOT_FOUND)
			ctx->err.kind = OAK_INVALID; /* the command line names it */
		return -1;
	}
	trust->allow_unsigned = oak_opt_flag(ctx, "allow-unsigned");
	return 0;
}

int oak_ctx_package_trust(struct oak_context *ctx, struct oak_package_trust *ret)
{
	oak_package_trust_init(ret);
	if (load(ctx, ret) == 0)
		return 0;
	oak_package_trust_done(ret);
	return -1;
}
