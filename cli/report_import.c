/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Collected verdicts and runs into a state database, so that a fleet can be asked about its past. */
#include <stdlib.h>

#include "cli/report.h"
#include "core/fs.h"
#include "core/str.h"

/* One file that holds a verdict, a run, or both. */
struct piece {
	const char *file;
	oak_time at; /* of the verdict; NONE = a run without one */
	bool run;
};
struct import {
	struct oak_context *ctx;
	struct oak_store *store;
	struct oak_report_imported *ret;
	OAK_VEC(struct piece) pieces;
};

static int load(struct oak_arena *arena, const char *file, const struct oak_value **ret, struct oak_error *err)
{
	const struct oak_value_limits limits = {.bytes = OAK_VERDICT_MAX};
	return oak_value_load(arena, file, &limits, ret, err);
}

static void cannot(struct import *im, const char *file, const struct oak_error *err)
{
	char text[1100];
	im->ret->unreadable++;
	oak_warn(&im->ctx->out, "cannot read '%s': %s", file, oak_error_text(err, text, sizeof(text)));
}

static bool is_run(const struct oak_value *doc)
{
	return oak_streq(oak_value_string(oak_value_get(doc, "schema")), "oakum.run/1");
}

static const struct oak_value *verdict_of(const struct oak_value *doc)
{
	const struct oak_value *verdict = is_run(doc) ? oak_value_get(doc, "verdict") : doc;
	return verdict && verdict->kind == OAK_VALUE_OBJECT ? verdict : NULL;
}

static void look_at(struct import *im, const char *file)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const struct oak_value *doc;
	struct oak_error err = {0};
	struct piece piece = {.file = file, .at = OAK_TIME_NONE};
	if (load(arena, file, &doc, &err) < 0) {
		cannot(im, file, &err);
		return;
	}
	const char *schema = oak_value_string(oak_value_get(doc, "schema"));
	const char *at = oak_value_string(oak_value_get(verdict_of(doc), "evaluatedAt"));
	piece.run = is_run(doc);
	if (at)
		oak_time_parse(at, &piece.at);
	if (piece.run || oak_streq(schema, "oakum.verdict/1"))
		*oak_push(im->ctx->arena, &im->pieces) = piece;
}

static int look_below(struct import *im, const char *dir, int depth)
{
	enum { DEPTH_MAX = 16 };
	const char *const *names;
	size_t n;
	if (depth > DEPTH_MAX || oak_fs_list(im->ctx->arena, dir, "", &names, &n, &im->ctx->err) < 0)
		return depth > DEPTH_MAX ? 0 : -1;
	for (size_t i = 0; i < n; i++) {
		const char *path = oak_arena_printf(im->ctx->arena, "%s/%s", dir, names[i]);
		if (oak_fs_is_dir(path)) {
			if (look_below(im, path, depth + 1) < 0)
				return -1;
		} else if (oak_ends_with(path, ".json") || oak_ends_with(path, ".yaml") || oak_ends_with(path, ".yml")) {
			look_at(im, path);
		}
	}
	return 0;
}

static int by_time(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return strcmp(x->file, y->file);
}

/* Intervals only grow forward: what is not newer than the newest one of its kind is known, or came too late. */
static int take_verdict(struct import *im, const struct oak_verdict *verdict)
{
	oak_time newest = OAK_TIME_NONE;
	if (im->store && oak_store_newest_scan(im->store, verdict->inventory->node.id, verdict->baseline_id, verdict->operation, &newest,
				  &im->ctx->err) < 0)
		return -1;
	if (newest != OAK_TIME_NONE && newest >= verdict->evaluated_at) {
		im->ret->known++;
		return 0;
	}
	im->ret->verdicts++;
	return im->ctx->dry_run ? 0 : oak_store_save_scan(im->store, verdict, NULL, NULL, &im->ctx->err);
}

static oak_time time_of(const struct oak_value *doc, const char *key)
{
	const char *text = oak_value_string(oak_value_get(doc, key));
	oak_time t = OAK_TIME_NONE;
	if (text)
		oak_time_parse(text, &t);
	return t;
}

static int take_run(struct import *im, struct oak_arena *arena, const struct oak_value *doc)
{
	OAK_AUTO(oak_buf_done) struct oak_buf text = {0};
	struct oak_sink sink;
	const struct oak_value *node = oak_value_get(oak_value_get(doc, "plan"), "node");
	const struct oak_value *other = oak_value_get(verdict_of(doc), "node");
	const char *node_id = oak_value_string(oak_value_get(node ? node : other, "id")), *kind = oak_value_string(oak_value_get(doc, "kind"));
	struct oak_run_row row = {.id = oak_value_string(oak_value_get(doc, "id")),
				  .node_id = node_id,
				  .kind = kind ? kind : "patch",
				  .status = oak_value_string(oak_value_get(doc, "status")),
				  .started_at = time_of(doc, "startedAt"),
				  .ended_at = time_of(doc, "endedAt")};
	(void)arena;
	if (!row.id || !row.node_id || !row.status || row.started_at == OAK_TIME_NONE)
		return 0;
	oak_buf_init(&text, OAK_VERDICT_MAX);
	oak_sink_json_compact(&sink, &text);
	oak_put_value(&sink, doc);
	row.document = oak_buf_text(&text);
	im->ret->runs++;
	return im->ctx->dry_run ? 0 : oak_store_put_run(im->store, &row, &im->ctx->err);
}

static int take(struct import *im, const struct piece *piece)
{
	OAK_AUTO(oak_arena_free_p) struct oak_arena *arena = oak_arena_new();
	const struct oak_value *doc, *verdict_doc;
	struct oak_verdict *verdict;
	struct oak_error err = {0};
	if (load(arena, piece->file, &doc, &err) < 0) {
		cannot(im, piece->file, &err);
		return 0;
	}
	verdict_doc = verdict_of(doc);
	if (verdict_doc && oak_verdict_parse(arena, verdict_doc, piece->file, &verdict, &err) < 0) {
		cannot(im, piece->file, &err);
		return 0;
	}
	if (verdict_doc && take_verdict(im, verdict) < 0)
		return -1;
	return piece->run ? take_run(im, arena, doc) : 0;
}

int oak_report_import(struct oak_context *ctx, const char *dir, struct oak_store *store, struct oak_report_imported *ret)
{
	struct import im = {.ctx = ctx, .store = store, .ret = ret};
	*ret = (struct oak_report_imported){0};
	if (!oak_fs_is_dir(dir))
		return oak_fail(&ctx->err, OAK_INVALID, "report.folder", 0, "there is no folder '%s' (give one of collected verdicts)", dir);
	if (look_below(&im, dir, 0) < 0)
		return -1;
	if (im.pieces.n)
		qsort(im.pieces.v, im.pieces.n, sizeof(*im.pieces.v), by_time);
	for (size_t i = 0; i < im.pieces.n; i++) {
		if (oak_stop_signal)
			return oak_fail(&ctx->err, OAK_INTERRUPTED, "report.interrupted", 0, "interrupted (run it again: what is in stays)");
		oak_progress(&ctx->out, "importing", (int64_t)i, (int64_t)im.pieces.n, -1);
		if (take(&im, &im.pieces.v[i]) < 0)
			return -1;
	}
	oak_progress_end(&ctx->out);
	return 0;
}
