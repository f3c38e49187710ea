/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How this host reaches repositories: proxy, certificates, rates, waiting; from the configuration's network keys. */
#ifndef OAK_CLI_NETWORK_H
#define OAK_CLI_NETWORK_H

#include "cli/cmd.h"
#include "core/http.h"
#include "repo/mirrors.h"

/* A fetcher as configured; free it. Errors: config.type, module.*. */
struct oak_fetcher *oak_network_fetcher(struct oak_context *ctx);

/* The same with a rate of its own (--max-rate); 0 = as configured. */
struct oak_fetcher *oak_network_fetcher_at(struct oak_context *ctx, int64_t max_rate);

/* "500k", "2M", "1G" or plain bytes a second. NAME is the subject of messages. Errors: config.type (INVALID). */
int oak_network_rate(struct oak_context *ctx, const char *name, const char *text, int64_t *ret) OAK_MUST_USE;

int oak_network_limits(struct oak_context *ctx, struct oak_mirror_limits *ret) OAK_MUST_USE;
/* The same where no more than MAX_RATE is asked for (0 = network.maxRate): mirrors need not be faster. */
int oak_network_limits_at(struct oak_context *ctx, int64_t max_rate, struct oak_mirror_limits *ret) OAK_MUST_USE;

/* Wait a random part of network.jitter; of 1 to 2 times MS. Both end early when the process is asked to stop. */
void oak_network_jitter(struct oak_context *ctx);
void oak_network_pause(struct oak_context *ctx, int64_t ms);

#endif
