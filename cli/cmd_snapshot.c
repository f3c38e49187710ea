/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum snapshot create, list, show, promote. */
#include "baseline/judge.h"
#include "cli/show.h"
#include "cli/snapshots.h"
#include "core/fs.h"
#include "core/str.h"

static const struct oak_opt create_opts[] = {
	OAK_JUDGE_OPTS,
	OAK_SCAN_OPTS,
	{"keep-archives", 0, OAK_OPT_FLAG, NULL, "fetch and keep what this host would install by it, for when no repository offers it any more", 0},
	{NULL, 0, 0, NULL, NULL, 0},
};

static int save(struct oak_context *ctx, const struct oak_snapshot *snapshot)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text;
	struct oak_sink sink;
	oak_buf_init(&text, OAK_SNAPSHOT_MAX);
	oak_sink_json(&sink, &text);
	oak_snapshot_format(snapshot, &sink);
	if (oak_fs_mkdirs(oak_snapshot_path(ctx, NULL), 0755, &ctx->err) < 0)
		return -1;
	return oak_fs_write_atomic(oak_snapshot_path(ctx, snapshot->name), oak_buf_text(&text), text.n, 0644, &ctx->err);
}

/* Every offered version by the baseline, whether something older is installed or not. */
static void judge_all(struct oak_context *ctx, const struct oak_scan_run *run, bool *approved, enum oak_level *levels)
{
	const struct oak_evaluation input = {.inventory = run->inventory, .baseline = run->chosen.baseline, .memory = run->memory,
					     .operation = OAK_SCAN, .now = oak_ctx_now(ctx)};
	struct oak_judge judge;
	oak_judge_init(&judge, ctx->arena, &input, NULL);
	for (size_t i = 0; i < run->inventory->updates.n; i++) {
		const struct oak_update *u = &run->inventory->updates.v[i];
		for (size_t c = 0; c < oak_candidate_count(u); c++) {
			struct oak_candidate candidate = oak_candidate_of(&judge, u, c);
			struct oak_judgement j = oak_judge_candidate(&judge, &candidate);
			if (!j.approved)
				continue;
			approved[i] = true;
			levels[i] = j.level > levels[i] ? j.level : levels[i];
		}
	}
}

static int document(struct oak_context *ctx, const struct oak_snapshot *s)
{
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	struct oak_sink sink;
	char at[OAK_TIME_TEXT];
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		oak_snapshot_format(s, &sink);
		return oak_out_end(&buf, &ctx->err);
	}
	static const char *const headers[] = {"name", "arch", "evr", "level", "repository", "advisory"};
	struct oak_table *t = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
	for (size_t i = 0; i < s->approved.n; i++) {
		const struct oak_snapshot_item *item = &s->approved.v[i];
		oak_table_cell(t, item->name);
		oak_table_cell(t, item->arch);
		oak_table_cell(t, item->evr);
		oak_table_cell(t, oak_level_to_string(item->level));
		oak_table_cell(t, item->repository);
		oak_table_cell(t, item->advisory);
	}
	if (ctx->out.format == OAK_OUT_TABLE)
		oak_buf_addf(&buf, "snapshot %s of %s, by baseline '%s', on %s: %zu approved versions from %zu repositories\n\n", s->name,
			     oak_time_format(s->created_at, at), s->baseline_name ? s->baseline_name : "-", s->platform ? s->platform : "-",
			     s->approved.n, s->repositories.n);
	oak_table_print(t, &buf);
	return oak_out_end(&buf, &ctx->err);
}

static int run_create(struct oak_context *ctx)
{
	OAK_AUTO(oak_plan_run_done) struct oak_plan_run plan = {0};
	struct oak_scan_run *run = &plan.scan;
	const char *name = ctx->args[0];
	if (!oak_snapshot_name_check(name))
		return oak_fail(&ctx->err, OAK_INVALID, "snapshot.ring", 0, "'%s' is no name of a snapshot (1 to 64 letters, digits, dots, underscores, dashes)", name);
	if (oak_fs_exists(oak_snapshot_path(ctx, name)))
		return oak_fail(&ctx->err, OAK_CONFLICT, "snapshot.exists", 0, "snapshot '%s' exists, and snapshots never change (choose another name)", name);
	run->request.all_versions = true;
	if (oak_scan_run_inventory(ctx, run) < 0 || oak_scan_run_choose(run) < 0 || oak_scan_run_recall(run, false) < 0)
		return -1;
	size_t n = run->inventory->updates.n;
	bool *approved = oak_arena_alloc(ctx->arena, n * sizeof(*approved));
	enum oak_level *levels = oak_arena_alloc(ctx->arena, n * sizeof(*levels));
	const struct oak_verdict verdict = {.baseline_id = run->chosen.baseline->id, .baseline_name = run->chosen.baseline->name,
					    .baseline_digest = oak_baseline_digest(ctx->arena, run->chosen.baseline)};
	judge_all(ctx, run, approved, levels);
	struct oak_snapshot *snapshot = oak_snapshot_cut(ctx->arena, name, &verdict, run->inventory, approved, levels, oak_ctx_now(ctx));
	snapshot->folder = oak_arena_printf(ctx->arena, "%s/%s.archives", oak_snapshot_path(ctx, NULL), name);
	if (oak_opt_flag(ctx, "keep-archives") && !ctx->dry_run && oak_snapshot_keep(ctx, &plan, snapshot) < 0)
		return -1;
	if (!ctx->dry_run && (oak_ctx_audit(ctx, "snapshot.create", name, oak_arena_printf(ctx->arena, "%zu approved versions", snapshot->approved.n)) < 0 ||
			      save(ctx, snapshot) < 0))
		return -1;
	if (document(ctx, snapshot) < 0)
		return -1;
	return oak_scan_run_exit(run);
}

