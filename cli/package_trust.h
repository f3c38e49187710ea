/* SPDX-License-Identifier: GPL-3.0-or-later */
/* --key, --threshold, --trust, --allow-unsigned: whom this call trusts, and the node's own policy. */
#ifndef OAK_CLI_PACKAGE_TRUST_H
#define OAK_CLI_PACKAGE_TRUST_H

#include "cli/cmd.h"
#include "distributor/package/trust.h"

#define OAK_PACKAGE_TRUST_OPTS                                                                                                            \
	{"key", 0, OAK_OPT_LIST, "PEM", "trust this public key instead of the policy's", OAK_OPT_NO_CONFIG},                              \
	{"threshold", 0, OAK_OPT_TEXT, "COUNT", "how many different trusted keys must have signed (default 1, or the policy's)", OAK_OPT_NO_CONFIG}, \
	{"trust", 0, OAK_OPT_TEXT, "POLICY", "trust policy (default trust.yaml beside the configuration)", OAK_OPT_NO_CONFIG},            \
	{"allow-unsigned", 0, OAK_OPT_FLAG, NULL, "take a package whoever made it; hashes are still checked", OAK_OPT_NO_CONFIG}

/* Fill *RET from these options and the policy; free with oak_package_trust_done. No policy and no key: nothing is trusted.
 * Errors: policy.*, trust.*, key.*, file.*. */
int oak_ctx_package_trust(struct oak_context *ctx, struct oak_package_trust *ret) OAK_MUST_USE;

#endif
