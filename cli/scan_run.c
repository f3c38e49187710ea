/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps of a scan, each once, in order; the caller decides how far to go. */
#include "cli/scan_run.h"

#include <unistd.h>

#include "cli/node.h"
#include "cli/pending_boot.h"
#include "core/fs.h"
#include "core/mask.h"
#include "core/str.h"
#include "fleet/feed/join.h"
#include "scanners/catalog.h"
#include "scanners/evidence.h"
#include "scanners/replay.h"

enum { WARNINGS_MAX = 20, EXIT_PARTLY = 4, EXIT_UNTRUSTED = 5, EXIT_LATER = 75 };

void oak_scan_run_done(struct oak_scan_run *run)
{
	oak_store_close(run->store);
	oak_arena_free(run->arena);
	*run = (struct oak_scan_run){0};
}

static int stopped(struct oak_context *ctx)
{
	if (!oak_stop_signal)
		return 0;
	return oak_fail(&ctx->err, OAK_INTERRUPTED, "scan.interrupted", 0, "interrupted");
}

/* The update agent looks into the catalogue itself; for a recorded host, which has none, we do. */
static int offer_catalog(struct oak_context *ctx, const char *file, struct oak_scan_run *run)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	struct oak_catalog catalog = {0};
	if (!oak_streq(run->inventory->node.platform.family, "windows"))
		return oak_fail(&ctx->err, OAK_INVALID, "catalog.where", 0, "--offline-catalog is for hosts that run Windows ('%s' is not one)",
				oak_opt_text(ctx, "inventory"));
	if (oak_catalog_load(arena, file, &catalog, &ctx->err) < 0)
		return oak_input_missing(&ctx->err);
	oak_catalog_offer(&catalog, file, run->inventory);
	return 0;
}

static int load_recorded(struct oak_context *ctx, const char *file, struct oak_scan_run *run)
{
	const char *catalog = oak_opt_text(ctx, "offline-catalog");
	run->recorded = true;
	if (oak_replay_load(file, &run->arena, &run->inventory, &ctx->err) == 0)
		return catalog ? offer_catalog(ctx, catalog, run) : 0;
	return oak_input_missing(&ctx->err);
}

/* What a person at a terminal sees of work that takes longer than a second. */
struct watch {
	struct oak_context *ctx;
	struct oak_arena *shared; /* memory that the child sees too */
	volatile struct oak_progress_state *state;
	int ticks;
};

static void on_tick(void *arg)
{
	enum { TICKS_BEFORE = 5 };
	static const char *const steps[] = {
		[OAK_PROGRESS_START] = "scanning", [OAK_PROGRESS_FETCH] = "fetching metadata", [OAK_PROGRESS_READ] = "reading metadata"};
	struct watch *w = arg;
	int step = w->state->step;
	if (++w->ticks < TICKS_BEFORE || step < 0 || (size_t)step >= sizeof(steps) / sizeof(*steps))
		return;
	int64_t left = w->state->seconds_left;
	oak_progress(&w->ctx->out, steps[step], w->state->done, w->state->total, left > 0 ? left : -1);
}

static void watch_begin(struct oak_context *ctx, struct watch *w, struct oak_scan_request *request)
{
	*w = (struct watch){.ctx = ctx};
	w->shared = ctx->out.progress ? oak_arena_new_shared(65536) : NULL;
	if (!w->shared)
		return;
	w->state = OAK_NEW(w->shared, struct oak_progress_state);
	request->progress = w->state;
	request->on_tick = on_tick;
	request->tick_arg = w;
}

static void watch_end(struct watch *w, struct oak_scan_request *request)
{
	oak_progress_end(&w->ctx->out);
	request->progress = NULL;
	request->on_tick = NULL;
	request->tick_arg = NULL;
	oak_arena_free(w->shared);
}

/* A catalogue that is cut off, or none at all, is refused before the update agent is asked, in words. */
static int check_catalog(struct oak_context *ctx, const char *file)
{
	if (!file)
		return 0;
#ifdef _WIN32
	int rc = oak_catalog_check(file, &ctx->err);
	if (rc < 0 && ctx->err.kind == OAK_NOT_FOUND)
		ctx->err.kind = OAK_INVALID;
	return rc;
#else
	return oak_fail(&ctx->err, OAK_INVALID, "catalog.where", 0,
			"--offline-catalog is for hosts that run Windows (give a recorded one with --inventory)");
#endif
}

