/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Doctor, the host's side: package manager, baseline, repositories, clock. */
#include <stdlib.h>

#include "cli/doctor.h"
#include "cli/show.h"
#include "core/fs.h"
#include "core/map.h"
#include "core/str.h"
#include "fleet/store/history.h"

enum { CONNECT_MS = 3000, SKEW = 600 };
/* No host's clock is right before this program existed: 2026-01-01. */
static const oak_time EARLIEST = 1767225600;

void oak_doctor_host(struct oak_doctor *doctor)
{
	struct oak_context *ctx = doctor->ctx;
	struct oak_scan_run *scan = &doctor->scan;
	if (oak_scan_run_inventory(ctx, scan) < 0) {
		oak_doctor_add_error(doctor, "host", ctx->root, &ctx->err);
		ctx->err = (struct oak_error){0};
		return;
	}
	const struct oak_platform *p = &scan->inventory->node.platform;
	oak_doctor_add(doctor, OAK_HEALTH_OK, "host", ctx->root,
		       oak_arena_printf(ctx->arena, "%s %s, %zu packages, node %s", p->id ? p->id : "unknown",
					p->version ? p->version : "", scan->inventory->packages.n, scan->inventory->node.id),
		       NULL);
	for (size_t i = 0; i < scan->inventory->problems.n; i++) {
		const struct oak_problem *problem = &scan->inventory->problems.v[i];
		oak_doctor_add(doctor, OAK_HEALTH_WARNING, problem->kind, problem->subject, problem->detail, problem->remedy);
	}
	if (scan->inventory->reboot_required)
		oak_doctor_add(doctor, OAK_HEALTH_WARNING, "reboot", ctx->root,
			       oak_show_joined(ctx->arena, scan->inventory->reboot_reasons.v,
					       scan->inventory->reboot_reasons.n, ", ", 3),
			       "reboot this machine");
}

void oak_doctor_baseline(struct oak_doctor *doctor)
{
	struct oak_context *ctx = doctor->ctx;
	if (!doctor->scan.inventory)
		return;
	if (oak_scan_run_choose(&doctor->scan) < 0) {
		oak_doctor_add_error(doctor, "baseline", "", &ctx->err);
		ctx->err = (struct oak_error){0};
		return;
	}
	oak_doctor_add(doctor, OAK_HEALTH_OK, "baseline", doctor->scan.chosen.baseline->id, doctor->scan.chosen.why, NULL);
}

/* "http" "host" "80" of an address; false for what has no host. */
static bool split_address(struct oak_arena *arena, const char *uri, const char **ret_host, const char **ret_port)
{
	static const struct {
		const char *scheme, *port;
	} schemes[] = {{"http", "80"}, {"https", "443"}, {"ftp", "21"}};
	const char *plus = strchr(uri, '+'), *mark = strstr(uri, "://");
	const char *scheme = plus && mark && plus < mark ? plus + 1 : uri;
	*ret_port = NULL;
	for (size_t i = 0; mark && i < sizeof(schemes) / sizeof(*schemes); i++)
		if (oak_str_eq((struct oak_str){scheme, (size_t)(mark - scheme)}, oak_str_of(schemes[i].scheme)))
			*ret_port = schemes[i].port;
	if (!*ret_port)
		return false;
	const char *host = mark + 3;
	size_t n = strcspn(host, "/?#");
	const char *at = memchr(host, '@', n);
	if (at) {
		n -= (size_t)(at + 1 - host);
		host = at + 1;
	}
	char *text = oak_arena_strndup(arena, host, n);
	bool bracket = *text == '[';
	char *close = bracket ? strchr(text, ']') : NULL, *colon = strrchr(close ? close : text, ':');
	if (colon) {
		*colon = '\0';
		*ret_port = colon + 1;
	}
	if (close)
		*close = '\0';
	*ret_host = text + bracket;
	return **ret_host != '\0';
}

/* Reachability of the repository's host, once per host. A proxy of the environment is reached instead. */
static void check_reach(struct oak_doctor *doctor, const struct oak_repository *r, struct oak_map *seen)
{
	struct oak_context *ctx = doctor->ctx;
	const char *proxy = getenv("http_proxy"), *address = proxy && *proxy ? proxy : r->uri, *host, *port;
	if (!r->uri || !split_address(ctx->arena, address, &host, &port))
		return;
	const char *key = oak_arena_printf(ctx->arena, "%s:%s", host, port);
	if (oak_map_has(seen, key))
		return;
	oak_map_put(seen, key, doctor);
	char why[256];
	if (ctx->no_network)
		oak_doctor_add(doctor, OAK_HEALTH_SKIPPED, "reachable", key, "not tried: --no-network", NULL);
	else if (oak_reach_host(host, port, CONNECT_MS, why))
		oak_doctor_add(doctor, OAK_HEALTH_OK, "reachable", key, "accepts connections", NULL);
	else
		oak_doctor_add(doctor, OAK_HEALTH_ERROR, "reachable", key, oak_arena_strdup(ctx->arena, why),
			       "look after network, name service and proxy");
}