/* The rings that get this one now; its own document keeps those of before, too. */
static const char *rings_text(struct oak_arena *arena, const struct oak_snapshots *all, const struct oak_snapshot *s)
{
	const char *text = "";
	for (size_t i = 0; i < s->rings.n; i++)
		if (oak_snapshot_has_ring(all, s, s->rings.v[i].ring))
			text = oak_arena_printf(arena, "%s%s%s", text, *text ? ", " : "", s->rings.v[i].ring);
	return text;
}

static int run_list(struct oak_context *ctx)
{
	struct oak_snapshots all = {0};
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	struct oak_sink sink;
	oak_out_buf(&buf);
	if (oak_snapshots_all(ctx, &all) < 0)
		return -1;
	if (oak_out_document(&ctx->out, &sink, &buf)) {
		oak_put_begin_object(&sink, NULL);
		oak_put_string(&sink, "schema", "oakum.snapshots/1");
		oak_put_begin_array(&sink, "snapshots");
		for (size_t i = 0; i < all.list.n; i++) {
			const struct oak_snapshot *s = all.list.v[i];
			oak_put_begin_object(&sink, NULL);
			oak_put_string(&sink, "name", s->name);
			oak_put_time(&sink, "createdAt", s->created_at);
			oak_put_string_opt(&sink, "platform", s->platform);
			oak_put_string_opt(&sink, "baseline", s->baseline_name);
			oak_put_int(&sink, "approved", (int64_t)s->approved.n);
			oak_put_begin_array(&sink, "rings");
			for (size_t j = 0; j < s->rings.n; j++)
				if (oak_snapshot_has_ring(&all, s, s->rings.v[j].ring))
					sink.ops->string(&sink, s->rings.v[j].ring);
			oak_put_end_array(&sink);
			oak_put_string(&sink, "digest", s->digest);
			oak_put_end_object(&sink);
		}
		oak_put_end_array(&sink);
		oak_put_end_object(&sink);
		return oak_out_end(&buf, &ctx->err);
	}
	static const char *const headers[] = {"name", "created", "platform", "baseline", "approved", "rings"};
	struct oak_table *t = oak_table_new(&ctx->out, headers, sizeof(headers) / sizeof(*headers));
	for (size_t i = 0; i < all.list.n; i++) {
		const struct oak_snapshot *s = all.list.v[i];
		oak_table_cell(t, s->name);
		oak_table_cell(t, oak_show_time(ctx->arena, s->created_at));
		oak_table_cell(t, s->platform);
		oak_table_cell(t, s->baseline_name);
		oak_table_cellf(t, "%zu", s->approved.n);
		oak_table_cell(t, rings_text(ctx->arena, &all, s));
	}
	oak_table_print(t, &buf);
	return oak_out_end(&buf, &ctx->err);
}

static int run_show(struct oak_context *ctx)
{
	struct oak_snapshot *snapshot;
	return oak_snapshot_find(ctx, ctx->args[0], &snapshot) < 0 ? -1 : document(ctx, snapshot);
}

static int run_promote(struct oak_context *ctx)
{
	struct oak_snapshot *snapshot;
	const char *name = ctx->args[0], *ring = ctx->args[1];
	oak_time at;
	if (oak_snapshot_find(ctx, name, &snapshot) < 0 || oak_snapshot_promotion(ctx, ring, &at) < 0 ||
	    oak_snapshot_promote(ctx->arena, snapshot, ring, at, &ctx->err) < 0)
		return -1;
	if (ctx->dry_run) {
		oak_note(&ctx->out, "snapshot '%s' would be what ring '%s' gets", snapshot->name, ring);
		return 0;
	}
	if (oak_ctx_audit(ctx, "snapshot.promote", snapshot->name, oak_arena_printf(ctx->arena, "to ring '%s'", ring)) < 0 || save(ctx, snapshot) < 0)
		return -1;
	oak_note(&ctx->out, "snapshot '%s' is what ring '%s' gets now", snapshot->name, ring);
	return 0;
}

const struct oak_cmd oak_cmd_snapshot_create = {
	.name = "snapshot create", .args = "NAME", .min_args = 1, .max_args = 1,
	.summary = "freeze what is approved now under a name",
	.description = "Judges every version that the repositories offer and keeps the approved ones, with a digest of each repository: a set that\n"
		       "never changes and never expires, to be promoted from ring to ring and used with --snapshot on other hosts of its kind.",
	.opts = create_opts, .flags = OAK_CMD_STORE | OAK_CMD_ROOT | OAK_CMD_CHANGES, .run = run_create,
};
const struct oak_cmd oak_cmd_snapshot_list = {
	.name = "snapshot list", .args = "", .summary = "snapshots kept here, and their rings",
	.description = "Lists name, age, platform, baseline, size and rings of every snapshot in the state folder.", .run = run_list,
};
const struct oak_cmd oak_cmd_snapshot_show = {
	.name = "snapshot show", .args = "NAME", .min_args = 1, .max_args = 1, .summary = "what a snapshot approves",
	.description = "Prints the snapshot NAME, or the newest one promoted to the ring NAME.", .run = run_show,
};
const struct oak_cmd oak_cmd_snapshot_promote = {
	.name = "snapshot promote", .args = "NAME RING", .min_args = 2, .max_args = 2, .summary = "let a ring use a snapshot",
	.description = "Hosts that plan with --snapshot RING use the newest snapshot promoted to it.", .flags = OAK_CMD_CHANGES, .run = run_promote,
};