static int scan_host(struct oak_context *ctx, struct oak_scan_run *run)
{
	struct oak_scan_request *q = &run->request;
	q->root = ctx->root;
	q->now = oak_ctx_now(ctx);
	q->refresh = oak_opt_flag(ctx, "refresh");
	q->no_network = ctx->no_network;
	q->offline_catalog = oak_opt_text(ctx, "offline-catalog");
	if (check_catalog(ctx, q->offline_catalog) < 0)
		return -1;
	q->timeout_s = oak_opt_duration(ctx, "timeout", 0);
	q->stop = &oak_stop_signal;
	if (oak_node_id(ctx, &q->node_id) < 0 || oak_node_cache_dir(ctx, q->node_id, &q->cache_dir) < 0)
		return -1;
	struct watch watch;
	watch_begin(ctx, &watch, q);
	int rc = oak_scan(q, &run->arena, &run->inventory, &ctx->err);
	watch_end(&watch, q);
	return rc < 0 ? -1 : oak_node_configure(ctx, run->arena, &run->inventory->node);
}

/* Build dates of package files: kept ones at every scan, new ones are asked for with --refresh only. */
static void date_updates(struct oak_scan_run *run)
{
	struct oak_context *ctx = run->ctx;
	const struct oak_http_options options = {.stop = &oak_stop_signal};
	struct oak_evidence_request request = {.cache_dir = run->request.cache_dir, .now = oak_ctx_now(ctx)};
	struct oak_error ignored = {0}; /* without the module dates come from elsewhere */
	if (run->request.refresh && !ctx->no_network)
		request.fetcher = oak_http_new(&options, &ignored);
	oak_evidence_build_dates(&request, run->inventory);
	oak_fetcher_free(request.fetcher);
	oak_phase_end(ctx, "dating updates");
}

/* Repositories may carry passwords in their addresses; nobody needs to see those. */
static void mask_secrets(struct oak_scan_run *run)
{
	struct oak_inventory *inventory = run->inventory;
	for (size_t i = 0; i < inventory->repositories.n; i++) {
		struct oak_repository *r = &inventory->repositories.v[i];
		r->uri = oak_mask_url(run->arena, r->uri);
		r->error = oak_mask_url(run->arena, r->error);
	}
	for (size_t i = 0; i < inventory->problems.n; i++) {
		struct oak_problem *p = &inventory->problems.v[i];
		p->subject = oak_mask_url(run->arena, p->subject);
		p->detail = oak_mask_url(run->arena, p->detail);
	}
}

/* As an ordinary user root's first-seen times and feeds count too. */
static const char *shared_state(const struct oak_context *ctx)
{
#ifdef _WIN32
	(void)ctx;
	return NULL;
#else
	static const char system_state[] = "/var/lib/oakum";
	return geteuid() != 0 && !oak_streq(ctx->state_dir, system_state) ? system_state : NULL;
#endif
}

/* What imported feeds know of its updates; as an ordinary user root's, unless there are own ones. */
static void join_feeds(struct oak_scan_run *run)
{
	struct oak_context *ctx = run->ctx;
	const char *own = oak_arena_printf(ctx->arena, "%s/feeds", ctx->state_dir), *shared = shared_state(ctx);
	if (shared && !oak_fs_is_dir(own))
		own = oak_arena_printf(ctx->arena, "%s/feeds", shared);
	oak_feed_join(own, oak_ctx_now(ctx), run->inventory);
	oak_phase_end(ctx, "joining feeds");
}

int oak_scan_run_inventory(struct oak_context *ctx, struct oak_scan_run *run)
{
	const char *file = oak_opt_text(ctx, "inventory");
	run->ctx = ctx;
	if ((file ? load_recorded(ctx, file, run) : scan_host(ctx, run)) < 0)
		return -1;
	oak_phase_end(ctx, file ? "reading the inventory" : "scanning");
	if (!file)
		date_updates(run);
	mask_secrets(run);
	join_feeds(run);
	return stopped(ctx);
}

static int open_store(struct oak_scan_run *run, bool write)
{
	struct oak_context *ctx = run->ctx;
	const struct oak_store_options options = {.dir = ctx->state_dir,
						  .shared_dir = shared_state(ctx),
						  .read_only = !write,
						  .now = oak_ctx_now(ctx)};
	struct oak_error err = {0};
	if (oak_store_open(&options, &run->store, &err) == 0)
		return 0;
	if (!write && err.kind == OAK_NOT_FOUND)
		return 0;
	ctx->err = err;
	return -1;
}

