/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configuration's network keys as options of fetchers and mirrors. */
#include "cli/network.h"

#include <string.h>
#include <time.h>

#include "core/random.h"
#include "core/str.h"
#include "core/time.h"

enum { PAUSE_MS = 100, MIN_RATE = 16384 };

int oak_network_rate(struct oak_context *ctx, const char *name, const char *text, int64_t *ret)
{
	static const char units[] = "kMG";
	struct oak_str number = oak_str_of(text);
	int64_t value, factor = 1;
	const char *unit = number.n ? strchr(units, number.p[number.n - 1]) : NULL;
	if (unit)
		number.n--;
	for (const char *p = unit; p && p >= units; p--)
		factor *= 1000;
	if (!oak_parse_int(number, 1, INT64_MAX / 1000000000, &value))
		return oak_fail(&ctx->err, OAK_INVALID, "config.type", 0,
				"'%s' cannot be '%s' (bytes a second, such as 20000, 500k or 2M)", name, text);
	*ret = value * factor;
	return 0;
}

static int configured_rate(struct oak_context *ctx, const char *key, int64_t *ret)
{
	const char *text = oak_config_text(ctx, key);
	return text ? oak_network_rate(ctx, key, text, ret) : 0;
}

static int64_t configured_span(struct oak_context *ctx, const char *key)
{
	const char *text = oak_config_text(ctx, key);
	int64_t seconds = 0;
	return text && oak_duration_parse(text, &seconds) ? seconds : 0;
}

struct oak_fetcher *oak_network_fetcher_at(struct oak_context *ctx, int64_t max_rate)
{
	struct oak_http_options options = {.offline = ctx->no_network,
					   .stop = &oak_stop_signal,
					   .max_rate = max_rate,
					   .proxy = oak_config_text(ctx, "network.proxy"),
					   .ca_file = oak_config_text(ctx, "network.caFile"),
					   .client_cert = oak_config_text(ctx, "network.clientCert"),
					   .client_key = oak_config_text(ctx, "network.clientKey")};
	if (!max_rate && configured_rate(ctx, "network.maxRate", &options.max_rate) < 0)
		return NULL;
	return oak_http_new(&options, &ctx->err);
}

struct oak_fetcher *oak_network_fetcher(struct oak_context *ctx)
{
	return oak_network_fetcher_at(ctx, 0);
}

int oak_network_limits_at(struct oak_context *ctx, int64_t max_rate, struct oak_mirror_limits *ret)
{
	struct oak_mirror_limits limits = {.slow_s = configured_span(ctx, "network.slowTime")};
	if (configured_rate(ctx, "network.minRate", &limits.min_rate) < 0 ||
	    (!max_rate && configured_rate(ctx, "network.maxRate", &max_rate) < 0))
		return -1;
	int64_t least = limits.min_rate ? limits.min_rate : MIN_RATE;
	if (max_rate && least > max_rate / 2) { /* a mirror is not slow because we are */
		limits.min_rate = max_rate / 2 + 1;
		limits.least_rate = max_rate / 4 + 1;
	}
	*ret = limits;
	return 0;
}

int oak_network_limits(struct oak_context *ctx, struct oak_mirror_limits *ret)
{
	return oak_network_limits_at(ctx, 0, ret);
}

static void wait_ms(int64_t ms)
{
	for (; ms > 0 && !oak_stop_signal; ms -= PAUSE_MS) {
		int64_t step = ms < PAUSE_MS ? ms : PAUSE_MS;
		const struct timespec t = {.tv_sec = 0, .tv_nsec = (long)step * 1000000};
		nanosleep(&t, NULL);
	}
}

void oak_network_pause(struct oak_context *ctx, int64_t ms)
{
	(void)ctx;
	wait_ms(ms + (int64_t)(oak_random() % (uint64_t)(ms + 1)));
}

void oak_network_jitter(struct oak_context *ctx)
{
	int64_t most = configured_span(ctx, "network.jitter");
	if (most > 0 && !ctx->no_network)
		wait_ms((int64_t)(oak_random() % (uint64_t)(most * 1000)));
}