static void check_metadata(struct oak_doctor *doctor, const struct oak_repository *r, int64_t max_age)
{
	struct oak_context *ctx = doctor->ctx;
	oak_time now = oak_ctx_now(ctx);
	const char *age = oak_show_age(ctx->arena, r->fetched_at, now), *refresh = "refresh it ('oakum scan --refresh')";
	bool passed = r->valid_until != OAK_TIME_NONE && r->valid_until < now;
	if (r->error)
		oak_doctor_add(doctor, OAK_HEALTH_ERROR, "repository", r->id, r->error, refresh);
	else if (r->fetched_at == OAK_TIME_NONE)
		oak_doctor_add(doctor, OAK_HEALTH_ERROR, "repository", r->id, "has no metadata", refresh);
	else if (passed || now - r->fetched_at > max_age)
		oak_doctor_add(doctor, OAK_HEALTH_WARNING, "repository", r->id,
			       oak_arena_printf(ctx->arena, "%s: %s old", passed ? "its Valid-Until has passed" : "stale", age), refresh);
	else
		oak_doctor_add(doctor, OAK_HEALTH_OK, "repository", r->id, oak_arena_printf(ctx->arena, "%s old", age), NULL);
	if (!r->trusted)
		oak_doctor_add(doctor, OAK_HEALTH_WARNING, "unsigned", r->id, "its metadata is not signed, or not checked",
			       "sign it, or name its key in the package manager's configuration");
}

void oak_doctor_repositories(struct oak_doctor *doctor)
{
	const struct oak_inventory *inventory = doctor->scan.inventory;
	const struct oak_baseline *baseline = doctor->scan.chosen.baseline;
	struct oak_map seen;
	size_t enabled = 0;
	oak_map_init(&seen, doctor->ctx->arena, 16);
	for (size_t i = 0; inventory && i < inventory->repositories.n; i++) {
		const struct oak_repository *r = &inventory->repositories.v[i];
		if (!r->enabled)
			continue;
		enabled++;
		check_metadata(doctor, r, baseline ? baseline->metadata_max_age : 3 * OAK_DAY);
		check_reach(doctor, r, &seen);
	}
	if (inventory && !enabled)
		oak_doctor_add(doctor, OAK_HEALTH_ERROR, "repository", doctor->ctx->root, "no repository is enabled",
			       "configure the package manager's repositories");
}

/* The newest scan that the database remembers; NONE = none. */
static oak_time newest_scan(struct oak_context *ctx)
{
	const struct oak_store_options options = {.dir = ctx->state_dir, .read_only = true, .now = oak_ctx_now(ctx)};
	const struct oak_scan_query query = {.operation = -1, .from = OAK_TIME_NONE, .until = OAK_TIME_NONE, .limit = 1};
	OAK_AUTO(oak_store_close_p) struct oak_store *store = NULL;
	struct oak_scan_rows rows = {0};
	struct oak_error ignored;
	if (oak_store_open(&options, &store, &ignored) < 0 ||
	    oak_store_list_scans(store, ctx->arena, &query, &rows, &ignored) < 0 || !rows.list.n)
		return OAK_TIME_NONE;
	return rows.list.v[0].at;
}

void oak_doctor_clock(struct oak_doctor *doctor)
{
	struct oak_context *ctx = doctor->ctx;
	const struct oak_inventory *inventory = doctor->scan.inventory;
	oak_time now = oak_ctx_now(ctx), newest = OAK_TIME_NONE, scan = newest_scan(ctx);
	const char *subject = oak_show_time(ctx->arena, now), *remedy = "set the clock, let it be kept by NTP";
	for (size_t i = 0; inventory && i < inventory->repositories.n; i++)
		if (inventory->repositories.v[i].release_date > newest)
			newest = inventory->repositories.v[i].release_date;
	const char *detail = NULL;
	if (now < EARLIEST)
		detail = "the clock is years behind";
	else if (newest != OAK_TIME_NONE && newest > now + SKEW)
		detail = oak_arena_printf(ctx->arena, "a repository was released at %s, later than now: the clock is behind",
					  oak_show_time(ctx->arena, newest));
	else if (scan != OAK_TIME_NONE && scan > now + SKEW)
		detail = oak_arena_printf(ctx->arena, "the newest scan was at %s, later than now: the clock went back",
					  oak_show_time(ctx->arena, scan));
	oak_doctor_add(doctor, detail ? OAK_HEALTH_ERROR : OAK_HEALTH_OK, "clock", subject,
		       detail ? detail : "agrees with repositories and earlier scans", detail ? remedy : NULL);
}
