/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oakum run show: what one run did. */
#include "cli/session.h"
#include "cli/show.h"
#include "core/str.h"

static void put_text(struct oak_buf *buf, const char *label, const struct oak_value *v)
{
	if (oak_value_string(v))
		oak_buf_addf(buf, "%s: %s\n", label, oak_value_string(v));
}

/* One row an object of LIST, its columns named as the keys. */
static void rows(struct oak_context *ctx, const struct oak_value *list, const char *const *keys, size_t n, struct oak_buf *buf)
{
	struct oak_table *t = oak_table_new(&ctx->out, keys, n);
	for (size_t i = 0; list && list->kind == OAK_VALUE_ARRAY && i < list->array.n; i++)
		for (size_t k = 0; k < n; k++) {
			const struct oak_value *v = oak_value_get(&list->array.v[i], keys[k]);
			const char *number = v && v->kind == OAK_VALUE_INT ? oak_arena_printf(ctx->arena, "%lld", (long long)v->integer) : NULL;
			oak_table_cell(t, number ? number : oak_value_string(v));
		}
	oak_table_print(t, buf);
}

/* What a run did: a patch run's actions, a package run's steps. */
static void actions(struct oak_context *ctx, const struct oak_value *doc, struct oak_buf *buf)
{
	static const char *const patch[] = {"patch", "from", "to", "status", "error"}, *const step[] = {"name", "status", "exitCode", "detail"};
	const struct oak_value *steps = oak_value_get(doc, "steps");
	if (steps)
		rows(ctx, steps, step, sizeof(step) / sizeof(*step), buf);
	else
		rows(ctx, oak_value_get(doc, "actions"), patch, sizeof(patch) / sizeof(*patch), buf);
}

static void strings(const struct oak_value *list, const char *label, struct oak_buf *buf)
{
	for (size_t i = 0; list && list->kind == OAK_VALUE_ARRAY && i < list->array.n; i++)
		put_text(buf, label, &list->array.v[i]);
}

static void services(const struct oak_value *list, struct oak_buf *buf)
{
	for (size_t i = 0; list && list->kind == OAK_VALUE_ARRAY && i < list->array.n; i++) {
		const struct oak_value *s = &list->array.v[i];
		const char *unit = oak_value_string(oak_value_get(s, "unit")), *status = oak_value_string(oak_value_get(s, "status"));
		const char *reason = oak_value_string(oak_value_get(s, "reason"));
		oak_buf_addf(buf, "service %s: %s, %s\n", unit ? unit : "", status ? status : "", reason ? reason : "");
	}
}

static void show(struct oak_context *ctx, const struct oak_value *doc, struct oak_buf *buf)
{
	if (ctx->out.format == OAK_OUT_CSV) {
		actions(ctx, doc, buf);
		return;
	}
	put_text(buf, "run", oak_value_get(doc, "id"));
	put_text(buf, "kind", oak_value_get(doc, "kind"));
	put_text(buf, "package", oak_value_get(doc, "name"));
	put_text(buf, "action", oak_value_get(doc, "action"));
	put_text(buf, "from", oak_value_get(doc, "from"));
	put_text(buf, "to", oak_value_get(doc, "to"));
	put_text(buf, "rollback of", oak_value_get(doc, "rollbackOf"));
	put_text(buf, "started", oak_value_get(doc, "startedAt"));
	put_text(buf, "ended", oak_value_get(doc, "endedAt"));
	put_text(buf, "status", oak_value_get(doc, "status"));
	put_text(buf, "detail", oak_value_get(doc, "detail"));
	put_text(buf, "plan", oak_value_get(oak_value_get(doc, "plan"), "digest"));
	oak_buf_adds(buf, "\n");
	actions(ctx, doc, buf);
	services(oak_value_get(doc, "services"), buf);
	strings(oak_value_get(doc, "notes"), "note", buf);
	strings(oak_value_get(oak_value_get(doc, "reboot"), "reasons"), "reboot needed", buf);
	const char *id = oak_value_string(oak_value_get(doc, "id"));
	const struct oak_value *logs = oak_value_get(doc, "logs");
	for (size_t i = 0; id && logs && logs->kind == OAK_VALUE_ARRAY && i < logs->array.n; i++)
		oak_buf_addf(buf, "log: %s/logs/%s\n", oak_session_path(ctx, id), oak_value_string(&logs->array.v[i]));
}

static int run(struct oak_context *ctx)
{
	const struct oak_store_options options = {.dir = ctx->state_dir, .read_only = true, .now = oak_ctx_now(ctx)};
	const struct oak_run_row *row = NULL;
	const struct oak_value *doc;
	const struct oak_value_limits limits = {.bytes = 256 * 1024 * 1024};
	OAK_AUTO(oak_store_close_p) struct oak_store *store = NULL;
	if (oak_store_open(&options, &store, &ctx->err) < 0 && ctx->err.kind != OAK_NOT_FOUND)
		return -1;
	if (store && oak_store_find_run(store, ctx->arena, ctx->args[0], &row, &ctx->err) < 0)
		return -1;
	if (!row || !row->document)
		return oak_fail(&ctx->err, OAK_INVALID, "run.unknown", 0, "there is no run '%s' (see 'oakum history --runs')", ctx->args[0]);
	if (oak_json_parse(ctx->arena, row->document, strlen(row->document), row->id, &limits, &doc, &ctx->err) < 0)
		return -1;
	OAK_AUTO(oak_buf_done) struct oak_buf buf;
	oak_out_buf(&buf);
	struct oak_sink sink;
	if (oak_out_document(&ctx->out, &sink, &buf))
		oak_put_value(&sink, doc);
	else
		show(ctx, doc, &buf);
	return oak_out_end(&buf, &ctx->err);
}

const struct oak_cmd oak_cmd_run_show = {
	.name = "run show",
	.args = "ID",
	.min_args = 1,
	.max_args = 1,
	.summary = "what one run did",
	.description = "Prints the document of a run: its plan, what became of each action, services, reboot, notes, and the verdict of the scan\n"
		       "afterwards. In a table the logs of the package manager are named.",
	.flags = OAK_CMD_STORE,
	.run = run,
};