int oak_scan_run_recall(struct oak_scan_run *run, bool write)
{
	struct oak_context *ctx = run->ctx;
	write = write && !oak_opt_flag(ctx, "no-store") && !ctx->dry_run;
	if (run->recorded && !write)
		return 0; /* nothing of this host's past belongs to it */
	if (open_store(run, write) < 0)
		return -1;
	if (run->recorded || !run->store)
		return 0;
	const char *baseline = run->chosen.baseline ? run->chosen.baseline->id : NULL;
	int rc = oak_store_recall(run->store, run->inventory, baseline, oak_ctx_now(ctx), run->arena, &run->memory,
				  &ctx->err);
	if (rc == 0)
		oak_pending_boot_apply(ctx, run->inventory, run->memory);
	oak_phase_end(ctx, "recalling");
	return rc;
}

int oak_scan_run_choose(struct oak_scan_run *run)
{
	struct oak_context *ctx = run->ctx;
	const char *override = oak_opt_text(ctx, "baseline-override");
	const struct oak_node *node = &run->inventory->node;
	int rc = override ? oak_baselines_override(ctx, override, node, &run->chosen)
			  : oak_baselines_choose(ctx, oak_opt_text(ctx, "baseline"), node, &run->chosen);
	oak_phase_end(ctx, "reading the baseline");
	return rc;
}

int oak_scan_run_verdict(struct oak_context *ctx, enum oak_operation operation, struct oak_scan_run *run)
{
	const char *given = oak_opt_text(ctx, "baseline");
	if (given && oak_baselines_load(ctx, given, &run->chosen.baseline) < 0)
		return -1; /* a mistyped name is said at once, not after the scan */
	if (oak_scan_run_inventory(ctx, run) < 0 || oak_scan_run_choose(run) < 0 || oak_scan_run_recall(run, true) < 0)
		return -1;
	const struct oak_evaluation input = {.inventory = run->inventory,
					     .baseline = run->chosen.baseline,
					     .memory = run->memory,
					     .operation = operation,
					     .now = oak_ctx_now(ctx)};
	run->verdict = oak_evaluate(ctx->arena, &input);
	oak_phase_end(ctx, "evaluating");
	return stopped(ctx);
}

int oak_scan_run_save(struct oak_scan_run *run)
{
	struct oak_context *ctx = run->ctx;
	if (!run->store || oak_opt_flag(ctx, "no-store") || ctx->dry_run)
		return 0;
	int rc = oak_store_save_scan(run->store, run->verdict, run->memory, &run->scan_id, &ctx->err);
	oak_phase_end(ctx, "storing");
	return rc;
}

static bool is_signature_problem(const struct oak_problem *problem)
{
	static const char *const kinds[] = {"repository-untrusted", "repository-signature", "bad-signature"};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (oak_streq(kinds[i], problem->kind))
			return true;
	return false;
}

int oak_scan_run_exit(const struct oak_scan_run *run)
{
	size_t enabled = 0, failed = 0;
	for (size_t i = 0; i < run->inventory->repositories.n; i++) {
		const struct oak_repository *r = &run->inventory->repositories.v[i];
		enabled += r->enabled;
		failed += r->enabled && r->error;
	}
	bool signature = false;
	for (size_t i = 0; i < run->inventory->problems.n; i++)
		signature = signature || is_signature_problem(&run->inventory->problems.v[i]);
	if (!failed)
		return 0;
	if (failed < enabled)
		return EXIT_PARTLY;
	if (signature)
		return EXIT_UNTRUSTED;
	return run->request.refresh ? EXIT_LATER : EXIT_PARTLY;
}

void oak_scan_run_warn(const struct oak_scan_run *run, const struct oak_problem *problems, size_t n)
{
	const struct oak_out *out = &run->ctx->out;
	for (size_t i = 0; i < n && i < WARNINGS_MAX; i++) {
		const struct oak_problem *p = &problems[i];
		const char *open = p->remedy ? " (" : "", *close = p->remedy ? ")" : "";
		oak_warn(out, "%s%s%s: %s%s%s%s", p->kind, p->subject ? " " : "", p->subject ? p->subject : "",
			 p->detail ? p->detail : "", open, p->remedy ? p->remedy : "", close);
	}
	if (n > WARNINGS_MAX)
		oak_warn(out, "and %zu more problems (see them with -o json)", n - WARNINGS_MAX);
}
